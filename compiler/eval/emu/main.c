/*
 * ipfw-emu: an ipfw for machines that have none.
 *
 * Without an option of its own it is ipfw(8), or sysctl(8) if it is called by
 * that name, for the server whose socket IPFW_EMU names; without that, for the
 * one whose socket is called "socket" and stands beside the name it was called
 * by.
 */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/source.h"
#include "eval/emu/client.h"
#include "eval/emu/server.h"
#include "eval/emu/session.h"
#include "target/ipfw/text/read.h"

static const char usage[] =
    "usage: ipfw-emu [IPFW ARGUMENTS]      ipfw(8), at $IPFW_EMU\n"
    "       ipfw-emu --packet 'in em0 …'   send a packet, or run any step\n"
    "       ipfw-emu --step 'time +5'\n"
    "       ipfw-emu [MACHINE] --server PATH\n"
    "       ipfw-emu [MACHINE] --start PATH\n"
    "       ipfw-emu --stop PATH\n"
    "       ipfw-emu [MACHINE] --verify FILE…    recorded sessions\n"
    "       ipfw-emu [MACHINE] --session FILE…\n"
    "MACHINE: --flavour freebsd|darwin, --default allow|deny\n";

static int
complain(const char *what, const char *why)
{
	fprintf(stderr, "ipfw-emu: %s: %s\n", what, why);
	return IPFW_EXIT_USAGE;
}

/* One session file; false if it cannot be read. */
static bool
run_session(const struct run_flavour *flavour, const char *path, bool verify,
    struct session_counts *counts)
{
	struct arena *arena = arena_create(0, NULL, NULL);
	struct sources sources;
	const struct source *source;
	struct buf out;
	uint32_t file;
	int error;

	if (arena == NULL)
		return false;
	sources_init(&sources, arena);
	buf_init(&out, arena);
	error = sources_read(&sources, path, &file);
	if (error != 0) {
		complain(path, strerror(error));
		arena_destroy(arena);
		return false;
	}
	source = sources_get(&sources, file);
	if (verify)
		session_verify(
		    flavour, path, source->text, source->size, counts, &out);
	else
		session_replay(flavour, source->text, source->size, &out);
	fwrite(out.p, 1, out.n, stdout);
	arena_destroy(arena);
	return true;
}

static int
run_sessions(
    const struct run_flavour *flavour, char **paths, size_t n, bool verify)
{
	struct session_counts counts = {0, 0, 0};
	bool ok = true;

	for (size_t i = 0; i < n; i++)
		ok = run_session(flavour, paths[i], verify, &counts) && ok;
	if (verify)
		printf("%zu passed, %zu failed, %zu skipped\n", counts.passed,
		    counts.failed, counts.skipped);
	if (!ok || fflush(stdout) != 0)
		return IPFW_EXIT_UNAVAILABLE;
	return counts.failed > 0;
}

static int
run_steps(char **words, size_t n)
{
	int code = 0;

	for (size_t i = 0; i < n && code == 0; i++) {
		bool option = strcmp(words[i], "--step") == 0 ||
		    strcmp(words[i], "--packet") == 0;

		if (!option || i + 1 == n)
			return complain(words[i], "a step is due");
		code = client_step(words[++i]);
	}
	return code;
}

/* Take --flavour and --default off the words; false after a complaint. */
static bool
take_options(char ***words, size_t *n, struct server_options *options)
{
	while (*n >= 2) {
		const char *option = (*words)[0], *value = (*words)[1];

		if (strcmp(option, "--flavour") == 0) {
			options->flavour = run_flavour_find(value);
			if (options->flavour == NULL)
				return complain(value, "no flavour") == 0;
		} else if (strcmp(option, "--default") == 0) {
			options->has_default = true;
			options->default_allow = strcmp(value, "allow") == 0;
			if (!options->default_allow &&
			    strcmp(value, "deny") != 0)
				return complain(value, "allow or deny") == 0;
		} else {
			return true;
		}
		*words += 2;
		*n -= 2;
	}
	return true;
}

static int
run_option(char **words, size_t n, const struct server_options *options)
{
	const char *option = words[0];

	if (strcmp(option, "--verify") == 0 || strcmp(option, "--session") == 0)
		return run_sessions(
		    options->flavour, words + 1, n - 1, option[2] == 'v');
	if (strcmp(option, "--help") == 0) {
		fputs(usage, stdout);
		return 0;
	}
	if (n == 2 && strcmp(option, "--server") == 0)
		return server_run(words[1], options, -1);
	if (n == 2 && strcmp(option, "--start") == 0)
		return server_start(words[1], options);
	if (n == 2 && strcmp(option, "--stop") == 0)
		return client_stop(words[1]);
	fputs(usage, stderr);
	return IPFW_EXIT_USAGE;
}

static bool
is_called(const char *program, const char *name)
{
	const char *slash = strrchr(program, '/');

	return strcmp(slash != NULL ? slash + 1 : program, name) == 0;
}

/* Who runs commands with an environment of its own cannot name a socket. */
static void
find_socket(const char *program)
{
	const char *slash = strrchr(program, '/');
	char path[PATH_MAX];

	if (getenv(CLIENT_ENVIRONMENT) != NULL || slash == NULL ||
	    snprintf(path, sizeof(path), "%.*s/socket", (int)(slash - program),
		program) >= (int)sizeof(path) ||
	    access(path, F_OK) != 0)
		return;
	setenv(CLIENT_ENVIRONMENT, path, 0);
}

int
main(int argc, char **argv)
{
	struct server_options options = {.flavour = &run_freebsd};
	char **words = argv + 1;
	size_t n = argc > 0 ? (size_t)argc - 1 : 0;

	if (argc > 0)
		find_socket(argv[0]);
	if (argc > 0 && is_called(argv[0], "sysctl")) {
		static char name[] = "sysctl";

		argv[0] = name;
		return client_command(argv, (size_t)argc);
	}
	if (n == 0 || strncmp(words[0], "--", 2) != 0)
		return client_command(words, n);
	if (!take_options(&words, &n, &options))
		return IPFW_EXIT_USAGE;
	if (n == 0)
		return complain("--flavour", "and what to do");
	if (strcmp(words[0], "--step") == 0 ||
	    strcmp(words[0], "--packet") == 0)
		return run_steps(words, n);
	return run_option(words, n, &options);
}
