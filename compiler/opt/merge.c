/*
 * Rules of one effect that differ in one field become one rule.
 *
 * Three passes share one loop: each names the field that may differ.  The
 * candidates are found by a hash of all other fields, so a pass is linear.
 * Joining the origins is done once for each merged rule at the end of its
 * run, by sorting nothing: candidates come in text order.
 */
#include "opt/opt.h"
#include "opt/run.h"

enum field {
	FIELD_FROM,
	FIELD_TO,
	FIELD_PORTS,
	FIELD_SOURCE,
	FIELD_TARGET,
};

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

static uint64_t
rule_hash(const struct ir_rule *rule, enum field field)
{
	const struct ir_match *match = &rule->match;
	uint64_t hash = mix(
	    (uint64_t)match->families, (uint64_t)(match->protocol + 1));

	if (field != FIELD_FROM)
		hash = mix(mix(hash, rule->from.bits[0]), rule->from.bits[1]);
	if (field != FIELD_TO)
		hash = mix(mix(hash, rule->to.bits[0]), rule->to.bits[1]);
	if (field != FIELD_PORTS) {
		hash = hash_ports(hash, &match->target_ports);
		for (size_t i = 0; i < 4; i++)
			hash = mix(hash, match->types.bits[i]);
	}
	hash = hash_ports(hash, &match->source_ports);
	if (field != FIELD_SOURCE)
		hash = hash_addresses(hash, match->has_source, &match->source);
	if (field != FIELD_TARGET)
		hash = hash_addresses(hash, match->has_target, &match->target);
	return hash;
}

static bool
types_equal(const struct ir_match *a, const struct ir_match *b)
{
	for (size_t i = 0; i < 4; i++)
		if (a->types.bits[i] != b->types.bits[i])
			return false;
	return true;
}

static bool
addresses_equal(
    bool has_a, const struct addr_set *a, bool has_b, const struct addr_set *b)
{
	return has_a == has_b && (!has_a || addr_set_equal(a, b));
}

/* Equal in all fields but FIELD, and there both have a condition. */
static bool
rules_join(const struct ir_rule *a, const struct ir_rule *b, enum field field)
{
	const struct ir_match *m = &a->match, *n = &b->match;
	bool equal = m->families == n->families && m->protocol == n->protocol &&
	    m->has_types == n->has_types &&
	    (a->forward == NULL) == (b->forward == NULL) &&
	    port_set_equal(&m->source_ports, &n->source_ports);

	if (field == FIELD_PORTS)
		equal = equal &&
		    (m->target_ports.n == 0) == (n->target_ports.n == 0);
	else
		equal = equal && types_equal(m, n) &&
		    port_set_equal(&m->target_ports, &n->target_ports);
	if (field != FIELD_FROM)
		equal = equal && endpoint_set_equal(&a->from, &b->from);
	if (field != FIELD_TO)
		equal = equal && endpoint_set_equal(&a->to, &b->to);
	if (field == FIELD_SOURCE)
		equal = equal && m->has_source && n->has_source;
	else
		equal = equal &&
		    addresses_equal(
			m->has_source, &m->source, n->has_source, &n->source);
	if (field == FIELD_TARGET)
		equal = equal && m->has_target && n->has_target;
	else
		equal = equal &&
		    addresses_equal(
			m->has_target, &m->target, n->has_target, &n->target);
	return equal;
}

static void
rule_join(struct arena *arena, struct ir_rule *to, const struct ir_rule *from,
    enum field field)
{
	struct ir_match *match = &to->match;

	switch (field) {
	case FIELD_FROM:
		to->from = endpoint_set_union(&to->from, &from->from);
		break;
	case FIELD_TO:
		to->to = endpoint_set_union(&to->to, &from->to);
		break;
	case FIELD_PORTS:
		if (match->target_ports.n != 0)
			match->target_ports = port_set_union(arena,
			    &match->target_ports, &from->match.target_ports);
		for (size_t i = 0; i < 4; i++)
			match->types.bits[i] |= from->match.types.bits[i];
		break;
	case FIELD_SOURCE:
		match->source = addr_set_union(
		    arena, &match->source, &from->match.source);
		break;
	case FIELD_TARGET:
		match->target = addr_set_union(
		    arena, &match->target, &from->match.target);
		break;
	}
	opt_origins_join(arena, to, from);
}

struct table {
	size_t *slots; /* rule + 1 */
	size_t mask;
};

/* The slot of a rule that RULE can join, or the free slot where it belongs. */
static size_t *
table_find(struct table *table, const struct ir *ir, const struct ir_rule *rule,
    enum field field)
{
	size_t at = (size_t)rule_hash(rule, field) & table->mask;

	while (table->slots[at] != 0 &&
	    !rules_join(&ir->rules.v[table->slots[at] - 1], rule, field))
		at = (at + 1) & table->mask;
	return &table->slots[at];
}

static struct table
table_create(struct arena *arena, size_t n)
{
	struct table table = {.mask = 15};

	while (table.mask + 1 < 2 * n)
		table.mask = table.mask * 2 + 1;
	table.slots = arena_calloc(arena, table.mask + 1, sizeof(*table.slots));
	return table;
}

static size_t
merge_run(struct opt *opt, struct ir *ir, size_t from, size_t end, size_t kept,
    enum field field)
{
	struct table table = table_create(opt->arena, end - from);

	for (size_t i = from; i < end; i++) {
		struct ir_rule rule = ir->rules.v[i];
		size_t *slot = table_find(&table, ir, &rule, field);

		if (*slot != 0) {
			rule_join(
			    opt->arena, &ir->rules.v[*slot - 1], &rule, field);
			continue;
		}
		ir->rules.v[kept++] = rule;
		*slot = kept;
	}
	return kept;
}

static void
merge(struct opt *opt, struct ir *ir, enum field field)
{
	size_t kept = 0;

	for (size_t i = 0; i < ir->rules.n;) {
		size_t end = opt_run_end(ir, i);

		if (end - i == 1)
			ir->rules.v[kept++] = ir->rules.v[i];
		else
			kept = merge_run(opt, ir, i, end, kept, field);
		i = end;
	}
	ir->rules.n = kept;
}

void
opt_merge_ends(struct opt *opt, struct ir *ir)
{
	merge(opt, ir, FIELD_FROM);
	merge(opt, ir, FIELD_TO);
}

void
opt_merge_ports(struct opt *opt, struct ir *ir)
{
	merge(opt, ir, FIELD_PORTS);
}

void
opt_merge_hosts(struct opt *opt, struct ir *ir)
{
	merge(opt, ir, FIELD_SOURCE);
	merge(opt, ir, FIELD_TARGET);
}
