/*
 * akinc FILE: from a policy to what --emit asks for.
 */
#include <stdio.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/dot.h"
#include "cli/explain.h"
#include "cli/json.h"
#include "grammar/dump.h"
#include "opt/opt.h"
#include "target/ipfw/rules.h"
#include "target/ipfw/script/script.h"

static void
emit_script(struct session *session, struct buf *out)
{
	struct script_request request = {
	    .ruleset = session->ruleset,
	    .flavour = session->flavour,
	    .policy = session->options->operands.v[0],
	    .version = AKIN_VERSION,
	    .forwards4 = session_forwards(session, FAMILY_4),
	    .forwards6 = session_forwards(session, FAMILY_6),
	};

	ipfw_script(&request, out);
}

static void
emit(struct session *session)
{
	struct buf out;

	buf_init(&out, session->arena);
	switch (session->options->emit) {
	case EMIT_SCRIPT:
		emit_script(session, &out);
		break;
	case EMIT_RULES:
		ipfw_rules_write(&out, session->ruleset, session->flavour, -1);
		break;
	case EMIT_IR:
		ir_dump(session->ir, &session->sources, &out);
		break;
	case EMIT_DOT:
		dot_write(session, &out);
		break;
	case EMIT_JSON:
		json_print(json_ruleset(session));
		break;
	case EMIT_ARTEFACT:
		json_print(json_artefact(session));
		break;
	case EMIT_AST:
		break;
	}
	fwrite(out.p, 1, out.n, stdout);
}

/* Does --emit ask for rules that somebody may load? */
static bool
hands_out_rules(const struct options *options)
{
	return !options->explain &&
	    (options->emit == EMIT_SCRIPT || options->emit == EMIT_RULES ||
		options->emit == EMIT_JSON || options->emit == EMIT_ARTEFACT);
}

static enum exit_code
build(struct session *session, const char *path)
{
	bool ast = session->options->emit == EMIT_AST &&
	    !session->options->explain;

	if (!session_parse(session, path))
		return session->code;
	if (ast) {
		json_print(ast_dump(session->tree, &session->sources));
		return session->code;
	}
	if (!session_load_catalogue(session) ||
	    !session_load_host(session, true) ||
	    !session_resolve(session, true) || !session_confine(session) ||
	    !session_lower(session) ||
	    (hands_out_rules(session->options) && !session_gate(session)))
		return session->code;
	if (session->options->explain)
		explain_print(session);
	else
		emit(session);
	return session->code;
}

static enum exit_code
name_one_policy(void)
{
	fputs("akinc: name one policy, or - for the standard input\n"
	      "Try `akinc --help`.\n",
	    stderr);
	return EXIT_USAGE;
}

static enum exit_code
no_such_pass(const char *name)
{
	fprintf(stderr,
	    "akinc: there is no pass '%s'; see `akinc list "
	    "passes`\n",
	    name);
	return EXIT_USAGE;
}

static bool
pass_known(const char *name)
{
	const struct opt_pass *pass = opt_passes();

	while (pass->name != NULL && strcmp(pass->name, name) != 0)
		pass++;
	return pass->name != NULL || strcmp(name, "all") == 0;
}

/* Who handed over files for an artefact may hand over these as well. */
static void
tell_refused(const struct session *session)
{
	json_t *list = json_array();

	for (size_t i = 0; i < session->sources.refused.n; i++)
		json_array_append_new(
		    list, json_string(session->sources.refused.v[i]));
	json_print(json_pack("{s:o}", "refused", list));
}

/* The standard output may be on its way to a shell: diagnostics stay off it. */
enum exit_code
command_build(struct session *session)
{
	const struct options *options = session->options;
	enum exit_code code;

	if (options->operands.n != 1)
		return name_one_policy();
	if (options->dump_after != NULL && !pass_known(options->dump_after))
		return no_such_pass(options->dump_after);
	code = build(session, options->operands.v[0]);
	if (session->sources.refused.n > 0 && options->files_from != 0 &&
	    options->emit == EMIT_ARTEFACT)
		tell_refused(session);
	session_report(session, stderr);
	return code;
}
