/*
 * The rules in the order in which they are scanned: by number, then in the
 * order in which they were added, sets notwithstanding.  The default rule is
 * always the last.
 *
 * A rule that does not belong behind all others waits unsorted, so that
 * loading a million of them in any order costs one sort.  Whoever reads the
 * map calls run_map_sort() first.
 */
#include <stdlib.h>
#include <string.h>

#include "target/ipfw/engine/private.h"

#define CAPACITY_FIRST 64
#define INSERTED_ONE_BY_ONE 16
#define NUMBER_STEP_MAX 1000
#define DELETED_SET 255

static int
compare_rules(const struct run_rule *a, const struct run_rule *b)
{
	if (a->number != b->number)
		return a->number < b->number ? -1 : 1;
	return a->id < b->id ? -1 : a->id > b->id;
}

static int
compare_slots(const void *a, const void *b)
{
	return compare_rules(
	    *(struct run_rule *const *)a, *(struct run_rule *const *)b);
}

/* Where in the first N rules, which are sorted, RULE belongs. */
static size_t
place_of(struct run_rule *const *map, size_t n, const struct run_rule *rule)
{
	size_t lo = 0, hi = n;

	while (lo < hi) {
		size_t middle = lo + (hi - lo) / 2;

		if (compare_rules(map[middle], rule) < 0)
			lo = middle + 1;
		else
			hi = middle;
	}
	return lo;
}

static void
insert_sorted(struct run_rule **map, size_t n)
{
	struct run_rule *rule = map[n];
	size_t place = place_of(map, n, rule);

	memmove(map + place + 1, map + place, (n - place) * sizeof(*map));
	map[place] = rule;
}

static bool
is_lookup(const struct run_insn *insn)
{
	return insn->op == RUN_SOURCE_TABLE || insn->op == RUN_TARGET_TABLE ||
	    insn->op == RUN_FLOW_TABLE || insn->op == RUN_LOOKUP ||
	    insn->op == RUN_RECV_TABLE || insn->op == RUN_XMIT_TABLE ||
	    insn->op == RUN_VIA_TABLE;
}

static struct run_slot
slot_of(struct run_rule *rule)
{
	struct run_slot slot = {
	    .mask = rule->mask,
	    .value = rule->value,
	    .rule = rule,
	    .set = rule->set,
	    .probes = rule->probes,
	};

	/* A lookup leaves a value behind, so it is not made twice. */
	if (rule->n_insns > 0 && !rule->insns[0].or_next &&
	    rule->insns[0].op != RUN_FOREIGN && !is_lookup(&rule->insns[0])) {
		slot.first = rule->insns[0];
		slot.has_first = true;
	}
	return slot;
}

/* Give each rule its place, and its rank among those of its number. */
static void
number_map(struct ipfw_engine *engine)
{
	for (size_t i = 0; i < engine->n; i++) {
		struct run_rule *rule = engine->map[i];
		const struct run_rule *before = i > 0 ? engine->map[i - 1]
						      : NULL;
		bool same = before != NULL && before->number == rule->number;

		rule->index = i;
		rule->copy = same ? before->copy + 1 : 1;
		rule->shared = same ||
		    (i + 1 < engine->n &&
			engine->map[i + 1]->number == rule->number);
		engine->slots[i] = slot_of(rule);
	}
	engine->stale = false;
}

void
run_map_sort(struct ipfw_engine *engine)
{
	size_t rules = engine->n - 1;

	if (engine->n_sorted == engine->n && !engine->stale)
		return;
	if (rules - engine->n_sorted <= INSERTED_ONE_BY_ONE)
		for (; engine->n_sorted < rules; engine->n_sorted++)
			insert_sorted(engine->map, engine->n_sorted);
	else
		qsort(engine->map, rules, sizeof(*engine->map), compare_slots);
	engine->n_sorted = engine->n;
	engine->generation++;
	number_map(engine);
}

size_t
run_map_find(const struct ipfw_engine *engine, unsigned number, uint64_t id)
{
	struct run_rule key = {.number = (uint16_t)number, .id = id};

	return place_of(engine->map, engine->n - 1, &key);
}

static bool
grow_map(struct ipfw_engine *engine)
{
	size_t capacity = engine->capacity * 2;
	struct run_rule **map;
	struct run_slot *slots;

	if (engine->n < engine->capacity)
		return true;
	if (capacity < CAPACITY_FIRST)
		capacity = CAPACITY_FIRST;
	map = realloc(engine->map, capacity * sizeof(*map));
	if (map == NULL)
		return false;
	engine->map = map;
	slots = realloc(engine->slots, capacity * sizeof(*slots));
	if (slots == NULL)
		return false;
	engine->slots = slots;
	engine->capacity = capacity;
	return true;
}

static unsigned
next_number(const struct ipfw_engine *engine)
{
	unsigned step = engine->settings.number_step;

	if (step < 1)
		step = 1;
	if (step > NUMBER_STEP_MAX)
		step = NUMBER_STEP_MAX;
	if (engine->highest < IPFW_DEFAULT_NUMBER - step)
		return engine->highest + step;
	return engine->highest;
}

/* Put RULE before the default rule; the map has room for it. */
static void
append_rule(struct ipfw_engine *engine, struct run_rule *rule)
{
	engine->map[engine->n] = engine->map[engine->n - 1];
	engine->map[engine->n - 1] = rule;
	if (engine->n_sorted == engine->n)
		engine->n_sorted--;
	engine->n++;
	rule->id = ++engine->last_id;
	if (rule->number > engine->highest)
		engine->highest = rule->number;
	engine->open = false;
}

