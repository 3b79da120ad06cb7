/*
 * Is the answer to a step the one that was recorded?
 *
 * Packets, time and listings are compared line by line.  Of a command that
 * was refused the exit code counts, and of one that only changes something
 * that it succeeded; their words are free.  The states of a listing may come
 * in any order.
 *
 * The recorded kernel never cleared the addresses of an IPv6 flow that a limit
 * does not count by, and looked its parent up by what lay in memory.  Such a
 * parent's address stands for anything, and one parent here may be several
 * there that together count as much.
 */
#ifndef EVAL_EMU_VERIFY_H
#define EVAL_EMU_VERIFY_H

#include "base/arena.h"
#include "base/buf.h"
#include "eval/emu/step.h"

enum verify_result {
	VERIFY_NOTHING, /* a step without an answer */
	VERIFY_PASSED,
	VERIFY_FAILED,
	VERIFY_SKIPPED,
};

struct verify {
	struct arena *arena;
	const char *step;
	const char *recorded; /* "= " lines, as they stand */
	size_t recorded_length;
};

enum verify_result verify_answer(
    struct verify *verify, const struct step *step);
/* What was recorded and what was answered. */
void verify_report(
    const struct verify *verify, const struct step *step, struct buf *report);

#endif
