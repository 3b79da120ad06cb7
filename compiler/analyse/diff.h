/*
 * What a change of policy changes: boxes of conversations that fare otherwise
 * after it than before.
 */
#ifndef ANALYSE_DIFF_H
#define ANALYSE_DIFF_H

#include "analyse/flows.h"
#include "analyse/rows.h"

/* In the order of risk, and of the list. */
enum diff_kind {
	DIFF_OPENS,
	DIFF_FORWARDS, /* goes to another machine or port */
	DIFF_NAT,
	DIFF_STATE,
	DIFF_LIMIT,
	DIFF_REFUSES, /* deny for reject, or reject for deny */
	DIFF_LOG,
	DIFF_CLOSES,
};

struct diff_change {
	enum diff_kind kind;
	/* Errors and neighbours, which follow from something else. */
	bool minor;
	uint32_t before, after; /* outcomes that show it */
};

struct diff_option {
	const char *name;
	const char *before, *after;
};

enum diff_side_number {
	DIFF_OLD,
	DIFF_NEW,
};

struct diff {
	struct arena *arena;
	struct bdd *bdd;
	struct flow_side sides[2];
	const struct catalogue *catalogues[2];
	size_t nodes_max; /* 0: the default */
	/* The answer: */
	struct services services;
	VEC(struct diff_change) changes; /* a row's value is a number of one */
	flow_rows rows;
	VEC(struct diff_option) options;
	bool exhausted; /* a bound was reached: nothing is known */
};

/* SIDES and CATALOGUES are given; the rest is filled in. */
void diff_run(struct diff *diff);
/* Release the diagrams; the rows stay, but nothing more is told of them. */
void diff_close(struct diff *diff);

/* diff_kind.c: does it matter?  The number of the change, or BOXES_NO_VALUE. */
uint32_t diff_change_of(struct diff *diff, uint32_t before, uint32_t after);
/* diff_option.c */
void diff_compare_options(struct diff *diff);

#endif
