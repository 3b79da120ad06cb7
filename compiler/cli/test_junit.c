/*
 * JUnit's XML, as CI servers read it.
 */
#include <stdio.h>

#include "cli/test_report.h"

static void
put_escaped(const char *text)
{
	for (; *text != '\0'; text++) {
		unsigned char c = (unsigned char)*text;

		if (c == '&')
			fputs("&amp;", stdout);
		else if (c == '<')
			fputs("&lt;", stdout);
		else if (c == '>')
			fputs("&gt;", stdout);
		else if (c == '"')
			fputs("&quot;", stdout);
		else if (c >= ' ' || c == '\n' || c == '\t')
			putchar(c);
		else
			putchar('?');
	}
}

static void
put_failures(const struct test_report *report, const struct test_result *result)
{
	for (size_t i = 0; i < result->steps.n; i++) {
		const struct step_result *step = &result->steps.v[i];

		if (step->passed)
			continue;
		fputs("      <failure message=\"", stdout);
		put_escaped(step->wrong);
		fputs("\">", stdout);
		put_escaped(report_step(report->session, step, ""));
		fputs("</failure>\n", stdout);
	}
}

static void
put_case(const struct test_report *report, const struct test_result *result)
{
	fputs("    <testcase name=\"", stdout);
	put_escaped(result->test->name);
	fputs("\" classname=\"", stdout);
	put_escaped(report->policy);
	if (result->passed) {
		fputs("\"/>\n", stdout);
		return;
	}
	fputs("\">\n", stdout);
	put_failures(report, result);
	fputs("    </testcase>\n", stdout);
}

static void
put_suite(const struct test_report *report)
{
	const char *const names[] = {report->file, report->variant};

	fputs("  <testsuite name=\"", stdout);
	put_escaped(report->policy);
	for (size_t i = 0; i < 2; i++)
		if (names[i] != NULL) {
			putchar(' ');
			put_escaped(names[i]);
		}
	printf("\" tests=\"%zu\" failures=\"%zu\">\n", report->results.n,
	    report->failed);
	for (size_t i = 0; i < report->results.n; i++)
		put_case(report, &report->results.v[i]);
	fputs("  </testsuite>\n", stdout);
}

void
report_junit(const test_reports *reports)
{
	fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n",
	    stdout);
	for (size_t i = 0; i < reports->n; i++)
		put_suite(&reports->v[i]);
	fputs("</testsuites>\n", stdout);
}
