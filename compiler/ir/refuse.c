/*
 * Exchanges that an earlier line of the policy refuses.
 *
 * A rule without an exchange is about the addresses of its ends; the packets
 * of an exchange also go to groups and to everybody.  The first line that
 * matches decides for those too, so a refusal gets a copy of each later
 * exchange, narrowed to what the refusal is about.
 */
#include "ir/ir.h"

/* The ports that both conditions leave; false if there are none. */
static bool
narrow(struct arena *arena, const struct port_set *by, struct port_set *ports)
{
	if (by->n == 0)
		return true;
	if (ports->n == 0) {
		*ports = *by;
		return true;
	}
	*ports = port_set_intersect(arena, ports, by);
	return ports->n != 0;
}

static bool
narrow_match(struct arena *arena, const struct ir_match *by, bool swap,
    struct ir_match *match)
{
	match->families &= by->families;
	if (match->families == FAMILY_NONE ||
	    (by->protocol != PROTOCOL_ANY && by->protocol != match->protocol))
		return false;
	return narrow(arena, &by->source_ports,
		   swap ? &match->target_ports : &match->source_ports) &&
	    narrow(arena, &by->target_ports,
		swap ? &match->source_ports : &match->target_ports);
}

static struct ir_rule
copy_of(const struct ir_rule *exchange, const struct ir_rule *refusal,
    enum ir_way way)
{
	struct ir_rule copy = *exchange;

	copy.verdict = refusal->verdict;
	copy.log = refusal->log;
	copy.label = refusal->label;
	copy.origins = refusal->origins;
	copy.way = way;
	copy.from = endpoint_set_intersect(
	    &exchange->from, way == IR_INWARDS ? &refusal->from : &refusal->to);
	return copy;
}

static void
refuse_inwards(struct arena *arena, const struct ir_rule *refusal,
    const struct ir_rule *exchange, struct ir *out)
{
	struct ir_rule copy = copy_of(exchange, refusal, IR_INWARDS);
	struct ir_match *match = &copy.match;

	if (!endpoint_set_has(&refusal->to, ENDPOINT_SELF) ||
	    endpoint_set_empty(&copy.from) || refusal->match.has_target ||
	    !narrow_match(arena, &refusal->match, false, match))
		return;
	if (refusal->match.has_source) {
		match->source = match->has_source
		    ? addr_set_intersect(
			  arena, &match->source, &refusal->match.source)
		    : refusal->match.source;
		match->has_source = true;
		match->families &= addr_set_families(&match->source);
	}
	if (match->families != FAMILY_NONE)
		vec_push(arena, &out->rules, copy);
}

/*
 * A refusal of certain targets is not about groups.  This host's own addresses
 * are the target of an exchange, which is written towards this host.
 */
static void
refuse_outwards(struct arena *arena, const struct ir_rule *refusal,
    const struct ir_rule *exchange, struct ir *out)
{
	struct ir_rule copy = copy_of(exchange, refusal, IR_OUTWARDS);
	struct ir_match *match = &copy.match;

	if (!endpoint_set_has(&refusal->from, ENDPOINT_SELF) ||
	    endpoint_set_empty(&copy.from) || refusal->match.has_target ||
	    !narrow_match(arena, &refusal->match,
		exchange->exchange != EXCHANGE_PEER, match))
		return;
	if (refusal->match.has_source) {
		match->target = refusal->match.source;
		match->has_target = true;
		match->families &= addr_set_families(&match->target);
	}
	if (match->families != FAMILY_NONE)
		vec_push(arena, &out->rules, copy);
}

static size_t *
exchanges_of(struct arena *arena, const struct ir *ir, size_t *n)
{
	size_t *list = arena_calloc(arena, ir->rules.n + 1, sizeof(*list));

	*n = 0;
	for (size_t i = 0; i < ir->rules.n; i++)
		if (ir->rules.v[i].kind == IR_EXCHANGE &&
		    ir->rules.v[i].verdict == VERDICT_ALLOW)
			list[(*n)++] = i;
	return list;
}

void
ir_refuse_exchanges(struct arena *arena, struct ir *ir)
{
	struct ir out = *ir;
	size_t n;
	size_t *exchanges = exchanges_of(arena, ir, &n);

	if (n == 0)
		return;
	out.rules.v = NULL;
	out.rules.n = out.rules.cap = 0;
	for (size_t i = 0; i < ir->rules.n; i++) {
		const struct ir_rule *rule = &ir->rules.v[i];

		vec_push(arena, &out.rules, *rule);
		if (rule->kind != IR_CONVERSATION ||
		    rule->verdict == VERDICT_ALLOW)
			continue;
		for (size_t j = 0; j < n; j++) {
			if (exchanges[j] < i)
				continue;
			refuse_inwards(
			    arena, rule, &ir->rules.v[exchanges[j]], &out);
			refuse_outwards(
			    arena, rule, &ir->rules.v[exchanges[j]], &out);
		}
	}
	*ir = out;
}
