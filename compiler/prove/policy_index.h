/*
 * Who speaks of whom: where there are many zones nobody can go through all
 * rules for each two of them.
 */
#ifndef PROVE_POLICY_INDEX_H
#define PROVE_POLICY_INDEX_H

#include "sema/policy.h"

typedef VEC(uint32_t) policy_indices;

/* All by the end that rules are from. */
struct policy_index {
	policy_indices *rules;
	/* To whom some rule allows anything; a conversation; by forward. */
	struct endpoint_set *allowed, *conversing, *forwarded;
};

struct policy_index policy_index_of(
    struct arena *arena, const struct policy *policy);
/* The rules from A to B and back, in their order. */
policy_indices policy_index_pair(struct arena *arena,
    const struct policy_index *index, const struct policy *policy, endpoint a,
    endpoint b);

#endif
