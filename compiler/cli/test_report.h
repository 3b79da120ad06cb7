/*
 * The results of policy tests: TAP (testanything.org, version 13), JUnit's
 * XML, or JSON.
 */
#ifndef CLI_TEST_REPORT_H
#define CLI_TEST_REPORT_H

#include <stddef.h>

#include "cli/session.h"
#include "eval/policy_test.h"

struct test_report {
	const struct session *session;
	const char *policy;		/* file */
	const char *variant;		/* host facts of a matrix, or NULL */
	VEC(struct test_result) results;
	size_t passed, failed;
};

void report_tap(const struct test_report *reports, size_t n);
void report_junit(const struct test_report *reports, size_t n);
void report_json(const struct test_report *reports, size_t n);

/* What is wrong with a step, with the packet and the walk, in ARENA. */
const char *report_step(const struct session *session,
    const struct step_result *step, const char *indent);
/* "laptop.akp:41" */
const char *report_place(const struct session *session, struct span span);

#endif
