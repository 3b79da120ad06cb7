/*
 * akinc: the command line of the compiler.
 */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/suggest.h"
#include "cli/commands.h"

#define MEMORY_MAX ((size_t)3 * 1024 * 1024 * 1024)

struct command {
	const char *name;
	enum exit_code (*run)(struct session *session);
	enum command_bit bit;
};

static const struct command commands[] = {
    {"apply", command_apply, COMMAND_APPLY},
    {"build", command_build, COMMAND_BUILD},
    {"check", command_check, COMMAND_CHECK},
    {"confirm", command_confirm, COMMAND_CONFIRM},
    {"diff", command_diff, COMMAND_DIFF},
    {"explain", command_explain, COMMAND_EXPLAIN},
    {"fmt", command_format, COMMAND_FORMAT},
    {"list", command_list, COMMAND_LIST},
    {"lockout", command_lockout, COMMAND_LOCKOUT},
    {"prove", command_prove, COMMAND_PROVE},
    {"query", command_query, COMMAND_QUERY},
    {"restore", command_restore, COMMAND_RESTORE},
    {"revoked", command_revoked, COMMAND_REVOKED},
    {"rollback", command_rollback, COMMAND_ROLLBACK},
    {"status", command_status, COMMAND_STATUS},
    {"stop", command_stop, COMMAND_STOP},
    {"test", command_test, COMMAND_TEST},
    {"why", command_why, COMMAND_WHY},
};

#define N_COMMANDS (sizeof(commands) / sizeof(commands[0]))

/* Memory has run out: no part of the result may be taken for the whole. */
static void
exhausted(void *context)
{
	(void)context;
	fputs("akinc: out of memory\n", stderr);
	_Exit(EXIT_ENVIRONMENT);
}

/* jansson takes its memory here, since it would leave out what has no room. */
static void *
allocate(size_t size)
{
	void *p = malloc(size);

	if (p == NULL)
		exhausted(NULL);
	return p;
}

static const struct command *
find_command(const char *name)
{
	for (size_t i = 0; i < N_COMMANDS; i++)
		if (strcmp(name, commands[i].name) == 0)
			return &commands[i];
	return NULL;
}

/* The command that the first operand names, else the compiler itself. */
static const struct command *
take_command(struct options *options)
{
	const struct command *command = options->operands.n == 0
	    ? NULL
	    : find_command(options->operands.v[0]);

	if (command == NULL)
		command = find_command("build");
	else {
		options->operands.v++;
		options->operands.n--;
	}
	if (command->bit == COMMAND_BUILD && options->check)
		command = find_command("check");
	if (command->bit == COMMAND_BUILD && options->apply)
		command = find_command("apply");
	return command;
}

/* A command that is mistyped would pass for one policy of several. */
static bool
command_mistyped(const struct options *options)
{
	struct suggest suggest;

	if (options->operands.n < 2)
		return false;
	suggest_init(&suggest, options->operands.v[0]);
	for (size_t i = 0; i < N_COMMANDS; i++)
		suggest_offer(&suggest, commands[i].name);
	if (suggest.best == NULL || find_command(suggest.word) != NULL)
		return false;
	fprintf(stderr, "akinc: there is no command '%s'; did you mean '%s'?\n",
	    suggest.word, suggest.best);
	return true;
}

static enum exit_code
run(struct arena *arena, int argc, char **argv)
{
	struct options options;
	struct session session;
	const struct command *command;

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
	if (command_mistyped(&options))
		return EXIT_USAGE;
	command = take_command(&options);
	if (!options_fit(&options, command->bit, command->name))
		return EXIT_USAGE;
	session_init(&session, &options, arena);
	return session_take_files(&session) ? command->run(&session)
					    : session.code;
}

int
main(int argc, char **argv)
{
	struct arena *arena = arena_create(MEMORY_MAX, exhausted, NULL);
	enum exit_code code;

	if (arena == NULL)
		exhausted(NULL);
	json_set_alloc_funcs(allocate, free);
	code = run(arena, argc, argv);
	arena_destroy(arena);
	if (fflush(stdout) != 0 || ferror(stdout)) {
		fputs("akinc: cannot write the output\n", stderr);
		return EXIT_ENVIRONMENT;
	}
	return code;
}
