/*
 * What the compiler and others said, by its weight: of a diagnostic the line
 * that names file, line and column is an error or a warning, and what stands
 * below it, the quoted line and the advice, is for who looks closely.
 */
#ifndef RUNTIME_DAEMON_SAID_H
#define RUNTIME_DAEMON_SAID_H

#include "base/buf.h"

/* Lines, the last without its newline. */
struct said {
	struct buf errors, warnings, rest;
};

void said_init(struct said *said, struct arena *arena);
/* TEXT of one or more lines as another program printed it. */
void said_add_quote(struct said *said, const char *text);
/* TEXT is an error from its first line to its last. */
void said_add_error(struct said *said, const char *text);

#endif
