/*
 * What the operands of `akinc test` ask for: policies, and files of tests for
 * the policy before them.
 *
 * A policy's own tests run once; those of a file once for each variant of its
 * matrix.  Each such run is a session of its own, since facts about the host
 * decide what a policy means.
 */
#ifndef CLI_TEST_SUITE_H
#define CLI_TEST_SUITE_H

#include "cli/session.h"

/* A compiled policy, whose last N_TESTS tests are to be run. */
struct test_case {
	struct session *session;
	const char *policy;  /* file */
	const char *file;    /* of the tests; NULL: the policy's own */
	const char *variant; /* of the file's matrix, or NULL */
	size_t n_tests;
};

/*
 * Compile each case in turn and call RUN, which may set the exit code of the
 * case's session.  Returns the worst of them.
 */
enum exit_code test_suite_each(struct session *root,
    void (*run)(void *context, const struct test_case *test), void *context);

#endif
