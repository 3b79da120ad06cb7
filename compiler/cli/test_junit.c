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
put_failures(const struct test_report *report,
    const struct test_result *result)
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

void
report_junit(const struct test_report *reports, size_t n)
{
	fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n",
	    stdout);
	for (size_t i = 0; i < n; i++) {
		const struct test_report *report = &reports[i];

		fputs("  <testsuite name=\"", stdout);
		put_escaped(report->policy);
		if (report->variant != NULL) {
			fputs(" ", stdout);
			put_escaped(report->variant);
		}
		printf("\" tests=\"%zu\" failures=\"%zu\">\n",
		    report->results.n, report->failed);
		for (size_t j = 0; j < report->results.n; j++)
			put_case(report, &report->results.v[j]);
		fputs("  </testsuite>\n", stdout);
	}
	fputs("</testsuites>\n", stdout);
}
