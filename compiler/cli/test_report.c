/*
 * TAP, and what all forms say of a step that failed.
 */
#include <stdio.h>

#include "cli/test_report.h"
#include "eval/narrate.h"

const char *
report_place(const struct session *session, struct span span)
{
	const struct source *source = sources_get(&session->sources, span.file);
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
	struct narrator narrator = {&session->sources, session->policy, indent};
	struct buf out;

	buf_init(&out, session->arena);
	buf_printf(&out, "%s%s: %s\n", indent,
	    report_place(session, step->step->span), step->wrong);
	if (!step->has_packet)
		return out.p;
	buf_printf(&out, "%spacket: ", indent);
	narrate_flow(&narrator, &step->flow, &out);
	if (step->has_meaning) {
		buf_printf(&out, "\n%spolicy: ", indent);
		narrate_meaning(&narrator, &step->meaning, &out);
	}
	buf_putc(&out, '\n');
	narrate_walk(&narrator, &step->walk.packet, &step->walk, &out);
	return out.p;
}

/* A name may hold anything but a line end; '#' would begin a directive. */
static void
put_name(const char *name)
{
	for (; *name != '\0'; name++)
		putchar(*name == '#' || *name == '\n' ? ' ' : *name);
}

static void
tap_result(const struct test_report *report, const struct test_result *result,
    size_t number)
{
	printf("%sok %zu - ", result->passed ? "" : "not ", number);
	put_name(result->test->name);
	if (report->variant != NULL) {
		fputs(" [", stdout);
		put_name(report->variant);
		putchar(']');
	}
	putchar('\n');
	for (size_t i = 0; i < result->steps.n; i++)
		if (!result->steps.v[i].passed)
			fputs(report_step(
				  report->session, &result->steps.v[i], "# "),
			    stdout);
}

void
report_tap(const test_reports *reports)
{
	size_t number = 0, passed = 0, failed = 0;

	for (size_t i = 0; i < reports->n; i++) {
		passed += reports->v[i].passed;
		failed += reports->v[i].failed;
	}
	printf("TAP version 13\n1..%zu\n", passed + failed);
	for (size_t i = 0; i < reports->n; i++)
		for (size_t j = 0; j < reports->v[i].results.n; j++)
			tap_result(&reports->v[i], &reports->v[i].results.v[j],
			    ++number);
	printf("# %zu passed, %zu failed\n", passed, failed);
}
