/*
 * The command line: options and operands in any order.
 */
#ifndef CLI_OPTIONS_H
#define CLI_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"

enum exit_code {
	EXIT_FINE = 0,
	EXIT_POLICY = 1,	/* the policy is wrong, or not equal */
	EXIT_USAGE = 2,
	EXIT_ENVIRONMENT = 3,	/* file, permission, command */
	EXIT_BUG = 70,		/* EX_SOFTWARE of sysexits(3) */
};

enum emit {
	EMIT_SCRIPT,
	EMIT_RULES,
	EMIT_IR,
	EMIT_AST,
	EMIT_JSON,
	EMIT_DOT,
};

enum format {
	FORMAT_TAP,
	FORMAT_JUNIT,
	FORMAT_JSON,
};

struct options {
	enum emit emit;
	enum format format;		/* of test results */
	const char *flavour;		/* NULL: the host's, else freebsd */
	const char *nic;
	const char *host;		/* file */
	const char *dump_after;		/* a pass, or "all" */
	VEC(const char *) catalogues;	/* files beside the built-in ones */
	VEC(const char *) operands;
	int level;			/* of optimisation */
	bool explain, check, json;
	bool help, version;
	bool write;			/* fmt: into the file */
};

/*
 * Fill OPTIONS from ARGV.  Returns false after a message on the standard
 * error about what is wrong.
 */
bool options_parse(struct options *options, struct arena *arena, int argc,
    char **argv);
/* The options of akinc as `--help` shows them. */
const char *options_help(void);

#endif
