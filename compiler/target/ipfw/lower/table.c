/*
 * Tables: addresses that are too many for a list, flows, and cards or
 * addresses with the number to go on at.
 */
#include "target/ipfw/lower/private.h"

size_t
table_add(struct lower *l, enum ipfw_table_type type, const char *flow,
    const char *options)
{
	struct ipfw_table table = {
	    .type = type, .flow = flow, .options = options};

	table.name = arena_printf(
	    l->arena, "%s%zu", l->table_prefix, l->tables.n + 1);
	vec_push(l->arena, &l->tables, (struct addr_set){0});
	vec_push(l->arena, &l->ruleset->tables, table);
	return l->ruleset->tables.n - 1;
}

void
table_entry_add(
    struct lower *l, size_t table, const char *key, const struct label *label)
{
	struct ipfw_table *to = &l->ruleset->tables.v[table];
	struct ipfw_table_entry entry = {
	    .key = key, .has_value = label != NULL};

	if (label != NULL)
		vec_push(l->arena, &l->table_jumps,
		    ((struct table_jump){table, to->entries.n, label}));
	vec_push(l->arena, &to->entries, entry);
}

void
table_prefixes_add(struct lower *l, size_t table, const struct addr_set *set,
    const struct label *label)
{
	static const enum family families[] = {FAMILY_4, FAMILY_6};
	struct buf key;

	buf_init(&key, l->arena);
	for (size_t f = 0; f < 2; f++) {
		struct prefixes list = addr_set_prefixes(
		    l->arena, set, families[f]);

		for (size_t i = 0; i < list.n; i++) {
			buf_reset(&key);
			prefix_format(&key, families[f], list.v[i]);
			table_entry_add(l, table,
			    arena_strndup(l->arena, key.p, key.n), label);
		}
	}
}

const char *
table_for(struct lower *l, const struct addr_set *set, struct span origin)
{
	size_t table;

	for (size_t i = 0; i < l->tables.n; i++)
		if (addr_set_equal(&l->tables.v[i], set))
			return l->ruleset->tables.v[i].name;
	table = table_add(l, IPFW_TABLE_ADDR, NULL, NULL);
	l->tables.v[table] = *set;
	l->ruleset->tables.v[table].origin = origin;
	table_prefixes_add(l, table, set, NULL);
	return l->ruleset->tables.v[table].name;
}
