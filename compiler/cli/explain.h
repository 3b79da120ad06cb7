/*
 * `--explain`: each line of the policy with the rules it became.
 */
#ifndef CLI_EXPLAIN_H
#define CLI_EXPLAIN_H

#include "cli/session.h"

void explain_print(const struct session *session);

#endif
