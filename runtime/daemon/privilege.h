/*
 * What akind and its children can do without is given away for good.
 */
#ifndef RUNTIME_DAEMON_PRIVILEGE_H
#define RUNTIME_DAEMON_PRIVILEGE_H

/* Does what the system knows; what cannot be given away stays. */
void privilege_drop(void);

#endif
