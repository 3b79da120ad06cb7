/*
 * What each system adds to sandbox.c.
 */
#ifndef RUNTIME_APPLY_SANDBOX_SYSTEM_H
#define RUNTIME_APPLY_SANDBOX_SYSTEM_H

/* As sandbox_confine() and sandbox_enter(). */
int sandbox_system_confine(void);
int sandbox_system_enter(void);

#endif
