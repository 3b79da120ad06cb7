/*
 * Rules of the usual shape, ports of a protocol and hosts, put together in one
 * go: with thousands of them a diagram that grows would be walked through too
 * often.
 */
#ifndef PROVE_POLICY_COLUMNS_H
#define PROVE_POLICY_COLUMNS_H

#include "prove/policy_model.h"

/* What a rule says of some numbers of the field that is asked first. */
struct policy_column {
	unsigned protocol;
	struct addr_range range;
	bdd_ref rest; /* what later fields ask: the rule's class, or 0 */
	size_t index; /* of the rule */
};

struct policy_columns {
	struct field field;
	VEC(struct policy_column) all;
};

/* Is RULE of a shape that can be added? */
bool policy_columns_fit(const struct policy_model *model,
    const struct policy_rule *rule, const struct policy_columns *columns);
/* Add rule INDEX, which fits and is of CLASS, a number from 1. */
void policy_columns_add(const struct policy_model *model, size_t index,
    uint32_t class, struct policy_columns *columns);
/*
 * For each packet the class of the first rule that matches it, or 0.  No
 * columns are left.
 */
bdd_ref policy_columns_take(
    const struct policy_model *model, struct policy_columns *columns);

#endif
