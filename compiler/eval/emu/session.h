/*
 * Recorded sessions: a text of steps and the answers to them.
 *
 *	# a title or a comment
 *	default allow|deny	the action of rule 65535
 *	> STEP
 *	= a line of the answer to the step above
 */
#ifndef EVAL_EMU_SESSION_H
#define EVAL_EMU_SESSION_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/buf.h"
#include "target/ipfw/engine/flavour.h"

struct session_counts {
	size_t passed, failed, skipped;
};

/*
 * Run the session TEXT and append it to OUT with the answers of this run, each
 * step that is none with a line "= error: …".  False if there is no memory.
 */
bool session_replay(const struct run_flavour *flavour, const char *text,
    size_t size, struct buf *out);

/*
 * Run it and compare with the answers that it holds; what differs is told in
 * REPORT under NAME.  Steps that use what is read and listed but never run
 * are skipped.
 */
bool session_verify(const struct run_flavour *flavour, const char *name,
    const char *text, size_t size, struct session_counts *counts,
    struct buf *report);

#endif
