/*
 * <sys/socket.h> declares struct ucred for GNU sources alone.
 */
#include <sys/types.h>

#include <errno.h>
#include <sys/socket.h>

#include "runtime/daemon/peer.h"

/* As unix(7) has struct ucred. */
struct credentials {
	pid_t process;
	uid_t user;
	gid_t group;
};

int
peer_find(int fd, uid_t *user, pid_t *process)
{
	struct credentials peer;
	socklen_t size = sizeof(peer);

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) == -1)
		return errno;
	if (size != sizeof(peer))
		return EINVAL;
	*user = peer.user;
	*process = peer.process;
	return 0;
}
