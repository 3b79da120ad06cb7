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
	bool has_other;
	size_t n_rules;	   /* with such flows */
	bool used;	   /* some of them are tabled: */
	size_t table;	   /* here, */
	const char *label; /* with this, if all rules have the same */
	struct spans origins;
};

/*
 * What most regions need of a rule.  Addresses have another order than the
 * rules: these few bytes stand side by side, where the rules are far apart.
 */
struct ticket {
	uint32_t group;
	uint16_t port; /* the only one; 0: there are several */
	bool exact;    /* its flows may go into a table */
	bool used;     /* some of them did */
};

/* The hash is beside the key, which is far off and rarely looked at. */
struct slot {
	uint32_t key; /* + 1; 0 if the slot is free */
	uint32_t hash;
};

struct flows {
	const struct many *many;
	struct regions *left;
	VEC(struct key) keys; /* all that are decided */
	struct slot *slots;
	size_t mask;
	VEC(struct group) groups;
	VEC(uint32_t) tables;	/* groups by their tables */
	struct ticket *tickets; /* of the rules */
	VEC(uint32_t) before;	/* rules of the region that stay in order */
	struct buf text;	/* of the key at hand */
};

static uint32_t
hash_key(const struct key *key)
{
	uint64_t hash = key->address.hi ^ key->address.lo << 17;

	hash = (hash ^ key->other.hi) * UINT64_C(0xff51afd7ed558ccd);
	hash = (hash ^ hash >> 31 ^ key->other.lo) *
	    UINT64_C(0xc4ceb9fe1a85ec53);
	hash ^= (uint64_t)key->port << 24 ^ (uint64_t)key->protocol << 8 ^
	    (uint64_t)key->family << 2 ^ key->has_other;
	hash *= UINT64_C(0x9e3779b97f4a7c15);
	return (uint32_t)(hash ^ hash >> 29);
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
	flows->slots = arena_reserve(
	    flows->many->l->arena, flows->mask + 1, sizeof(*flows->slots));
}

static struct slot *
slot_of(const struct flows *flows, const struct key *key, uint32_t hash)
{
	size_t at = hash & flows->mask;

	while (flows->slots[at].key != 0 &&
	    (flows->slots[at].hash != hash ||
		!keys_equal(&flows->keys.v[flows->slots[at].key - 1], key)))
		at = (at + 1) & flows->mask;
	return &flows->slots[at];
}

static void
slots_grow(struct flows *flows)
{
	slots_create(flows);
	for (size_t i = 0; i < flows->keys.n; i++) {
		const struct key *key = &flows->keys.v[i];
		uint32_t hash = hash_key(key);

		*slot_of(flows, key, hash) = (struct slot){
		    (uint32_t)i + 1, hash};
	}
}

/* Is the flow decided already, whatever its other address? */
static bool
is_wider_decided(const struct flows *flows, const struct key *key)
{
	struct key wider = *key;

	wider.has_other = false;
	wider.other = (struct addr){0, 0};
	return slot_of(flows, &wider, hash_key(&wider))->key != 0;
}

/* Returns false if the flow is decided already. */
static bool
key_add(struct flows *flows, const struct key *key)
{
	uint32_t hash = hash_key(key);
	struct slot *slot;

	if (flows->keys.n * 2 > flows->mask)
		slots_grow(flows);
	slot = slot_of(flows, key, hash);
	if (slot->key != 0 || (key->has_other && is_wider_decided(flows, key)))
		return false;
	vec_push(flows->many->l->arena, &flows->keys, *key);
	*slot = (struct slot){(uint32_t)flows->keys.n, hash};
	return true;
}

static bool
same_fate(const struct ir_rule *a, const struct ir_rule *b)
{
	return a->verdict == b->verdict && a->log == b->log &&
	    a->match.protocol == b->match.protocol &&
	    (a->forward != NULL) == (b->forward != NULL);
}

/* The group of the rule's flows, which has no table yet. */
static uint32_t
group_find(struct flows *flows, const struct many_rule *rule)
{
	struct group group = {
	    .first = rule->rule, .has_other = !addr_set_empty(&rule->others)};
	size_t i;

	for (i = 0; i < flows->groups.n; i++)
		if (flows->groups.v[i].has_other == group.has_other &&
		    same_fate(flows->groups.v[i].first, rule->rule))
			break;
	if (i == flows->groups.n)
		vec_push(flows->many->l->arena, &flows->groups, group);
	flows->groups.v[i].n_rules++;
	return (uint32_t)i;
}

static uint16_t
only_port(const struct port_set *ports)
{
	return ports->n == 1 && ports->v[0].lo == ports->v[0].hi
	    ? ports->v[0].lo
	    : 0;
}

