/*
 * One phrase for outcomes that read alike, then where they stand.
 */
#include <string.h>

#include "analyse/hosts_text.h"
#include "cli/json.h"
#include "cli/outcome_text.h"
#include "cli/test_report.h"

#define LINES_SHOWN 4

static const char *
verdict_text(enum verdict verdict)
{
	switch (verdict) {
	case VERDICT_ALLOW:
		return "allowed";
	case VERDICT_DENY:
		return "denied";
	case VERDICT_REJECT:
		break;
	}
	return "rejected";
}

static const char *
reason_text(enum flow_reason reason)
{
	switch (reason) {
	case FLOW_RULE:
	case FLOW_RULESET:
		break;
	case FLOW_DEFAULT:
		return " by default";
	case FLOW_TRUST:
		return " by trust";
	case FLOW_PASSES:
		return " with what is open";
	case FLOW_LIFELINE:
		return " by the lifeline";
	case FLOW_CLOSED:
		return " without asking a rule";
	case FLOW_NOWHERE:
		return ", in no zone";
	case FLOW_UNFILTERED:
		return ", since the packet filter does not see it";
	}
	return "";
}

static void
write_phrase(struct buf *out, const struct flow_outcome *o, bool detailed)
{
	buf_printf(
	    out, "%s%s", verdict_text(o->verdict), reason_text(o->reason));
	if (o->forward != NULL && o->verdict == VERDICT_ALLOW) {
		buf_puts(out, ", forwarded to ");
		addr_format(out, FAMILY_4, o->forward->target);
		if (o->forward->inside.lo != o->forward->outside.lo)
			buf_printf(out, " port %u", o->forward->inside.lo);
	}
	if (detailed && o->nat == FLOW_NAT_UPLINK)
		buf_puts(out, ", by NAT");
	if (detailed && o->verdict == VERDICT_ALLOW && o->forward == NULL &&
	    o->reason != FLOW_TRUST)
		buf_puts(
		    out, o->stateless ? ", without a state" : ", with a state");
	if (o->nat == FLOW_NAT_OTHER)
		buf_puts(out, ", by another NAT than its uplink's");
	if (o->limit != 0)
		buf_printf(out, ", at most %u per source", o->limit);
	if (o->log)
		buf_puts(out, ", logged");
}

static const char *
phrase_of(struct arena *arena, const struct flow_outcome *o, bool detailed)
{
	struct buf out;

	buf_init(&out, arena);
	write_phrase(&out, o, detailed);
	return out.p;
}

static struct span
span_of(const struct flow_side *side, const struct flow_outcome *o)
{
	if (o->rule != NULL)
		return o->rule->span;
	return o->reason == FLOW_DEFAULT ? side->policy->fallback_span
					 : SPAN_NONE;
}

struct lines {
	VEC(const char *) list;
};

/* Lines come in the order of the text. */
static void
sort_ids(const struct flow_side *side, row_outcomes *ids)
{
	for (size_t i = 1; i < ids->n; i++)
		for (size_t k = i; k > 0; k--) {
			uint32_t id = ids->v[k];

			if (span_of(side, flow_outcome_of(side, id)).at >=
			    span_of(side, flow_outcome_of(side, ids->v[k - 1]))
				.at)
				break;
			ids->v[k] = ids->v[k - 1];
			ids->v[k - 1] = id;
		}
}

static void
add_line(struct arena *arena, struct lines *lines, const char *line)
{
	for (size_t i = 0; i < lines->list.n; i++)
		if (strcmp(lines->list.v[i], line) == 0)
			return;
	if (*line != '\0')
		vec_push(arena, &lines->list, line);
}

static struct lines
lines_of(const struct session *session, const struct flow_side *side,
    const row_outcomes *ids, const char *phrase, bool detailed)
{
	struct lines lines = {{NULL, 0, 0}};

	for (size_t i = 0; i < ids->n; i++) {
		const struct flow_outcome *o = flow_outcome_of(side, ids->v[i]);

		if (phrase == NULL ||
		    strcmp(phrase_of(session->arena, o, detailed), phrase) == 0)
			add_line(session->arena, &lines,
			    report_place(session, span_of(side, o)));
	}
	return lines;
}

static void
write_lines(struct buf *out, const struct lines *lines)
{
	if (lines->list.n == 0)
		return;
	buf_puts(out, " (");
	for (size_t i = 0; i < lines->list.n && i < LINES_SHOWN; i++) {
		const char *line = lines->list.v[i];

		/* The file is said once. */
		if (i > 0 && strrchr(line, ':') != NULL)
			buf_printf(out, ", %s", strrchr(line, ':') + 1);
		else
			buf_puts(out, line);
	}
	if (lines->list.n > LINES_SHOWN)
		buf_printf(out, " and %zu more", lines->list.n - LINES_SHOWN);
	buf_putc(out, ')');
}

