/*
 * The artefact: all that the runtime needs to put a ruleset in force and to
 * tell about it.  akinc(1) documents the form; the number at its head changes
 * with it.
 */
#include <string.h>

#include "cli/json.h"
#include "target/ipfw/names.h"
#include "target/ipfw/needs.h"
#include "target/ipfw/rules.h"
#include "target/ipfw/text/write.h"

#define FORM 1

/* A rule as `add` takes it, without its number, and as `list` shows it. */
static json_t *
json_rule(const struct session *session, const struct ipfw_rule *rule)
{
	struct ipfw_rule unnumbered = *rule;
	bool comments = session->flavour->comments;
	struct buf add, list;

	buf_init(&add, session->arena);
	buf_init(&list, session->arena);
	unnumbered.number = 0;
	ipfw_write_add(&add, &unnumbered, -1, comments);
	ipfw_write_body(&list, rule, comments);
	return json_pack("{s:i, s:s, s:s, s:b, s:o}", "number", rule->number,
	    "add", add.p + sizeof("add ") - 1, "list", list.p, "lifeline",
	    rule->set == IPFW_SET_MAX, "policy",
	    json_origins(session, rule->origins));
}

static json_t *
json_rules(const struct session *session)
{
	json_t *list = json_array();

	for (size_t i = 0; i < session->ruleset->rules.n; i++)
		json_array_append_new(
		    list, json_rule(session, &session->ruleset->rules.v[i]));
	return list;
}

/* As `table create type` takes it: "addr", or "flow:dst-ip,dst-port". */
static const char *
table_type(const struct session *session, const struct ipfw_table *table)
{
	const char *type = ipfw_name_of(ipfw_table_types, table->type);

	if (table->flow == NULL)
		return type;
	return arena_printf(session->arena, "%s:%s", type, table->flow);
}

/* An entry is "KEY VALUE", as `table add` takes it. */
static json_t *
json_table(const struct session *session, const struct ipfw_table *table)
{
	json_t *entries = json_array();

	for (size_t i = 0; i < table->entries.n; i++) {
		const struct ipfw_table_entry *entry = &table->entries.v[i];

		json_array_append_new(entries,
		    json_text(arena_printf(session->arena, "%s %u", entry->key,
			entry->has_value ? (unsigned)entry->value : 0)));
	}
	return json_pack("{s:s, s:s, s:s, s:o}", "name", table->name, "type",
	    table_type(session, table), "options",
	    table->options != NULL ? table->options : "", "entries", entries);
}

static json_t *
json_tables(const struct session *session)
{
	json_t *list = json_array();

	for (size_t i = 0; i < session->ruleset->tables.n; i++)
		json_array_append_new(
		    list, json_table(session, &session->ruleset->tables.v[i]));
	return list;
}

static json_t *
json_settings(const ipfw_settings *settings)
{
	json_t *list = json_array();

	for (size_t i = 0; i < settings->n; i++)
		json_array_append_new(list,
		    json_pack("{s:s, s:I, s:b}", "name", settings->v[i].name,
			"value", (json_int_t)settings->v[i].value, "exactly",
			settings->v[i].exactly));
	return list;
}

static json_t *
json_words(const char *const *words, size_t n)
{
	json_t *list = json_array();

	for (size_t i = 0; i < n; i++)
		json_array_append_new(list, json_text(words[i]));
	return list;
}

/* The IPv4 nets of the zones whose conversations the NAT translates. */
static json_t *
json_translated(const struct session *session)
{
	const struct policy *policy = session->policy;
	struct endpoint_set from = {{0, 0}};
	struct addr_set nets = {0};
	struct buf net;
	struct prefixes prefixes;
	json_t *list = json_array();

	for (size_t i = 0; i < policy->zones.n; i++)
		from = endpoint_set_union(&from, &policy->zones.v[i].nat_from);
	for (size_t i = 0; i < policy->zones.n; i++)
		if (endpoint_set_has(&from, ENDPOINT_OF_ZONE(i)))
			nets = addr_set_union(
			    session->arena, &nets, &policy->zones.v[i].own);
	prefixes = addr_set_prefixes(session->arena, &nets, FAMILY_4);
	for (size_t i = 0; i < prefixes.n; i++) {
		buf_init(&net, session->arena);
		prefix_format(&net, FAMILY_4, prefixes.v[i]);
		json_array_append_new(list, json_text(net.p));
	}
	return list;
}

static json_t *
json_zones(const struct session *session)
{
	json_t *list = json_array();

	for (size_t i = 0; i < session->policy->zones.n; i++) {
		const struct zone *zone = &session->policy->zones.v[i];
		json_t *cards = json_array();

		for (size_t j = 0; j < zone->cards.n; j++)
			json_array_append_new(
			    cards, json_text(zone->cards.v[j].pattern));
		json_array_append_new(list,
		    json_pack("{s:o, s:o, s:b, s:b}", "name",
			json_text(zone->name), "cards", cards, "present",
			zone->present, "active", zone->active));
	}
	return list;
}

/*
 * The files whose text decides what comes out, but for host facts: whoever
 * follows the policy looks whether one of them has changed.
 */
static json_t *
json_files(const struct session *session)
{
	const char *host = session->options->host;
	json_t *list = json_array();

	for (uint32_t file = 1; file <= session->sources.list.n; file++) {
		const struct source *source = sources_get(
		    &session->sources, file);

		if (!source->is_file ||
		    (host != NULL && strcmp(source->name, host) == 0))
			continue;
		json_array_append_new(list, json_text(source->name));
	}
	return list;
}

static json_t *
json_active(const struct session *session)
{
	return session->host.active != NULL ? json_text(session->host.active)
					    : json_null();
}

json_t *
json_artefact(const struct session *session)
{
	struct ipfw_needs_request asked = {
	    .ruleset = session->ruleset,
	    .flavour = session->flavour,
	    .forwards4 = session_forwards(session, FAMILY_4),
	    .forwards6 = session_forwards(session, FAMILY_6),
	};
	struct ipfw_needs needs = ipfw_needs(session->arena, &asked);
	json_t *value = json_ruleset(session);

	json_object_set_new(value, "artefact", json_integer(FORM));
	json_object_set_new(value, "digest",
	    json_text(ipfw_rules_digest(
		session->arena, session->ruleset, session->flavour)));
	json_object_set_new(
	    value, "source", json_text(session->options->operands.v[0]));
	json_object_set_new(value, "rules", json_rules(session));
	json_object_set_new(value, "tables", json_tables(session));
	json_object_set_new(
	    value, "modules", json_words(needs.modules.v, needs.modules.n));
	json_object_set_new(value, "before", json_settings(&needs.before));
	json_object_set_new(value, "after", json_settings(&needs.after));
	json_object_set_new(value, "translated", json_translated(session));
	json_object_set_new(value, "zones", json_zones(session));
	json_object_set_new(value, "active", json_active(session));
	json_object_set_new(value, "files", json_files(session));
	json_object_set_new(value, "drift",
	    json_string(
		session->policy->options.drift_repair ? "repair" : "report"));
	return value;
}
