/*
 * Parts of a decision diagram, taken out for reading.
 */
#ifndef ANALYSE_SLICE_H
#define ANALYSE_SLICE_H

#include "base/arena.h"
#include "set/bdd.h"
#include "set/encode.h"

/* More pieces than anybody reads: a field cut into them is given up. */
#define SLICE_RANGES_MAX 65536u

/* What is known of the variables: a field's number, or nothing. */
struct slice_known {
	uint8_t bits[BDD_VARIABLES_MAX]; /* 0, 1, or SLICE_OPEN */
};

#define SLICE_OPEN 2

struct slicer {
	struct arena *arena;
	struct bdd *bdd;
	struct slice_memo *memo;
	bool failed; /* a field would be cut into too many ranges */
};

/* The numbers of a field that leave the same question behind. */
struct slice_piece {
	bdd_ref rest;
	VEC(struct addr_range) ranges; /* sorted, apart */
};

typedef VEC(struct slice_piece) slice_pieces;

void slicer_init(struct slicer *slicer, struct arena *arena, struct bdd *bdd);

void slice_know_nothing(struct slice_known *known);
void slice_know(struct slice_known *known, struct field field, uint64_t number);
void slice_know_addr(
    struct slice_known *known, struct field field, struct addr addr);
/* FUNCTION where all that is KNOWN holds; it no longer asks for that. */
bdd_ref slice_fix(
    struct slicer *slicer, bdd_ref function, const struct slice_known *known);

/* FUNCTION with MAP's word for each of its values. */
bdd_ref slice_map(struct slicer *slicer, bdd_ref function,
    uint32_t (*map)(void *context, uint32_t value), void *context);

/*
 * Cut FUNCTION, which asks for nothing before FIELD, by FIELD.  The pieces come
 * in the order of their first numbers.
 */
void slice_cut(struct slicer *slicer, bdd_ref function, struct field field,
    slice_pieces *out);

#endif
