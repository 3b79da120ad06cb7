/*
 * Another program, run to its end: by argument vector and absolute path, with
 * an environment of our own, its input and output bounded, and killed with all
 * that it started when its time is up.
 */
#ifndef RUNTIME_APPLY_CHILD_H
#define RUNTIME_APPLY_CHILD_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/arena.h"
#include "base/buf.h"

struct child_request {
	const char *const *words; /* the path first; NULL ends */
	const char *input;	  /* its standard input; NULL: nothing */
	size_t size;
	unsigned timeout;  /* seconds */
	size_t output_max; /* bytes of its standard output */
	bool drop;	   /* run as USER and GROUP, and no other group */
	uid_t user;
	gid_t group;
	bool confine; /* see sandbox.h */
	/*
	 * A descriptor that it keeps open, if not below 3: a lock that is held
	 * until the last who may still change something has ended.
	 */
	int hold;
	int files; /* another one, which it reads from its beginning */
};

struct child_result {
	int error;	/* of fork, exec or the pipes; else 0 */
	bool timed_out; /* was killed for it */
	bool too_long;	/* its output; was killed for it */
	int code;	/* exit code, or -1 */
	int signal;	/* that ended it, or 0 */
	struct buf out, err;
};

/* Returns true if it ran and ended with exit code 0. */
bool child_run(struct arena *arena, const struct child_request *request,
    struct child_result *result);
/* What went wrong, for a message: "ended with exit code 71". */
const char *child_fault(struct arena *arena, const struct child_result *result);

#endif
