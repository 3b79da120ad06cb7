/*
 * akinc lockout POLICY [--rules FILE] [QUESTION...]: would the policy cut the
 * operator off?  --rules are those in force, as ipfw(8) lists them.
 */
#include <stdio.h>

#include "cli/commands.h"
#include "cli/json.h"
#include "cli/lockout_words.h"
#include "eval/narrate.h"
#include "eval/packet.h"
#include "target/ipfw/text/write.h"

struct lockout {
	struct session *session;
	lockout_questions questions;
	struct lockout_answer *answers;
	struct live live;
	bool open;
	size_t cuts;
};

static const char *const topic_names[] = {
    [LOCKOUT_LOGIN] = "login",
    [LOCKOUT_ANEW] = "login-anew",
    [LOCKOUT_DHCP] = "dhcp",
    [LOCKOUT_NEIGHBOURS] = "neighbours",
    [LOCKOUT_DNS] = "dns",
};

static const char *const outcome_names[] = {
    [LOCKOUT_UNKNOWN] = "unknown",
    [LOCKOUT_PASSES] = "passes",
    [LOCKOUT_REFUSED] = "refused",
};

static bool
compile(struct lockout *l)
{
	struct session *session = l->session;

	return lockout_words_read(session, &l->questions) &&
	    session_parse(session, session->options->operands.v[0]) &&
	    session_load_catalogue(session) &&
	    session_load_host(session, true) &&
	    session_resolve(session, true) && session_lower(session);
}

static bool
open_stage(struct lockout *l)
{
	struct session *session = l->session;
	struct scene_hints *hints = arena_new(
	    session->arena, struct scene_hints);
	struct live_request request = {
	    .arena = session->arena,
	    .policy = session->policy,
	    .hints = hints,
	    .candidate = session->ruleset,
	    .flavour = run_flavour_find(session->flavour->name),
	};

	*hints = lockout_words_hints(session, &l->questions);
	if (session->options->rules != NULL) {
		request.in_force = session_read_rules(session);
		if (request.in_force == NULL)
			return false;
	}
	if (!session_confine(session))
		return false;
	l->open = true;
	if (live_open(&l->live, &request))
		return true;
	return session_fail(session, EXIT_ENVIRONMENT,
	    "the rules cannot be loaded side by side");
}

static bool
ask(struct lockout *l)
{
	struct session *session = l->session;

	if (session->options->operands.n == 1)
		lockout_words_usual(session, &l->live, &l->questions);
	l->answers = arena_calloc(
	    session->arena, l->questions.n + 1, sizeof(*l->answers));
	if (!lockout_ask(&l->live, l->questions.v, l->questions.n, l->answers))
		return session_fail(session, EXIT_ENVIRONMENT, "out of memory");
	for (size_t i = 0; i < l->questions.n; i++)
		l->cuts += l->answers[i].cut;
	if (l->cuts > 0)
		session->code = EXIT_POLICY;
	return true;
}

/* "tcp 192.0.2.5 50022 198.51.100.10 22, in by em0" */
static const char *
packet_text(const struct lockout *l, const struct lockout_answer *answer)
{
	const struct ipfw_packet *packet = &answer->packet;
	bool in = packet->card_in != NULL;
	struct buf out;

	buf_init(&out, l->session->arena);
	packet_write_tuple(&out, &packet->tuple, " ");
	buf_printf(&out, ", %s by %s", in ? "in" : "out",
	    in ? packet->card_in : packet->card_out);
	return out.p;
}

static const char *
rule_text(const struct lockout *l, const struct lockout_answer *answer)
{
	const struct ipfw_rule *rule = answer->walk.end.source;
	struct buf out;

	buf_init(&out, l->session->arena);
	if (rule != NULL)
		ipfw_write_body(&out, rule, false);
	else
		buf_puts(&out, "the default rule");
	return out.p;
}

static const char *
meaning_text(const struct lockout *l, const struct lockout_answer *answer)
{
	struct narrator narrator = {
	    &l->session->sources, l->session->policy, ""};
	struct buf out;

	buf_init(&out, l->session->arena);
	if (answer->has_meaning)
		narrate_meaning(&narrator, &answer->meaning, &out);
	else
		buf_puts(&out, "deny: a card that no zone has");
	return out.p;
}

/*
 * A login that the policy would let in is cut for want of a state alone: it is
 * older than the rules, and another one would be as well.
 */
