/*
 * Random policies, compiled without and with the optimiser, against the proof
 * and against random packets: the ruleset must do what the policy means.  Each
 * fourth is compiled for each flavour and NAT method, the others for one.
 *
 *	crosscheck [COUNT [FIRST [SHOWN]]]	policies by their seeds
 *
 * A policy is the same for the same seed.  What differs is shown with the
 * policy, and the last line counts policies: "N passed, N failed".
 */
#include <stdio.h>
#include <stdlib.h>

#include "eval/narrate.h"
#include "eval/policy_test.h"
#include "tests/crosscheck/agree.h"
#include "tests/crosscheck/compile.h"
#include "tests/crosscheck/policy_text.h"
#include "tests/crosscheck/proof.h"

#define PACKETS 150
#define FOLLOWERS 3
#define SHOWN_MAX 12

struct target {
	const struct ipfw_flavour *flavour;
	enum nat_method nat;
	int level;
};

struct run {
	struct compile_base base;
	uint64_t seed;
	size_t passed, failed, refused, rulesets, packets, shown;
	size_t shown_max;
	bool failing;
	/* Of the policy at hand: */
	struct arena *arena;
	const char *text;
	struct compiled compiled;
	struct target target;
	bool wrong;
};

static void
exhausted(void *context)
{
	(void)context;
	fputs("out of memory\n", stderr);
	exit(3);
}

static void
tell_target(const struct run *run, struct buf *out)
{
	buf_printf(out,
	    "seed %llu, %s, %s, -O%d: ", (unsigned long long)run->seed,
	    run->target.flavour->name,
	    run->target.nat == NAT_KERNEL ? "kernel" : "divert",
	    run->target.level);
}

static void
complain(struct run *run, const struct trial *trial, const struct meaning *m,
    const struct walk *walk, const char *wrong)
{
	struct narrator narrator = {
	    &run->compiled.sources, run->compiled.policy, "  "};
	struct buf out;

	run->wrong = true;
	if (run->shown++ >= run->shown_max)
		return;
	buf_init(&out, run->arena);
	tell_target(run, &out);
	buf_printf(&out, "%s\n  in %s out %s: ", wrong,
	    trial->card_in != NULL ? trial->card_in : "-",
	    trial->card_out != NULL ? trial->card_out : "-");
	narrate_flow(&narrator, &trial->flow, &out);
	buf_printf(&out, " type %u%s\n  policy: ", trial->flow.type,
	    trial->flow.midway ? " midway" : "");
	if (m != NULL)
		narrate_meaning(&narrator, m, &out);
	buf_putc(&out, '\n');
	narrate_walk(&narrator, &walk->packet, walk, &out);
	buf_putc(&out, '\n');
	fputs(out.p, stdout);
}

/* The proof must find nothing either. */
static void
try_proof(struct run *run)
{
	struct narrator narrator = {
	    &run->compiled.sources, run->compiled.policy, "  "};
	struct prove_result result;
	const char *wrong = proof_try(
	    &run->compiled, run->target.flavour, &result);
	struct buf out;

	if (wrong == NULL)
		return;
	run->wrong = true;
	if (run->shown++ >= run->shown_max)
		return;
	buf_init(&out, run->arena);
	tell_target(run, &out);
	buf_printf(&out, "proof: %s\n", wrong);
	for (size_t i = 0; i < result.witnesses.n && i < 1; i++) {
		const struct prove_witness *w = &result.witnesses.v[i];

		buf_printf(&out, "  kind %d, %s, in %s out %s: ", (int)w->kind,
		    w->confirmed ? "confirmed" : "not confirmed",
		    w->card_in != NULL ? w->card_in : "-",
		    w->card_out != NULL ? w->card_out : "-");
		narrate_flow(&narrator, &w->flow, &out);
		buf_printf(&out, " type %u%s\n", w->flow.type,
		    w->flow.midway ? " midway" : "");
		narrate_walk(&narrator, &w->walk.packet, &w->walk, &out);
	}
	for (size_t i = 0; i < result.findings.n; i++)
		buf_printf(&out, "  %s\n", result.findings.v[i].text);
	fputs(out.p, stdout);
}

/* Could a state of A be met by B? */
static bool
are_kin(const struct flow *a, const struct flow *b)
{
	return a->protocol == b->protocol &&
	    (addr_compare(a->source, b->source) == 0 ||
		addr_compare(a->source, b->target) == 0 ||
		addr_compare(a->target, b->source) == 0 ||
		addr_compare(a->target, b->target) == 0);
}

static bool
has_kin(const struct flow *flows, size_t n, const struct flow *flow)
{
	for (size_t i = 0; i < n; i++)
		if (are_kin(&flows[i], flow))
			return true;
	return false;
}

/* What is let through is answered, and opens nothing else. */
static void
follow(struct run *run, struct scene *scene, struct packet_maker *maker,
    const struct trial *trial, struct verdicts *v)
{
	const struct policy_rule *rule = v->meaning.rule;
	struct flow seen[FOLLOWERS + 1];
	const char *wrong = NULL;
	struct walk reply;

	if (agree_has_reply(scene, trial, v)) {
		wrong = agree_reply(scene, trial, v, &reply);
		if (wrong != NULL)
			complain(run, trial, &v->meaning, &reply, wrong);
	}
	if (wrong == NULL && rule != NULL && rule->limit != 0 &&
	    trial->flow.source_port == 40000) {
		wrong = agree_limit(scene, trial, v);
		if (wrong != NULL)
			complain(run, trial, &v->meaning, &v->walk, wrong);
		return;
	}
	seen[0] = trial->flow;
	for (size_t i = 1; i <= FOLLOWERS; i++) {
		struct trial next;

		seen[i] = seen[0];
		if (!packets_make(maker, &next) || has_kin(seen, i, &next.flow))
			continue;
		seen[i] = next.flow;
		wrong = agree_packet(scene, &next, v);
		if (wrong == NULL)
			continue;
		complain(run, &next, &v->meaning, &v->walk, wrong);
		complain(run, trial, &v->meaning, &v->walk, "after this one");
		return;
	}
}

