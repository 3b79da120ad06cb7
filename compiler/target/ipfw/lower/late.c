/*
 * The order of the two families at the end of a stretch: exchanges, errors
 * and neighbours of IPv6 wait behind a verdict for IPv4, which is most of
 * what is refused.
 */
#include "target/ipfw/lower/private.h"

/*
 * The IPv6 half of an exchange may wait if no rule that matches IPv6 comes
 * after it.  Conversations do not wait: a new flow is asked for more often
 * than an exchange.
 */
bool *
late_choose(struct lower *l, const struct context *context)
{
	bool *late = arena_calloc(l->arena, l->ir->rules.n + 1, sizeof(*late));
	bool open = l->flavour->ipv6 && l->level > 0 &&
	    !l->policy->options.pickup;

	for (size_t i = l->ir->rules.n; i-- > 0 && open;) {
		const struct ir_rule *rule = &l->ir->rules.v[i];

		if (!flow_applies(l, rule, context))
			continue;
		if (rule->kind == IR_EXCHANGE)
			late[i] = true;
		else if (rule->match.families & FAMILY_6 &&
		    rule->match.protocol != PROTOCOL_ICMP)
			open = false;
	}
	return late;
}

void
flows_early(struct lower *l, const struct context *context, const bool *late)
{
	ir_rule_list list = {0};

	for (size_t i = 0; i < l->ir->rules.n; i++) {
		const struct ir_rule *rule = &l->ir->rules.v[i];

		if (!flow_applies(l, rule, context))
			continue;
		if (rule->kind == IR_EXCHANGE) {
			flows_put(l, context, list.v, list.n);
			list.n = 0;
			exchange_put(
			    l, rule, context, late[i] ? FAMILY_4 : FAMILY_BOTH);
		} else {
			vec_push(l->arena, &list, rule);
		}
	}
	flows_put(l, context, list.v, list.n);
}

void
flows_late(struct lower *l, const struct context *context, const bool *late)
{
	for (size_t i = 0; i < l->ir->rules.n; i++) {
		const struct ir_rule *rule = &l->ir->rules.v[i];

		if (late[i])
			exchange_put(l, rule, context, FAMILY_6);
	}
}

bool
flow_overlaps_errors(const struct ir_rule *rule)
{
	const struct type_set *types = rule->match.types;

	switch (rule->match.protocol) {
	case PROTOCOL_ANY:
		return true;
	case PROTOCOL_ICMP:
		return types == NULL ||
		    (types->bits[0] & (1u << 3 | 1u << 11 | 1u << 12)) != 0;
	case PROTOCOL_ICMP6:
		return types == NULL || (types->bits[0] & 0x1e) != 0;
	default:
		return false;
	}
}

/* Neighbour discovery and multicast listening: RFC 4861, 2710, 3810. */
static bool
overlaps_neighbours(const struct ir_rule *rule)
{
	/* 130 to 136 and 143 */
	const uint64_t neighbours = UINT64_C(0x7f) << 2 | UINT64_C(1) << 15;
	const struct type_set *types = rule->match.types;

	return rule->match.protocol == PROTOCOL_ICMP6 && types != NULL &&
	    (types->bits[2] & neighbours) != 0;
}

/*
 * Of which families may there be errors, or neighbours, that RULE matches?
 * Both pass whatever it says.
 */
static enum family
error_families(const struct ir_rule *rule)
{
	enum family families = rule->match.families;

	if (!flow_overlaps_errors(rule) && !overlaps_neighbours(rule))
		return FAMILY_NONE;
	if (rule->match.protocol == PROTOCOL_ICMP)
		families &= FAMILY_4;
	if (rule->match.protocol == PROTOCOL_ICMP6)
		families &= FAMILY_6;
	return families;
}

bool
errors_come_first(const struct lower *l, const struct endpoint_set *from,
    const struct endpoint_set *to, enum family families)
{
	for (size_t i = 0; i < l->ir->rules.n; i++) {
		const struct ir_rule *rule = &l->ir->rules.v[i];
		struct endpoint_set f = endpoint_set_intersect(
		    &rule->from, from);
		struct endpoint_set t = endpoint_set_intersect(&rule->to, to);

		if (rule->verdict != VERDICT_ALLOW &&
		    rule->kind == IR_CONVERSATION &&
		    (error_families(rule) & families) != 0 &&
		    !endpoint_set_empty(&f) && !endpoint_set_empty(&t))
			return true;
	}
	return false;
}
