/*
 * akinc prove POLICY [--rules FILE]: is the ruleset what the policy says?
 */
#include <stdio.h>

#include "cli/commands.h"
#include "cli/json.h"
#include "cli/prove_report.h"

#define MEBIBYTE (1024.0 * 1024.0)

static bool
compile(struct session *session)
{
	return session_parse(session, session->options->operands.v[0]) &&
	    session_load_catalogue(session) &&
	    session_load_host(session, false) &&
	    session_resolve(session,
		session->options->nic != NULL ||
		    session->options->host != NULL) &&
	    session_lower(session);
}

static void
tell(const struct session *session, bool equal,
    const struct prove_result *result)
{
	struct buf out;

	if (session->options->json) {
		json_print(prove_report_json(session, equal, result));
	} else {
		buf_init(&out, session->arena);
		if (equal)
			buf_puts(&out,
			    "equal: the ruleset says what the policy says\n");
		prove_report_text(session, result, &out);
		if (result->nodes != 0)
			buf_printf(&out, "# %zu nodes, %.1f MiB\n",
			    result->nodes, (double)result->bytes / MEBIBYTE);
		fwrite(out.p, 1, out.n, stdout);
	}
	if (result->exhausted)
		prove_report_exhausted();
}

enum exit_code
command_prove(struct session *session)
{
	struct prove_result result;
	bool equal;

	if (session->options->operands.n != 1) {
		fputs("usage: akinc prove POLICY [--rules FILE]\n", stderr);
		return EXIT_USAGE;
	}
	if (compile(session)) {
		equal = session_prove(session, &result);
		tell(session, equal, &result);
	}
	session_report_text(session);
	return session->code;
}
