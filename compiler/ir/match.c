/*
 * Comparing rules by the flows they match.  Everything here is conservative:
 * "covers" is claimed only where each field shows it.
 */
#include "ir/ir.h"

static bool
ports_cover(const struct port_set *outer, const struct port_set *inner)
{
	if (outer->n == 0)
		return true;
	return inner->n != 0 && port_set_covers(outer, inner);
}

static bool
types_cover(const struct ir_match *outer, const struct ir_match *inner)
{
	if (!outer->has_types)
		return true;
	if (!inner->has_types)
		return false;
	for (size_t i = 0; i < 4; i++)
		if (inner->types.bits[i] & ~outer->types.bits[i])
			return false;
	return true;
}

static bool
match_covers(const struct ir_match *outer, const struct ir_match *inner)
{
	if ((inner->families & ~outer->families) != 0)
		return false;
	if (outer->protocol != PROTOCOL_ANY &&
	    outer->protocol != inner->protocol)
		return false;
	if (!ports_cover(&outer->source_ports, &inner->source_ports) ||
	    !ports_cover(&outer->target_ports, &inner->target_ports) ||
	    !types_cover(outer, inner))
		return false;
	if (outer->has_source &&
	    (!inner->has_source ||
		!addr_set_covers(&outer->source, &inner->source)))
		return false;
	return !outer->has_target ||
	    (inner->has_target &&
		addr_set_covers(&outer->target, &inner->target));
}

/*
 * An exchange reaches group addresses and goes both ways, so it is compared
 * with nothing but its like.
 */
bool
ir_rule_covers(const struct ir_rule *outer, const struct ir_rule *inner)
{
	if (outer->kind != inner->kind || outer->exchange != inner->exchange)
		return false;
	/* An allow says nothing of machines that NAT hides; a forward does. */
	if (inner->forward != NULL && outer->forward == NULL &&
	    outer->verdict == VERDICT_ALLOW)
		return false;
	if (outer->kind == IR_EXCHANGE && outer->way != IR_BOTH_WAYS &&
	    outer->way != inner->way)
		return false;
	if (outer->kind == IR_EXCHANGE &&
	    (outer->group != inner->group ||
		outer->broadcast != inner->broadcast ||
		!addr_set_equal(&outer->groups, &inner->groups)))
		return false;
	return endpoint_set_covers(&outer->from, &inner->from) &&
	    endpoint_set_covers(&outer->to, &inner->to) &&
	    match_covers(&outer->match, &inner->match);
}

bool
ir_rule_same_effect(const struct ir_rule *a, const struct ir_rule *b)
{
	return a->verdict == b->verdict && a->kind == b->kind &&
	    a->log == b->log && a->limit == 0 && b->limit == 0 &&
	    a->is_default == b->is_default;
}
