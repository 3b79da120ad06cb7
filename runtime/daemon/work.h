/*
 * What a child of akind does, for the files of work_*.c.
 */
#ifndef RUNTIME_DAEMON_WORK_H
#define RUNTIME_DAEMON_WORK_H

#include <jansson.h>
#include <stdbool.h>

#include "base/buf.h"
#include "runtime/apply/apply.h"
#include "runtime/apply/artefact.h"
#include "runtime/daemon/job.h"
#include "runtime/daemon/said.h"

struct work {
	const struct job_request *job;
	int out;
	struct arena *arena;
	struct said said;
	bool in_nat;	 /* a step of a NAT daemon is under way */
	bool other_text; /* a policy that was not in force before */
	bool remote;	 /* somebody is logged in over the net */
	bool waited;	 /* for a confirmation */
	json_t *result;	 /* what is told at the end */
};

/* For the applier, with the options of akind's command line and our hooks. */
struct apply_request work_request(struct work *work);
/* Adds to the result what the applier returned. */
void work_tell_result(struct work *work, const struct apply_result *result);
bool work_add(struct work *work, const char *name, json_t *value);
/* Adds the warnings that were said, and forgets all that was said. */
void work_tell_warnings(struct work *work);
/* Not done, and why; returns false. */
bool work_refuse(struct work *work, enum apply_code code, const char *format,
    ...) __attribute__((format(printf, 3, 4)));

/* work_safety.c: hooks of the applier. */
bool work_amend(void *context, struct apply *apply);
bool work_may_begin(void *context, struct apply *apply);
bool work_may_keep(void *context, struct apply *apply);

/* work_apply.c, work_look.c */
void work_apply(struct work *work);
void work_boot(struct work *work);
void work_look(struct work *work);
/* What status tells of an artefact. */
json_t *work_artefact_json(const struct artefact *artefact);

/* saved.c: the last good generation. */

struct saved {
	const char *artefact; /* its file; NULL: there is none */
	const char *facts;    /* the file of host facts it was made for */
	const char *pack;     /* the file of its policy's files, pack.h */
	const char *version;  /* of akin */
	const char *policy;   /* digest of the policy's files */
};

void saved_read(struct work *work, struct saved *saved);
/*
 * Keep ARTEFACT, made for HOST facts, as the last good one: of the files as
 * they are now, or of those of SAVED if that is not NULL.
 */
void saved_write(struct work *work, const struct artefact *artefact,
    const struct buf *host, const struct saved *saved);
/*
 * A policy that waits to be confirmed is noted before it is in force, and the
 * note goes when it is confirmed: nobody has to take it back if the power goes.
 */
bool saved_note_trial(struct work *work, const char *policy_digest);
bool saved_is_trial(struct work *work, const char *policy_digest);
void saved_end_trial(struct work *work);

/* Of the files that the artefact was made from, read now. */
const char *saved_policy_digest(
    struct work *work, const struct artefact *artefact);

#endif
