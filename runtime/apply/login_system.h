/*
 * What each system says of processes; login_linux.c, login_freebsd.c and
 * login_darwin.c each have it.
 */
#ifndef RUNTIME_APPLY_LOGIN_SYSTEM_H
#define RUNTIME_APPLY_LOGIN_SYSTEM_H

#include "runtime/apply/login.h"

/* False: there is no such process, or it may not be seen. */
bool login_system_process(pid_t pid, struct login_process *process);
/* NAME in the environment that PID began with; false if it has none. */
bool login_system_variable(
    pid_t pid, const char *name, char text[LOGIN_TEXT_SIZE]);
/*
 * NAME's value in an environment of SIZE bytes, strings that end with a NUL.
 */
bool login_environment_find(const char *environment, size_t size,
    const char *name, char text[LOGIN_TEXT_SIZE]);

#endif
