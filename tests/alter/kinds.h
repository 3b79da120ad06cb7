/*
 * Which values no rule tells apart: they are of one kind.
 */
#ifndef ALTER_KINDS_H
#define ALTER_KINDS_H

#include "eval/scene.h"

enum side {
	SIDE_SOURCE,
	SIDE_TARGET,
};

/*
 * Of what stands in V one of each kind is kept, by the rules, tables and
 * redirects of both rulesets.  Return how many are left.
 */
size_t kinds_fold_addresses(const struct scene *scene,
    const struct ipfw_ruleset *other, enum side side, enum family family,
    struct addr *v, size_t n);
size_t kinds_fold_ports(const struct ipfw_ruleset *one,
    const struct ipfw_ruleset *other, enum side side, uint16_t *v, size_t n);
/* Echoes and their answers are kinds of their own. */
void kinds_of_types(const struct ipfw_ruleset *one,
    const struct ipfw_ruleset *other, bool types[256]);

#endif
