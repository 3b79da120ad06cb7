/*
 * Flows of single addresses and ports, in tables: one look, however many
 * there are.
 *
 * A flow belongs to the first rule that decides it.  It is taken out of the
 * order of the rules, and asked for before all others, only if no rule before
 * it that stays in order could match it.  Flows with both addresses are asked
 * for before flows with one, so one of the latter that comes earlier in the
 * policy keeps the former out of the table.
 */
#include "target/ipfw/lower/many.h"

struct key {
	enum family family;
	struct addr address, other;
	bool has_other;
	uint16_t port;
	int protocol;
};

/* Flows with the same fate: a table and the rule that asks for it. */
struct group {
	const struct ir_rule *first;
	enum verdict verdict;
	int protocol;
	bool log, forwards, has_other;
	const char *label; /* if all rules have the same */
	size_t table;
	struct spans origins;
};

struct flows {
	const struct many *many;
	struct regions *left;
	VEC(struct key) keys; /* all that are decided */
	uint32_t *slots;      /* key + 1 */
	size_t mask;
	VEC(struct group) groups;
	bool *used;	      /* of a rule: some of its flows are tabled */
	VEC(uint32_t) before; /* rules of the region that stay in order */
	struct buf text;      /* of the key at hand */
};

static uint64_t
hash_key(const struct key *key)
{
	uint64_t hash = key->address.hi ^ key->address.lo << 17;

	hash = (hash ^ key->other.hi) * UINT64_C(0xff51afd7ed558ccd);
	hash = (hash ^ hash >> 31 ^ key->other.lo) *
	    UINT64_C(0xc4ceb9fe1a85ec53);
	hash ^= (uint64_t)key->port << 24 ^ (uint64_t)key->protocol << 8 ^
	    (uint64_t)key->family << 2 ^ key->has_other;
	hash *= UINT64_C(0x9e3779b97f4a7c15);
	return hash ^ hash >> 29;
}

static bool
keys_equal(const struct key *a, const struct key *b)
{
	return a->family == b->family && a->port == b->port &&
	    a->protocol == b->protocol && a->has_other == b->has_other &&
	    addr_compare(a->address, b->address) == 0 &&
	    addr_compare(a->other, b->other) == 0;
}

static void
slots_create(struct flows *flows)
{
	flows->mask = flows->mask * 2 + 1;
	flows->slots = arena_calloc(
	    flows->many->l->arena, flows->mask + 1, sizeof(*flows->slots));
}

static uint32_t *
slot_of(const struct flows *flows, const struct key *key)
{
	size_t at = (size_t)hash_key(key) & flows->mask;

	while (flows->slots[at] != 0 &&
	    !keys_equal(&flows->keys.v[flows->slots[at] - 1], key))
		at = (at + 1) & flows->mask;
	return &flows->slots[at];
}

/* Returns false if the flow is decided already. */
static bool
key_add(struct flows *flows, const struct key *key)
{
	struct key wider = *key;
	uint32_t *slot;

	wider.has_other = false;
	wider.other = (struct addr){0, 0};
	if (*slot_of(flows, key) != 0 || *slot_of(flows, &wider) != 0)
		return false;
	if (flows->keys.n * 2 > flows->mask) {
		slots_create(flows);
		for (size_t i = 0; i < flows->keys.n; i++)
			*slot_of(flows, &flows->keys.v[i]) = (uint32_t)i + 1;
	}
	slot = slot_of(flows, key);
	vec_push(flows->many->l->arena, &flows->keys, *key);
	*slot = (uint32_t)flows->keys.n;
	return true;
}

static bool
same_fate(const struct group *group, const struct ir_rule *rule, bool has_other)
{
	return group->has_other == has_other &&
	    group->verdict == rule->verdict && group->log == rule->log &&
	    group->protocol == rule->match.protocol &&
	    group->forwards == (rule->forward != NULL);
}

static const char *
fields_of(const struct many *many, bool has_other)
{
	if (has_other)
		return "src-ip,dst-ip,dst-port";
	return many->by_source ? "src-ip,dst-port" : "dst-ip,dst-port";
}

static struct group *
group_of(struct flows *flows, const struct many_rule *rule, bool has_other)
{
	struct lower *l = flows->many->l;
	struct group group = {
	    .first = rule->rule,
	    .verdict = rule->rule->verdict,
	    .protocol = rule->rule->match.protocol,
	    .log = rule->rule->log,
	    .forwards = rule->rule->forward != NULL,
	    .has_other = has_other,
	    .label = rule->rule->label,
	};

	for (size_t i = 0; i < flows->groups.n; i++)
		if (same_fate(&flows->groups.v[i], rule->rule, has_other))
			return &flows->groups.v[i];
	group.table = table_add(
	    l, IPFW_TABLE_FLOW, fields_of(flows->many, has_other), NULL);
	vec_push(l->arena, &flows->groups, group);
	return &flows->groups.v[flows->groups.n - 1];
}

