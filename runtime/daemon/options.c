#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/control/protocol.h"
#include "runtime/daemon/options.h"
#include "runtime/daemon/policy.h"

enum {
	OPTION_HELP = 256,
	OPTION_VERSION,
	OPTION_FORCE,
	OPTION_TAKE_OVER,
	OPTION_SYSLOG,
	OPTION_FLAVOUR,
	OPTION_CATALOGUE,
	OPTION_STATE_DIR,
	OPTION_RUN_DIR,
	OPTION_DEVD,
	OPTION_AKINC,
	OPTION_IPFW,
	OPTION_NATD,
	OPTION_SYSCTL,
	OPTION_KLDSTAT,
	OPTION_KLDLOAD,
	OPTION_KLDUNLOAD,
	OPTION_QUIET,
	OPTION_MOST,
	OPTION_RETRY,
	OPTION_AUDIT,
	OPTION_TICK,
};

static const struct option long_options[] = {
    {"help", no_argument, NULL, OPTION_HELP},
    {"version", no_argument, NULL, OPTION_VERSION},
    {"force", no_argument, NULL, OPTION_FORCE},
    {"take-over", no_argument, NULL, OPTION_TAKE_OVER},
    {"syslog", no_argument, NULL, OPTION_SYSLOG},
    {"flavour", required_argument, NULL, OPTION_FLAVOUR},
    {"catalogue", required_argument, NULL, OPTION_CATALOGUE},
    {"state-dir", required_argument, NULL, OPTION_STATE_DIR},
    {"run-dir", required_argument, NULL, OPTION_RUN_DIR},
    {"devd", required_argument, NULL, OPTION_DEVD},
    {"akinc", required_argument, NULL, OPTION_AKINC},
    {"ipfw", required_argument, NULL, OPTION_IPFW},
    {"natd", required_argument, NULL, OPTION_NATD},
    {"sysctl", required_argument, NULL, OPTION_SYSCTL},
    {"kldstat", required_argument, NULL, OPTION_KLDSTAT},
    {"kldload", required_argument, NULL, OPTION_KLDLOAD},
    {"kldunload", required_argument, NULL, OPTION_KLDUNLOAD},
    {"quiet", required_argument, NULL, OPTION_QUIET},
    {"most", required_argument, NULL, OPTION_MOST},
    {"retry", required_argument, NULL, OPTION_RETRY},
    {"audit", required_argument, NULL, OPTION_AUDIT},
    {"tick", required_argument, NULL, OPTION_TICK},
    {NULL, 0, NULL, 0},
};

static const char help[] =
    "usage: akind [-dnv] [-f POLICY] [-p PIDFILE] [-s SOCKET] [OPTIONS]\n"
    "\n"
    "Keeps a policy in force while the host's network changes.\n"
    "\n"
    "  -d                   go to the background and log to syslog(3)\n"
    "  -f POLICY            %s unless given\n"
    "  -n                   show what would be done, and end\n"
    "  -p PIDFILE           write our process number there\n"
    "  -s SOCKET            for akinctl; " CONTROL_SOCKET " unless given\n"
    "  -v                   log what is looked at, too\n"
    "  --syslog             log to syslog(3) in the foreground\n"
    "  --take-over          disable sets of others that decide before ours\n"
    "  --force              do not ask whether a login would be cut off\n"
    "  --flavour=freebsd|darwin, --catalogue=FILE  as for akinc\n"
    "  --quiet=MS           no event for so long: look (250)\n"
    "  --most=MS            look at last, however many events (2000)\n"
    "  --retry=MS           first pause after a failure; it doubles (1000)\n"
    "  --audit=MS           between looks for changes by others (60000)\n"
    "  --tick=MS            between looks at clock and files (2000)\n"
    "  --state-dir=DIR, --run-dir=DIR, --devd=SOCKET\n"
    "  --akinc=FILE, --ipfw=FILE, --natd=FILE, --sysctl=FILE,\n"
    "  --kldstat=FILE, --kldload=FILE, --kldunload=FILE\n"
    "  --help, --version\n";

void
daemon_options_print_help(FILE *out)
{
	fprintf(out, help, daemon_policy);
}

static bool
usage(const char *what, const char *why)
{
	fprintf(stderr, "akind: %s%s%s\nTry `akind --help`.\n", what,
	    why[0] != '\0' ? ": " : "", why);
	return false;
}

static bool
read_time(const char *text, int64_t least, int64_t *time)
{
	char *end;
	long value = strtol(text, &end, 10);

	if (*text < '0' || *text > '9' || *end != '\0' || value < least ||
	    value > 86400000)
		return usage(text, "milliseconds are due here");
	*time = value;
	return true;
}

