/*
 * An engine from its making to its end, and the loading of a ruleset.
 */
#include <stdlib.h>

#include "target/ipfw/engine/private.h"

#define RULES_MAX ((size_t)4 * 1024 * 1024)
#define TABLE_ENTRIES_MAX ((size_t)4 * 1024 * 1024)
#define FRAGMENTS_MAX ((size_t)64 * 1024)

static const struct ipfw_settings default_settings = {
    .ack_lifetime = 300,
    .syn_lifetime = 20,
    .fin_lifetime = 1,
    .rst_lifetime = 1,
    .udp_lifetime = 10,
    .short_lifetime = 5,
    .keepalive = true,
    .keepalive_period = 5,
    .number_step = 100,
};

static struct run_rule *
make_default_rule(bool allow)
{
	struct run_rule *rule = calloc(1, sizeof(*rule));

	if (rule == NULL)
		return NULL;
	rule->number = IPFW_DEFAULT_NUMBER;
	rule->set = RUN_SET_LAST;
	rule->verb = allow ? IPFW_ALLOW : IPFW_DENY;
	rule->text = allow ? "allow ip from any to any"
			   : "deny ip from any to any";
	rule->copy = 1;
	return rule;
}

static void
fill_bounds(struct ipfw_bounds *bounds, const struct ipfw_bounds *given)
{
	if (given != NULL)
		*bounds = *given;
	if (bounds->rules == 0)
		bounds->rules = RULES_MAX;
	if (bounds->table_entries == 0)
		bounds->table_entries = TABLE_ENTRIES_MAX;
	if (bounds->fragments == 0)
		bounds->fragments = FRAGMENTS_MAX;
}

struct ipfw_engine *
ipfw_engine_create(
    const struct run_flavour *flavour, const struct ipfw_bounds *bounds)
{
	struct ipfw_engine *engine = calloc(1, sizeof(*engine));

	if (engine == NULL)
		return NULL;
	engine->flavour = flavour;
	fill_bounds(&engine->bounds, bounds);
	engine->settings = default_settings;
	engine->settings.states_max = flavour->states_max;
	engine->settings.keepalive_interval = flavour->keepalive_interval;
	engine->now = 1;
	engine->default_rule = make_default_rule(flavour->default_allow);
	engine->map = malloc(sizeof(*engine->map));
	engine->slots = malloc(sizeof(*engine->slots));
	if (engine->default_rule == NULL || engine->map == NULL ||
	    engine->slots == NULL) {
		free(engine->default_rule);
		free(engine->map);
		free(engine->slots);
		free(engine);
		return NULL;
	}
	engine->map[0] = engine->default_rule;
	engine->n = engine->n_sorted = engine->capacity = 1;
	engine->generation = 1;
	engine->stale = true;
	run_states_init(engine);
	return engine;
}

void
ipfw_engine_destroy(struct ipfw_engine *engine)
{
	if (engine == NULL)
		return;
	for (size_t i = 0; i < engine->n; i++)
		run_rule_free(engine->map[i]);
	free(engine->map);
	free(engine->slots);
	run_states_free(engine);
	run_tables_free(engine);
	free(engine);
}

struct ipfw_settings *
ipfw_engine_settings(struct ipfw_engine *engine)
{
	return &engine->settings;
}

void
ipfw_engine_set_default(struct ipfw_engine *engine, bool allow)
{
	engine->default_rule->verb = allow ? IPFW_ALLOW : IPFW_DENY;
	engine->default_rule->text = allow ? "allow ip from any to any"
					   : "deny ip from any to any";
}

uint64_t
ipfw_engine_now(const struct ipfw_engine *engine)
{
	return engine->now;
}

static enum ipfw_error
load_table(struct ipfw_engine *engine, const struct ipfw_table *table)
{
	struct ipfw_table_info info;
	enum ipfw_error error;

	if (!ipfw_table_info_of(table, &info))
		return IPFW_INVALID;
	error = ipfw_table_create(engine, &info);
	for (size_t i = 0; i < table->entries.n && error == IPFW_OK; i++) {
		const struct ipfw_table_entry *entry = &table->entries.v[i];
		struct ipfw_table_key key;
		bool updated;

		if (!ipfw_table_parse_key(&info, entry->key, &key))
			return IPFW_INVALID;
		error = ipfw_table_add(engine, table->name, &key,
		    entry->has_value ? entry->value : 0, false, &updated);
	}
	return error;
}

enum ipfw_error
ipfw_engine_load(struct ipfw_engine *engine, const struct ipfw_ruleset *ruleset)
{
	enum ipfw_error error = IPFW_OK;

	for (size_t i = 0; i < ruleset->tables.n && error == IPFW_OK; i++)
		error = load_table(engine, &ruleset->tables.v[i]);
	for (size_t i = 0; i < ruleset->rules.n && error == IPFW_OK; i++) {
		const struct ipfw_rule *rule = &ruleset->rules.v[i];

		error = ipfw_engine_add(engine, rule, NULL, rule, NULL);
	}
	return error;
}
