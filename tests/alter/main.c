/*
 * Rulesets of the policies that are shipped, each with one rule altered: the
 * proof shows a packet that the evaluator confirms, or what is wrong with the
 * ruleset; or the evaluator shows, over packets of all kinds, that the
 * alteration changes nothing.
 *
 *	alter [STEP [FIRST]]	every STEP-th alteration from FIRST on
 *
 * Every deletion is tried, whatever STEP is.  With a step of 1 all alterations
 * are, and all kinds of packets; else a part of the kinds, spread over them.
 * The last line counts alterations: "N passed, N failed".
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "eval/scene.h"
#include "target/ipfw/text/write.h"
#include "tests/alter/alter.h"
#include "tests/alter/same.h"
#include "tests/crosscheck/compile.h"
#include "tests/crosscheck/proof.h"

#define ACTIVE "en1"
#define STEP 20
#define PACKETS_MOST 60000

static const char *const policies[] = {
    "policies/laptop.akp",
    "policies/server.akp",
    "policies/router.akp",
    "policies/jail-host.akp",
};

static const struct target {
	const struct ipfw_flavour *flavour;
	enum nat_method nat;
	const char *name;
} targets[] = {
    {&ipfw_freebsd, NAT_DIVERT, "freebsd divert"},
    {&ipfw_freebsd, NAT_KERNEL, "freebsd kernel"},
    {&ipfw_darwin, NAT_DIVERT, "darwin"},
};

struct run {
	unsigned long step, at;
	size_t found, same, failed;
	const char *policy;
	const struct target *target;
	struct arena *arena; /* of the alteration at hand */
	struct compiled *compiled;
	struct policy *nowhere; /* the policy, its host not known */
};

static void
exhausted(void *context)
{
	(void)context;
	fputs("out of memory\n", stderr);
	exit(3);
}

static char *
read_text(struct arena *arena, const char *path)
{
	FILE *file = fopen(path, "r");
	struct buf text;
	int c;

	if (file == NULL) {
		perror(path);
		exit(3);
	}
	buf_init(&text, arena);
	while ((c = getc(file)) != EOF)
		buf_putc(&text, (char)c);
	fclose(file);
	return text.p;
}

/* RULESET with rule INDEX as ALTERATION has it. */
static struct ipfw_ruleset
apply(struct run *run, const struct ipfw_ruleset *ruleset, size_t index,
    const struct alteration *alteration)
{
	struct ipfw_ruleset altered = *ruleset;

	altered.rules.v = NULL;
	altered.rules.n = altered.rules.cap = 0;
	for (size_t i = 0; i < ruleset->rules.n; i++)
		if (i != index)
			vec_push(
			    run->arena, &altered.rules, ruleset->rules.v[i]);
		else if (!alteration->deleted)
			vec_push(run->arena, &altered.rules, alteration->rule);
	return altered;
}

static bool
is_shown(const struct prove_result *result)
{
	for (size_t i = 0; i < result->witnesses.n; i++)
		if (result->witnesses.v[i].confirmed)
			return true;
	return result->findings.n > 0;
}

/* What ALTERED comes to once it is written and read. */
static bool
says_the_same(struct run *run, const struct ipfw_ruleset *altered, size_t index,
    bool deleted, struct ipfw_packet *differs)
{
	const struct run_flavour *flavour = run_flavour_find(
	    run->target->flavour->name);
	const struct ipfw_ruleset *ruleset = run->compiled->ruleset;
	const struct ipfw_rule *rule = deleted ? NULL
					       : &altered->rules.v[index];
	struct scene one, other;
	bool same = false;

	if (!scene_open(&one, run->arena, run->nowhere, NULL, ruleset, flavour))
		exhausted(NULL);
	if (scene_open(
		&other, run->arena, run->nowhere, NULL, altered, flavour))
		same = same_for_all(&one, &other, &ruleset->rules.v[index],
		    rule, run->step == 1 ? 0 : PACKETS_MOST, differs);
	scene_close(&one);
	scene_close(&other);
	return same;
}

static void
tell_packet(const struct ipfw_packet *p, struct buf *out)
{
	const struct ipfw_tuple *t = &p->tuple;

	buf_printf(out, "\n    in %s out %s protocol %u ",
	    p->card_in != NULL ? p->card_in : "-",
	    p->card_out != NULL ? p->card_out : "-", t->protocol);
	addr_format(out, t->family, t->source);
	buf_printf(out, " %u to ", t->source_port);
	addr_format(out, t->family, t->target);
	buf_printf(out, " %u flags %x type %u offset %u", t->target_port,
	    p->tcp_flags, p->icmp_type, p->offset);
}