static void
tickets_create(struct flows *flows)
{
	const struct many *many = flows->many;

	flows->tickets = arena_reserve(
	    many->l->arena, many->rules.n, sizeof(*flows->tickets));
	for (size_t i = 0; i < many->rules.n; i++) {
		const struct many_rule *rule = &many->rules.v[i];

		if (rule->exact)
			flows->tickets[i] = (struct ticket){
			    .group = group_find(flows, rule),
			    .port = only_port(&rule->rule->match.target_ports),
			    .exact = true,
			};
	}
}

static const char *
fields_of(const struct many *many, bool has_other)
{
	if (has_other)
		return "src-ip,dst-ip,dst-port";
	return many->by_source ? "src-ip,dst-port" : "dst-ip,dst-port";
}

static struct group *
group_use(struct flows *flows, uint32_t index)
{
	struct group *group = &flows->groups.v[index];
	struct lower *l = flows->many->l;

	if (!group->used) {
		group->used = true;
		group->table = table_add(l, IPFW_TABLE_FLOW,
		    fields_of(flows->many, group->has_other), NULL);
		vec_push(l->arena, &flows->tables, index);
	}
	return group;
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

static const struct ir_match *
match_of(const struct flows *flows, uint32_t index)
{
	return &flows->many->rules.v[index].rule->match;
}

/* Could a rule before it, in the same region, match what the rule does? */
static bool
is_blocked(const struct flows *flows, uint32_t index)
{
	for (size_t i = 0; i < flows->before.n; i++) {
		const struct ir_match *a = match_of(flows, flows->before.v[i]);
		const struct ir_match *b = match_of(flows, index);

		if ((a->protocol == PROTOCOL_ANY ||
			a->protocol == b->protocol) &&
		    port_set_overlaps(&a->target_ports, &b->target_ports))
			return true;
	}
	return false;
}

static void
put_key(struct flows *flows, const struct group *group, struct key key,
    unsigned port)
{
	key.port = (uint16_t)port;
	if (key_add(flows, &key))
		write_key(flows, group, &key);
}

static void
put_ports(struct flows *flows, const struct group *group,
    const struct port_set *ports, struct key key)
{
	for (size_t i = 0; i < ports->n; i++)
		for (unsigned p = ports->v[i].lo; p <= ports->v[i].hi; p++)
			put_key(flows, group, key, p);
}

static void
put_others(struct flows *flows, const struct group *group,
    const struct many_rule *rule, struct key key)
{
	const struct addr_ranges *others = addr_set_ranges(
	    &rule->others, key.family);

	key.has_other = true;
	for (size_t i = 0; i < others->n; i++) {
		key.other = others->v[i].lo;
		put_ports(flows, group, &rule->rule->match.target_ports, key);
	}
}

static void
put_flows(struct flows *flows, uint32_t index, const struct region *region)
{
	struct ticket *ticket = &flows->tickets[index];
	const struct group *group = group_use(flows, ticket->group);
	const struct many_rule *rule = &flows->many->rules.v[index];
	struct key key = {
	    .family = region->family,
	    .address = region->range.lo,
	    .protocol = group->first->match.protocol,
	};

	ticket->used = true;
	if (group->has_other)
		put_others(flows, group, rule, key);
	else if (ticket->port != 0)
		put_key(flows, group, key, ticket->port);
	else
		put_ports(flows, group, &rule->rule->match.target_ports, key);
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

		if (single && flows->tickets[index].exact &&
		    !is_blocked(flows, index)) {
			put_flows(flows, index, region);
			continue;
		}
		vec_push(arena, &flows->before, index);
		vec_push(arena, &flows->left->lists, index);
	}
	rest.n = flows->left->lists.n - rest.first;
	if (rest.n != 0)
		vec_push(arena, &flows->left->v, rest);
}

/* Where the flows of a group come from, and what all those lines are called. */
static void
gather_origins(struct flows *flows)
{
	const struct many *many = flows->many;

	for (size_t i = 0; i < many->rules.n; i++) {
		const struct ir_rule *rule = many->rules.v[i].rule;
		struct group *group;

		if (!flows->tickets[i].used)
			continue;
		group = &flows->groups.v[flows->tickets[i].group];
		if (group->origins.n == 0)
			group->label = rule->label;
		else if (group->label != rule->label)
			group->label = NULL;
		vec_reserve(many->l->arena, &group->origins, group->n_rules);
		for (size_t j = 0; j < rule->origins.n; j++)
			vec_push(many->l->arena, &group->origins,
			    rule->origins.v[j]);
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
	tickets_create(&flows);
	for (size_t i = 0; i < regions->v.n; i++)
		split_region(&flows, regions, &regions->v.v[i]);
	gather_origins(&flows);
	for (int both = 1; both >= 0; both--)
		for (size_t i = 0; i < flows.tables.n; i++) {
			const struct group *group =
			    &flows.groups.v[flows.tables.v[i]];

			if (group->has_other == (both == 1))
				put_group(&flows, group);
		}
}
