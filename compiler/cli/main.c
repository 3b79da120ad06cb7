/*
 * akinc: the command line of the compiler.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/commands.h"

#define MEMORY_MAX ((size_t)4 * 1024 * 1024 * 1024)

struct command {
	const char *name;
	enum exit_code (*run)(struct session *session);
};

static const struct command commands[] = {
    {"build", command_build},
    {"check", command_check},
    {"explain", command_explain},
    {"fmt", command_format},
    {"list", command_list},
    {"test", command_test},
    {"why", command_why},
};

/* Memory has run out: no part of the result may be taken for the whole. */
static void
exhausted(void *context)
{
	(void)context;
	fputs("akinc: out of memory\n", stderr);
	exit(EXIT_ENVIRONMENT);
}

/* The subcommand that the first operand names, else the compiler itself. */
static enum exit_code (*command_of(struct options *options))(
    struct session *)
{
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		if (options->operands.n == 0 ||
		    strcmp(options->operands.v[0], commands[i].name) != 0)
			continue;
		options->operands.v++;
		options->operands.n--;
		return commands[i].run;
	}
	return options->check ? command_check : command_build;
}

static enum exit_code
run(struct arena *arena, int argc, char **argv)
{
	struct options options;
	struct session session;
	enum exit_code (*command)(struct session *);

	if (!options_parse(&options, arena, argc, argv))
		return EXIT_USAGE;
	if (options.help) {
		fputs(options_help(), stdout);
		return EXIT_FINE;
	}
	if (options.version) {
		puts("akinc " AKIN_VERSION);
		return EXIT_FINE;
	}
	command = command_of(&options);
	session_init(&session, &options, arena);
	return command(&session);
}

int
main(int argc, char **argv)
{
	struct arena *arena = arena_create(MEMORY_MAX, exhausted, NULL);
	enum exit_code code;

	if (arena == NULL)
		exhausted(NULL);
	code = run(arena, argc, argv);
	arena_destroy(arena);
	if (fflush(stdout) != 0 || ferror(stdout)) {
		fputs("akinc: cannot write the output\n", stderr);
		return EXIT_ENVIRONMENT;
	}
	return code;
}
