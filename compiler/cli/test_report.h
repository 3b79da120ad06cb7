/*
 * The results of policy tests: TAP (testanything.org, version 13), JUnit's
 * XML, or JSON.
 */
#ifndef CLI_TEST_REPORT_H
#define CLI_TEST_REPORT_H

#include <stddef.h>

#include "cli/session.h"
#include "eval/policy_test.h"

/* The tests of one policy, or of one file for it, on one host. */
struct test_report {
	struct session *session;
	const char *policy;  /* file */
	const char *file;    /* of the tests; NULL: the policy's own */
	const char *variant; /* of the file's matrix, or NULL */
	VEC(struct test_result) results;
	size_t passed, failed;
};

typedef VEC(struct test_report) test_reports;

void report_tap(const test_reports *reports);
void report_junit(const test_reports *reports);
void report_json(const test_reports *reports);

/* What is wrong with a step, with the packet and the walk, in ARENA. */
const char *report_step(const struct session *session,
    const struct step_result *step, const char *indent);
/* "laptop.akp:41" */
const char *report_place(const struct session *session, struct span span);

#endif
