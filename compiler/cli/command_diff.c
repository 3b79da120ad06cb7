/*
 * akinc diff OLD NEW: what a change of policy changes.
 */
#include <stdio.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/diff_sides.h"
#include "cli/json.h"
#include "cli/outcome_text.h"

struct command {
	struct session *session;
	struct diff_sides sides;
	struct diff diff;
	struct policy *words; /* its names of hosts are those to use */
	struct buf out;
};

static const struct {
	const char *title, *word;
} kinds[] = {
    [DIFF_OPENS] = {"Opened", "opened"},
    [DIFF_FORWARDS] = {"Forwarded otherwise", "forwarded"},
    [DIFF_NAT] = {"Translated otherwise", "translated"},
    [DIFF_STATE] = {"With a state instead of without, or the other way",
	"state"},
    [DIFF_LIMIT] = {"Limited otherwise", "limited"},
    [DIFF_REFUSES] = {"Refused otherwise", "refused"},
    [DIFF_LOG] = {"Logged otherwise", "logged"},
    [DIFF_CLOSES] = {"Closed", "closed"},
};

static enum diff_kind
kind_of(const struct command *c, const struct flow_row *row)
{
	return c->diff.changes.v[row->value].kind;
}

/* Names of both sides, the new ones first. */
static void
learn_hosts(struct command *c)
{
	c->words = arena_new(c->session->arena, struct policy);
	for (int side = 1; side >= 0; side--) {
		const struct policy *policy = c->diff.sides[side].policy;

		for (size_t i = 0; i < policy->hosts.n; i++)
			vec_push(c->session->arena, &c->words->hosts,
			    policy->hosts.v[i]);
	}
}

static void
tell_row(struct command *c, struct flow_row *row)
{
	bool detailed = kind_of(c, row) == DIFF_NAT ||
	    kind_of(c, row) == DIFF_STATE;

	buf_puts(&c->out, "  ");
	row_write_ends(&c->out, row);
	buf_puts(&c->out, ": ");
	row_write_services(&c->out, &c->diff.services, c->words, row);
	for (int side = 0; side < 2; side++) {
		buf_puts(&c->out,
		    side == DIFF_OLD ? "\n      was " : "\n      now ");
		outcome_write(&c->out, diff_sides_session(&c->sides, side),
		    &c->diff.sides[side],
		    side == DIFF_OLD ? &row->before : &row->after, detailed);
	}
	buf_printf(&c->out, "\n      as in: %s\n",
	    row_witness_text(c->session->arena, row));
}

static void
tell_options(struct command *c)
{
	if (c->diff.options.n != 0)
		buf_puts(&c->out, "Options\n");
	for (size_t i = 0; i < c->diff.options.n; i++) {
		const struct diff_option *o = &c->diff.options.v[i];

		buf_printf(&c->out, "  %s: was %s, now %s\n", o->name,
		    o->before, o->after);
	}
}

static void
tell(struct command *c)
{
	for (size_t i = 0; i < c->diff.rows.n; i++) {
		struct flow_row *row = &c->diff.rows.v[i];

		if (i == 0 ||
		    kind_of(c, row) != kind_of(c, &c->diff.rows.v[i - 1]))
			buf_printf(
			    &c->out, "%s\n", kinds[kind_of(c, row)].title);
		tell_row(c, row);
	}
	tell_options(c);
	if (c->diff.rows.n == 0 && c->diff.options.n == 0)
		buf_printf(&c->out, "equal: %s and %s mean the same\n",
		    c->sides.paths[DIFF_OLD], c->sides.paths[DIFF_NEW]);
	fputs(c->out.p, stdout);
}

static json_t *
json_change(struct command *c, struct flow_row *row)
{
	json_t *change = row_json(
	    &c->diff.services, c->words, c->session->arena, row);

	json_object_set_new(
	    change, "change", json_string(kinds[kind_of(c, row)].word));
	json_object_set_new(change, "before",
	    outcome_json(diff_sides_session(&c->sides, DIFF_OLD),
		&c->diff.sides[DIFF_OLD], &row->before));
	json_object_set_new(change, "after",
	    outcome_json(diff_sides_session(&c->sides, DIFF_NEW),
		&c->diff.sides[DIFF_NEW], &row->after));
	return change;
}

static void
tell_json(struct command *c)
{
	json_t *changes = json_array(), *options = json_array();

	for (size_t i = 0; i < c->diff.rows.n; i++)
		json_array_append_new(
		    changes, json_change(c, &c->diff.rows.v[i]));
	for (size_t i = 0; i < c->diff.options.n; i++) {
		const struct diff_option *o = &c->diff.options.v[i];

		json_array_append_new(options,
		    json_pack("{s:s, s:s, s:s}", "name", o->name, "before",
			o->before, "after", o->after));
	}
	json_print(json_pack("{s:o, s:o, s:b, s:o, s:o}", "old",
	    json_text(c->sides.paths[DIFF_OLD]), "new",
	    json_text(c->sides.paths[DIFF_NEW]), "equal",
	    c->diff.rows.n == 0 && c->diff.options.n == 0, "changes", changes,
	    "options", options));
}

static enum exit_code
compare(struct command *c)
{
	learn_hosts(c);
	diff_run(&c->diff);
	if (c->diff.exhausted) {
		session_fail(c->session, EXIT_ENVIRONMENT,
		    "the comparison is larger than the bound of its memory");
		return EXIT_ENVIRONMENT;
	}
	if (c->session->options->json)
		tell_json(c);
	else
		tell(c);
	return c->diff.rows.n == 0 && c->diff.options.n == 0 ? EXIT_FINE
							     : EXIT_POLICY;
}

enum exit_code
command_diff(struct session *session)
{
	struct command *c = arena_new(session->arena, struct command);
	enum exit_code code;

	if (session->options->operands.n != 2) {
		fputs("usage: akinc diff OLD NEW\n", stderr);
		return EXIT_USAGE;
	}
	c->session = session;
	c->diff.arena = session->arena;
	buf_init(&c->out, session->arena);
	for (int side = 0; side < 2; side++) {
		c->sides.paths[side] = session->options->operands.v[side];
		flow_side_init(&c->diff.sides[side], session->arena);
	}
	if (!diff_sides_load(&c->sides, session, &c->diff, &code))
		return code;
	code = compare(c);
	diff_close(&c->diff);
	return code;
}
