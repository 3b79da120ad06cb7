/*
 * Mutants: a policy with one rule changed, to see whether a test notices.
 *
 * A mutant is made of the resolved policy, never of text, so that it means
 * exactly what it is said to mean.
 */
#ifndef EVAL_MUTATE_H
#define EVAL_MUTATE_H

#include "base/arena.h"
#include "eval/scene.h"
#include "sema/policy.h"

enum mutation_kind {
	MUTATE_DELETE,
	MUTATE_ALLOW,	   /* what was denied or rejected */
	MUTATE_ANY_SOURCE, /* without its list of hosts */
	MUTATE_ANY_TARGET,
	MUTATE_ANY_FROM, /* from every zone */
	MUTATE_ANY_TO,
	MUTATE_ANY_PORT, /* PART of any port or type */
	MUTATE_NO_PORTS, /* PART without its range number ITEM */
	MUTATE_NO_TYPE,	 /* PART without ICMP type ITEM */
	MUTATE_NO_PART,
	MUTATE_LESS_SOURCE, /* without the list's range number ITEM */
	MUTATE_LESS_TARGET,
	MUTATE_NO_FROM, /* not from the end ITEM */
	MUTATE_NO_TO,
	MUTATE_NO_IPV4,
	MUTATE_NO_IPV6,
	MUTATE_DEFAULT, /* allow instead of deny, and the reverse */
};

struct mutation {
	enum mutation_kind kind;
	size_t rule; /* index; of no matter for the default */
	size_t part, item;
};

typedef VEC(struct mutation) mutations;

void mutations_list(
    struct arena *arena, const struct policy *policy, mutations *out);
/* The policy with the change; it shares what it can with POLICY. */
const struct policy *mutation_apply(struct arena *arena,
    const struct policy *policy, const struct mutation *mutation);
/* "without tcp 8080" */
const char *mutation_text(struct arena *arena, const struct policy *policy,
    const struct mutation *mutation);
/* The rule that is changed, or the default. */
struct span mutation_span(
    const struct policy *policy, const struct mutation *mutation);

/*
 * Does the change make no difference to any packet, of each kind that either
 * policy tells apart?  SCENE is POLICY's.
 */
bool mutation_is_equal(struct arena *arena, const struct scene *scene,
    const struct policy *mutant, const struct mutation *mutation);

#endif
