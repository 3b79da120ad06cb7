/*
 * What stays at the terminal while the guard does the work.
 */
#ifndef RUNTIME_APPLY_WATCHER_H
#define RUNTIME_APPLY_WATCHER_H

#include <sys/types.h>

struct watcher_request {
	pid_t guard;  /* a child of this process */
	int out, err; /* what it prints, to be handed on */
	const char *run_dir;
};

/*
 * Hand on what the guard prints until it ends.  A key confirms, an interrupt
 * refuses.  Returns its exit code.
 */
int watcher_run(const struct watcher_request *request);

#endif
