/*
 * The end of a process that is not our child.
 */
#ifndef RUNTIME_WATCH_PROCESS_H
#define RUNTIME_WATCH_PROCESS_H

#include <sys/types.h>

/*
 * A descriptor that poll(2) finds readable when PID ends.  Returns -1 with
 * errno: ESRCH if there is no such process, ENOSYS if the system cannot say.
 */
int watch_process_open(pid_t pid);

#endif
