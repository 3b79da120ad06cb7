/*
 * TAP, and what all forms say of a step that failed.
 */
#include <stdio.h>

#include "cli/test_report.h"
#include "eval/narrate.h"

const char *
report_place(const struct session *session, struct span span)
{
	const struct source *source = sources_get(&session->sources,
	    span.file);
	size_t line, column;

	if (source == NULL)
		return "";
	source_position(source, span, &line, &column);
	return arena_printf(session->arena, "%s:%zu", source->name, line);
}

const char *
report_step(const struct session *session, const struct step_result *step,
    const char *indent)
{
	struct narrator narrator = {&session->sources, session->policy,
	    indent};
	struct buf out;

	buf_init(&out, session->arena);
	buf_printf(&out, "%s%s: %s\n", indent,
	    report_place(session, step->step->span), step->wrong);
	if (step->flow.protocol == 0)
		return out.p;
	buf_printf(&out, "%spacket: ", indent);
	narrate_flow(&narrator, &step->flow, &out);
	if (step->has_meaning) {
		buf_printf(&out, "\n%spolicy: ", indent);
		narrate_meaning(&narrator, &step->meaning, &out);
	}
	buf_printf(&out, "\n");
	narrate_walk(&narrator, &step->walk.packet, &step->walk, &out);
	return out.p;
}

static void
tap_result(const struct test_report *report, const struct test_result *result,
    size_t number)
{
	printf("%sok %zu - %s%s%s%s\n", result->passed ? "" : "not ", number,
	    result->test->name, report->variant != NULL ? " [" : "",
	    report->variant != NULL ? report->variant : "",
	    report->variant != NULL ? "]" : "");
	for (size_t i = 0; i < result->steps.n; i++)
		if (!result->steps.v[i].passed)
			fputs(report_step(report->session,
			    &result->steps.v[i], "# "), stdout);
}

void
report_tap(const struct test_report *reports, size_t n)
{
	size_t number = 0, all = 0;

	for (size_t i = 0; i < n; i++)
		all += reports[i].results.n;
	printf("TAP version 13\n1..%zu\n", all);
	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < reports[i].results.n; j++)
			tap_result(&reports[i], &reports[i].results.v[j],
			    ++number);
}
