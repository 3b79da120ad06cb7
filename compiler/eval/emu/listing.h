/*
 * Rules and states as `ipfw list` and `ipfw show` print them.
 */
#ifndef EVAL_EMU_LISTING_H
#define EVAL_EMU_LISTING_H

#include "eval/emu/command.h"

/* Widths of the counters' columns; 0: none are shown. */
struct listing_widths {
	int packets, bytes;
};

/*
 * RULE as the engine keeps its text: what the command writes in front of the
 * line by mistake, a newline, and all behind the number.
 */
const char *listing_text(struct arena *arena, const struct ipfw_rule *rule);
/* A line with its newline.  WIDTHS may be NULL. */
void listing_rule(const struct command *command,
    const struct ipfw_rule_view *view, bool disabled,
    const struct listing_widths *widths, struct buf *out);
void listing_state(const struct ipfw_state_view *state,
    const struct listing_widths *widths, struct buf *out);

#endif
