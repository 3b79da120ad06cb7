/*
 * devd(8)'s socket for many readers, a packet a notice.
 */
#include <sys/socket.h>
#include <sys/un.h>

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "runtime/watch/devd.h"
#include "runtime/watch/network.h"

#define SOCKET_PATH "/var/run/devd.seqpacket.pipe"
#define PACKET_SIZE 8192
#define PACKETS_AT_ONCE 256

static unsigned
read_devd(struct watch_source *source)
{
	char bytes[PACKET_SIZE];
	unsigned events = 0;

	for (int i = 0; i < PACKETS_AT_ONCE; i++) {
		ssize_t size = recv(source->fd, bytes, sizeof(bytes), 0);

		if (size > 0)
			events |= watch_devd_decode(bytes, (size_t)size);
		else if (size == -1 && (errno == EAGAIN || errno == EINTR))
			break;
		else
			return events | WATCH_CLOSED;
	}
	return events;
}

static void
close_devd(struct watch_source *source)
{
	close(source->fd);
}

static int
connect_to(const char *path, int *fd)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int error = 0;

	if (strlen(path) >= sizeof(address.sun_path))
		return ENAMETOOLONG;
	memcpy(address.sun_path, path, strlen(path));
	*fd = socket(AF_UNIX, SOCK_SEQPACKET, 0);
	if (*fd == -1)
		return errno;
	if (fcntl(*fd, F_SETFD, FD_CLOEXEC) == -1 ||
	    fcntl(*fd, F_SETFL, O_NONBLOCK) == -1 ||
	    connect(*fd, (struct sockaddr *)&address, sizeof(address)) == -1)
		error = errno;
	if (error != 0)
		close(*fd);
	return error;
}

int
watch_open_devd(struct watch_source *source, const struct watch_paths *paths)
{
	int fd, error;

	error = connect_to(
	    paths->devd == NULL ? SOCKET_PATH : paths->devd, &fd);
	if (error != 0)
		return error;
	*source = (struct watch_source){
	    .fd = fd, .events = POLLIN, .read = read_devd, .close = close_devd};
	return 0;
}
