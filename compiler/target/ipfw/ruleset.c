/*
 * Rules lie in one array in their order, so that a number is found by
 * bisection, as the kernel finds it.
 */
#include <string.h>

#include "target/ipfw/ruleset.h"

size_t
ipfw_ruleset_find(const struct ipfw_ruleset *ruleset, unsigned number)
{
	size_t low = 0, high = ruleset->rules.n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (ruleset->rules.v[middle].number < number)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static uint16_t
next_number(const struct ipfw_ruleset *ruleset, size_t place)
{
	unsigned last = place > 0 ? ruleset->rules.v[place - 1].number : 0;

	if (last < IPFW_DEFAULT_NUMBER - IPFW_NUMBER_STEP)
		last += IPFW_NUMBER_STEP;
	return (uint16_t)last;
}

struct ipfw_rule *
ipfw_ruleset_insert(struct arena *arena, struct ipfw_ruleset *ruleset,
    const struct ipfw_rule *rule)
{
	unsigned behind = rule->number == 0 ? IPFW_DEFAULT_NUMBER
					    : rule->number + 1u;
	size_t place = ipfw_ruleset_find(ruleset, behind);
	struct ipfw_rule *v;

	vec_push(arena, &ruleset->rules, *rule);
	v = ruleset->rules.v;
	memmove(&v[place + 1], &v[place],
	    (ruleset->rules.n - 1 - place) * sizeof(*v));
	v[place] = *rule;
	v[place].id = ++ruleset->last_id;
	if (rule->number == 0)
		v[place].number = next_number(ruleset, place);
	return &v[place];
}

void
ipfw_ruleset_flush(struct ipfw_ruleset *ruleset)
{
	struct ipfw_rule *v = ruleset->rules.v;
	size_t kept = 0;

	for (size_t i = 0; i < ruleset->rules.n; i++)
		if (v[i].set == IPFW_SET_MAX)
			v[kept++] = v[i];
	ruleset->rules.n = kept;
}

bool
ipfw_ruleset_enabled(const struct ipfw_ruleset *ruleset, unsigned set)
{
	return (ruleset->disabled >> set & 1) == 0;
}

struct ipfw_table *
ipfw_ruleset_table(const struct ipfw_ruleset *ruleset, const char *name)
{
	for (size_t i = 0; i < ruleset->tables.n; i++)
		if (strcmp(ruleset->tables.v[i].name, name) == 0)
			return &ruleset->tables.v[i];
	return NULL;
}

struct ipfw_table *
ipfw_ruleset_add_table(struct arena *arena, struct ipfw_ruleset *ruleset,
    const char *name, enum ipfw_table_type type)
{
	struct ipfw_table table = {.name = name, .type = type};

	vec_push(arena, &ruleset->tables, table);
	return &ruleset->tables.v[ruleset->tables.n - 1];
}

/* False if INSN names no table. */
static bool
table_of(const struct ipfw_insn *insn, enum ipfw_table_type *type)
{
	if (insn->op == IPFW_SRC_TABLE || insn->op == IPFW_DST_TABLE)
		*type = IPFW_TABLE_ADDR;
	else if (insn->op == IPFW_FLOW_TABLE)
		*type = IPFW_TABLE_FLOW;
	else if (insn->op == IPFW_LOOKUP)
		*type = insn->number == IPFW_LOOKUP_DST_IP ||
			insn->number == IPFW_LOOKUP_SRC_IP
		    ? IPFW_TABLE_ADDR
		    : IPFW_TABLE_NUMBER;
	else if (insn->is_table)
		*type = IPFW_TABLE_IFACE;
	else
		return false;
	return true;
}

bool
ipfw_ruleset_bind_tables(struct arena *arena, struct ipfw_ruleset *ruleset,
    const struct ipfw_rule *rule)
{
	enum ipfw_table_type type;

	for (size_t i = 0; i < rule->insns.n; i++) {
		const struct ipfw_insn *insn = &rule->insns.v[i];
		const struct ipfw_table *table;

		if (!table_of(insn, &type))
			continue;
		table = ipfw_ruleset_table(ruleset, insn->text);
		if (table == NULL)
			ipfw_ruleset_add_table(
			    arena, ruleset, insn->text, type);
		else if (table->type != type)
			return false;
	}
	return true;
}
