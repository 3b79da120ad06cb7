/*
 * Test results as JSON.
 */
#include "cli/json.h"
#include "cli/test_report.h"

static json_t *
json_failures(
    const struct test_report *report, const struct test_result *result)
{
	json_t *list = json_array();

	for (size_t i = 0; i < result->steps.n; i++) {
		const struct step_result *step = &result->steps.v[i];
		const struct session *session = report->session;

		if (step->passed)
			continue;
		json_array_append_new(list,
		    json_pack("{s:o, s:o, s:o}", "place",
			json_text(report_place(session, step->step->span)),
			"wrong", json_text(step->wrong), "walk",
			json_text(report_step(session, step, ""))));
	}
	return list;
}

static json_t *
json_results(const struct test_report *report)
{
	json_t *list = json_array();

	for (size_t i = 0; i < report->results.n; i++) {
		const struct test_result *result = &report->results.v[i];

		json_array_append_new(list,
		    json_pack("{s:o, s:b, s:o}", "name",
			json_text(result->test->name), "passed", result->passed,
			"failures", json_failures(report, result)));
	}
	return list;
}

static json_t *
json_or_null(const char *text)
{
	return text != NULL ? json_text(text) : json_null();
}

void
report_json(const test_reports *reports)
{
	json_t *list = json_array();

	for (size_t i = 0; i < reports->n; i++) {
		const struct test_report *report = &reports->v[i];

		json_array_append_new(list,
		    json_pack("{s:o, s:o, s:o, s:I, s:I, s:o}", "policy",
			json_text(report->policy), "file",
			json_or_null(report->file), "variant",
			json_or_null(report->variant), "passed",
			(json_int_t)report->passed, "failed",
			(json_int_t)report->failed, "tests",
			json_results(report)));
	}
	json_print(list);
}
