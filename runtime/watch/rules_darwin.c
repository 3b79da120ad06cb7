/*
 * The kernel tells every change of ipfw's rules, ours too.
 */
#include <sys/types.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/kern_event.h>

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "runtime/watch/kernel_event.h"
#include "runtime/watch/network.h"

#define MESSAGE_SIZE 2048
#define MESSAGES_AT_ONCE 256

static unsigned
read_events(struct watch_source *source)
{
	char bytes[MESSAGE_SIZE];
	unsigned events = 0;

	for (int i = 0; i < MESSAGES_AT_ONCE; i++) {
		ssize_t size = recv(source->fd, bytes, sizeof(bytes), 0);

		if (size > 0)
			events |= watch_kernel_event_decode(
			    sizeof(((struct kern_event_msg *)0)->id), bytes,
			    (size_t)size);
		else if (size == -1 && (errno == EAGAIN || errno == EINTR))
			break;
		else if (size == -1 && errno == ENOBUFS)
			events |= WATCH_RULES;
		else
			return events | WATCH_CLOSED;
	}
	return events;
}

static void
close_events(struct watch_source *source)
{
	close(source->fd);
}

static int
ask_for_events(int fd)
{
	struct kev_request request = {
	    KEV_VENDOR_APPLE, KEV_ANY_CLASS, KEV_ANY_SUBCLASS};

	if (ioctl(fd, SIOCSKEVFILT, &request) == -1 ||
	    fcntl(fd, F_SETFD, FD_CLOEXEC) == -1 ||
	    fcntl(fd, F_SETFL, O_NONBLOCK) == -1)
		return errno;
	return 0;
}

int
watch_open_rules(struct watch_source *source, const struct watch_paths *paths)
{
	int fd = socket(PF_SYSTEM, SOCK_RAW, SYSPROTO_EVENT);
	int error;

	(void)paths;
	if (fd == -1)
		return errno;
	error = ask_for_events(fd);
	if (error != 0) {
		close(fd);
		return error;
	}
	*source = (struct watch_source){.fd = fd,
	    .events = POLLIN,
	    .read = read_events,
	    .close = close_events};
	return 0;
}
