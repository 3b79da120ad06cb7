/*
 * A packet's way in words: for `akinc why` and for tests that fail.
 */
#ifndef EVAL_NARRATE_H
#define EVAL_NARRATE_H

#include "base/buf.h"
#include "base/source.h"
#include "eval/meaning.h"
#include "eval/walk.h"

struct narrator {
	const struct sources *sources;
	const struct policy *policy; /* NULL for a ruleset alone */
	const char *indent;
};

/* "allow, by laptop.akp:31", and for what reason if no rule decided. */
void narrate_meaning(const struct narrator *narrator,
    const struct meaning *meaning, struct buf *out);
/* "tcp 192.168.56.10:40000 (vm) to 198.51.100.7:443 (public)" */
void narrate_flow(
    const struct narrator *narrator, const struct flow *flow, struct buf *out);
/* The passes, a line for each rule that did something. */
void narrate_walk(const struct narrator *narrator,
    const struct ipfw_packet *sent, const struct walk *walk, struct buf *out);

#endif
