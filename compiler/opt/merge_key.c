/*
 * Which rules can be one: their hash and their equality, without the field
 * that may differ.
 */
#include "opt/merge.h"

static uint64_t
mix(uint64_t hash, uint64_t value)
{
	hash ^= value + 0x9e3779b97f4a7c15u + (hash << 6) + (hash >> 2);
	return hash * 0xff51afd7ed558ccdu;
}

static uint64_t
hash_ports(uint64_t hash, const struct port_set *ports)
{
	for (size_t i = 0; i < ports->n; i++)
		hash = mix(
		    hash, (uint64_t)ports->v[i].lo << 16 | ports->v[i].hi);
	return mix(hash, ports->n);
}

static uint64_t
hash_ranges(uint64_t hash, const struct addr_ranges *ranges)
{
	for (size_t i = 0; i < ranges->n; i++) {
		hash = mix(hash, ranges->v[i].lo.hi ^ ranges->v[i].hi.hi);
		hash = mix(hash, ranges->v[i].lo.lo);
		hash = mix(hash, ranges->v[i].hi.lo);
	}
	return mix(hash, ranges->n);
}

static uint64_t
hash_addresses(uint64_t hash, bool has, const struct addr_set *set)
{
	if (!has)
		return mix(hash, 0);
	return hash_ranges(hash_ranges(hash, &set->v4), &set->v6);
}

uint64_t
merge_hash(const struct ir_rule *rule, enum merge_field field)
{
	const struct ir_match *match = &rule->match;
	uint64_t hash = mix(
	    (uint64_t)match->families, (uint64_t)(match->protocol + 1));

	if (field != MERGE_FROM)
		hash = mix(mix(hash, rule->from.bits[0]), rule->from.bits[1]);
	if (field != MERGE_TO)
		hash = mix(mix(hash, rule->to.bits[0]), rule->to.bits[1]);
	if (field != MERGE_PORTS) {
		hash = hash_ports(hash, &match->target_ports);
		for (size_t i = 0; match->types != NULL && i < 4; i++)
			hash = mix(hash, match->types->bits[i]);
	}
	hash = hash_ports(hash, &match->source_ports);
	if (field != MERGE_SOURCE)
		hash = hash_addresses(hash, match->has_source, &match->source);
	if (field != MERGE_TARGET)
		hash = hash_addresses(hash, match->has_target, &match->target);
	return hash;
}

static bool
types_equal(const struct ir_match *a, const struct ir_match *b)
{
	if (a->types == b->types)
		return true;
	for (size_t i = 0; i < 4; i++)
		if (a->types->bits[i] != b->types->bits[i])
			return false;
	return true;
}

static bool
addresses_equal(
    bool has_a, const struct addr_set *a, bool has_b, const struct addr_set *b)
{
	return has_a == has_b && (!has_a || addr_set_equal(a, b));
}

bool
merge_fits(
    const struct ir_rule *a, const struct ir_rule *b, enum merge_field field)
{
	const struct ir_match *m = &a->match, *n = &b->match;
	bool equal = m->families == n->families && m->protocol == n->protocol &&
	    (m->types == NULL) == (n->types == NULL) &&
	    (a->forward == NULL) == (b->forward == NULL) &&
	    port_set_equal(&m->source_ports, &n->source_ports);

	if (field == MERGE_PORTS)
		equal = equal &&
		    (m->target_ports.n == 0) == (n->target_ports.n == 0);
	else
		equal = equal && types_equal(m, n) &&
		    port_set_equal(&m->target_ports, &n->target_ports);
	if (field != MERGE_FROM)
		equal = equal && endpoint_set_equal(&a->from, &b->from);
	if (field != MERGE_TO)
		equal = equal && endpoint_set_equal(&a->to, &b->to);
	if (field == MERGE_SOURCE)
		equal = equal && m->has_source && n->has_source;
	else
		equal = equal &&
		    addresses_equal(
			m->has_source, &m->source, n->has_source, &n->source);
	if (field == MERGE_TARGET)
		equal = equal && m->has_target && n->has_target;
	else
		equal = equal &&
		    addresses_equal(
			m->has_target, &m->target, n->has_target, &n->target);
	return equal;
}
