/*
 * akinc test POLICY [TESTS.yaml...]...: run the tests that policies hold, and
 * those of the files that follow them.
 */
#include <stdio.h>

#include "cli/commands.h"
#include "cli/test_file.h"
#include "cli/test_mutate.h"
#include "cli/test_report.h"
#include "cli/test_session.h"
#include "cli/test_suite.h"

static void
play(struct test_report *report, size_t n)
{
	struct session *session = report->session;
	struct policy_test_run run = test_session_run(session);
	size_t all = session->policy->tests.n;

	for (size_t i = all - n; i < all; i++) {
		struct test_result result;

		if (!policy_test_play(
			&run, &session->policy->tests.v[i], &result)) {
			session_fail(
			    session, EXIT_ENVIRONMENT, "out of memory");
			return;
		}
		report->passed += result.passed;
		report->failed += !result.passed;
		vec_push(session->arena, &report->results, result);
	}
	if (report->failed != 0)
		session->code = EXIT_POLICY;
}

static void
run(void *context, const struct test_case *test)
{
	test_reports *reports = context;
	struct test_report report = {
	    .session = test->session,
	    .policy = test->policy,
	    .file = test->file,
	    .variant = test->variant,
	};

	play(&report, test->n_tests);
	vec_push(test->session->arena, reports, report);
}

static void
tell(const struct options *options, const test_reports *reports)
{
	switch (options->format) {
	case FORMAT_TAP:
		report_tap(reports);
		break;
	case FORMAT_JUNIT:
		report_junit(reports);
		break;
	case FORMAT_JSON:
		report_json(reports);
		break;
	}
}

/* An empty plan of tests would pass for one that was skipped. */
static bool
any_played(const test_reports *reports)
{
	for (size_t i = 0; i < reports->n; i++)
		if (reports->v[i].passed + reports->v[i].failed != 0)
			return true;
	return false;
}

enum exit_code
command_test(struct session *root)
{
	const struct options *options = root->options;
	test_reports reports = {NULL, 0, 0};
	enum exit_code code;

	if (options->operands.n == 0 ||
	    test_file_named(options->operands.v[0])) {
		fputs(
		    "usage: akinc test [--mutate] POLICY [TESTS.yaml...]...\n",
		    stderr);
		return EXIT_USAGE;
	}
	if (options->mutate)
		return test_mutate(root);
	code = test_suite_each(root, run, &reports);
	if (code == EXIT_FINE || any_played(&reports))
		tell(options, &reports);
	return code;
}
