/*
 * What passes whatever the rules say: the lifeline, trust, neighbour
 * discovery, and ICMP errors of pairs that talk.
 */
#include "eval/meaning_private.h"

#define SSH_PORT 22
#define DHCP_CLIENT 68
#define DHCP_SERVER 67

bool
passes_lifeline(const struct look *look)
{
	const struct policy_options *options = &look->policy->options;
	const struct flow *flow = &look->flow;

	if (!options->has_lifeline || flow->protocol != PROTOCOL_TCP)
		return false;
	if (flow->to == ENDPOINT_SELF)
		return flow->target_port == SSH_PORT &&
		    addr_set_contains(
			&look->locality->local, flow->family, flow->target) &&
		    addr_set_contains(
			&options->lifeline, flow->family, flow->source);
	return flow->from == ENDPOINT_SELF && flow->source_port == SSH_PORT &&
	    addr_set_contains(&options->lifeline, flow->family, flow->target);
}

static bool
asks_for_address(const struct flow *flow)
{
	return flow->protocol == PROTOCOL_UDP &&
	    flow->source_port == DHCP_CLIENT &&
	    flow->target_port == DHCP_SERVER && flow->target.lo == UINT32_MAX;
}

static bool
from_trusted(const struct look *look)
{
	const struct flow *flow = &look->flow;

	switch (look->source) {
	case SOURCE_OWN:
		return flow->to == ENDPOINT_SELF || look->target == TARGET_OWN;
	case SOURCE_LINK:
		if (flow->to != ENDPOINT_SELF ||
		    policy_shares_link(look->policy, flow->from))
			return false;
		return addr_in_link(flow->target) ||
		    (look->target == TARGET_OWN &&
			end_has_ipv6(look, flow->from));
	case SOURCE_NOBODY:
		return flow->to == ENDPOINT_SELF && asks_for_address(flow);
	case SOURCE_SPOOFED:
		break;
	}
	return false;
}

static bool
to_trusted(const struct look *look)
{
	const struct flow *flow = &look->flow;

	if (look->target == TARGET_OWN)
		return true;
	if (flow->family == FAMILY_4)
		return look->target == TARGET_GROUP &&
		    end_has_ipv4(look, flow->to);
	return addr_in_link(flow->target) &&
	    !policy_shares_link(look->policy, flow->to) &&
	    (end_has_ipv6(look, flow->to) || addr_from_link(flow->source));
}

bool
passes_trust(const struct look *look, struct span *span)
{
	const struct flow *flow = &look->flow;
	endpoint e = flow->from != ENDPOINT_SELF ? flow->from : flow->to;

	if (!policy_zone(look->policy, e)->trusted ||
	    (flow->from != flow->to && !flow_with_self(flow)))
		return false;
	*span = policy_zone(look->policy, e)->trust_span;
	return flow->from == ENDPOINT_SELF ? to_trusted(look)
					   : from_trusted(look);
}

/* Neighbour discovery and multicast listening: RFC 4861, 2710, 3810. */
static bool
is_neighbour(const struct flow *flow)
{
	return flow->protocol == PROTOCOL_ICMP6 && flow->family == FAMILY_6 &&
	    flow_with_self(flow) &&
	    ((flow->type >= 130 && flow->type <= 136) || flow->type == 143);
}

bool
passes_neighbour(const struct look *look)
{
	const struct flow *flow = &look->flow;

	if (!is_neighbour(flow) || look->source == SOURCE_SPOOFED)
		return false;
	if (addr_in_link(flow->target))
		return true;
	return look->target == TARGET_OWN &&
	    (!end_is_inner(look, flow->from) ||
		policy_zone(look->policy, flow->from)->nets.v6.n != 0);
}

/* Exchanges are with this host alone, whatever pairs the rule names. */
static bool
rule_opens(const struct policy_rule *rule, endpoint a, endpoint b)
{
	bool conversation = rule->any_service;

	if (rule->verdict != VERDICT_ALLOW ||
	    !endpoint_set_has(&rule->from, a) ||
	    !endpoint_set_has(&rule->to, b))
		return false;
	for (size_t i = 0; i < rule->parts.n; i++)
		if (rule->parts.v[i].exchange == EXCHANGE_NONE)
			conversation = true;
	return conversation || a == ENDPOINT_SELF || b == ENDPOINT_SELF;
}

/* May A begin a conversation with B at all? */
static bool
begins(const struct policy *policy, endpoint a, endpoint b)
{
	endpoint zone = a != ENDPOINT_SELF ? a : b;

	if (a == ENDPOINT_SELF && b == ENDPOINT_SELF)
		return true;
	if (policy_zone(policy, zone)->trusted &&
	    (a == b || a == ENDPOINT_SELF || b == ENDPOINT_SELF))
		return true;
	if (!policy_pair_asked(policy, a, b))
		return false;
	for (size_t i = 0; i < policy->rules.n; i++)
		if (rule_opens(&policy->rules.v[i], a, b))
			return true;
	return policy->fallback == VERDICT_ALLOW;
}

static bool
pair_is_open(const struct policy *policy, endpoint a, endpoint b)
{
	return begins(policy, a, b) || begins(policy, b, a);
}

/* RFC 792: 3, 11, 12; RFC 4443: 1 to 4. */
static bool
is_error(const struct flow *flow)
{
	if (flow->protocol == PROTOCOL_ICMP)
		return flow->type == 3 || flow->type == 11 || flow->type == 12;
	return flow->protocol == PROTOCOL_ICMP6 && flow->type >= 1 &&
	    flow->type <= 4;
}

/* Errors pass to and from this host, and between zones that talk. */
bool
passes_error(const struct look *look)
{
	const struct flow *flow = &look->flow;

	if (!is_error(flow) || !conversation_holds(look))
		return false;
	return flow_with_self(flow) ||
	    pair_is_open(look->policy, flow->from, flow->to);
}
