/*
 * The ruleset for other programs.  akinc(1) documents the form.
 */
#include "cli/json.h"
#include "target/ipfw/rules.h"
#include "target/ipfw/text/write.h"

json_t *
json_origins(const struct session *session, const struct spans *origins)
{
	json_t *list = json_array();

	for (size_t i = 0; origins != NULL && i < origins->n; i++) {
		struct span at = origins->v[i];
		const struct source *source = sources_get(
		    &session->sources, at.file);
		size_t line, column;

		if (source == NULL)
			continue;
		source_position(source, at, &line, &column);
		json_array_append_new(list,
		    json_pack("{s:o, s:I}", "file", json_text(source->name),
			"line", (json_int_t)line));
	}
	return list;
}

static json_t *
json_rule(const struct session *session, const struct ipfw_rule *rule)
{
	struct buf out;

	buf_init(&out, session->arena);
	ipfw_write_body(&out, rule, true);
	return json_pack("{s:i, s:o, s:b, s:o}", "number", rule->number, "rule",
	    json_text(out.p), "lifeline", rule->set == IPFW_SET_MAX, "policy",
	    json_origins(session, rule->origins));
}

static json_t *
json_table(const struct ipfw_table *table)
{
	json_t *entries = json_array();

	for (size_t i = 0; i < table->entries.n; i++)
		json_array_append_new(
		    entries, json_text(table->entries.v[i].key));
	return json_pack("{s:s, s:s, s:o}", "name", table->name, "type", "addr",
	    "entries", entries);
}

static json_t *
json_natd(const struct session *session, const struct ipfw_nat *nat)
{
	const char *const *words = ipfw_natd_arguments(session->arena, nat);
	json_t *list = json_array();

	for (; *words != NULL; words++)
		json_array_append_new(list, json_text(*words));
	return list;
}

static json_t *
json_nat(const struct session *session, const struct ipfw_nat *nat)
{
	struct buf out;

	if (!nat->kernel)
		return json_pack("{s:s, s:I, s:s, s:o}", "method", "divert",
		    "port", (json_int_t)nat->id, "card", nat->card, "natd",
		    json_natd(session, nat));
	buf_init(&out, session->arena);
	ipfw_nat_config(&out, nat);
	return json_pack("{s:s, s:I, s:s, s:s}", "method", "kernel", "instance",
	    (json_int_t)nat->id, "card", nat->card, "config", out.p);
}

json_t *
json_ruleset(const struct session *session)
{
	const struct ipfw_ruleset *ruleset = session->ruleset;
	json_t *rules = json_array(), *tables = json_array();
	json_t *nats = json_array();

	for (size_t i = 0; i < ruleset->rules.n; i++)
		json_array_append_new(
		    rules, json_rule(session, &ruleset->rules.v[i]));
	for (size_t i = 0; i < ruleset->tables.n; i++)
		json_array_append_new(
		    tables, json_table(&ruleset->tables.v[i]));
	for (size_t i = 0; i < ruleset->nats.n; i++)
		json_array_append_new(
		    nats, json_nat(session, &ruleset->nats.v[i]));
	return json_pack("{s:s, s:s, s:s, s:o, s:o, s:o}", "akin", AKIN_VERSION,
	    "target", "ipfw", "flavour", session->flavour->name, "rules", rules,
	    "tables", tables, "nat", nats);
}
