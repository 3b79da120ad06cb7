/*
 * Each mutant is compiled and played through the tests, until one fails: it is
 * then noticed.  One that means the same as the policy, whatever the host of
 * the tests is, does not count.
 *
 * Every policy with one host is a session; the same change of the same line in
 * two sessions is one mutant, which either may notice.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/json.h"
#include "cli/test_mutate.h"
#include "cli/test_report.h"
#include "cli/test_session.h"
#include "cli/test_suite.h"
#include "eval/mutate.h"
#include "opt/opt.h"
#include "target/ipfw/lower/lower.h"

struct mutant {
	const char *place, *text;
	bool differs, noticed;
};

struct score {
	struct session *root;
	VEC(struct mutant) mutants;
	size_t first; /* of the policy at hand */
	const char *policy;
};

/* A session whose tests are played. */
struct trial {
	struct score *score;
	struct session *session;
	struct arena *arena; /* of the mutant at hand */
	struct scene scene;
	size_t first; /* of the policy's tests, those to play */
};

static struct mutant *
find(struct score *score, const char *place, const char *text)
{
	struct mutant fresh = {.place = place, .text = text};

	for (size_t i = score->first; i < score->mutants.n; i++)
		if (strcmp(score->mutants.v[i].place, place) == 0 &&
		    strcmp(score->mutants.v[i].text, text) == 0)
			return &score->mutants.v[i];
	vec_push(score->root->arena, &score->mutants, fresh);
	return &score->mutants.v[score->mutants.n - 1];
}

/* NULL: the compiler refuses the mutant. */
static const struct ipfw_ruleset *
lower(const struct trial *t, const struct policy *mutant)
{
	struct session *session = t->session;
	struct diags diags;
	struct opt opt = {.arena = t->arena, .diags = &diags, .level = 2};
	struct lower_request request = {
	    .arena = t->arena,
	    .diags = &diags,
	    .sources = &session->sources,
	    .flavour = session->flavour,
	    .level = 2,
	    .table_prefix = "akin_",
	};
	struct ipfw_ruleset *ruleset;
	struct ir *ir;

	diags_init(&diags, t->arena, &session->sources);
	ir = ir_build(t->arena, mutant);
	if (opt_run(&opt, ir) != NULL)
		return NULL;
	request.ir = ir;
	ruleset = ipfw_lower(&request);
	return diags.n_errors == 0 ? ruleset : NULL;
}

static bool
is_noticed(const struct trial *t, const struct policy *mutant)
{
	struct policy_test_run run = test_session_run(t->session);
	const struct policy *policy = t->session->policy;

	run.arena = t->arena;
	run.policy = mutant;
	run.ruleset = lower(t, mutant);
	if (run.ruleset == NULL)
		return true;
	for (size_t i = t->first; i < policy->tests.n; i++) {
		struct test_result result;

		if (!policy_test_play(&run, &policy->tests.v[i], &result) ||
		    !result.passed)
			return true;
	}
	return false;
}

static void
exhausted(void *context)
{
	(void)context;
	fputs("akinc: out of memory\n", stderr);
	exit(EXIT_ENVIRONMENT);
}

static void
try_mutation(struct trial *t, const struct mutation *mutation)
{
	struct session *session = t->session;
	const struct policy *policy = session->policy;
	struct span span = mutation_span(policy, mutation);
	struct mutant *mutant = find(t->score,
	    span.file != 0 ? report_place(session, span) : t->score->policy,
	    mutation_text(session->arena, policy, mutation));
	const struct policy *changed;

	if (mutant->noticed)
		return;
	t->arena = arena_create(0, exhausted, NULL);
	t->scene.arena = t->arena;
	changed = mutation_apply(t->arena, policy, mutation);
	if (!mutation_is_equal(t->arena, &t->scene, changed, mutation)) {
		mutant->differs = true;
		mutant->noticed = is_noticed(t, changed);
	}
	arena_destroy(t->arena);
}

/* A test that fails as things are notices everything. */
static bool
tests_pass(const struct trial *t)
{
	struct policy_test_run run = test_session_run(t->session);
	const struct policy *policy = t->session->policy;

	for (size_t i = t->first; i < policy->tests.n; i++) {
		struct test_result result;

		if (!policy_test_play(&run, &policy->tests.v[i], &result))
			return session_fail(
			    t->session, EXIT_ENVIRONMENT, "out of memory");
		if (!result.passed)
			return session_fail(t->session, EXIT_POLICY,
			    "the test '%s' fails already",
			    policy->tests.v[i].name);
	}
	return true;
}

static void
try_case(void *context, const struct test_case *test)
{
	struct score *score = context;
	struct session *session = test->session;
	struct trial t = {.score = score, .session = session};
	struct policy_test_run run = test_session_run(session);
	mutations list;

	if (score->policy != test->policy)
		score->first = score->mutants.n;
	score->policy = test->policy;
	t.first = session->policy->tests.n - test->n_tests;
	if (!tests_pass(&t))
		return;
	if (!scene_open(&t.scene, session->arena, session->policy, NULL,
		run.ruleset, run.flavour)) {
		session_fail(session, EXIT_ENVIRONMENT, "out of memory");
		return;
	}
	mutations_list(session->arena, session->policy, &list);
	for (size_t i = 0; i < list.n; i++)
		try_mutation(&t, &list.v[i]);
	scene_close(&t.scene);
}

static bool
survives(const struct mutant *mutant)
{
	return mutant->differs && !mutant->noticed;
}

/* The survivors, one a line, and how many there are of each kind. */
static void
tell_table(const struct score *score)
{
	size_t noticed = 0, equal = 0, survivors = 0;
	int width = 0;

	for (size_t i = 0; i < score->mutants.n; i++) {
		const struct mutant *m = &score->mutants.v[i];
		int n = (int)strlen(m->place);

		noticed += m->noticed;
		equal += !m->differs;
		survivors += survives(m);
		if (survives(m) && n > width)
			width = n;
	}
	for (size_t i = 0; i < score->mutants.n; i++)
		if (survives(&score->mutants.v[i]))
			printf("%-*s  %s\n", width, score->mutants.v[i].place,
			    score->mutants.v[i].text);
	printf("# %zu mutants: %zu noticed, %zu equal, %zu survive\n",
	    score->mutants.n, noticed, equal, survivors);
}

static void
tell_json(const struct score *score)
{
	json_t *list = json_array();

	for (size_t i = 0; i < score->mutants.n; i++) {
		const struct mutant *m = &score->mutants.v[i];
		const char *state = m->noticed ? "noticed" : "equal";

		json_array_append_new(list,
		    json_pack("{s:o, s:o, s:s}", "place", json_text(m->place),
			"change", json_text(m->text), "state",
			survives(m) ? "survives" : state));
	}
	json_print(list);
}

enum exit_code
test_mutate(struct session *root)
{
	struct score score = {.root = root};
	enum exit_code code = test_suite_each(root, try_case, &score);

	if (root->options->format == FORMAT_JSON)
		tell_json(&score);
	else
		tell_table(&score);
	for (size_t i = 0; i < score.mutants.n && code == EXIT_FINE; i++)
		if (survives(&score.mutants.v[i]))
			code = EXIT_POLICY;
	return code;
}
