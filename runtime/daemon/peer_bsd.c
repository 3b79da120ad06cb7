#include <sys/types.h>
#include <sys/socket.h>

#include <errno.h>
#include <unistd.h>

#include "runtime/daemon/peer.h"

int
peer_find(int fd, uid_t *user, pid_t *process)
{
	gid_t group;

	*process = 0;
	return getpeereid(fd, user, &group) == -1 ? errno : 0;
}