/* In fragments it fares as it does whole. */
static void
cut(struct run *run, struct scene *scene, const struct trial *trial)
{
	struct verdicts v;
	struct walk walk;
	const char *wrong;

	if (trial->flow.family != FAMILY_4 || trial->unknown_card ||
	    trial->flow.from == ENDPOINT_SELF || !run->target.flavour->reass)
		return;
	scene_reset(scene);
	agree_packet(scene, trial, &v);
	if (v.meaning.reason == MEANING_LIFELINE)
		return;
	scene_reset(scene);
	wrong = agree_fragments(scene, trial, &v, &walk);
	if (wrong != NULL)
		complain(run, trial, &v.meaning, &walk, wrong);
}

static void
play(struct run *run, struct scene *scene, struct packet_maker *maker)
{
	struct trial trial;
	struct verdicts v;
	const char *wrong;

	if (!packets_make(maker, &trial))
		return;
	run->packets++;
	scene_reset(scene);
	wrong = agree_packet(scene, &trial, &v);
	if (wrong != NULL)
		complain(run, &trial, v.has_meaning ? &v.meaning : NULL,
		    &v.walk, wrong);
	else if (walk_verdict(&v.walk) == VERDICT_ALLOW)
		follow(run, scene, maker, &trial, &v);
	if (wrong == NULL)
		cut(run, scene, &trial);
}

static void
try_target(struct run *run, struct target target)
{
	struct chance chance = chance_seed(run->seed * 8 + 1);
	struct packet_maker maker;
	struct scene scene;

	run->target = target;
	run->failing |= run->wrong;
	run->wrong = false;
	if (!compile_lower(
		&run->compiled, target.flavour, target.nat, target.level)) {
		run->refused++;
		return;
	}
	run->rulesets++;
	if (!scene_open(&scene, run->arena, run->compiled.policy, NULL,
		run->compiled.ruleset, run_flavour_find(target.flavour->name)))
		exhausted(NULL);
	packets_init(&maker, &chance, &scene);
	for (int i = 0; i < PACKETS && !run->wrong; i++)
		play(run, &scene, &maker);
	scene_close(&scene);
	if (!run->wrong)
		try_proof(run);
}

static void
try_policy(struct run *run, bool list)
{
	static const struct target targets[] = {
	    {&ipfw_freebsd, NAT_DIVERT, 0},
	    {&ipfw_freebsd, NAT_DIVERT, 2},
	    {&ipfw_freebsd, NAT_KERNEL, 0},
	    {&ipfw_freebsd, NAT_KERNEL, 2},
	    {&ipfw_darwin, NAT_DIVERT, 0},
	    {&ipfw_darwin, NAT_DIVERT, 2},
	};
	struct chance chance = chance_seed(run->seed * 8);
	struct policy_shape shape = {
	    .ipv6 = chance_percent(&chance, 60),
	    .long_names = chance_percent(&chance, 30),
	};
	struct buf text, facts;
	bool known;

	buf_init(&text, run->arena);
	buf_init(&facts, run->arena);
	policy_text(&chance, &shape, &text, &facts);
	run->text = text.p;
	run->wrong = run->failing = false;
	known = chance_percent(&chance, 30);
	if (list)
		printf("%s\n%s\n", text.p, known ? facts.p : "");
	if (!compile_policy(&run->base, run->arena, text.p,
		known ? facts.p : NULL, &run->compiled)) {
		if (list)
			fputs(compile_complaints(&run->compiled), stdout);
		run->refused++;
		return;
	}
	for (size_t i = 0; i < sizeof(targets) / sizeof(targets[0]); i++)
		if (run->seed % 4 == 0 || i / 2 == run->seed % 3)
			try_target(run, targets[i]);
	run->failing |= run->wrong;
	if (run->failing && run->shown <= run->shown_max)
		fputs(text.p, stdout);
	run->failed += run->failing;
	run->passed += !run->failing;
}

int
main(int argc, char **argv)
{
	unsigned long count = argc > 1 ? strtoul(argv[1], NULL, 10) : 300;
	unsigned long first = argc > 2 ? strtoul(argv[2], NULL, 10) : 1;
	struct run run = {.seed = first, .shown_max = SHOWN_MAX};
	struct arena *arena = arena_create(0, exhausted, NULL);

	if (!compile_base_init(&run.base, arena, crosscheck_catalogue)) {
		fputs("the catalogue is wrong\n", stderr);
		return 3;
	}
	if (argc > 3)
		run.shown_max = strtoul(argv[3], NULL, 10);
	for (unsigned long i = 0; i < count; i++, run.seed++) {
		run.arena = arena_create(0, exhausted, NULL);
		try_policy(&run, count == 1);
		arena_destroy(run.arena);
	}
	printf("%zu rulesets, %zu packets, %zu refused\n", run.rulesets,
	    run.packets, run.refused);
	printf("%zu passed, %zu failed\n", run.passed, run.failed);
	arena_destroy(arena);
	return run.failed != 0;
}