static void
write_key(struct flows *flows, const struct group *group, const struct key *key)
{
	struct lower *l = flows->many->l;
	bool swap = flows->many->by_source;
	struct buf *text = &flows->text;

	buf_reset(text);
	if (key->has_other) {
		addr_format(
		    text, key->family, swap ? key->address : key->other);
		buf_putc(text, ',');
		addr_format(
		    text, key->family, swap ? key->other : key->address);
	} else {
		addr_format(text, key->family, key->address);
	}
	buf_putc(text, ',');
	buf_put_number(text, key->port);
	table_entry_add(
	    l, group->table, arena_strndup(l->arena, text->p, text->n), NULL);
}

/* Could a rule before it, in the same region, match what RULE does? */
static bool
is_blocked(const struct flows *flows, const struct ir_rule *rule)
{
	for (size_t i = 0; i < flows->before.n; i++) {
		const struct ir_match *m =
		    &flows->many->rules.v[flows->before.v[i]].rule->match;

		if ((m->protocol == PROTOCOL_ANY ||
			m->protocol == rule->match.protocol) &&
		    port_set_overlaps(
			&m->target_ports, &rule->match.target_ports))
			return true;
	}
	return false;
}

static void
put_ports(struct flows *flows, struct group *group,
    const struct many_rule *rule, struct key key)
{
	const struct port_set *ports = &rule->rule->match.target_ports;

	for (size_t i = 0; i < ports->n; i++)
		for (unsigned p = ports->v[i].lo; p <= ports->v[i].hi; p++) {
			key.port = (uint16_t)p;
			if (key_add(flows, &key))
				write_key(flows, group, &key);
		}
}

static void
put_flows(struct flows *flows, const struct many_rule *rule,
    const struct region *region)
{
	const struct addr_ranges *others = addr_set_ranges(
	    &rule->others, region->family);
	bool has_other = !addr_set_empty(&rule->others);
	struct group *group = group_of(flows, rule, has_other);
	struct key key = {
	    .family = region->family,
	    .address = region->range.lo,
	    .has_other = has_other,
	    .protocol = rule->rule->match.protocol,
	};

	if (group->label != rule->rule->label)
		group->label = NULL;
	if (!has_other)
		put_ports(flows, group, rule, key);
	for (size_t i = 0; i < others->n; i++) {
		key.other = others->v[i].lo;
		put_ports(flows, group, rule, key);
	}
}

static void
split_region(struct flows *flows, const struct regions *regions,
    const struct region *region)
{
	struct arena *arena = flows->many->l->arena;
	bool single = addr_compare(region->range.lo, region->range.hi) == 0;
	struct region rest = *region;

	rest.first = flows->left->lists.n;
	flows->before.n = 0;
	for (size_t i = 0; i < region->n; i++) {
		uint32_t index = regions->lists.v[region->first + i];
		const struct many_rule *rule = &flows->many->rules.v[index];

		if (single && rule->exact && !is_blocked(flows, rule->rule)) {
			put_flows(flows, rule, region);
			flows->used[index] = true;
			continue;
		}
		vec_push(arena, &flows->before, index);
		vec_push(arena, &flows->left->lists, index);
	}
	rest.n = flows->left->lists.n - rest.first;
	if (rest.n != 0)
		vec_push(arena, &flows->left->v, rest);
}

static void
gather_origins(struct flows *flows)
{
	const struct many *many = flows->many;

	for (size_t i = 0; i < many->rules.n; i++) {
		const struct many_rule *rule = &many->rules.v[i];
		struct group *group;

		if (!flows->used[i])
			continue;
		group = group_of(flows, rule, !addr_set_empty(&rule->others));
		for (size_t j = 0; j < rule->rule->origins.n; j++)
			vec_push(many->l->arena, &group->origins,
			    rule->rule->origins.v[j]);
	}
}

/* The rule that asks for a group's table. */
static void
put_group(const struct flows *flows, const struct group *group)
{
	const struct many *many = flows->many;
	struct ir_rule rule = *group->first;
	struct flow flow;

	rule.origins = group->origins;
	rule.label = group->label;
	if (!flow_resolve(many->l, group->first, many->context, &flow))
		return;
	flow.match.families = FAMILY_BOTH;
	flow.match.target_ports = (struct port_set){0};
	flow.match.flows = many->l->ruleset->tables.v[group->table].name;
	if (many->by_source || group->has_other)
		flow.match.source = (struct side){0};
	if (!many->by_source || group->has_other)
		flow.match.target = (struct side){0};
	conversation_put(many->l, many->context->section, &rule, &flow.match);
}

void
flow_tables_put(const struct many *many, const struct regions *regions,
    struct regions *left)
{
	struct flows flows = {.many = many, .left = left, .mask = 127};

	while (flows.mask < regions->v.n)
		flows.mask = flows.mask * 2 + 1;
	slots_create(&flows);
	buf_init(&flows.text, many->l->arena);
	vec_reserve(many->l->arena, &flows.keys, regions->v.n);
	flows.used = arena_calloc(
	    many->l->arena, many->rules.n, sizeof(*flows.used));
	for (size_t i = 0; i < regions->v.n; i++)
		split_region(&flows, regions, &regions->v.v[i]);
	gather_origins(&flows);
	for (int both = 1; both >= 0; both--)
		for (size_t i = 0; i < flows.groups.n; i++)
			if (flows.groups.v[i].has_other == (both == 1))
				put_group(&flows, &flows.groups.v[i]);
}
