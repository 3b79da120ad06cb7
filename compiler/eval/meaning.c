/*
 * The meaning of a policy, by its words: the first rule in the text that
 * matches decides, and what is said in akp(5) to hold always comes before.
 */
#include "eval/meaning_private.h"

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

static struct meaning
refuse(const struct look *look, enum meaning_reason reason)
{
	return decide(look, VERDICT_DENY, reason, SPAN_NONE);
}

/* Is the target the address that NAT gives the forward's uplink? */
static bool
at_outside(const struct look *look, const struct policy_forward *forward)
{
	const struct flow *flow = &look->flow;

	for (size_t i = 0; i < look->policy->zones.n; i++) {
		endpoint e = ENDPOINT_OF_ZONE(i);

		if (!endpoint_set_has(&forward->from, e) ||
		    !end_is_uplink(look, e) || !look->locality->has_alias[i] ||
		    (end_is_uplink(look, flow->from) && flow->from != e))
			continue;
		if (addr_compare(look->locality->alias[i], flow->target) == 0)
			return true;
	}
	return false;
}

static bool
is_forwarded(const struct look *look, const struct policy_forward *forward)
{
	const struct flow *flow = &look->flow;

	return endpoint_set_has(&forward->from, flow->from) &&
	    forward->protocol == flow->protocol &&
	    flow->target_port >= forward->outside.lo &&
	    flow->target_port <= forward->outside.hi &&
	    at_outside(look, forward);
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

		if (!is_forwarded(look, f))
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
is_absent(const struct look *look, endpoint e)
{
	return e != ENDPOINT_SELF && !policy_zone(look->policy, e)->present;
}

/*
 * Only a forward leads to addresses behind the NAT of the uplink, those that
 * this host has there included.
 */
static bool
is_hidden(const struct look *look)
{
	const struct flow *flow = &look->flow;
	const struct endpoint_set *nat;

	if (look->forwarded || flow->family != FAMILY_4 ||
	    !end_is_uplink(look, flow->from))
		return false;
	if (flow->to != ENDPOINT_SELF)
		return flow_behind_nat(look);
	nat = &policy_zone(look->policy, flow->from)->nat_from;
	for (endpoint e = 1; e <= look->policy->zones.n; e++)
		if (endpoint_set_has(nat, e) &&
		    addr_set_contains(&policy_zone(look->policy, e)->own,
			FAMILY_4, flow->target))
			return true;
	return false;
}

static bool
is_translated(const struct look *look)
{
	const struct flow *flow = &look->flow;

	return look->forwarded ||
	    (flow->family == FAMILY_4 && end_is_inner(look, flow->from) &&
		end_is_uplink(look, flow->to) &&
		endpoint_set_has(&policy_zone(look->policy, flow->to)->nat_from,
		    flow->from));
}

/*
 * TCP in mid-conversation is let go on by the option alone, and outwards; a
 * limit counts from the first packet.
 */
static bool
is_unknown(const struct look *look, enum verdict verdict, unsigned limit)
{
	return verdict == VERDICT_ALLOW && look->flow.midway &&
	    !(look->policy->options.pickup && limit == 0 &&
		end_is_uplink(look, look->flow.to));
}

/* What no rule decides. */
static struct meaning
by_default(const struct look *look)
{
	const struct policy *policy = look->policy;

	if (look->target != TARGET_OWN)
		return refuse(look, MEANING_NOWHERE);
	if (!conversation_holds(look))
		return refuse(look, MEANING_SPOOFED);
	if (policy->fallback == VERDICT_ALLOW && flow_behind_nat(look))
		return refuse(look, MEANING_HIDDEN);
	if (is_unknown(look, policy->fallback, 0))
		return refuse(look, MEANING_MIDWAY);
	return decide(
	    look, policy->fallback, MEANING_DEFAULT, policy->fallback_span);
}

static struct meaning
by_rules(struct look *look)
{
	const struct policy *policy = look->policy;
	bool asked = policy_pair_asked(policy, look->flow.from, look->flow.to);

	for (size_t i = 0; asked && i < policy->rules.n; i++) {
		const struct policy_rule *rule = &policy->rules.v[i];
		bool exchange;

		if (!rule_decides(look, rule, &exchange))
			continue;
		if (is_unknown(look, rule->verdict, rule->limit))
			return refuse(look, MEANING_MIDWAY);
		look->result.rule = rule;
		look->result.stateless = exchange;
		return decide(look, rule->verdict, MEANING_RULE, rule->span);
	}
	return by_default(look);
}

/* Nobody on the link speaks further than to this host by such an address. */
static bool
is_stray_neighbour(const struct look *look)
{
	return look->source == SOURCE_LINK &&
	    (look->flow.to != ENDPOINT_SELF ||
		!end_has_ipv6(look, look->flow.from));
}

/* The pair has cards and may be asked about; now its addresses. */
static struct meaning
by_addresses(struct look *look)
{
	struct span span = SPAN_NONE;

	look->source = end_source(look);
	if (look->source == SOURCE_SPOOFED)
		return refuse(look, MEANING_SPOOFED);
	take_forward(look);
	look->target = end_target(look);
	if (is_hidden(look))
		return refuse(look, MEANING_HIDDEN);
	if (passes_trust(look, &span)) {
		look->result.stateless = true;
		return decide(look, VERDICT_ALLOW, MEANING_TRUST, span);
	}
	look->result.translated = is_translated(look);
	if (passes_neighbour(look)) {
		look->result.stateless = true;
		return decide(look, VERDICT_ALLOW, MEANING_LINK, span);
	}
	if (is_stray_neighbour(look))
		return refuse(look, MEANING_SPOOFED);
	if (passes_error(look)) {
		look->result.stateless = true;
		return decide(look, VERDICT_ALLOW, MEANING_ERROR, span);
	}
	return by_rules(look);
}

struct meaning
meaning_of(const struct policy *policy, const struct locality *locality,
    const struct flow *flow)
{
	struct look look = {
	    .policy = policy, .locality = locality, .flow = *flow};

	if (flow->from == ENDPOINT_SELF && flow->to == ENDPOINT_SELF)
		return decide(
		    &look, VERDICT_ALLOW, MEANING_LOOPBACK, SPAN_NONE);
	if (passes_lifeline(&look)) {
		look.result.stateless = true;
		return decide(&look, VERDICT_ALLOW, MEANING_LIFELINE,
		    policy->options.lifeline_span);
	}
	if (is_absent(&look, flow->from) || is_absent(&look, flow->to))
		return refuse(&look, MEANING_ABSENT);
	if (end_is_uplink(&look, flow->from) && end_is_uplink(&look, flow->to))
		return refuse(&look, MEANING_NOWHERE);
	return by_addresses(&look);
}
