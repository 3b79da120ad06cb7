/*
 * akinc confirm: what was applied may stay.  akinc restore: what was in force
 * and confirmed comes again, after a start of the machine say.
 */
#include <stdio.h>

#include "cli/commands.h"
#include "cli/running.h"
#include "runtime/apply/guard.h"

enum exit_code
command_confirm(struct session *session)
{
	struct apply_request request;

	if (session->options->operands.n > 0)
		return running_no_operands("confirm");
	running_request(session, &request);
	return (enum exit_code)guard_confirm(&request, session->arena);
}

enum exit_code
command_restore(struct session *session)
{
	struct apply_request request;
	struct apply_result result;

	if (session->options->operands.n > 0)
		return running_no_operands("restore");
	running_request(session, &request);
	request.artefact = arena_printf(session->arena, "%s/confirmed",
	    request.state_dir != NULL ? request.state_dir : APPLY_STATE_DIR);
	apply_run(&request, session->arena, stdout, &result);
	return running_end(&request, &result, NULL);
}
