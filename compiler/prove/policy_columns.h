/*
 * Rules of the usual shape, ports of a protocol and hosts, put together in one
 * go: with thousands of them a diagram that grows would be walked through too
 * often.
 */
#ifndef PROVE_POLICY_COLUMNS_H
#define PROVE_POLICY_COLUMNS_H

#include "prove/policy_model.h"

struct policy_column {
	unsigned protocol, lo, hi; /* target ports */
	bdd_ref hosts;
};

typedef VEC(struct policy_column) policy_columns;

/* Add rule INDEX; false if it is of another shape. */
bool policy_columns_add(
    const struct policy_model *model, size_t index, policy_columns *columns);
/* The packets of all of them, which are none after that. */
bdd_ref policy_columns_take(
    const struct policy_model *model, policy_columns *columns);

#endif
