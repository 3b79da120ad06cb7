/*
 * What each system adds to sandbox.c.
 */
#ifndef RUNTIME_APPLY_SANDBOX_SYSTEM_H
#define RUNTIME_APPLY_SANDBOX_SYSTEM_H

#include <stdbool.h>

/*
 * Does the program look for leaks at its end?  That takes another process and
 * ptrace(2), which confinement would only make fail.
 */
bool sandbox_system_seeks_leaks(void);
/* As sandbox_confine() and sandbox_enter(). */
int sandbox_system_confine(void);
int sandbox_system_enter(void);

#endif
