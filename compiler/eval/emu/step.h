/*
 * One step of a session, and the answer to it.
 *
 *	ipfw ARGS			a command line of ipfw(8)
 *	in, out, fwd			a packet, see eval/packet.h
 *	time [+SECONDS]			the clock moves on
 *	state				list dynamic states
 *	iface NAME ADDR[/LEN]...	a card and its addresses
 *	me ADDR...			the local addresses
 *	divert PORT pass|drop|alias ADDR
 *	nat ID pass|drop|alias ADDR
 *	route PREFIX|default IF
 *	echo TEXT
 */
#ifndef EVAL_EMU_STEP_H
#define EVAL_EMU_STEP_H

#include "base/arena.h"
#include "base/buf.h"
#include "eval/emu/machine.h"

enum step_kind {
	STEP_COMMAND,
	STEP_PACKET,
	STEP_TIME,
	STEP_STATE,
	STEP_SETUP, /* has no answer */
	STEP_ECHO,
};

struct step {
	enum step_kind kind;
	const char *error; /* the step is none; NULL if it is one */
	bool foreign;	   /* met what is listed but never run */
	int code;	   /* of a command */
	/* States that may have a parent of their own, see verify.h. */
	size_t loose_before, loose_after;
	struct buf answer; /* lines, each with its newline */
};

/* Run LINE, which has no newline.  INNER is for packet_parse(). */
void step_run(struct machine *machine, struct arena *arena, const char *line,
    bool inner, struct step *out);

#endif
