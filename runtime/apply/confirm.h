/*
 * A generation that waits for its confirmation.
 *
 * While it waits there is the file `confirm.waiting` in the run folder.  Who
 * confirms, who refuses and whose time is up rename it, and only one of them
 * can: so whatever they say afterwards is true.
 */
#ifndef RUNTIME_APPLY_CONFIRM_H
#define RUNTIME_APPLY_CONFIRM_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

enum confirm_answer {
	CONFIRM_WAITING,
	CONFIRM_GIVEN,
	CONFIRM_REFUSED,
	CONFIRM_LATE,	/* nobody answered in time */
	CONFIRM_KEPT,	/* it was given, and all is done */
	CONFIRM_UNDONE, /* whatever was said, it is taken back */
	CONFIRM_NONE,	/* nothing waits */
};

struct confirm_wait {
	pid_t guard;   /* who takes it back */
	unsigned set;  /* that was put in force */
	int64_t until; /* seconds since 1970, for a message only */
};

/*
 * Begin to wait; what an earlier wait has left is removed.  Returns 0 or an
 * errno value.
 */
int confirm_begin(const char *run_dir, const struct confirm_wait *wait);
/*
 * Answer: GIVEN, REFUSED or LATE.  Returns 0 if this answer counts, ENOENT if
 * nothing waits (any more), or another errno value.
 */
int confirm_answer(const char *run_dir, enum confirm_answer answer);
enum confirm_answer confirm_look(const char *run_dir);
/* What waits; false if nothing does. */
bool confirm_waits(const char *run_dir, struct confirm_wait *wait);
/* What came of it: KEPT or UNDONE takes the place of the answer, if any. */
void confirm_settle(const char *run_dir, enum confirm_answer outcome);

#endif
