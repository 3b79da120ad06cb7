/*
 * akinc test POLICY…: run the tests that the policies hold.
 */
#include <stdio.h>

#include "cli/commands.h"
#include "cli/test_report.h"

static void
play_all(struct session *session, struct test_report *report)
{
	struct policy_test_run run = {
	    .arena = session->arena,
	    .sources = &session->sources,
	    .policy = session->policy,
	    .ruleset = session->ruleset,
	    .flavour = run_flavour_find(session->flavour->name),
	};

	for (size_t i = 0; i < session->policy->tests.n; i++) {
		struct test_result result;

		if (!policy_test_play(&run, &session->policy->tests.v[i],
		    &result)) {
			session_fail(session, EXIT_ENVIRONMENT,
			    "out of memory");
			return;
		}
		report->passed += result.passed;
		report->failed += !result.passed;
		vec_push(session->arena, &report->results, result);
	}
	if (report->failed != 0)
		session->code = EXIT_POLICY;
}

static bool
compile(struct session *session, const char *path)
{
	return session_parse(session, path) &&
	    session_load_catalogue(session) &&
	    session_load_host(session, false) &&
	    session_resolve(session, true) && session_lower(session);
}

static void
report_all(const struct options *options, const struct test_report *reports,
    size_t n)
{
	size_t passed = 0, failed = 0;

	switch (options->format) {
	case FORMAT_TAP:
		report_tap(reports, n);
		break;
	case FORMAT_JUNIT:
		report_junit(reports, n);
		return;
	case FORMAT_JSON:
		report_json(reports, n);
		return;
	}
	for (size_t i = 0; i < n; i++) {
		passed += reports[i].passed;
		failed += reports[i].failed;
	}
	printf("# %zu passed, %zu failed\n", passed, failed);
}

enum exit_code
command_test(struct session *session)
{
	const struct options *options = session->options;
	size_t n = options->operands.n;
	struct session *sessions = arena_calloc(session->arena, n + 1,
	    sizeof(*sessions));
	struct test_report *reports = arena_calloc(session->arena, n + 1,
	    sizeof(*reports));
	enum exit_code worst = EXIT_FINE;

	if (n == 0) {
		fputs("usage: akinc test POLICY…\n", stderr);
		return EXIT_USAGE;
	}
	for (size_t i = 0; i < n; i++) {
		session_init(&sessions[i], options, session->arena);
		reports[i].session = &sessions[i];
		reports[i].policy = options->operands.v[i];
		if (compile(&sessions[i], options->operands.v[i]))
			play_all(&sessions[i], &reports[i]);
		session_report_text(&sessions[i]);
		if (sessions[i].code > worst)
			worst = sessions[i].code;
	}
	report_all(options, reports, n);
	return worst;
}
