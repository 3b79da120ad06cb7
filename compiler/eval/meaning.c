/*
 * The meaning of a policy, by its words: the first rule in the text that
 * matches decides, and what is said in akp(5) to hold always comes before.
 */
#include "eval/meaning.h"

struct look {
	const struct policy *policy;
	struct flow flow;		/* after a forward has rewritten it */
	bool forwarded;
	bool strange;	/* an address that is no zone's: exchanges only */
	struct meaning result;
};

static const struct zone *
zone_of(const struct look *look, endpoint e)
{
	return policy_zone(look->policy, e);
}

static bool
is_uplink(const struct look *look, endpoint e)
{
	return e != ENDPOINT_SELF && zone_of(look, e)->role == ZONE_UPLINK;
}

static bool
is_inner(const struct look *look, endpoint e)
{
	return e != ENDPOINT_SELF && zone_of(look, e)->role == ZONE_INNER;
}

static struct meaning
decide(const struct look *look, enum verdict verdict,
    enum meaning_reason reason, struct span span)
{
	struct meaning meaning = look->result;

	meaning.verdict = verdict;
	meaning.reason = reason;
	meaning.span = span;
	meaning.reached = look->flow.to;
	meaning.reached_address = look->flow.target;
	meaning.reached_port = look->flow.target_port;
	return meaning;
}

/* A packet to a forwarded port of this host goes on to its target. */
static void
take_forward(struct look *look)
{
	struct flow *flow = &look->flow;

	if (flow->to != ENDPOINT_SELF || flow->family != FAMILY_4)
		return;
	for (size_t i = 0; i < look->policy->forwards.n; i++) {
		const struct policy_forward *f = look->policy->forwards.v[i];

		if (!endpoint_set_has(&f->from, flow->from) ||
		    f->protocol != flow->protocol ||
		    flow->target_port < f->outside.lo ||
		    flow->target_port > f->outside.hi)
			continue;
		flow->to = f->target_zone;
		flow->target = f->target;
		flow->target_port = (uint16_t)(f->inside.lo +
		    (flow->target_port - f->outside.lo));
		look->forwarded = true;
		look->result.translated = true;
		return;
	}
}

static bool
hosts_match(const struct look *look, bool has, const struct addr_set *hosts,
    struct addr address)
{
	return !has || addr_set_contains(hosts, look->flow.family, address);
}

static bool
part_matches(const struct service_part *part, const struct flow *flow)
{
	if (!(part->families & flow->family))
		return false;
	if (part->protocol != PROTOCOL_ANY &&
	    part->protocol != flow->protocol)
		return false;
	if (part->source.n != 0 &&
	    !port_set_contains(&part->source, flow->source_port))
		return false;
	if (part->target.n != 0 &&
	    !port_set_contains(&part->target, flow->target_port))
		return false;
	return !part->has_types || (flow->type < 256 &&
	    (part->types.bits[flow->type / 64] >> flow->type % 64 & 1));
}

/* The same exchange the other way: this host is the sender. */
static bool
exchange_matches(const struct service_part *part, const struct flow *flow)
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
pair_named(const struct policy_rule *rule, const struct flow *flow, bool both)
{
	return (endpoint_set_has(&rule->from, flow->from) &&
	    endpoint_set_has(&rule->to, flow->to)) || (both &&
	    endpoint_set_has(&rule->from, flow->to) &&
	    endpoint_set_has(&rule->to, flow->from));
}

static bool
with_self(const struct flow *flow)
{
	return flow->from == ENDPOINT_SELF || flow->to == ENDPOINT_SELF;
}

/* Matches, and says whether by an exchange. */
static bool
rule_matches(const struct look *look, const struct policy_rule *rule,
    bool *exchange)
{
	const struct flow *flow = &look->flow;

	*exchange = false;
	if (rule->forward != NULL && is_uplink(look, flow->from) &&
	    !look->forwarded)
		return false;
	if (!hosts_match(look, rule->has_source, &rule->source,
	    flow->source) || !hosts_match(look, rule->has_target,
	    &rule->target, flow->target))
		return false;
	if (rule->any_service)
		return !look->strange && pair_named(rule, flow, false);
	for (size_t i = 0; i < rule->parts.n; i++) {
		const struct service_part *part = &rule->parts.v[i];

		*exchange = part->exchange != EXCHANGE_NONE;
		if (*exchange && with_self(flow) &&
		    pair_named(rule, flow, true) &&
		    exchange_matches(part, flow))
			return true;
		if (!*exchange && !look->strange && pair_named(rule, flow, false) &&
		    part_matches(part, flow))
			return true;
	}
	return false;
}

/* May A begin a conversation with B at all? */
static bool
begins(const struct policy *policy, endpoint a, endpoint b)
{
	if (a == ENDPOINT_SELF && b == ENDPOINT_SELF)
		return true;
	if (a != ENDPOINT_SELF && policy_zone(policy, a)->trusted &&
	    (b == ENDPOINT_SELF || a == b))
		return true;
	if (a == ENDPOINT_SELF && policy_zone(policy, b)->trusted)
		return true;
	for (size_t i = 0; i < policy->rules.n; i++) {
		const struct policy_rule *rule = &policy->rules.v[i];

		if (rule->verdict == VERDICT_ALLOW &&
		    endpoint_set_has(&rule->from, a) &&
		    endpoint_set_has(&rule->to, b))
			return true;
	}
	return policy->fallback == VERDICT_ALLOW;
}

