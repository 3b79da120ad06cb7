/*
 * One run at a time, be it ours or the printed script's.
 *
 * The lock is a folder.  In it are `pid`, the process that holds it, `undo`,
 * the journal, and, if akinc or akind made it, `held`, a file that its holder
 * keeps locked: the number of a dead process may be another's by now, such a
 * lock is nobody else's.
 */
#ifndef RUNTIME_APPLY_LOCK_H
#define RUNTIME_APPLY_LOCK_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/arena.h"

struct lock {
	const char *folder;
	int held;     /* descriptor; -1: not ours */
	bool left;    /* its holder died */
	pid_t holder; /* when busy, 0: not known */
};

/* Returns 0, EBUSY while another run holds it, or another errno value. */
int lock_take(struct arena *arena, const char *folder, struct lock *lock);
/* Does a run hold it that is alive? */
bool lock_busy(struct arena *arena, const char *folder);
/* Write down that this process holds it: a child of the one that took it. */
int lock_inherit(struct arena *arena, struct lock *lock);
/* Remove the folder and what is in it. */
void lock_release(struct arena *arena, struct lock *lock);
/* Let go and leave the journal for the next run. */
void lock_abandon(struct lock *lock);

#endif
