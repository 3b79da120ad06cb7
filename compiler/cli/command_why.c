/*
 * akinc why POLICY PACKET…: what the policy says of a packet, its way through
 * the rules, and the way of its answer.
 */
#include <stdio.h>

#include "cli/commands.h"
#include "cli/test_session.h"
#include "cli/why_packet.h"
#include "eval/narrate.h"

struct inquiry {
	struct session *session;
	struct why_packet asked;
	struct scene *scene;
	struct narrator narrator;
	struct buf out;
	/* The packet that is played. */
	bool has_flow; /* both its cards are in zones */
	struct flow flow;
	struct meaning meaning;
	struct walk walk;
};

static bool
compile(struct inquiry *q)
{
	struct session *session = q->session;

	if (!session_parse(session, session->options->operands.v[0]) ||
	    !why_packet_read(session, &q->asked))
		return false;
	if (q->asked.statement != NULL)
		test_session_append(session, q->asked.statement);
	return test_session_compile(session, NULL);
}

static const struct ipfw_ruleset *
ruleset_of(struct session *session)
{
	if (session->options->rules == NULL)
		return session->ruleset;
	return session_read_rules(session);
}

static bool
open_stage(struct inquiry *q, const struct policy_test *test)
{
	struct session *session = q->session;
	const struct ipfw_ruleset *ruleset = ruleset_of(session);
	struct scene_hints *hints = arena_new(
	    session->arena, struct scene_hints);

	if (ruleset == NULL)
		return false;
	if (test != NULL)
		*hints = policy_test_hints(session->arena, test);
	q->scene = arena_new(session->arena, struct scene);
	if (scene_open(q->scene, session->arena, session->policy, hints,
		ruleset, run_flavour_find(session->flavour->name)))
		return true;
	return session_fail(
	    session, EXIT_ENVIRONMENT, "the ruleset cannot be loaded");
}

static void
tell_packet(struct inquiry *q)
{
	if (q->has_flow)
		narrate_flow(&q->narrator, &q->flow, &q->out);
	else
		packet_write_tuple(&q->out, &q->walk.packet.tuple, " ");
	buf_puts(&q->out, "\npolicy: ");
	narrate_meaning(&q->narrator, &q->meaning, &q->out);
	buf_puts(&q->out, "\n\n");
}

static void
tell_walk(struct inquiry *q, const struct walk *walk)
{
	narrate_walk(&q->narrator, &walk->packet, walk, &q->out);
	buf_printf(&q->out, "%llu rules looked at\n",
	    (unsigned long long)walk->looked);
}

/* An answer is sent if the packet has got anywhere. */
static void
tell_answer(struct inquiry *q)
{
	struct walk reply;

	if (walk_verdict(&q->walk) != VERDICT_ALLOW || !q->has_flow ||
	    !scene_is_answered(&q->flow))
		return;
	scene_reply(q->scene, &q->flow, &q->walk,
	    policy_test_reached(&q->meaning, &q->flow), &reply);
	buf_puts(&q->out, "\nits answer:\n");
	tell_walk(q, &reply);
}

static bool
is_same(const struct meaning *a, const struct meaning *b)
{
	return a->verdict == b->verdict && a->reason == b->reason &&
	    a->span.file == b->span.file && a->span.at == b->span.at;
}

/* Without addresses, others of the zones may fare differently. */
static void
tell_others(struct inquiry *q, const policy_flows *flows)
{
	bool any = false;

	for (size_t i = 1; i < flows->n; i++) {
		struct meaning other = scene_meaning(q->scene, &flows->v[i]);

		if (is_same(&other, &q->meaning))
			continue;
		buf_puts(&q->out, any ? "  " : "\nother addresses:\n  ");
		narrate_flow(&q->narrator, &flows->v[i], &q->out);
		buf_puts(&q->out, "\n    ");
		narrate_meaning(&q->narrator, &other, &q->out);
		buf_putc(&q->out, '\n');
		any = true;
	}
}

static bool
why_words(struct inquiry *q)
{
	const struct policy *policy = q->session->policy;
	const struct policy_test *test = &policy->tests.v[policy->tests.n - 1];
	const struct test_step *step = &test->steps.v[0];
	policy_flows flows;

	if (!open_stage(q, test))
		return false;
	policy_test_flows(q->scene, step, &flows);
	if (flows.n == 0)
		return session_fail(q->session, EXIT_POLICY,
		    "no packet like this goes between these ends: they share "
		    "no address family that has it, or are both this host, "
		    "whose loopback is always open");
	q->has_flow = true;
	q->flow = flows.v[0];
	q->meaning = scene_meaning(q->scene, &q->flow);
	policy_test_send(q->scene, step, &q->flow,
	    policy_test_reached(&q->meaning, &q->flow), &q->walk);
	tell_packet(q);
	tell_walk(q, &q->walk);
	if (step->fragment != TEST_LATER)
		tell_answer(q);
	tell_others(q, &flows);
	return true;
}

static bool
why_cards(struct inquiry *q)
{
	if (!open_stage(q, NULL))
		return false;
	q->has_flow = scene_flow(q->scene, &q->asked.packet, &q->flow);
	q->meaning = q->has_flow
	    ? scene_meaning(q->scene, &q->flow)
	    : scene_meaning_outside(q->scene, &q->asked.packet);
	scene_walk(q->scene, &q->asked.packet, &q->walk);
	tell_packet(q);
	tell_walk(q, &q->walk);
	tell_answer(q);
	return true;
}

enum exit_code
command_why(struct session *session)
{
	struct inquiry q = {.session = session};

	if (session->options->operands.n < 2) {
		fputs("usage: akinc why POLICY PROTOCOL from [ZONE] [ADDRESS] "
		      "to [ZONE] [ADDRESS] [port N]\n"
		      "       akinc why POLICY in|out|fwd CARD… PROTOCOL "
		      "SOURCE [PORT] TARGET [PORT]\n",
		    stderr);
		return EXIT_USAGE;
	}
	buf_init(&q.out, session->arena);
	if (compile(&q)) {
		q.narrator = (struct narrator){
		    &session->sources, session->policy, ""};
		if (q.asked.by_cards ? why_cards(&q) : why_words(&q))
			fputs(q.out.p, stdout);
	}
	if (q.scene != NULL)
		scene_close(q.scene);
	session_report_text(session);
	return session->code;
}
