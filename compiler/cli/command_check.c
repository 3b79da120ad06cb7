/*
 * akinc check FILE...: everything that can be said without making a ruleset,
 * with --flavour also what can be said of that one, and nothing that depends
 * on the host it runs on.
 */
#include <stdio.h>

#include "analyse/check.h"
#include "cli/commands.h"
#include "cli/silence.h"
#include "opt/opt.h"
#include "target/ipfw/lower/lower.h"

/* Dead rules are found on the flows; the result itself is not used. */
static bool
check_flows(struct session *session)
{
	struct opt opt = {
	    .arena = session->arena,
	    .diags = &session->diags,
	    .level = 0,
	};
	struct ir *ir = ir_build(session->arena, session->policy);
	const char *wrong = opt_run(&opt, ir);

	if (wrong == NULL)
		return true;
	return session_fail(session, EXIT_BUG, "internal error in %s", wrong);
}

/* What a flavour has to say needs the names of all cards. */
static bool
check_further(struct session *session)
{
	struct check meaning = {
	    .arena = session->arena,
	    .diags = &session->diags,
	    .policy = session->policy,
	    .catalogue = &session->catalogue,
	};
	bool cards_known = session->host.active_known ||
	    !session_asks_active(session);

	if (session->options->flavour != NULL && cards_known
		? !session_lower(session)
		: !check_flows(session))
		return false;
	check_policy(&meaning);
	silence_check_comments(session, session->tree);
	return true;
}

static enum exit_code
check(struct session *session, const char *path)
{
	if (session_parse(session, path) && session_load_catalogue(session) &&
	    session_load_host(session, false) &&
	    session_resolve(session, false))
		check_further(session);
	session_report(session, stdout);
	return session->code;
}

enum exit_code
command_check(struct session *session)
{
	const struct options *options = session->options;
	enum exit_code worst = EXIT_FINE;

	if (options->operands.n == 0) {
		fputs("akinc: check what?  Name a policy.\n", stderr);
		return EXIT_USAGE;
	}
	for (size_t i = 0; i < options->operands.n; i++) {
		struct session one;
		enum exit_code code;

		session_init(&one, options, session->arena);
		code = check(&one, options->operands.v[i]);
		if (code > worst)
			worst = code;
	}
	return worst;
}
