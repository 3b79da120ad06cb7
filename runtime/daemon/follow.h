/*
 * When to look and when to act: events are gathered until they stop for a
 * while, failures are tried again ever more slowly, and now and then we look
 * for changes that nobody told of.
 *
 * Knows neither clock nor network: whoever calls says what time it is, in
 * milliseconds of a clock that never goes back.
 */
#ifndef RUNTIME_DAEMON_FOLLOW_H
#define RUNTIME_DAEMON_FOLLOW_H

#include <stdbool.h>
#include <stdint.h>

#include "runtime/daemon/options.h"

#define FOLLOW_NEVER INT64_MAX

enum follow_job {
	FOLLOW_NOTHING,
	FOLLOW_APPLY,
	FOLLOW_AUDIT,
};

struct follow {
	struct daemon_times times;
	bool dirty;	     /* something happened since the last apply began */
	int64_t first, last; /* of these events */
	bool applying, auditing;
	bool held; /* nothing is applied until somebody asks */
	unsigned failures;
	int64_t retry; /* FOLLOW_NEVER: the last apply went well */
	int64_t audit; /* when the next is due */
};

/* The first apply is due at once. */
void follow_init(
    struct follow *follow, const struct daemon_times *times, int64_t now);
/* Something happened: due when it is quiet. */
void follow_event(struct follow *follow, int64_t now);
/* Somebody asks: due at once, held or not. */
void follow_ask(struct follow *follow, int64_t now);
/* Nothing is due any more until follow_ask(). */
void follow_hold(struct follow *follow);
/* An audit is due now. */
void follow_audit(struct follow *follow, int64_t now);

/* What is due, and has to be begun by follow_begin(). */
enum follow_job follow_next(const struct follow *follow, int64_t now);
/* When follow_next() may have another answer, or FOLLOW_NEVER. */
int64_t follow_due(const struct follow *follow);

void follow_begin(struct follow *follow, enum follow_job job, int64_t now);
void follow_end(
    struct follow *follow, enum follow_job job, bool fine, int64_t now);

#endif
