/*
 * akinc why POLICY PACKET…: what happens to a packet, and to its answer.
 *
 * The packet is in the words of a policy's test, so the policy's own grammar
 * reads it: "tcp from vm 192.168.56.10 to public 198.51.100.7 port 443".
 */
#include <stdio.h>

#include "cli/commands.h"
#include "eval/narrate.h"
#include "eval/policy_test.h"
#include "eval/scene.h"
#include "grammar/parse.h"

/* The words of the command line as a test of one step. */
static const char *
test_text(struct session *session)
{
	const struct options *options = session->options;
	struct buf out;

	buf_init(&out, session->arena);
	buf_puts(&out, "test \"why\" {\n    expect allow");
	for (size_t i = 1; i < options->operands.n; i++)
		buf_printf(&out, " %s", options->operands.v[i]);
	buf_puts(&out, "\n}\n");
	return out.p;
}

/* Parsed apart, the question joins the policy's own statements. */
static bool
add_question(struct session *session)
{
	struct parse parse = {
	    .arena = session->arena,
	    .syms = session->syms,
	    .sources = &session->sources,
	    .diags = &session->diags,
	};
	const char *text = test_text(session);
	struct ast_statement **end = &session->tree->statements;
	size_t length = 0;
	struct ast_file *question;

	while (text[length] != '\0')
		length++;
	question = parse_file(&parse, sources_add(&session->sources,
	    "the packet", text, length));
	while (*end != NULL) {
		if ((*end)->kind == AST_TEST)
			*end = (*end)->next;
		else
			end = &(*end)->next;
	}
	*end = question->statements;
	if (session->diags.n_errors == 0)
		return true;
	session->code = EXIT_USAGE;
	return false;
}

static bool
compile(struct session *session)
{
	return session_parse(session, session->options->operands.v[0]) &&
	    add_question(session) && session_load_catalogue(session) &&
	    session_load_host(session, false) &&
	    session_resolve(session, true) && session_lower(session);
}

static void
tell_answer(struct session *session, struct scene *scene,
    const struct step_result *step)
{
	struct narrator narrator = {&session->sources, session->policy, ""};
	const struct flow *flow = &step->flow;
	endpoint to = step->meaning.translated ? step->meaning.reached :
	    flow->to;
	struct walk reply;
	struct buf out;

	buf_init(&out, session->arena);
	scene_reply(scene, flow, &step->walk, to, &reply);
	buf_puts(&out, "\nits answer:\n");
	narrate_walk(&narrator, &reply.packet, &reply, &out);
	buf_printf(&out, "%llu rules looked at\n",
	    (unsigned long long)reply.looked);
	fputs(out.p, stdout);
}

static void
tell(struct session *session, const struct step_result *step)
{
	struct narrator narrator = {&session->sources, session->policy, ""};
	struct buf out;

	buf_init(&out, session->arena);
	narrate_flow(&narrator, &step->flow, &out);
	buf_puts(&out, "\npolicy: ");
	narrate_meaning(&narrator, &step->meaning, &out);
	buf_puts(&out, "\n\n");
	narrate_walk(&narrator, &step->walk.packet, &step->walk, &out);
	buf_printf(&out, "%llu rules looked at\n",
	    (unsigned long long)step->walk.looked);
	fputs(out.p, stdout);
}

/* The answer is played on a stage where the packet itself was played. */
static void
answer(struct session *session, const struct policy_test_run *run,
    const struct step_result *step)
{
	struct scene *scene = arena_new(session->arena, struct scene);
	struct step_result again = *step;
	struct ipfw_packet packet;

	if (walk_verdict(&step->walk) != VERDICT_ALLOW ||
	    !scene_open(scene, session->arena, run->policy, NULL, run->ruleset,
	    run->flavour))
		return;
	packet = scene_packet(&step->flow, 0);
	scene_play(scene, &step->flow, &packet, step->meaning.translated ?
	    step->meaning.reached : step->flow.to, &again.walk);
	tell_answer(session, scene, &again);
	scene_close(scene);
}

static enum exit_code
why(struct session *session)
{
	struct policy_test_run run = {
	    .arena = session->arena,
	    .sources = &session->sources,
	    .policy = session->policy,
	    .ruleset = session->ruleset,
	    .flavour = run_flavour_find(session->flavour->name),
	};
	struct test_result result;

	if (session->policy->tests.n == 0 ||
	    !policy_test_play(&run, &session->policy->tests.v[0], &result))
		return EXIT_ENVIRONMENT;
	if (result.steps.n == 0 || result.steps.v[0].flow.protocol == 0) {
		fputs("akinc: no address of these zones speaks this "
		    "protocol\n", stderr);
		return EXIT_POLICY;
	}
	tell(session, &result.steps.v[0]);
	answer(session, &run, &result.steps.v[0]);
	return session->code;
}

enum exit_code
command_why(struct session *session)
{
	enum exit_code code;

	if (session->options->operands.n < 2) {
		fputs("usage: akinc why POLICY PROTOCOL from ZONE [ADDRESS] "
		    "to ZONE [ADDRESS] [port N]\n", stderr);
		return EXIT_USAGE;
	}
	if (compile(session))
		code = why(session);
	else
		code = session->code;
	session_report_text(session);
	return code;
}
