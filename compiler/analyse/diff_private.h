/*
 * What the files of the comparison share: two sides in one family, ends, and
 * pairs of these.
 */
#ifndef ANALYSE_DIFF_PRIVATE_H
#define ANALYSE_DIFF_PRIVATE_H

#include "analyse/diff.h"

#define DIFF_NOBODY UINT32_MAX /* no zone of the side */
#define DIFF_OUTCOMES_MAX 0xffffu

/* Who sends and gets packets of a card: a zone before and a zone after. */
struct end {
	endpoint ends[2];	      /* or DIFF_NOBODY */
	size_t card;		      /* one of those that are alike */
	bdd_ref source[2], target[2]; /* own, and further */
	const char *word, *name;      /* of the zone; and with its card */
};

struct family_diff {
	struct diff *diff;
	struct space space;
	struct slicer slicer;
	struct flows flows[2];
	struct boxes_cutter cutter;
	bool rulesets; /* one side is one */
	VEC(struct end) ends;
};

/* One pair of ends, in one way of having addresses. */
struct pair_diff {
	struct family_diff *family;
	const struct end *from, *to;
	bool further_source, further_target;
	bool outer, midway;
	struct flow_view views[2];
	bdd_ref plain[2]; /* if outer: what is decided for inner addresses */
};

/* diff_ends.c: all ends of a family. */
void diff_find_ends(struct family_diff *f);
/* The zone of that name, or DIFF_NOBODY. */
endpoint diff_find_zone(const struct policy *policy, const char *name);

/* diff_place.c */
struct flow_place diff_place_of(const struct pair_diff *p);

/* diff_pair.c */
void diff_compare_ends(
    struct family_diff *f, const struct end *from, const struct end *to);
/* The targets that are meant, and SET as the pair's packets have it. */
bdd_ref diff_targets_of(const struct pair_diff *p);
bdd_ref diff_seen(const struct pair_diff *p, bdd_ref set);

#endif