void
outcome_write(struct buf *out, const struct session *session,
    const struct flow_side *side, row_outcomes *ids, bool detailed)
{
	struct lines said = {{NULL, 0, 0}};

	sort_ids(side, ids);
	for (size_t i = 0; i < ids->n; i++) {
		size_t before = said.list.n;
		struct lines lines;

		add_line(session->arena, &said,
		    phrase_of(session->arena, flow_outcome_of(side, ids->v[i]),
			detailed));
		if (said.list.n == before)
			continue;
		if (before != 0)
			buf_puts(out, " or ");
		buf_puts(out, said.list.v[before]);
		lines = lines_of(
		    session, side, ids, said.list.v[before], detailed);
		write_lines(out, &lines);
	}
}

json_t *
outcome_json(const struct session *session, const struct flow_side *side,
    row_outcomes *ids)
{
	const struct flow_outcome *o = flow_outcome_of(side, ids->v[0]);
	struct lines lines = lines_of(session, side, ids, NULL, false);
	json_t *places = json_array();
	struct buf phrase;

	buf_init(&phrase, session->arena);
	write_phrase(&phrase, o, true);
	for (size_t i = 0; i < lines.list.n; i++)
		json_array_append_new(places, json_text(lines.list.v[i]));
	return json_pack("{s:s, s:o, s:o}", "verdict",
	    o->verdict == VERDICT_ALLOW	     ? "allow"
		: o->verdict == VERDICT_DENY ? "deny"
					     : "reject",
	    "text", json_text(phrase.p), "lines", places);
}

static void
write_names(struct buf *out, const char *const *names, size_t n)
{
	for (size_t i = 0; i < n; i++)
		buf_printf(out, "%s%s", i > 0 ? ", " : "", names[i]);
}

void
row_write_ends(struct buf *out, const struct flow_row *row)
{
	write_names(out, row->from.v, row->from.n);
	buf_puts(out, " -> ");
	write_names(out, row->to.v, row->to.n);
}

static const char *
services_of(struct services *services, const struct flow_row *row)
{
	const char *text = services_text(
	    services, row->services, row->families);

	if (!row->one_family)
		return text;
	return arena_printf(services->arena, "%s (%s)", text,
	    row->families == FAMILY_4 ? "IPv4" : "IPv6");
}

/* What addresses this host has, nobody knows without facts. */
static const char *
target_of(struct arena *arena, const struct policy *policy,
    const struct flow_row *row)
{
	static const char all_but[] = "all but ";
	const char *text = hosts_text(
	    arena, policy, &row->target, &row->all_target, row->families);

	if (text == NULL || row->to.n != 1 ||
	    strcmp(row->to.v[0], "self") != 0 ||
	    strncmp(text, all_but, sizeof(all_but) - 1) != 0)
		return text;
	return arena_printf(
	    arena, "any of its addresses but %s", text + sizeof(all_but) - 1);
}

void
row_write_services(struct buf *out, struct services *services,
    const struct policy *policy, const struct flow_row *row)
{
	const char *source = hosts_text(services->arena, policy, &row->source,
	    &row->all_source, row->families);
	const char *target = target_of(services->arena, policy, row);

	buf_puts(out, services_of(services, row));
	if (source != NULL)
		buf_printf(out, " from %s", source);
	if (target != NULL)
		buf_printf(out, " to %s", target);
	if (row->midway)
		buf_puts(out, " in mid-conversation");
	if (row->further)
		buf_puts(out, " on the link or in a group");
}

static json_t *
json_names(const char *const *names, size_t n)
{
	json_t *list = json_array();

	for (size_t i = 0; i < n; i++)
		json_array_append_new(list, json_text(names[i]));
	return list;
}

static json_t *
json_hosts(const char *text)
{
	return text != NULL ? json_text(text) : json_null();
}

json_t *
row_json(struct services *services, const struct policy *policy,
    struct arena *arena, const struct flow_row *row)
{
	json_t *families = json_array();

	if (row->families & FAMILY_4)
		json_array_append_new(families, json_string("ipv4"));
	if (row->families & FAMILY_6)
		json_array_append_new(families, json_string("ipv6"));
	return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "from",
	    json_names(row->from.v, row->from.n), "to",
	    json_names(row->to.v, row->to.n), "services",
	    json_text(services_text(services, row->services, row->families)),
	    "families", families, "sources",
	    json_hosts(hosts_text(
		arena, policy, &row->source, &row->all_source, row->families)),
	    "targets",
	    json_hosts(hosts_text(
		arena, policy, &row->target, &row->all_target, row->families)),
	    "witness", json_text(row_witness_text(arena, row)));
}
