/*
 * The loop over the steps of a test.
 *
 * The first address of each kind plays on the stage that the whole test
 * shares, so that replies and waiting refer to it; the other kinds play on a
 * fresh stage each.
 */
#include <string.h>

#include "eval/policy_test.h"
#include "eval/scene.h"

#define PORT_FREE 40000		/* a source port when none is given */

struct play {
	const struct policy_test_run *run;
	struct scene *scene;
	struct test_result *result;
	/* The last packet of an expectation, for replies. */
	bool has_last;
	struct flow flow;
	struct meaning meaning;
	struct walk walk;
	unsigned flags;
};

static const char *const verdict_words[] = {
    [VERDICT_ALLOW] = "allow",
    [VERDICT_DENY] = "deny",
    [VERDICT_REJECT] = "reject",
};

static unsigned
flag_bits(const char *flags)
{
	static const char letters[] = "FSRPAUEW";
	unsigned bits = 0;

	for (; flags != NULL && *flags != '\0'; flags++) {
		const char *at = strchr(letters, *flags);

		if (at != NULL)
			bits |= 1u << (at - letters);
	}
	return bits;
}

static size_t
line_of(const struct policy_test_run *run, struct span span)
{
	const struct source *source = sources_get(run->sources, span.file);
	size_t line = 0, column;

	if (source != NULL)
		source_position(source, span, &line, &column);
	return line;
}

static bool
cites_line(const struct policy_test_run *run, const struct ipfw_rule *rule,
    size_t line)
{
	if (rule == NULL || rule->origins == NULL)
		return false;
	for (size_t i = 0; i < rule->origins->n; i++)
		if (line_of(run, rule->origins->v[i]) == line)
			return true;
	return false;
}

static const char *
check_decider(struct play *play, const struct test_step *step,
    const struct step_result *r)
{
	const struct policy_test_run *run = play->run;
	const struct policy_rule *rule = r->meaning.rule;

	if (step->line != 0 && line_of(run, r->meaning.span) != step->line)
		return arena_printf(run->arena,
		    "line %u should decide, by its meaning it is line %zu",
		    step->line, line_of(run, r->meaning.span));
	if (step->line != 0 &&
	    !cites_line(run, walk_decider(&r->walk), step->line))
		return arena_printf(run->arena,
		    "the deciding rule does not come from line %u",
		    step->line);
	if (step->label != NULL && (rule == NULL || rule->label == NULL ||
	    strcmp(rule->label, step->label) != 0))
		return arena_printf(run->arena,
		    "the rule labelled \"%s\" should decide", step->label);
	return NULL;
}

/* What is wrong with the two answers to an expectation, or NULL. */
static const char *
check(struct play *play, const struct test_step *step,
    const struct step_result *r)
{
	struct arena *arena = play->run->arena;
	enum verdict played = walk_verdict(&r->walk);

	if (r->has_meaning && r->meaning.verdict != step->verdict)
		return arena_printf(arena, "the policy means %s, not %s",
		    verdict_words[r->meaning.verdict],
		    verdict_words[step->verdict]);
	if (walk_unfinished(&r->walk))
		return "the packet did not come back from the rules";
	if (played != step->verdict)
		return arena_printf(arena, "the ruleset says %s, not %s",
		    verdict_words[played], verdict_words[step->verdict]);
	if (step->via_nat && !walk_translated(&r->walk))
		return "the packet was not translated by NAT";
	if (r->has_meaning && r->meaning.verdict == VERDICT_ALLOW &&
	    r->meaning.translated != walk_translated(&r->walk))
		return "policy and ruleset differ about NAT";
	return r->has_meaning ? check_decider(play, step, r) : NULL;
}

static void
keep(struct play *play, const struct test_step *step, struct step_result *r)
{
	r->step = step;
	r->wrong = check(play, step, r);
	r->passed = r->wrong == NULL;
	if (!r->passed)
		play->result->passed = false;
	vec_push(play->run->arena, &play->result->steps, *r);
}

static endpoint
reached(const struct meaning *meaning, const struct flow *flow)
{
	return meaning->translated ? meaning->reached : flow->to;
}

static void
play_flow(struct play *play, struct scene *scene,
    const struct test_step *step, const struct flow *flow,
    struct step_result *r)
{
	struct ipfw_packet packet =
	    scene_packet(flow, flag_bits(step->flags));

	(void)play;
	*r = (struct step_result){.flow = *flow, .has_meaning = true};
	r->meaning = scene_meaning(scene, flow);
	scene_play(scene, flow, &packet, reached(&r->meaning, flow), &r->walk);
}

/* A further kind of address: on a stage without a past. */
static bool
play_apart(struct play *play, const struct test_step *step,
    const struct flow *flow)
{
	struct scene *scene = arena_new(play->run->arena, struct scene);
	struct step_result r;

	if (!scene_open(scene, play->run->arena, play->run->policy, NULL,
	    play->run->ruleset, play->run->flavour))
		return false;
	play_flow(play, scene, step, flow, &r);
	r.wrong = check(play, step, &r);
	if (r.wrong != NULL)
		keep(play, step, &r);
	scene_close(scene);
	return true;
}