static const char *
login_advice(const struct lockout *l, const struct lockout_answer *answer)
{
	const struct lockout_question *question = &answer->question;
	bool anew = question->topic == LOCKOUT_LOGIN && answer->has_meaning &&
	    answer->meaning.verdict == VERDICT_ALLOW;
	struct buf out;

	buf_init(&out, l->session->arena);
	buf_puts(&out,
	    anew ? "it began before there were rules, so no state holds it: "
		 : "allow it before that line, or ");
	buf_puts(&out, "write `option lifeline ");
	addr_format(&out, question->family, question->source);
	buf_puts(&out,
	    anew ? "` into the policy until you have logged in anew"
		 : "` into the policy");
	return out.p;
}

static const char *
advice(const struct lockout *l, const struct lockout_answer *answer)
{
	if (!answer->cut)
		return NULL;
	switch (answer->question.topic) {
	case LOCKOUT_LOGIN:
	case LOCKOUT_ANEW:
		return login_advice(l, answer);
	case LOCKOUT_DHCP:
		return "allow dhcp-client from that zone to self";
	case LOCKOUT_DNS:
		return "allow dns from self";
	case LOCKOUT_NEIGHBOURS:
		return "check that the card is in a zone";
	}
	return NULL;
}

static void
tell(const struct lockout *l, const struct lockout_answer *answer)
{
	const char *hint = advice(l, answer);

	printf("%s%s%s: %s before, %s after%s\n",
	    topic_names[answer->question.topic],
	    answer->card != NULL ? " by " : "",
	    answer->card != NULL ? answer->card : "",
	    outcome_names[answer->before], outcome_names[answer->after],
	    answer->cut ? ": CUT" : "");
	if (answer->after != LOCKOUT_REFUSED)
		return;
	if (answer->card == NULL)
		puts("  no card leads there");
	else
		printf("  %s\n  %5u %s\n  policy: %s\n", packet_text(l, answer),
		    answer->walk.end.number, rule_text(l, answer),
		    meaning_text(l, answer));
	if (hint != NULL)
		printf("  %s\n", hint);
}

static json_t *
json_place(const struct lockout *l, struct span span)
{
	const struct source *source = sources_get(
	    &l->session->sources, span.file);
	size_t line, column;

	if (source == NULL)
		return json_null();
	source_position(source, span, &line, &column);
	return json_pack("{s:o, s:I}", "file", json_text(source->name), "line",
	    (json_int_t)line);
}

static json_t *
json_refusal(const struct lockout *l, const struct lockout_answer *answer)
{
	struct span span = SPAN_NONE;

	if (answer->after != LOCKOUT_REFUSED || answer->card == NULL)
		return json_null();
	if (answer->has_meaning)
		span = answer->meaning.span;
	return json_pack("{s:o, s:i, s:o, s:o, s:o}", "packet",
	    json_text(packet_text(l, answer)), "number",
	    (int)answer->walk.end.number, "rule",
	    json_text(rule_text(l, answer)), "policy",
	    json_text(meaning_text(l, answer)), "place", json_place(l, span));
}

static json_t *
json_answer(const struct lockout *l, const struct lockout_answer *answer)
{
	const char *hint = advice(l, answer);

	return json_pack("{s:s, s:o, s:s, s:s, s:b, s:o, s:o}", "question",
	    topic_names[answer->question.topic], "card",
	    answer->card != NULL ? json_text(answer->card) : json_null(),
	    "before", outcome_names[answer->before], "after",
	    outcome_names[answer->after], "cut", answer->cut, "refused",
	    json_refusal(l, answer), "help",
	    hint != NULL ? json_text(hint) : json_null());
}

static void
tell_all(const struct lockout *l)
{
	json_t *list;

	if (!l->session->options->json) {
		for (size_t i = 0; i < l->questions.n; i++)
			tell(l, &l->answers[i]);
		return;
	}
	list = json_array();
	for (size_t i = 0; i < l->questions.n; i++)
		json_array_append_new(list, json_answer(l, &l->answers[i]));
	json_print(json_pack(
	    "{s:b, s:o}", "locked-out", l->cuts > 0, "answers", list));
}

enum exit_code
command_lockout(struct session *session)
{
	struct lockout l = {.session = session};

	if (session->options->operands.n == 0) {
		fputs("usage: akinc lockout POLICY [--rules FILE] [login "
		      "ADDRESS PORT ADDRESS PORT] [dhcp CARD]\n"
		      "           [neighbours CARD] [dns ADDRESS]...\n",
		    stderr);
		return EXIT_USAGE;
	}
	if (compile(&l) && open_stage(&l) && ask(&l))
		tell_all(&l);
	if (l.open)
		live_close(&l.live);
	session_report_text(session);
	return session->code;
}
