/*
 * What akind tells, as text for a person.
 *
 * All texts come over the socket and are made fit for a terminal; what is
 * missing or of another type is left out.
 */
#ifndef RUNTIME_CONTROL_SHOW_H
#define RUNTIME_CONTROL_SHOW_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"

struct control_show {
	struct buf *out;
	bool colour;
	int64_t now; /* seconds since 1970; 0: no matter */
};

enum control_colour {
	CONTROL_BOLD,
	CONTROL_FAINT,
	CONTROL_RED,
	CONTROL_GREEN,
	CONTROL_YELLOW,
};

void control_show_text(struct control_show *show, const char *text);
void control_show_coloured(
    struct control_show *show, enum control_colour colour, const char *text);
/* "2026-11-23 18:40:12", by this host's clock; the time only if today. */
void control_show_time(struct control_show *show, int64_t time);
/* "720 B", "1.5 kB", "12 MB" */
void control_show_bytes(struct control_show *show, uint64_t bytes);

/*
 * Lines about the data of a status reply.  With BEFORE, data of a moment ago,
 * what has grown since then is marked.
 */
void control_show_status(
    struct control_show *show, const json_t *data, const json_t *before);
/* The same on one line, with the time before it if that is known. */
void control_show_summary(
    struct control_show *show, const json_t *data, const json_t *before);
/* The active card, as a line. */
void control_show_nic(struct control_show *show, const json_t *data);
/* An event of the log, as a line. */
void control_show_event(struct control_show *show, const json_t *event);

/* Was something found that nobody of ours has loaded? */
bool control_show_drift(const json_t *data);

#endif
