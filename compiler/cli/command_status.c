/*
 * akinc status: what is in force, and whether it is what was loaded.
 */
#include <stdio.h>

#include "cli/commands.h"
#include "cli/running.h"

enum exit_code
command_status(struct session *session)
{
	struct apply_request request;
	struct apply_status status;
	enum apply_code code;

	if (session->options->operands.n > 0) {
		fputs("akinc: status takes no operand\n"
		      "Try `akinc --help`.\n",
		    stderr);
		return EXIT_USAGE;
	}
	running_request(session, &request);
	code = apply_status(&request, session->arena, &status);
	if (code != APPLY_FINE && code != APPLY_POLICY)
		return (enum exit_code)code;
	if (session->options->json)
		apply_status_print_json(&status, stdout);
	else
		apply_status_print(&status, stdout);
	return (enum exit_code)code;
}
