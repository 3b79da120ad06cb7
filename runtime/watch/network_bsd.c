/*
 * The socket of route(4).
 */
#include <sys/types.h>
#include <sys/socket.h>

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "runtime/watch/network.h"
#include "runtime/watch/route.h"

/* A message has two headers' worth of addresses at most. */
#define MESSAGE_SIZE 4096
#define MESSAGES_AT_ONCE 256

static unsigned
read_network(struct watch_source *source)
{
	char bytes[MESSAGE_SIZE];
	unsigned events = 0;

	for (int i = 0; i < MESSAGES_AT_ONCE; i++) {
		ssize_t size = read(source->fd, bytes, sizeof(bytes));

		if (size > 0)
			events |= watch_route_decode(
			    &watch_route_layout, bytes, (size_t)size);
		else if (size == 0)
			return events | WATCH_CLOSED | WATCH_LOST;
		else if (errno == ENOBUFS)
			events |= WATCH_LOST;
		else if (errno == EAGAIN || errno == EINTR)
			break;
		else
			return events | WATCH_CLOSED | WATCH_LOST;
	}
	return events;
}

static void
close_network(struct watch_source *source)
{
	close(source->fd);
}

int
watch_open_network(struct watch_source *source, const struct watch_paths *paths)
{
	int fd = socket(PF_ROUTE, SOCK_RAW, 0);
	int error;

	(void)paths;
	if (fd == -1)
		return errno;
	if (fcntl(fd, F_SETFD, FD_CLOEXEC) == -1 ||
	    fcntl(fd, F_SETFL, O_NONBLOCK) == -1) {
		error = errno;
		close(fd);
		return error;
	}
	*source = (struct watch_source){.fd = fd,
	    .events = POLLIN,
	    .read = read_network,
	    .close = close_network};
	return 0;
}
