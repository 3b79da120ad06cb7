/*
 * The command line: options and operands in any order.
 */
#ifndef CLI_OPTIONS_H
#define CLI_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

enum exit_code {
	EXIT_FINE = 0,
	EXIT_POLICY = 1, /* the policy is wrong, or not equal */
	EXIT_USAGE = 2,
	EXIT_ENVIRONMENT = 3, /* file, permission, command */
	EXIT_BUG = 70,	      /* EX_SOFTWARE of sysexits(3) */
};

/* The commands, as bits: an option goes with some of them. */
enum command_bit {
	COMMAND_BUILD = 1 << 0,
	COMMAND_CHECK = 1 << 1,
	COMMAND_EXPLAIN = 1 << 2,
	COMMAND_FORMAT = 1 << 3,
	COMMAND_LIST = 1 << 4,
	COMMAND_PROVE = 1 << 5,
	COMMAND_TEST = 1 << 6,
	COMMAND_WHY = 1 << 7,
	COMMAND_LOCKOUT = 1 << 8,
	COMMAND_REVOKED = 1 << 9,
	COMMAND_APPLY = 1 << 10,
	COMMAND_ROLLBACK = 1 << 11,
	COMMAND_STATUS = 1 << 12,
	COMMAND_STOP = 1 << 13,
	COMMAND_CONFIRM = 1 << 14,
	COMMAND_RESTORE = 1 << 15,
	COMMAND_DIFF = 1 << 16,
	COMMAND_QUERY = 1 << 17,
};

enum emit {
	EMIT_SCRIPT,
	EMIT_RULES,
	EMIT_IR,
	EMIT_AST,
	EMIT_JSON,
	EMIT_ARTEFACT,
	EMIT_DOT,
};

enum format {
	FORMAT_TAP,
	FORMAT_JUNIT,
	FORMAT_JSON,
};

struct options {
	enum emit emit;
	enum format format;  /* of test results */
	const char *flavour; /* NULL: the host's, else freebsd */
	/* diff: compile this side for the flavour and compare what it does. */
	const char *flavour_old, *flavour_new;
	const char *nic;
	const char *host;	      /* file */
	const char *profile;	      /* file, or NULL */
	int files_from;		      /* descriptor; 0: none */
	const char *rules;	      /* prove, why, lockout: file */
	const char *dump_after;	      /* a pass, or "all" */
	VEC(const char *) catalogues; /* files beside the built-in ones */
	VEC(const char *) operands;
	int level; /* of optimisation */
	bool explain, check, json;
	bool help, version;
	bool write;	  /* fmt: into the file */
	bool no_proof;	  /* build: hand out a ruleset that is not proved */
	bool without_nat; /* as if the NAT could not run */
	bool mutate;	  /* test */
	bool apply;	  /* build: put it in force */
	bool dry_run, force, take_over;
	bool revoke;
	bool has_confirm;
	unsigned confirm; /* apply: seconds; 0: none */
	unsigned timeout; /* seconds for each command; 0: the default */
	VEC(const char *) probes;
	/* Paths, or NULL. */
	const char *ipfw, *natd, *sbin, *state_dir, *run_dir;
	uint64_t given; /* which were written: options.c's */
};

/*
 * Fill OPTIONS from ARGV.  Returns false after a message on the standard
 * error about what is wrong.
 */
bool options_parse(
    struct options *options, struct arena *arena, int argc, char **argv);
/*
 * Returns false after a message if an option was given that means nothing to
 * the command.
 */
bool options_fit(
    const struct options *options, enum command_bit command, const char *name);
/* The options of akinc as `--help` shows them. */
const char *options_help(void);

#endif
