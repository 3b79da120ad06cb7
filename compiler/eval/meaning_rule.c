/*
 * Does a rule of the policy decide a flow?
 */
#include "eval/meaning_private.h"

static bool
part_matches(const struct service_part *part, const struct flow *flow)
{
	if (!(part->families & flow->family))
		return false;
	if (part->protocol != PROTOCOL_ANY && part->protocol != flow->protocol)
		return false;
	if (part->source.n != 0 &&
	    !port_set_contains(&part->source, flow->source_port))
		return false;
	if (part->target.n != 0 &&
	    !port_set_contains(&part->target, flow->target_port))
		return false;
	return !part->has_types ||
	    (flow->type < 256 &&
		(part->types.bits[flow->type / 64] >> flow->type % 64 & 1) !=
		    0);
}

static bool
pair_named(const struct policy_rule *rule, endpoint from, endpoint to)
{
	return endpoint_set_has(&rule->from, from) &&
	    endpoint_set_has(&rule->to, to);
}

static bool
hosts_hold(const struct look *look, bool has, const struct addr_set *hosts,
    struct addr address)
{
	return !has || addr_set_contains(hosts, look->flow.family, address);
}

static bool
hosts_match(const struct look *look, const struct policy_rule *rule)
{
	return hosts_hold(
		   look, rule->has_source, &rule->source, look->flow.source) &&
	    hosts_hold(
		look, rule->has_target, &rule->target, look->flow.target);
}

/*
 * Machines behind the NAT of an uplink are reached by forwards alone, and a
 * forward is for what its NAT has translated.
 */
static bool
reaches(const struct look *look, const struct policy_rule *rule)
{
	bool outside = end_is_uplink(look, look->flow.from);

	if (rule->forward != NULL && outside)
		return look->forwarded;
	return rule->verdict != VERDICT_ALLOW || !flow_behind_nat(look);
}

/*
 * No conversation is with a group, or with somebody without an address.
 * Towards this host a neighbour's link-local address is as good as its others,
 * if the zone has IPv6 at all.
 */
bool
conversation_holds(const struct look *look)
{
	const struct flow *flow = &look->flow;

	if (look->target != TARGET_OWN)
		return false;
	if (look->source == SOURCE_LINK)
		return flow->to == ENDPOINT_SELF &&
		    policy_zone(look->policy, flow->from)->nets.v6.n != 0 &&
		    !(policy_zone(look->policy, flow->from)->trusted &&
			policy_shares_link(look->policy, flow->from));
	return look->source == SOURCE_OWN;
}

static bool
conversation_decides(const struct look *look, const struct policy_rule *rule)
{
	const struct flow *flow = &look->flow;

	if (!pair_named(rule, flow->from, flow->to) ||
	    !hosts_match(look, rule) || !reaches(look, rule))
		return false;
	return rule->verdict != VERDICT_ALLOW || conversation_holds(look);
}

static bool
group_of(const struct look *look, const struct service_part *part)
{
	const struct flow *flow = &look->flow;

	if (addr_set_contains(&part->groups, flow->family, flow->target))
		return true;
	return part->broadcast && flow->family == FAMILY_4 &&
	    (flow->target.lo == UINT32_MAX ||
		addr_set_contains(
		    &look->locality->broadcast, FAMILY_4, flow->target));
}

/* Is the target an address of an inner zone? */
static bool
is_of_inner_zone(const struct look *look)
{
	const struct flow *flow = &look->flow;

	for (endpoint e = 1; e <= look->policy->zones.n; e++)
		if (end_is_inner(look, e) &&
		    addr_set_contains(&policy_zone(look->policy, e)->own,
			flow->family, flow->target))
			return true;
	return false;
}

/*
 * Whom the packets of an exchange may be for.  The answer to a client may come
 * from outside to an address that it does not have yet; over IPv6 it has one of
 * the link.
 */
static bool
exchange_target(const struct look *look, const struct service_part *part)
{
	const struct flow *flow = &look->flow;

	if (part->exchange == EXCHANGE_CLIENT && flow->family == FAMILY_6)
		return addr_in_link(flow->target) &&
		    (flow->from == ENDPOINT_SELF ||
			(look->target != TARGET_GROUP &&
			    addr_in_link(flow->source)));
	if (part->exchange == EXCHANGE_CLIENT && flow->to == ENDPOINT_SELF &&
	    end_is_uplink(look, flow->from))
		return !is_of_inner_zone(look);
	return look->target == TARGET_OWN || look->target == TARGET_LINK ||
	    group_of(look, part);
}

/* Who has no address yet asks everybody for one. */
static bool
exchange_source(const struct look *look, const struct service_part *part)
{
	switch (look->source) {
	case SOURCE_OWN:
	case SOURCE_LINK:
		return true;
	case SOURCE_NOBODY:
		return part->exchange == EXCHANGE_SERVER &&
		    look->flow.target.lo == UINT32_MAX;
	case SOURCE_SPOOFED:
		break;
	}
	return false;
}

/*
 * The hosts of an exchange are those of the zone, whichever way it goes; who
 * has no address yet is none of them.
 */
static bool
exchange_hosts(const struct look *look, const struct policy_rule *rule,
    const struct service_part *part)
{
	const struct flow *flow = &look->flow;
	bool out = flow->from == ENDPOINT_SELF;
	struct addr far = out ? flow->target : flow->source;
	bool written_out = endpoint_set_has(&rule->from, ENDPOINT_SELF);
	bool has = written_out ? rule->has_target : rule->has_source;

	if (look->source == SOURCE_NOBODY)
		return !has;
	if (out && group_of(look, part))
		return true;
	return hosts_hold(
	    look, has, written_out ? &rule->target : &rule->source, far);
}

/* The same exchange the other way, if this host is the sender. */
static bool
exchange_part(const struct service_part *part, const struct flow *flow)
{
	struct flow back = *flow;

	if (flow->from != ENDPOINT_SELF || part->exchange == EXCHANGE_PEER)
		return part_matches(part, flow);
	back.source_port = flow->target_port;
	back.target_port = flow->source_port;
	return part_matches(part, &back);
}

/* An exchange is meant whichever way the pair is written. */
static bool
exchange_decides(const struct look *look, const struct policy_rule *rule,
    const struct service_part *part)
{
	const struct flow *flow = &look->flow;
	endpoint zone = flow->from != ENDPOINT_SELF ? flow->from : flow->to;

	if (flow->family == FAMILY_6 ? !end_has_ipv6(look, zone)
				     : !end_has_ipv4(look, zone))
		return false;
	return flow_with_self(flow) &&
	    (pair_named(rule, flow->from, flow->to) ||
		pair_named(rule, flow->to, flow->from)) &&
	    exchange_part(part, flow) && exchange_target(look, part) &&
	    exchange_source(look, part) && exchange_hosts(look, rule, part);
}

bool
rule_decides(
    const struct look *look, const struct policy_rule *rule, bool *exchange)
{
	*exchange = false;
	if (rule->any_service)
		return conversation_decides(look, rule);
	for (size_t i = 0; i < rule->parts.n; i++) {
		const struct service_part *part = &rule->parts.v[i];

		*exchange = part->exchange != EXCHANGE_NONE;
		if (*exchange && exchange_decides(look, rule, part))
			return true;
		if (!*exchange && part_matches(part, &look->flow) &&
		    conversation_decides(look, rule))
			return true;
	}
	return false;
}
