/*
 * A machine behind a unix socket, which every client finds as the one before
 * left it.
 */
#ifndef EVAL_EMU_SERVER_H
#define EVAL_EMU_SERVER_H

#include <stdbool.h>

#include "target/ipfw/engine/flavour.h"

struct server_options {
	const struct run_flavour *flavour;
	bool has_default; /* the action of rule 65535 is given */
	bool default_allow;
};

/*
 * Serve PATH until a client stops it or SIGTERM, SIGINT or SIGHUP comes.
 * READY, if it is not negative, gets one byte when clients may come.  Returns
 * an exit code.
 */
int server_run(
    const char *path, const struct server_options *options, int ready);
/* The same as a daemon; returns when clients may come. */
int server_start(const char *path, const struct server_options *options);

#endif
