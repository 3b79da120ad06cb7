/*
 * A rule, altered in one thing at a time.
 */
#ifndef ALTER_ALTER_H
#define ALTER_ALTER_H

#include "target/ipfw/ipfw.h"

struct alteration {
	const char *what;
	bool deleted;
	struct ipfw_rule rule;
};

typedef VEC(struct alteration) alterations;

/*
 * All alterations of rule INDEX: gone, another action, jumps one further or
 * less far, each instruction gone, negated or with another value.
 */
alterations alter_rule(
    struct arena *arena, const struct ipfw_ruleset *ruleset, size_t index);

#endif
