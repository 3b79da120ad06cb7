/*
 * The socket of rtnetlink(7).
 */
#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>

#include "runtime/watch/netlink_linux.h"
#include "runtime/watch/network.h"

#define GROUPS                                                                 \
	(RTMGRP_LINK | RTMGRP_IPV4_IFADDR | RTMGRP_IPV6_IFADDR |               \
	    RTMGRP_IPV4_ROUTE | RTMGRP_IPV6_ROUTE)
/* As the kernel makes them: libmnl advises a page, at most 8192 bytes. */
#define MESSAGE_SIZE 8192
#define MESSAGES_AT_ONCE 256

static unsigned
read_network(struct watch_source *source)
{
	_Alignas(struct nlmsghdr) char bytes[MESSAGE_SIZE];
	unsigned events = 0;

	for (int i = 0; i < MESSAGES_AT_ONCE; i++) {
		ssize_t size = mnl_socket_recvfrom(
		    source->state, bytes, sizeof(bytes));

		if (size > 0)
			events |= watch_netlink_decode(bytes, (size_t)size);
		else if (size == 0)
			return events | WATCH_CLOSED | WATCH_LOST;
		else if (errno == ENOBUFS || errno == ENOSPC)
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
	mnl_socket_close(source->state);
}

int
watch_open_network(struct watch_source *source, const struct watch_paths *paths)
{
	struct mnl_socket *socket = mnl_socket_open2(
	    NETLINK_ROUTE, SOCK_CLOEXEC | SOCK_NONBLOCK);
	int error;

	(void)paths;
	if (socket == NULL)
		return errno;
	if (mnl_socket_bind(socket, GROUPS, MNL_SOCKET_AUTOPID) == -1) {
		error = errno;
		mnl_socket_close(socket);
		return error;
	}
	*source = (struct watch_source){.fd = mnl_socket_get_fd(socket),
	    .events = POLLIN,
	    .state = socket,
	    .read = read_network,
	    .close = close_network};
	return 0;
}
