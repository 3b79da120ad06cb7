/*
 * Comparing rules by the flows they match.  Everything here is conservative:
 * "covers" is claimed only where each field shows it.
 */
#include "ir/ir.h"

/* Longer lists are not compared to find them disjoint. */
#define RANGES_MAX 256

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
	if (outer->types == NULL || outer->types == inner->types)
		return true;
	if (inner->types == NULL)
		return false;
	for (size_t i = 0; i < 4; i++)
		if (inner->types->bits[i] & ~outer->types->bits[i])
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

static bool
groups_equal(const struct addr_set *a, const struct addr_set *b)
{
	return (a == NULL) == (b == NULL) &&
	    (a == NULL || addr_set_equal(a, b));
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
	    (outer->broadcast != inner->broadcast ||
		!groups_equal(outer->groups, inner->groups)))
		return false;
	return endpoint_set_covers(&outer->from, &inner->from) &&
	    endpoint_set_covers(&outer->to, &inner->to) &&
	    match_covers(&outer->match, &inner->match);
}

/* Both have a condition, and nothing meets both. */
static bool
ports_part(const struct port_set *a, const struct port_set *b)
{
	return a->n != 0 && b->n != 0 && !port_set_overlaps(a, b);
}

static bool
types_part(const struct ir_match *a, const struct ir_match *b)
{
	uint64_t both = 0;

	if (a->types == NULL || b->types == NULL)
		return false;
	for (size_t i = 0; i < 4; i++)
		both |= a->types->bits[i] & b->types->bits[i];
	return both == 0;
}

static bool
ranges_part(const struct addr_ranges *a, const struct addr_ranges *b)
{
	if (a->n + b->n > RANGES_MAX)
		return false;
	for (size_t i = 0, j = 0; i < a->n && j < b->n;) {
		if (addr_compare(a->v[i].hi, b->v[j].lo) < 0)
			i++;
		else if (addr_compare(b->v[j].hi, a->v[i].lo) < 0)
			j++;
		else
			return false;
	}
	return true;
}

static bool
hosts_part(const struct addr_set *a, const struct addr_set *b)
{
	return ranges_part(&a->v4, &b->v4) && ranges_part(&a->v6, &b->v6);
}

static bool
match_parts(const struct ir_match *a, const struct ir_match *b)
{
	if ((a->families & b->families) == FAMILY_NONE ||
	    ports_part(&a->source_ports, &b->source_ports) ||
	    ports_part(&a->target_ports, &b->target_ports) || types_part(a, b))
		return true;
	return (a->has_source && b->has_source &&
		   hosts_part(&a->source, &b->source)) ||
	    (a->has_target && b->has_target &&
		hosts_part(&a->target, &b->target));
}

static bool
ends_part(const struct ir_rule *a, const struct ir_rule *b)
{
	struct endpoint_set from = endpoint_set_intersect(&a->from, &b->from);
	struct endpoint_set to = endpoint_set_intersect(&a->to, &b->to);

	return endpoint_set_empty(&from) || endpoint_set_empty(&to);
}

/*
 * An exchange goes to groups beside its ends, and both ways: its protocol and
 * ports alone tell it from a conversation.
 */
bool
ir_rules_disjoint(const struct ir_rule *a, const struct ir_rule *b)
{
	const struct ir_match *m = &a->match, *n = &b->match;

	if (a->kind == IR_EXCHANGE && b->kind == IR_EXCHANGE)
		return false;
	if (m->protocol != PROTOCOL_ANY && n->protocol != PROTOCOL_ANY &&
	    m->protocol != n->protocol)
		return true;
	if (a->kind == b->kind)
		return ends_part(a, b) ||
		    (m->protocol == n->protocol && match_parts(m, n));
	if (b->kind == IR_EXCHANGE) {
		m = &b->match;
		n = &a->match;
	}
	return ports_part(&m->target_ports, &n->target_ports) &&
	    ports_part(&m->source_ports, &n->target_ports);
}

bool
ir_rule_same_effect(const struct ir_rule *a, const struct ir_rule *b)
{
	return a->verdict == b->verdict && a->kind == b->kind &&
	    a->log == b->log && a->limit == 0 && b->limit == 0 &&
	    a->is_default == b->is_default;
}
