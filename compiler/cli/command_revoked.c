/*
 * akinc revoked POLICY STATES: which live conversations the policy would no
 * longer admit.  STATES is what `ipfw -d list` prints.
 */
#include <stdio.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/json.h"
#include "eval/admit.h"
#include "eval/narrate.h"
#include "eval/packet.h"
#include "target/ipfw/text/write.h"

#define HEADING "## "
#define BETWEEN " <-> "

struct entry {
	struct ipfw_state state;
	struct admit_result result;
};

struct revoked {
	struct session *session;
	struct scene scene;
	bool open;
	VEC(struct entry) entries;
	size_t n[ADMIT_UNSURE + 1];
};

static bool
compile(struct session *session)
{
	return session_parse(session, session->options->operands.v[0]) &&
	    session_load_catalogue(session) &&
	    session_load_host(session, true) &&
	    session_resolve(session, true) && session_lower(session);
}

/* The states stand below a heading; without one, wherever there is one. */
static const char *
begin_of_states(const struct source *source)
{
	const char *p = source->text;

	if (strncmp(p, HEADING, strlen(HEADING)) == 0)
		return p;
	p = strstr(p, "\n" HEADING);
	return p != NULL ? p + 1 : source->text;
}

static bool
read_line(struct revoked *r, struct ipfw_reader *reader, uint32_t file,
    const char *line, size_t at)
{
	size_t length = strlen(line);
	struct entry entry;

	if (strncmp(line, HEADING, strlen(HEADING)) == 0 ||
	    strstr(line, BETWEEN) == NULL)
		return true;
	if (!ipfw_read_state(reader, line, &entry.state)) {
		diag_add(&r->session->diags, E_IPFW_REFUSED,
		    (struct span){file, (uint32_t)at, (uint32_t)length},
		    "not a state: %s", reader->message);
		r->session->code = EXIT_POLICY;
		return false;
	}
	if (!entry.state.parent)
		vec_push(r->session->arena, &r->entries, entry);
	return true;
}

static bool
read_states(struct revoked *r)
{
	struct session *session = r->session;
	const struct source *source;
	struct ipfw_reader reader;
	const char *p;
	uint32_t file;
	bool good = true;

	if (!session_read(session, session->options->operands.v[1], &file))
		return false;
	source = sources_get(&session->sources, file);
	ipfw_reader_init(&reader, session->arena);
	for (p = begin_of_states(source); *p != '\0';) {
		size_t n = strcspn(p, "\n");

		good = read_line(r, &reader, file,
			   arena_strndup(session->arena, p, n),
			   (size_t)(p - source->text)) &&
		    good;
		p += n + (p[n] == '\n');
	}
	return good;
}

static bool
judge(struct revoked *r)
{
	struct session *session = r->session;

	r->open = true;
	if (!scene_open(&r->scene, session->arena, session->policy, NULL,
		session->ruleset, run_flavour_find(session->flavour->name)))
		return session_fail(
		    session, EXIT_ENVIRONMENT, "the ruleset cannot be loaded");
	for (size_t i = 0; i < r->entries.n; i++) {
		struct entry *entry = &r->entries.v[i];

		if (!admit_state(&r->scene, &entry->state, &entry->result))
			return session_fail(
			    session, EXIT_ENVIRONMENT, "out of memory");
		r->n[entry->result.answer]++;
	}
	return true;
}

static const char *
state_text(const struct revoked *r, const struct ipfw_state *state)
{
	struct ipfw_tuple tuple = {
	    .family = state->family,
	    .protocol = (uint8_t)state->protocol,
	    .source = state->source,
	    .target = state->target,
	    .source_port = state->source_port,
	    .target_port = state->target_port,
	};
	struct buf out;

	buf_init(&out, r->session->arena);
	packet_write_tuple(&out, &tuple, BETWEEN);
	return out.p;
}

static const char *
reason_text(const struct revoked *r, const struct admit_result *result)
{
	struct narrator narrator = {
	    &r->session->sources, r->session->policy, ""};
	struct buf out;

	buf_init(&out, r->session->arena);
	if (result->has_flow)
		narrate_meaning(&narrator, &result->meaning, &out);
	else
		buf_puts(&out, "deny: its addresses are in no zone");
	return out.p;
}

static void
tell(const struct revoked *r)
{
	for (size_t i = 0; i < r->entries.n; i++) {
		const struct entry *entry = &r->entries.v[i];

		if (entry->result.answer == ADMIT_YES)
			continue;
		printf("%s (rule %u): %s%s\n", state_text(r, &entry->state),
		    entry->state.number,
		    entry->result.answer == ADMIT_UNSURE ? "unsure: " : "",
		    reason_text(r, &entry->result));
	}
	printf("%zu of %zu conversations would not be admitted\n",
	    r->n[ADMIT_NO], r->entries.n);
}

static json_t *
json_addr(const struct revoked *r, enum family family, struct addr addr)
{
	struct buf out;

	buf_init(&out, r->session->arena);
	addr_format(&out, family, addr);
	return json_text(out.p);
}

static json_t *
json_entry(const struct revoked *r, const struct entry *entry)
{
	const struct ipfw_state *state = &entry->state;
	const struct ipfw_rule *rule = entry->result.rule;

	return json_pack("{s:i, s:i, s:o, s:i, s:o, s:i, s:o, s:o, s:b}",
	    "rule", (int)state->number, "protocol", (int)state->protocol,
	    "source", json_addr(r, state->family, state->source), "source-port",
	    (int)state->source_port, "target",
	    json_addr(r, state->family, state->target), "target-port",
	    (int)state->target_port, "refused-by",
	    rule != NULL ? json_integer(rule->number) : json_null(), "policy",
	    json_text(reason_text(r, &entry->result)), "unsure",
	    entry->result.answer == ADMIT_UNSURE);
}

static void
tell_json(const struct revoked *r)
{
	json_t *list = json_array();

	for (size_t i = 0; i < r->entries.n; i++)
		if (r->entries.v[i].result.answer != ADMIT_YES)
			json_array_append_new(
			    list, json_entry(r, &r->entries.v[i]));
	json_print(json_pack("{s:I, s:I, s:I, s:o}", "states",
	    (json_int_t)r->entries.n, "revoked", (json_int_t)r->n[ADMIT_NO],
	    "unsure", (json_int_t)r->n[ADMIT_UNSURE], "list", list));
}

enum exit_code
command_revoked(struct session *session)
{
	struct revoked r = {.session = session};

	if (session->options->operands.n != 2) {
		fputs("usage: akinc revoked POLICY STATES\n", stderr);
		return EXIT_USAGE;
	}
	if (compile(session) && read_states(&r) && session_confine(session) &&
	    judge(&r)) {
		if (session->options->json)
			tell_json(&r);
		else
			tell(&r);
	}
	if (r.open)
		scene_close(&r.scene);
	session_report_text(session);
	return session->code;
}
