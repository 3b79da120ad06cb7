/*
 * What the commands share that are about what this host runs.
 */
#ifndef CLI_RUNNING_H
#define CLI_RUNNING_H

#include "cli/session.h"
#include "runtime/apply/apply.h"
#include "runtime/apply/safety.h"

/* A request from the options; the policy is not in it. */
void running_request(
    const struct session *session, struct apply_request *request);

/*
 * Put the checks of safety.h into REQUEST.  False after a message if a probe
 * is none.
 */
bool running_safety(const struct session *session, struct safety *safety,
    struct apply_request *request);
/* A command that takes no operand was given one; returns what to exit with. */
enum exit_code running_no_operands(const char *name);
/*
 * What came of a run: on the standard output, and for who confirmed it.  SAFETY
 * is NULL where nothing waits for that.
 */
enum exit_code running_end(const struct apply_request *request,
    const struct apply_result *result, const struct safety *safety);

#endif