/* The addresses that an end of a step stands for. */
static struct samples
end_samples(const struct play *play, const struct test_end *end,
    endpoint other, enum family family)
{
	struct samples samples = {.n = 0};

	if (end->has_address) {
		if (end->family == family)
			samples.v[samples.n++] = end->address;
		return samples;
	}
	if (end->end != ENDPOINT_SELF)
		return scene_samples(play->scene, end->end, family);
	if (other == ENDPOINT_SELF || scene_local(play->scene, other, family,
	    &samples.v[0]))
		samples.n = 1;
	return samples;
}

static struct flow
flow_of(const struct test_step *step, enum family family)
{
	struct flow flow = {
	    .from = step->from.end,
	    .to = step->to.end,
	    .family = family,
	    .protocol = step->protocol,
	    .source_port = step->from.has_port ? step->from.port : PORT_FREE,
	    .target_port = step->to.has_port ? step->to.port : 0,
	    .type = step->type,
	};

	if (!step->has_type)
		flow.type = step->protocol == PROTOCOL_ICMP6 ? 128 : 8;
	return flow;
}

static bool
first_packet(const struct play *play, const struct test_step *step)
{
	const struct test_result *result = play->result;

	return result->steps.n == 0 ||
	    result->steps.v[result->steps.n - 1].step != step;
}

static bool
play_sample(struct play *play, const struct test_step *step,
    const struct flow *flow)
{
	struct step_result r;

	if (!first_packet(play, step))
		return play_apart(play, step, flow);
	play_flow(play, play->scene, step, flow, &r);
	play->has_last = true;
	play->flow = *flow;
	play->meaning = r.meaning;
	play->walk = r.walk;
	play->flags = flag_bits(step->flags);
	keep(play, step, &r);
	return true;
}

static bool
play_family(struct play *play, const struct test_step *step,
    enum family family)
{
	struct samples sources = end_samples(play, &step->from, step->to.end,
	    family);
	struct samples targets = end_samples(play, &step->to, step->from.end,
	    family);
	struct flow flow = flow_of(step, family);

	if (step->protocol == PROTOCOL_ICMP && family == FAMILY_6)
		return true;
	if (step->protocol == PROTOCOL_ICMP6 && family == FAMILY_4)
		return true;
	for (size_t i = 0; i < sources.n; i++)
		for (size_t j = 0; j < targets.n; j++) {
			flow.source = sources.v[i];
			flow.target = targets.v[j];
			if (!play_sample(play, step, &flow))
				return false;
		}
	return true;
}

static bool
play_expect(struct play *play, const struct test_step *step)
{
	struct step_result nothing = {
	    .step = step,
	    .wrong = "no address of these zones speaks this protocol",
	};

	if (!play_family(play, step, FAMILY_4))
		return false;
	if (play->scene->flavour->ipv6 && !step->via_nat &&
	    !play_family(play, step, FAMILY_6))
		return false;
	if (!first_packet(play, step))
		return true;
	play->result->passed = false;
	vec_push(play->run->arena, &play->result->steps, nothing);
	return true;
}

static void
play_then(struct play *play, const struct test_step *step)
{
	struct step_result r = {.flow = play->flow};
	endpoint to = reached(&play->meaning, &play->flow);

	if (!play->has_last) {
		r.step = step;
		r.wrong = "nothing has been sent before";
		play->result->passed = false;
		vec_push(play->run->arena, &play->result->steps, r);
		return;
	}
	if (step->kind == AST_TEST_REPLY) {
		scene_reply(play->scene, &play->flow, &play->walk, to,
		    &r.walk);
	} else {
		struct ipfw_packet packet = scene_packet(&play->flow, play->flags);

		scene_play(play->scene, &play->flow, &packet, to, &r.walk);
	}
	keep(play, step, &r);
}

static void
play_after(struct play *play, const struct test_step *step)
{
	struct step_result r = {.step = step, .passed = true};

	ipfw_engine_advance(play->scene->engine, step->seconds);
	vec_push(play->run->arena, &play->result->steps, r);
}

static bool
play_step(struct play *play, const struct test_step *step)
{
	switch (step->kind) {
	case AST_TEST_EXPECT:
		return play_expect(play, step);
	case AST_TEST_REPLY:
	case AST_TEST_AGAIN:
		play_then(play, step);
		break;
	case AST_TEST_AFTER:
		play_after(play, step);
		break;
	}
	return true;
}

bool
policy_test_play(const struct policy_test_run *run,
    const struct policy_test *test, struct test_result *result)
{
	struct scene *scene = arena_new(run->arena, struct scene);
	struct play play = {.run = run, .scene = scene, .result = result};
	bool good;

	*result = (struct test_result){.test = test, .passed = true};
	good = scene_open(scene, run->arena, run->policy, NULL, run->ruleset,
	    run->flavour);
	for (size_t i = 0; good && i < test->steps.n; i++)
		good = play_step(&play, &test->steps.v[i]);
	scene_close(scene);
	return good;
}