/* RFC 792: 3, 11, 12; RFC 4443: 1 to 4. */
static bool
is_error(const struct flow *flow)
{
	if (flow->protocol == PROTOCOL_ICMP)
		return flow->type == 3 || flow->type == 11 ||
		    flow->type == 12;
	return flow->protocol == PROTOCOL_ICMP6 && flow->type >= 1 &&
	    flow->type <= 4;
}

static bool
open_pair(const struct policy *policy, endpoint a, endpoint b)
{
	return begins(policy, a, b) || begins(policy, b, a);
}

/* This host sends errors to wherever anybody may talk to. */
static bool
error_passes(const struct look *look)
{
	const struct flow *flow = &look->flow;

	if (!is_error(flow))
		return false;
	if (flow->from != ENDPOINT_SELF)
		return open_pair(look->policy, flow->from, flow->to);
	for (endpoint e = 0; e <= look->policy->zones.n; e++)
		if (open_pair(look->policy, e, flow->to))
			return true;
	return false;
}

/* Neighbour discovery and multicast listening: RFC 4861, 2710, 3810. */
static bool
is_neighbour(const struct flow *flow)
{
	return flow->protocol == PROTOCOL_ICMP6 && with_self(flow) &&
	    ((flow->type >= 130 && flow->type <= 136) || flow->type == 143);
}

static bool
belongs(const struct look *look, endpoint e, struct addr address)
{
	return e == ENDPOINT_SELF || addr_set_contains(&zone_of(look, e)->own,
	    look->flow.family, address);
}

static bool
absent(const struct look *look, endpoint e)
{
	return e != ENDPOINT_SELF && !zone_of(look, e)->present;
}

/* Only a forward leads to machines behind the NAT of the uplink. */
static bool
hidden(const struct look *look)
{
	const struct flow *flow = &look->flow;

	return !look->forwarded && flow->family == FAMILY_4 &&
	    is_uplink(look, flow->from) && is_inner(look, flow->to) &&
	    endpoint_set_has(&zone_of(look, flow->from)->nat_from, flow->to);
}

/* What no rule decides. */
static struct meaning
by_default(const struct look *look)
{
	const struct flow *flow = &look->flow;
	struct span none = SPAN_NONE;

	if (!look->strange)
		return decide(look, look->policy->fallback, MEANING_DEFAULT,
		    look->policy->fallback_span);
	if (!belongs(look, flow->from, flow->source))
		return decide(look, VERDICT_DENY, MEANING_SPOOFED, none);
	return decide(look, VERDICT_DENY, MEANING_NOWHERE, none);
}

static struct meaning
by_rules(struct look *look)
{
	const struct policy *policy = look->policy;

	for (size_t i = 0; i < policy->rules.n; i++) {
		const struct policy_rule *rule = &policy->rules.v[i];
		bool exchange;

		if (!rule_matches(look, rule, &exchange))
			continue;
		look->result.rule = rule;
		look->result.stateless = exchange;
		return decide(look, rule->verdict, MEANING_RULE, rule->span);
	}
	return by_default(look);
}

static bool
trusted(const struct look *look, struct span *span)
{
	const struct flow *flow = &look->flow;
	endpoint zone = flow->from != ENDPOINT_SELF ? flow->from : flow->to;

	if (!zone_of(look, zone)->trusted || (flow->from != flow->to &&
	    !with_self(flow)))
		return false;
	*span = zone_of(look, zone)->trust_span;
	return true;
}

static bool
is_translated(const struct look *look)
{
	const struct flow *flow = &look->flow;

	return look->forwarded || (flow->family == FAMILY_4 &&
	    is_inner(look, flow->from) && is_uplink(look, flow->to) &&
	    endpoint_set_has(&zone_of(look, flow->to)->nat_from,
	    flow->from));
}

struct meaning
meaning_of(const struct policy *policy, const struct flow *flow)
{
	struct look look = {.policy = policy, .flow = *flow};
	struct span span = SPAN_NONE;

	if (flow->from == ENDPOINT_SELF && flow->to == ENDPOINT_SELF)
		return decide(&look, VERDICT_ALLOW, MEANING_LOOPBACK, span);
	if (absent(&look, flow->from) || absent(&look, flow->to))
		return decide(&look, VERDICT_DENY, MEANING_ABSENT, span);
	take_forward(&look);
	look.strange = !belongs(&look, flow->from, flow->source) ||
	    (is_inner(&look, look.flow.to) &&
	    !belongs(&look, look.flow.to, look.flow.target));
	if (is_uplink(&look, flow->from) && is_uplink(&look, flow->to))
		return decide(&look, VERDICT_DENY, MEANING_NOWHERE, span);
	if (hidden(&look))
		return decide(&look, VERDICT_DENY, MEANING_HIDDEN, span);
	if (!look.strange && trusted(&look, &span)) {
		look.result.stateless = true;
		return decide(&look, VERDICT_ALLOW, MEANING_TRUST, span);
	}
	look.result.translated = is_translated(&look);
	if (is_neighbour(&look.flow))
		return decide(&look, VERDICT_ALLOW, MEANING_LINK, span);
	if (!look.strange && error_passes(&look))
		return decide(&look, VERDICT_ALLOW, MEANING_ERROR, span);
	return by_rules(&look);
}
