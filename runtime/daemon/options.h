/*
 * akind's command line.
 */
#ifndef RUNTIME_DAEMON_OPTIONS_H
#define RUNTIME_DAEMON_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "runtime/apply/apply.h"

#define DAEMON_COMPILER_OPTIONS_MAX 16

/* All in milliseconds. */
struct daemon_times {
	int64_t quiet; /* without a further event before we look */
	int64_t most;  /* after the first event, however many follow */
	int64_t retry_first, retry_most; /* after a failure */
	int64_t audit; /* between looks for changes by others */
	int64_t tick;  /* between looks at the clock and the files */
};

struct daemon_options {
	const char *policy, *socket, *pid_file, *devd;
	const char *state_dir, *run_dir;
	struct apply_paths paths;
	uid_t user; /* who compiles; 0: it is looked for each time */
	gid_t group;
	/* For akinc, ended by NULL: "--flavour=freebsd", … */
	const char *compiler[DAEMON_COMPILER_OPTIONS_MAX + 1];
	char *words[DAEMON_COMPILER_OPTIONS_MAX]; /* the same, ours */
	size_t n_compiler;
	struct daemon_times times;
	bool detach, dry_run, force, take_over, syslog, verbose;
	bool help, version;
};

/*
 * Fill OPTIONS from ARGV; its texts point into it.  Returns false after a
 * message on the standard error.
 */
bool daemon_options_parse(
    struct daemon_options *options, int argc, char **argv);
void daemon_options_free(struct daemon_options *options);
void daemon_options_print_help(FILE *out);

#endif
