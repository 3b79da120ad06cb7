/*
 * A policy without its NAT.
 *
 * Machines behind NAT keep to themselves: their IPv4 packets are refused
 * towards the uplink and from it, first of all, and there are no forwards.
 */
#include "sema/policy.h"

typedef VEC(struct policy_rule) rule_list;

static struct addr_set
all_ipv4(struct arena *arena)
{
	struct addr_range range = {{0, 0}, {0, UINT32_MAX}};

	return addr_set_of(arena, FAMILY_4, range);
}

static void
add_denials(struct arena *arena, const struct policy *policy, endpoint uplink,
    rule_list *rules)
{
	const struct zone *zone = policy_zone(policy, uplink);
	struct endpoint_set live = policy_live_ends(policy);
	struct policy_rule out = {.verdict = VERDICT_DENY,
	    .any_service = true,
	    .span = zone->nat_span};
	struct policy_rule in = out;

	out.from = endpoint_set_intersect(&zone->nat_from, &live);
	endpoint_set_add(&out.to, uplink);
	if (!zone->present || endpoint_set_empty(&out.from))
		return;
	out.has_source = true;
	out.source = all_ipv4(arena);
	in.from = out.to;
	in.to = out.from;
	in.has_target = true;
	in.target = out.source;
	vec_push(arena, rules, out);
	vec_push(arena, rules, in);
}

void
policy_leave_out_nat(struct arena *arena, struct policy *policy)
{
	static const struct endpoint_set none;
	bool had = policy_has_nat(policy);
	rule_list rules = {0};

	for (endpoint e = 1; e <= policy->zones.n; e++)
		add_denials(arena, policy, e, &rules);
	for (size_t i = 0; i < policy->rules.n; i++) {
		if (policy->rules.v[i].forward == NULL)
			vec_push(arena, &rules, policy->rules.v[i]);
	}
	policy->rules.v = rules.v;
	policy->rules.n = rules.n;
	policy->rules.cap = rules.cap;
	policy->forwards.n = 0;
	for (size_t i = 0; i < policy->zones.n; i++)
		policy->zones.v[i].nat_from = none;
	policy->nat_left_out = policy->nat_left_out || had;
}

bool
policy_has_nat(const struct policy *policy)
{
	bool has = policy->nat_left_out;

	for (size_t i = 0; i < policy->zones.n; i++)
		has = has || !endpoint_set_empty(&policy->zones.v[i].nat_from);
	return has;
}
