/*
 * Who is at the other end of a Unix socket.
 */
#ifndef RUNTIME_DAEMON_PEER_H
#define RUNTIME_DAEMON_PEER_H

#include <sys/types.h>

/*
 * The effective user and the process of who connected to FD; a process that
 * the system does not tell is 0.  Returns 0 or an errno value.
 */
int peer_find(int fd, uid_t *user, pid_t *process);

#endif
