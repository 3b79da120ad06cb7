/*
 * Holding the two answers to a packet against what a test expects.
 */
#ifndef EVAL_POLICY_CHECK_H
#define EVAL_POLICY_CHECK_H

#include "eval/policy_test.h"

/* What is wrong with RESULT, in a sentence; or NULL. */
const char *policy_check(const struct policy_test_run *run,
    const struct test_step *step, const struct step_result *result);

#endif
