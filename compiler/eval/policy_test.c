/*
 * The loop over the steps of a test.
 *
 * The first packet of a step plays on the stage that the whole test shares, so
 * that replies and waiting refer to it; the other kinds of addresses play on a
 * stage without a past.
 */
#include "eval/policy_check.h"

struct play {
	const struct policy_test_run *run;
	struct scene_hints hints;
	struct scene *scene, *apart;
	struct test_result *result;
	bool skipped; /* the last expectation was of IPv6, which is not here */
	/* Conversations so far of rules with a limit. */
	policy_flows counted;
	bool waited; /* some of them may be over */
	/* The last packet that was expected something of. */
	const struct test_step *last; /* or NULL */
	struct flow flow;
	struct meaning meaning;
	struct walk walk;
};

static void
keep(struct play *play, struct step_result *r)
{
	r->passed = r->wrong == NULL;
	if (!r->passed)
		play->result->passed = false;
	vec_push(play->run->arena, &play->result->steps, *r);
}

static bool
is_equal(struct addr a, struct addr b)
{
	return addr_compare(a, b) == 0;
}

/* Does the rule of FLOW count OTHER together with it? */
static bool
counts_with(const struct flow *flow, const struct flow *other)
{
	return flow->from == other->from && flow->to == other->to &&
	    flow->family == other->family &&
	    flow->protocol == other->protocol &&
	    is_equal(flow->source, other->source) &&
	    (flow->source_port != other->source_port ||
		flow->target_port != other->target_port ||
		!is_equal(flow->target, other->target));
}

/*
 * A limit counts the conversations of one source that its rule has let begin,
 * so the policy alone knows how many there are as long as none has ended.
 */
static void
count_limit(struct play *play, struct scene *scene, struct step_result *r)
{
	const struct policy_rule *rule = r->meaning.rule;
	unsigned n = 0;

	if (rule == NULL || rule->limit == 0 ||
	    r->meaning.verdict != VERDICT_ALLOW || scene != play->scene)
		return;
	for (size_t i = 0; i < play->counted.n; i++) {
		const struct flow *other = &play->counted.v[i];

		n += counts_with(&r->flow, other) &&
		    scene_meaning(scene, other).rule == rule;
	}
	if (play->waited && n > 0)
		r->has_meaning = false;
	else if (n >= rule->limit) {
		r->meaning.verdict = VERDICT_DENY;
		r->meaning.reason = MEANING_LIMIT;
		return;
	}
	vec_push(play->run->arena, &play->counted, r->flow);
}

/*
 * What becomes of a lone fragment, or of what goes on with a conversation, is
 * not the policy's to say.
 */
static void
play_flow(struct play *play, struct scene *scene, const struct test_step *step,
    const struct flow *flow, struct step_result *r)
{
	*r = (struct step_result){
	    .step = step, .flow = *flow, .has_packet = true};
	r->meaning = scene_meaning(scene, flow);
	r->has_meaning = step->fragment != TEST_LATER &&
	    !(flow->midway && play->last != NULL);
	count_limit(play, scene, r);
	policy_test_send(scene, step, flow,
	    policy_test_reached(&r->meaning, flow), &r->walk);
	r->wrong = policy_check(play->run, step, r);
}

static void
play_first(
    struct play *play, const struct test_step *step, const struct flow *flow)
{
	struct step_result r;

	play_flow(play, play->scene, step, flow, &r);
	play->last = step;
	play->flow = *flow;
	play->meaning = r.meaning;
	play->walk = r.walk;
	keep(play, &r);
}

/* A further kind of address. */
static bool
play_apart(
    struct play *play, const struct test_step *step, const struct flow *flow)
{
	struct step_result r;

	if (!scene_reset(play->apart))
		return false;
	play_flow(play, play->apart, step, flow, &r);
	if (r.wrong != NULL)
		keep(play, &r);
	return true;
}

/* Some flavours see no IPv6, so that nothing can be said of it. */
static bool
is_uncovered(const struct play *play, const struct test_step *step)
{
	return !play->run->flavour->ipv6 &&
	    (step->protocol == PROTOCOL_ICMP6 ||
		(step->from.has_address && step->from.family == FAMILY_6) ||
		(step->to.has_address && step->to.family == FAMILY_6));
}

static void
skip(struct play *play, const struct test_step *step)
{
	struct step_result r = {.step = step};

	keep(play, &r);
}

static bool
play_expect(struct play *play, const struct test_step *step)
{
	struct step_result nothing = {
	    .step = step,
	    .wrong = "no packet like this goes between these ends: they share "
		     "no address family that has it, or are both this host, "
		     "whose loopback is always open",
	};
	policy_flows flows;

	play->skipped = is_uncovered(play, step);
	if (play->skipped) {
		skip(play, step);
		return true;
	}
	policy_test_flows(play->scene, step, &flows);
	if (flows.n == 0)
		keep(play, &nothing);
	else
		play_first(play, step, &flows.v[0]);
	for (size_t i = 1; i < flows.n; i++)
		if (!play_apart(play, step, &flows.v[i]))
			return false;
	return true;
}

static void
play_then(struct play *play, const struct test_step *step)
{
	struct step_result r = {.step = step, .flow = play->flow};
	endpoint to = policy_test_reached(&play->meaning, &play->flow);

	if (play->last == NULL) {
		r.wrong = "nothing has been sent before";
		keep(play, &r);
		return;
	}
	r.has_packet = true;
	if (step->kind == AST_TEST_REPLY)
		scene_reply(play->scene, &play->flow, &play->walk, to, &r.walk);
	else
		policy_test_send(
		    play->scene, play->last, &play->flow, to, &r.walk);
	r.wrong = policy_check(play->run, step, &r);
	keep(play, &r);
}

static void
play_after(struct play *play, const struct test_step *step)
{
	ipfw_engine_advance(play->scene->engine, step->seconds);
	play->waited = true;
	skip(play, step);
}

static bool
play_step(struct play *play, const struct test_step *step)
{
	switch (step->kind) {
	case AST_TEST_EXPECT:
		return play_expect(play, step);
	case AST_TEST_REPLY:
	case AST_TEST_AGAIN:
		if (play->skipped)
			skip(play, step);
		else
			play_then(play, step);
		break;
	case AST_TEST_AFTER:
		play_after(play, step);
		break;
	}
	return true;
}

static bool
open_stage(struct play *play, struct scene *scene)
{
	const struct policy_test_run *run = play->run;

	return scene_open(scene, run->arena, run->policy, &play->hints,
	    run->ruleset, run->flavour);
}

bool
policy_test_play(const struct policy_test_run *run,
    const struct policy_test *test, struct test_result *result)
{
	struct play play = {.run = run, .result = result};
	bool good;

	play.scene = arena_new(run->arena, struct scene);
	play.apart = arena_new(run->arena, struct scene);
	play.hints = policy_test_hints(run->arena, test);
	*result = (struct test_result){.test = test, .passed = true};
	good = open_stage(&play, play.scene) && open_stage(&play, play.apart);
	for (size_t i = 0; good && i < test->steps.n; i++)
		good = play_step(&play, &test->steps.v[i]);
	scene_close(play.scene);
	scene_close(play.apart);
	return good;
}
