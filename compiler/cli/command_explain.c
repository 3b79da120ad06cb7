/*
 * akinc explain CODE: the entry of akinc-diagnostics(7).
 */
#include <stdio.h>
#include <string.h>

#include "base/suggest.h"
#include "cli/commands.h"
#include "cli/diagnostics.h"

static enum exit_code
unknown(const char *name)
{
	struct suggest suggest;

	suggest_init(&suggest, name);
	for (int i = 0; i < DIAG_CODE_COUNT; i++)
		suggest_offer(&suggest, diag_code_name((enum diag_code)i));
	fprintf(stderr, "akinc: there is no diagnostic '%s'", name);
	if (suggest.best != NULL)
		fprintf(stderr, "; did you mean '%s'?", suggest.best);
	fputc('\n', stderr);
	return EXIT_USAGE;
}

static enum exit_code
explain(const char *name)
{
	enum diag_code code = diag_code_find(name);
	const struct diagnostic_text *entry = diagnostic_texts;

	if (code == DIAG_CODE_COUNT)
		return unknown(name);
	while (entry->code != NULL &&
	    strcmp(entry->code, diag_code_name(code)) != 0)
		entry++;
	if (entry->code != NULL)
		fputs(entry->text, stdout);
	else
		printf("%s %s\n", diag_code_name(code), diag_code_title(code));
	return EXIT_FINE;
}

enum exit_code
command_explain(struct session *session)
{
	const struct options *options = session->options;
	enum exit_code worst = EXIT_FINE;

	if (options->operands.n == 0) {
		fputs("usage: akinc explain CODE...\n", stderr);
		return EXIT_USAGE;
	}
	for (size_t i = 0; i < options->operands.n; i++) {
		enum exit_code code = explain(options->operands.v[i]);

		if (code > worst)
			worst = code;
	}
	return worst;
}
