/*
 * Many cards: a packet's card tells where to go on, by a table or, where there
 * are none or too many, by halves.
 */
#include "target/ipfw/lower/private.h"

/* Up to so many are asked one after the other. */
#define CARDS_FEW 6
/* ipfw has 128 tables unless told otherwise, for two generations. */
#define CARD_TABLES_MAX 48

bool
cards_many(size_t n)
{
	return n > CARDS_FEW;
}

/* Are its cards names, and none of them another zone's? */
bool
cards_plain(const struct lower *l, endpoint e)
{
	return e != ENDPOINT_SELF && !endpoint_set_has(&l->patterned, e) &&
	    endpoint_set_empty(&l->beside[e]);
}

static bool
all_plain(const struct lower *l, const struct endpoint_set *zones)
{
	for (endpoint e = 0; e <= l->policy->zones.n; e++)
		if (endpoint_set_has(zones, e) && !cards_plain(l, e))
			return false;
	return true;
}

bool
card_branch_add(const struct lower *l, card_branches *branches,
    const struct endpoint_set *zones, struct label *label)
{
	if (!all_plain(l, zones))
		return false;
	vec_push(l->arena, branches, ((struct card_branch){*zones, label}));
	return true;
}

static void
put_entries(struct lower *l, size_t table, const struct card_branch *branch)
{
	for (endpoint e = 1; e <= l->policy->zones.n; e++) {
		const struct zone *zone = lower_zone(l, e);

		if (!endpoint_set_has(&branch->zones, e))
			continue;
		for (size_t i = 0; i < zone->cards.n; i++)
			table_entry_add(
			    l, table, zone->cards.v[i].pattern, branch->label);
	}
}

static void
put_table(struct lower *l, enum section_id section, enum direction direction,
    bool xmit, const card_branches *branches)
{
	size_t table = table_add(l, IPFW_TABLE_IFACE, NULL, "valtype skipto");
	struct match match = match_any();

	for (size_t i = 0; i < branches->n; i++)
		put_entries(l, table, &branches->v[i]);
	match.direction = direction;
	if (xmit)
		match.xmit_table = l->ruleset->tables.v[table].name;
	else
		match.recv_table = l->ruleset->tables.v[table].name;
	l->n_card_tables++;
	lower_put(l, section, verb_jump_table(), &match, NULL, "by card");
}

static void
put_question(struct lower *l, enum section_id section, enum direction direction,
    bool xmit, const struct endpoint_set *zones, const struct label *to)
{
	struct match match = match_any();
	struct spans origins = {0};

	match.direction = direction;
	if (xmit)
		match.xmit = *zones;
	else
		match.recv = *zones;
	for (endpoint e = 1; e <= l->policy->zones.n; e++)
		if (endpoint_set_has(zones, e))
			vec_push(l->arena, &origins, lower_zone(l, e)->span);
	lower_put(l, section, verb_jump(to), &match, &origins, "by card");
}

/* Half of the branches by one question, until few are left. */
static void
put_halves(struct lower *l, enum section_id section, enum direction direction,
    bool xmit, const struct card_branch *v, size_t n, const struct label *none)
{
	struct label *upper = arena_new(l->arena, struct label);
	struct endpoint_set zones = {{0, 0}};

	if (!cards_many(n)) {
		for (size_t i = 0; i < n; i++)
			put_question(l, section, direction, xmit, &v[i].zones,
			    v[i].label);
		lower_put(l, section, verb_jump(none),
		    &(struct match){
			.protocol = PROTOCOL_ANY, .direction = direction},
		    NULL, NULL);
		return;
	}
	for (size_t i = n / 2; i < n; i++)
		zones = endpoint_set_union(&zones, &v[i].zones);
	put_question(l, section, direction, xmit, &zones, upper);
	put_halves(l, section, direction, xmit, v, n / 2, none);
	label_place(l, section, upper);
	put_halves(l, section, direction, xmit, v + n / 2, n - n / 2, none);
}

void
card_branches_put(struct lower *l, enum section_id section,
    enum direction direction, bool xmit, const card_branches *branches)
{
	struct label *none = arena_new(l->arena, struct label);

	if (branches->n == 0)
		return;
	if (!cards_many(branches->n)) {
		for (size_t i = 0; i < branches->n; i++)
			put_question(l, section, direction, xmit,
			    &branches->v[i].zones, branches->v[i].label);
		return;
	}
	if (l->flavour->tables && l->n_card_tables < CARD_TABLES_MAX) {
		put_table(l, section, direction, xmit, branches);
		return;
	}
	put_halves(l, section, direction, xmit, branches->v, branches->n, none);
	label_place(l, section, none);
}

const char *
cards_table(struct lower *l, const struct endpoint_set *zones)
{
	struct card_branch branch = {*zones, NULL};
	size_t n = 0, table;

	for (endpoint e = 1; e <= l->policy->zones.n; e++)
		if (endpoint_set_has(zones, e))
			n += lower_zone(l, e)->cards.n;
	if (!l->flavour->tables || n <= 2 * CARDS_FEW || !all_plain(l, zones))
		return NULL;
	for (size_t i = 0; i < l->card_sets.n; i++)
		if (endpoint_set_equal(&l->card_sets.v[i].zones, zones))
			return l->card_sets.v[i].table;
	if (l->n_card_tables >= CARD_TABLES_MAX)
		return NULL;
	table = table_add(l, IPFW_TABLE_IFACE, NULL, NULL);
	put_entries(l, table, &branch);
	l->n_card_tables++;
	vec_push(l->arena, &l->card_sets,
	    ((struct card_set){*zones, l->ruleset->tables.v[table].name}));
	return l->ruleset->tables.v[table].name;
}