enum ipfw_error
ipfw_engine_add(struct ipfw_engine *engine, const struct ipfw_rule *rule,
    const char *text, const void *source, unsigned *number)
{
	struct run_rule *compiled;
	enum ipfw_error error;

	if (rule->number > IPFW_NUMBER_MAX || rule->set > IPFW_SET_MAX)
		return IPFW_INVALID;
	if (engine->n > engine->bounds.rules)
		return IPFW_LIMIT_REACHED;
	if (!grow_map(engine))
		return IPFW_NO_MEMORY;
	error = run_rule_compile(engine, rule, text, &compiled);
	if (error != IPFW_OK)
		return error;
	compiled->source = source;
	if (compiled->number == 0)
		compiled->number = (uint16_t)next_number(engine);
	append_rule(engine, compiled);
	if (number != NULL)
		*number = compiled->number;
	return IPFW_OK;
}

static bool
is_selected(const struct ipfw_engine *engine, const struct run_rule *rule,
    const struct ipfw_selection *selection)
{
	if (rule == engine->default_rule)
		return false;
	if (!selection->by_number && !selection->by_set &&
	    rule->set == RUN_SET_LAST)
		return false;
	if (selection->by_set && rule->set != selection->set)
		return false;
	return !selection->by_number ||
	    (rule->number >= selection->first &&
		rule->number <= selection->last);
}

/* Free the rules that bear DELETED_SET and close the gaps. */
static void
compact_map(struct ipfw_engine *engine)
{
	size_t kept = 0;

	for (size_t i = 0; i < engine->n; i++) {
		if (engine->map[i]->set == DELETED_SET)
			run_rule_free(engine->map[i]);
		else
			engine->map[kept++] = engine->map[i];
	}
	engine->n = engine->n_sorted = kept;
	engine->highest = kept > 1 ? engine->map[kept - 2]->number : 0;
	engine->generation++;
	number_map(engine);
}

size_t
ipfw_engine_delete(
    struct ipfw_engine *engine, const struct ipfw_selection *selection)
{
	bool all = !selection->by_number && !selection->by_set;
	bool had_states = false;
	size_t n = 0;

	run_map_sort(engine);
	for (size_t i = 0; i < engine->n; i++) {
		struct run_rule *rule = engine->map[i];

		if (!is_selected(engine, rule, selection))
			continue;
		had_states = had_states || rule->n_states > 0;
		rule->set = DELETED_SET;
		n++;
	}
	if (had_states)
		run_states_forget(engine);
	if (n > 0)
		compact_map(engine);
	if (engine->flavour->flush_opens && (all || engine->n == 1))
		engine->open = true;
	return n;
}

size_t
ipfw_engine_move(struct ipfw_engine *engine,
    const struct ipfw_selection *selection, unsigned set)
{
	size_t n = 0;

	for (size_t i = 0; i < engine->n; i++) {
		if (!is_selected(engine, engine->map[i], selection))
			continue;
		engine->map[i]->set = (uint8_t)(set & RUN_SET_LAST);
		n++;
	}
	engine->stale = true;
	return n;
}

size_t
ipfw_engine_zero(
    struct ipfw_engine *engine, const struct ipfw_selection *selection)
{
	size_t n = 0;

	for (size_t i = 0; i < engine->n; i++) {
		struct run_rule *rule = engine->map[i];
		bool named = rule == engine->default_rule &&
		    selection->by_number && selection->last >= rule->number &&
		    (!selection->by_set || selection->set == rule->set);

		if (!named && !is_selected(engine, rule, selection))
			continue;
		rule->packets = rule->bytes = rule->last = 0;
		n++;
	}
	return n;
}

void
ipfw_engine_swap_sets(struct ipfw_engine *engine, unsigned a, unsigned b)
{
	for (size_t i = 0; i < engine->n; i++) {
		struct run_rule *rule = engine->map[i];

		if (rule == engine->default_rule)
			continue;
		if (rule->set == a)
			rule->set = (uint8_t)(b & RUN_SET_LAST);
		else if (rule->set == b)
			rule->set = (uint8_t)(a & RUN_SET_LAST);
	}
	engine->stale = true;
}

void
ipfw_engine_switch_sets(
    struct ipfw_engine *engine, uint32_t disable, uint32_t enable)
{
	engine->disabled = (engine->disabled | disable) & ~enable;
	engine->disabled &= ~(UINT32_C(1) << RUN_SET_LAST);
}

uint32_t
ipfw_engine_disabled_sets(const struct ipfw_engine *engine)
{
	return engine->disabled;
}

size_t
ipfw_engine_n_rules(struct ipfw_engine *engine)
{
	run_map_sort(engine);
	return engine->n;
}

struct ipfw_rule_view
ipfw_engine_rule(struct ipfw_engine *engine, size_t index)
{
	const struct run_rule *rule = engine->map[index];

	return (struct ipfw_rule_view){
	    .number = rule->number,
	    .set = rule->set,
	    .verb = (enum ipfw_verb)rule->verb,
	    .text = rule->text,
	    .source = rule->source,
	    .packets = rule->packets,
	    .bytes = rule->bytes,
	    .last = rule->last,
	};
}
