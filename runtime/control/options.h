/*
 * The command line of akinctl: options and operands in any order.
 */
#ifndef RUNTIME_CONTROL_OPTIONS_H
#define RUNTIME_CONTROL_OPTIONS_H

#include <stdbool.h>

#include "runtime/control/protocol.h"

/* The exit codes of the house. */
enum control_exit {
	CONTROL_EXIT_FINE = 0,
	CONTROL_EXIT_DRIFT = 1, /* or the policy is wrong */
	CONTROL_EXIT_USAGE = 2,
	CONTROL_EXIT_ENVIRONMENT = 3, /* akind does not run, say */
};

struct control_options {
	struct control_request request;
	const char *socket;
	const char *service; /* program to start akind with; NULL: system's */
	const char *denials; /* log of the packet filter; NULL: system's */
	bool json;
	bool help, version;
};

/*
 * Fill OPTIONS from ARGV; its texts point into it.  Returns false after a
 * message on the standard error about what is wrong.
 */
bool control_options_parse(
    struct control_options *options, int argc, char **argv);
const char *control_options_help(void);

#endif
