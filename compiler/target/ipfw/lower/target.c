/*
 * The blocks of the out section: which target zones go together.
 */
#include "target/ipfw/lower/out.h"

struct endpoint_set
lower_out_zones(const struct lower *l)
{
	struct endpoint_set zones = l->uplinks;

	for (endpoint e = 1; e <= l->policy->zones.n; e++)
		if (endpoint_set_has(&l->inners, e) &&
		    !(endpoint_set_has(&l->trusted, e) &&
			lower_trust_short(l, e)))
			endpoint_set_add(&zones, e);
	return zones;
}

static bool
ruled_alike(const struct lower *l, endpoint a, endpoint b)
{
	for (size_t i = 0; i < l->ir->rules.n; i++) {
		const struct ir_rule *rule = &l->ir->rules.v[i];

		if (endpoint_set_has(&rule->from, a) !=
			endpoint_set_has(&rule->from, b) ||
		    endpoint_set_has(&rule->to, a) !=
			endpoint_set_has(&rule->to, b))
			return false;
	}
	return true;
}

/* A rule that never matches is in no list, and opens its pair all the same. */
static bool
open_alike(const struct lower *l, endpoint a, endpoint b)
{
	for (endpoint e = 1; e <= l->policy->zones.n; e++)
		if (e != a && e != b &&
		    lower_open(l, a, e) != lower_open(l, b, e))
			return false;
	return true;
}

static bool
belongs(const struct lower *l, const struct target *target, endpoint e)
{
	struct endpoint_set all = endpoint_set_union(
	    &target->uplinks, &target->inners);
	bool uplink = endpoint_set_has(&l->uplinks, e);

	for (endpoint o = 1; o <= l->policy->zones.n; o++) {
		if (!endpoint_set_has(&all, o))
			continue;
		if (lower_share_card(l, o, e))
			return true;
		if (uplink && endpoint_set_has(&l->uplinks, o) &&
		    endpoint_set_empty(&target->inners) &&
		    ruled_alike(l, o, e) && open_alike(l, o, e))
			return true;
	}
	return false;
}

static void
target_add(const struct lower *l, struct target *target, endpoint e)
{
	if (endpoint_set_has(&l->uplinks, e))
		endpoint_set_add(&target->uplinks, e);
	else
		endpoint_set_add(&target->inners, e);
}

/* Uplinks first: most of what leaves goes there. */
size_t
targets_find(const struct lower *l, struct target *targets)
{
	struct endpoint_set zones = lower_out_zones(l);
	size_t n = 0;

	for (int inner = 0; inner <= 1; inner++)
		for (endpoint e = 1; e <= l->policy->zones.n; e++) {
			size_t i = 0;

			if (!endpoint_set_has(&zones, e) ||
			    endpoint_set_has(&l->inners, e) != (inner == 1))
				continue;
			while (i < n && !belongs(l, &targets[i], e))
				i++;
			target_add(l, &targets[i], e);
			n += i == n;
		}
	return n;
}
