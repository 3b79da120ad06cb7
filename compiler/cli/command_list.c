/*
 * akinc list services|flavours|passes.
 */
#include <stdio.h>
#include <string.h>

#include "cli/commands.h"
#include "opt/opt.h"

static enum exit_code
list_services(struct session *session, const char *pattern)
{
	struct buf out;

	if (!session_load_catalogue(session)) {
		session_report_text(session);
		return session->code;
	}
	buf_init(&out, session->arena);
	catalogue_list(&session->catalogue, pattern, &out);
	fputs(out.p, stdout);
	if (out.n != 0)
		return EXIT_FINE;
	fprintf(stderr, "akinc: no service matches '%s'\n", pattern);
	return EXIT_POLICY;
}

static enum exit_code
list_flavours(void)
{
	for (const struct ipfw_flavour *const *f = ipfw_flavours(); *f; f++)
		puts((*f)->name);
	return EXIT_FINE;
}

static enum exit_code
list_passes(void)
{
	for (const struct opt_pass *pass = opt_passes(); pass->name; pass++)
		printf(
		    "%-12s -O%d  %s\n", pass->name, pass->level, pass->about);
	return EXIT_FINE;
}

enum exit_code
command_list(struct session *session)
{
	const struct options *options = session->options;
	const char *what = options->operands.n > 0 ? options->operands.v[0]
						   : "";

	if (strcmp(what, "services") == 0 && options->operands.n <= 2)
		return list_services(session,
		    options->operands.n == 2 ? options->operands.v[1] : NULL);
	if (strcmp(what, "flavours") == 0 && options->operands.n == 1)
		return list_flavours();
	if (strcmp(what, "passes") == 0 && options->operands.n == 1)
		return list_passes();
	fputs("usage: akinc list services [PATTERN]\n"
	      "       akinc list flavours|passes\n",
	    stderr);
	return EXIT_USAGE;
}
