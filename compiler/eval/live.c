/*
 * The candidate's tables get names of their own, since those of the rules in
 * force may have the same, and its rules the set that is free.
 */
#include <string.h>

#include "eval/live.h"

#define LIFELINE_SET 31
#define LIFELINE_LAST 9	   /* rules 1 to 9 of that set */
#define ANCHOR_ALLOW 50100 /* what stands behind it decides nothing */
#define TABLE_PREFIX "candidate_"

static uint32_t
used_sets(const struct ipfw_ruleset *ruleset)
{
	uint32_t used = 0;

	for (size_t i = 0; i < ruleset->rules.n; i++)
		used |= UINT32_C(1) << ruleset->rules.v[i].set;
	return used;
}

/* -1: none is free. */
static int
free_set(const struct ipfw_ruleset *ruleset)
{
	uint32_t used = used_sets(ruleset);

	for (int set = 0; set < LIFELINE_SET; set++)
		if ((used >> set & 1) == 0)
			return set;
	return -1;
}

static bool
names_table(const struct ipfw_insn *insn)
{
	return insn->is_table || insn->op == IPFW_SRC_TABLE ||
	    insn->op == IPFW_DST_TABLE || insn->op == IPFW_FLOW_TABLE ||
	    insn->op == IPFW_LOOKUP;
}

static const char *
rename_table(struct arena *arena, const char *name)
{
	return arena_printf(arena, TABLE_PREFIX "%s", name);
}

static struct ipfw_rule
place_rule(struct arena *arena, const struct ipfw_rule *rule, unsigned set)
{
	struct ipfw_rule placed = *rule;

	placed.insns.v = arena_calloc(
	    arena, rule->insns.n + 1, sizeof(*placed.insns.v));
	for (size_t i = 0; i < rule->insns.n; i++) {
		placed.insns.v[i] = rule->insns.v[i];
		if (names_table(&rule->insns.v[i]))
			placed.insns.v[i].text = rename_table(
			    arena, rule->insns.v[i].text);
	}
	if (rule->set != LIFELINE_SET)
		placed.set = (uint8_t)set;
	return placed;
}

/* The candidate in SET. */
static struct ipfw_ruleset
place(struct arena *arena, const struct ipfw_ruleset *candidate, unsigned set)
{
	struct ipfw_ruleset placed = *candidate;

	placed.rules.v = arena_calloc(
	    arena, candidate->rules.n + 1, sizeof(*placed.rules.v));
	placed.tables.v = arena_calloc(
	    arena, candidate->tables.n + 1, sizeof(*placed.tables.v));
	for (size_t i = 0; i < candidate->rules.n; i++)
		placed.rules.v[i] = place_rule(
		    arena, &candidate->rules.v[i], set);
	for (size_t i = 0; i < candidate->tables.n; i++) {
		placed.tables.v[i] = candidate->tables.v[i];
		placed.tables.v[i].name = rename_table(
		    arena, candidate->tables.v[i].name);
	}
	return placed;
}

/* Translators that only the rules in force know let packets be. */
static void
answer_others(struct live *live)
{
	for (size_t i = 0; i < live->in_force->rules.n; i++) {
		const struct ipfw_rule *rule = &live->in_force->rules.v[i];
		bool kernel = rule->verb == IPFW_NAT;

		if (!kernel && rule->verb != IPFW_DIVERT &&
		    rule->verb != IPFW_TEE)
			continue;
		if (world_find_handler(
			&live->scene.world, kernel, rule->argument) == NULL)
			world_set_handler(&live->scene.world, kernel,
			    rule->argument, WORLD_PASS, NULL);
	}
}

/* The stage has the cards of zones; a login may come by another. */
static void
place_other_cards(struct live *live, const struct host *host)
{
	for (size_t i = 0; host != NULL && i < host->cards.n; i++) {
		const struct host_card *card = &host->cards.v[i];
		struct world_address *list = arena_calloc(
		    live->scene.arena, card->addresses.n + 1, sizeof(*list));

		if (world_find_card(&live->scene.world, card->name) != NULL)
			continue;
		for (size_t j = 0; j < card->addresses.n; j++)
			list[j] = (struct world_address){
			    card->addresses.v[j].family,
			    card->addresses.v[j].addr,
			    card->addresses.v[j].length};
		world_set_card(
		    &live->scene.world, card->name, list, card->addresses.n);
	}
}

bool
live_open(struct live *live, const struct live_request *request)
{
	int set;

	*live = (struct live){
	    .candidate = request->candidate,
	    .in_force = request->in_force,
	    .switched = request->in_force == NULL,
	};
	live->before = live->switched ? *request->candidate
				      : *request->in_force;
	live->before.nats.v = request->candidate->nats.v;
	live->before.nats.n = request->candidate->nats.n;
	if (!scene_open(&live->scene, request->arena, request->policy,
		request->hints, &live->before, request->flavour))
		return false;
	place_other_cards(live, request->policy->host);
	if (live->switched)
		return true;
	answer_others(live);
	ipfw_engine_switch_sets(
	    live->scene.engine, request->in_force->disabled, 0);
	set = free_set(request->in_force);
	if (set < 0)
		return false;
	live->after = place(request->arena, request->candidate, (unsigned)set);
	return true;
}

void
live_close(struct live *live)
{
	scene_close(&live->scene);
}

static uint32_t
sets_in_the_way(const struct ipfw_ruleset *in_force)
{
	uint32_t sets = 0;

	for (size_t i = 0; i < in_force->rules.n; i++)
		if (in_force->rules.v[i].number <= ANCHOR_ALLOW)
			sets |= UINT32_C(1) << in_force->rules.v[i].set;
	return sets;
}

bool
live_switch(struct live *live)
{
	struct ipfw_selection lifeline = {
	    .by_number = true,
	    .by_set = true,
	    .first = 1,
	    .last = LIFELINE_LAST,
	    .set = LIFELINE_SET,
	};
	struct ipfw_engine *engine = live->scene.engine;

	if (live->switched)
		return true;
	ipfw_engine_delete(engine, &lifeline);
	ipfw_engine_switch_sets(engine, sets_in_the_way(live->in_force), 0);
	live->switched = true;
	return ipfw_engine_load(engine, &live->after) == IPFW_OK;
}

const char *
live_route(const struct live *live, enum family family, struct addr addr)
{
	struct ipfw_host host = world_host(&live->scene.world);
	bool is_default;

	return host.route(host.context, family, addr, &is_default);
}

const char *
live_owner(const struct live *live, enum family family, struct addr addr)
{
	const struct world *world = &live->scene.world;

	for (size_t i = 0; i < world->cards.n; i++) {
		const struct world_card *card = &world->cards.v[i];

		for (size_t j = 0; j < card->addresses.n; j++)
			if (card->addresses.v[j].family == family &&
			    addr_compare(card->addresses.v[j].addr, addr) == 0)
				return card->name;
	}
	return NULL;
}
