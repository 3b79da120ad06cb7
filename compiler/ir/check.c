/*
 * What holds of the flows between any two passes.
 */
#include "ir/ir.h"

static const char *
check_match(const struct ir_match *match)
{
	bool ports = match->source_ports.n != 0 || match->target_ports.n != 0;

	if (match->families == FAMILY_NONE)
		return "matches no address family";
	if (ports && match->protocol != PROTOCOL_TCP &&
	    match->protocol != PROTOCOL_UDP)
		return "has ports without tcp or udp";
	if (match->types != NULL && match->protocol != PROTOCOL_ICMP &&
	    match->protocol != PROTOCOL_ICMP6)
		return "has ICMP types without ICMP";
	if (match->has_source && addr_set_empty(&match->source))
		return "has an empty source";
	if (match->has_target && addr_set_empty(&match->target))
		return "has an empty target";
	return NULL;
}

static const char *
check_rule(const struct ir_rule *rule)
{
	if (endpoint_set_empty(&rule->from) || endpoint_set_empty(&rule->to))
		return "has an end that is nowhere";
	if (rule->origins.n == 0)
		return "comes from no line of the policy";
	if (rule->limit != 0 && rule->verdict != VERDICT_ALLOW)
		return "limits what it does not allow";
	if (rule->kind == IR_EXCHANGE &&
	    (rule->limit != 0 || endpoint_set_has(&rule->from, ENDPOINT_SELF)))
		return "is an exchange that is not towards this host";
	return check_match(&rule->match);
}

const char *
ir_check(struct arena *arena, const struct ir *ir)
{
	for (size_t i = 0; i < ir->rules.n; i++) {
		const char *wrong = check_rule(&ir->rules.v[i]);

		if (wrong != NULL)
			return arena_printf(arena, "rule %zu %s", i, wrong);
	}
	return NULL;
}
