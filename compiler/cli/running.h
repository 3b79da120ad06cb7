/*
 * What the commands share that are about what this host runs.
 */
#ifndef CLI_RUNNING_H
#define CLI_RUNNING_H

#include "cli/session.h"
#include "runtime/apply/apply.h"

/* A request from the options; the policy is not in it. */
void running_request(
    const struct session *session, struct apply_request *request);

#endif