/* Children are started by absolute path. */
static bool
read_path(const char *text, const char **path)
{
	*path = text;
	return text[0] == '/' || usage(text, "an absolute path is due here");
}

/* WORD is the option as akinc has it, with its value. */
static bool
add_compiler_option(
    struct daemon_options *options, const char *name, const char *value)
{
	size_t size = strlen(name) + strlen(value) + 2;
	char *word = malloc(size);

	if (options->n_compiler == DAEMON_COMPILER_OPTIONS_MAX ||
	    word == NULL) {
		free(word);
		return usage(value, "too many options");
	}
	snprintf(word, size, "%s=%s", name, value);
	options->words[options->n_compiler] = word;
	options->compiler[options->n_compiler++] = word;
	return true;
}

static bool
set_program(struct apply_paths *paths, int option, const char *value)
{
	switch (option) {
	case OPTION_AKINC:
		return read_path(value, &paths->akinc);
	case OPTION_IPFW:
		return read_path(value, &paths->ipfw);
	case OPTION_NATD:
		return read_path(value, &paths->natd);
	case OPTION_SYSCTL:
		return read_path(value, &paths->sysctl);
	case OPTION_KLDSTAT:
		return read_path(value, &paths->kldstat);
	case OPTION_KLDLOAD:
		return read_path(value, &paths->kldload);
	case OPTION_KLDUNLOAD:
		return read_path(value, &paths->kldunload);
	default:
		return usage("wrong option", "");
	}
}

static bool
set_time(struct daemon_times *times, int option, const char *value)
{
	switch (option) {
	case OPTION_QUIET:
		return read_time(value, 0, &times->quiet);
	case OPTION_MOST:
		return read_time(value, 0, &times->most);
	case OPTION_RETRY:
		return read_time(value, 1, &times->retry_first);
	case OPTION_AUDIT:
		return read_time(value, 1, &times->audit);
	default:
		return read_time(value, 1, &times->tick);
	}
}

static bool
set_long(struct daemon_options *options, int option, const char *value)
{
	switch (option) {
	case OPTION_HELP:
		return options->help = true;
	case OPTION_VERSION:
		return options->version = true;
	case OPTION_FORCE:
		return options->force = true;
	case OPTION_TAKE_OVER:
		return options->take_over = true;
	case OPTION_SYSLOG:
		return options->syslog = true;
	case OPTION_FLAVOUR:
		return add_compiler_option(options, "--flavour", value);
	case OPTION_CATALOGUE:
		return add_compiler_option(options, "--catalogue", value);
	case OPTION_STATE_DIR:
		return read_path(value, &options->state_dir);
	case OPTION_RUN_DIR:
		return read_path(value, &options->run_dir);
	case OPTION_DEVD:
		return read_path(value, &options->devd);
	case OPTION_QUIET:
	case OPTION_MOST:
	case OPTION_RETRY:
	case OPTION_AUDIT:
	case OPTION_TICK:
		return set_time(&options->times, option, value);
	default:
		return set_program(&options->paths, option, value);
	}
}

static bool
set_option(struct daemon_options *options, int option, const char *value)
{
	switch (option) {
	case 'd':
		return options->detach = true;
	case 'f':
		options->policy = value;
		return true;
	case 'n':
		return options->dry_run = true;
	case 'p':
		return read_path(value, &options->pid_file);
	case 's':
		return read_path(value, &options->socket);
	case 'v':
		return options->verbose = true;
	case '?':
		return false;
	default:
		return set_long(options, option, value);
	}
}

/* The background has another working directory. */
static bool
check_options(struct daemon_options *options)
{
	if (options->detach)
		options->syslog = true;
	if (options->detach && options->policy[0] != '/')
		return usage(
		    options->policy, "with -d an absolute path is due");
	if (options->times.most < options->times.quiet)
		options->times.most = options->times.quiet;
	return true;
}

void
daemon_options_free(struct daemon_options *options)
{
	for (size_t i = 0; i < options->n_compiler; i++)
		free(options->words[i]);
	options->n_compiler = 0;
}

bool
daemon_options_parse(struct daemon_options *options, int argc, char **argv)
{
	int option;

	*options = (struct daemon_options){
	    .policy = daemon_policy,
	    .socket = CONTROL_SOCKET,
	    .state_dir = APPLY_STATE_DIR,
	    .run_dir = APPLY_RUN_DIR,
	    .times = {250, 2000, 1000, 300000, 60000, 2000},
	};
	while ((option = getopt_long(
		    argc, argv, "df:np:s:v", long_options, NULL)) != -1) {
		if (option == '?')
			return usage("wrong option", "");
		if (!set_option(options, option, optarg))
			return false;
	}
	if (optind < argc)
		return usage(argv[optind], "there are no operands");
	return check_options(options);
}
