/*
 * A policy compiled for tests: nothing of the running host decides.
 */
#ifndef CLI_TEST_SESSION_H
#define CLI_TEST_SESSION_H

#include "cli/session.h"
#include "cli/test_file.h"
#include "eval/policy_test.h"

/*
 * The steps from the parsed policy to its ruleset.  If nobody says which card
 * is behind `active`, one of that name is made up.  NAT is the method to take
 * instead of the policy's, or NULL.
 */
bool test_session_compile(struct session *session, const char *nat);
/* Those of them that need no flavour. */
bool test_session_resolve(struct session *session);
/* Options for VARIANT; what it does not say is as in BASE. */
struct options test_session_options(
    const struct options *base, const struct test_variant *variant);
struct policy_test_run test_session_run(struct session *session);
/*
 * Put tests at the end of the policy, whose last tests they then are.  Returns
 * how many.
 */
size_t test_session_append(
    struct session *session, struct ast_statement *statements);

#endif