static void
complain(struct run *run, size_t index, const struct alteration *alteration,
    const struct ipfw_packet *packet, const char *what)
{
	struct buf out;

	run->failed++;
	buf_init(&out, run->arena);
	ipfw_write_add(
	    &out, &run->compiled->ruleset->rules.v[index], -1, false);
	if (!alteration->deleted) {
		buf_puts(&out, "\n    ");
		ipfw_write_add(&out, &alteration->rule, -1, false);
	}
	if (packet != NULL)
		tell_packet(packet, &out);
	printf("%s, %s, %s: %s\n    %s\n", run->policy, run->target->name,
	    alteration->what, what, out.p);
}

static bool
is_found(const char *wrong, const struct prove_result *result)
{
	return wrong != NULL &&
	    (result->exhausted || is_shown(result) ||
		strstr(wrong, "read back") != NULL);
}

static void
try(struct run *run, size_t index, const struct alteration *alteration)
{
	struct ipfw_ruleset altered = apply(
	    run, run->compiled->ruleset, index, alteration);
	struct compiled compiled = *run->compiled;
	struct ipfw_packet differs;
	struct prove_result result;
	const char *wrong;

	compiled.arena = run->arena;
	compiled.ruleset = &altered;
	wrong = proof_try(&compiled, run->target->flavour, &result);
	if (is_found(wrong, &result)) {
		run->found++;
		return;
	}
	if (!says_the_same(run,
		proof_read_back(&compiled, run->target->flavour), index,
		alteration->deleted, &differs))
		complain(run, index, alteration, &differs,
		    wrong != NULL ? "is not confirmed" : "is not found");
	else if (wrong != NULL)
		complain(run, index, alteration, NULL, "no packet shows it");
	else
		run->same++;
}

static void
try_rule(struct run *run, size_t index)
{
	struct arena *arena = arena_create(0, exhausted, NULL);
	alterations all = alter_rule(arena, run->compiled->ruleset, index);

	for (size_t i = 0; i < all.n; i++) {
		if (!all.v[i].deleted && run->at++ % run->step != 0)
			continue;
		run->arena = arena_create(0, exhausted, NULL);
		try(run, index, &all.v[i]);
		arena_destroy(run->arena);
	}
	arena_destroy(arena);
}

static void
try_policy(struct run *run, struct compile_base *base, const char *path)
{
	struct arena *arena = arena_create(0, exhausted, NULL);
	char *text = read_text(arena, path);
	struct compiled compiled;
	struct policy nowhere;

	if (!compile_policy(base, arena, text, NULL, &compiled)) {
		fputs(compile_complaints(&compiled), stdout);
		exit(3);
	}
	run->policy = path;
	run->compiled = &compiled;
	nowhere = *compiled.policy;
	nowhere.host = NULL;
	run->nowhere = &nowhere;
	for (size_t i = 0; i < sizeof(targets) / sizeof(targets[0]); i++) {
		run->target = &targets[i];
		if (!compile_lower(
			&compiled, targets[i].flavour, targets[i].nat, 2))
			continue;
		nowhere.options = compiled.policy->options;
		for (size_t r = 0; r < compiled.ruleset->rules.n; r++)
			try_rule(run, r);
	}
	arena_destroy(arena);
}

static void
read_catalogue(struct arena *arena, struct compile_base *base)
{
	static const char *const paths[] = {"policies/icmp.yaml",
	    "policies/protocols.yaml", "policies/services.yaml"};

	if (!compile_base_init(base, arena, read_text(arena, paths[0])))
		exit(3);
	base->active = ACTIVE;
	for (size_t i = 1; i < sizeof(paths) / sizeof(paths[0]); i++) {
		const char *text = read_text(arena, paths[i]);

		if (!catalogue_read(&base->catalogue, arena, base->syms,
			&base->sources,
			sources_add(
			    &base->sources, paths[i], text, strlen(text)),
			&base->diags))
			exit(3);
	}
}

int
main(int argc, char **argv)
{
	struct run run = {.step = argc > 1 ? strtoul(argv[1], NULL, 10) : STEP};
	struct arena *arena = arena_create(0, exhausted, NULL);
	struct compile_base base;

	run.at = argc > 2 ? strtoul(argv[2], NULL, 10) : 0;
	if (run.step == 0)
		run.step = 1;
	read_catalogue(arena, &base);
	for (size_t i = 0; i < sizeof(policies) / sizeof(policies[0]); i++)
		try_policy(&run, &base, policies[i]);
	arena_destroy(arena);
	printf("%zu found, %zu change nothing\n", run.found, run.same);
	printf("%zu passed, %zu failed\n", run.found + run.same, run.failed);
	return run.failed != 0;
}
