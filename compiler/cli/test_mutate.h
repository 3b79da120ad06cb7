/*
 * akinc test --mutate: does a test notice when a rule is changed?
 */
#ifndef CLI_TEST_MUTATE_H
#define CLI_TEST_MUTATE_H

#include "cli/session.h"

/* The policies and files of tests among the operands. */
enum exit_code test_mutate(struct session *root);

#endif
