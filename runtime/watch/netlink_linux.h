/*
 * Messages of rtnetlink(7), as they come out of the socket.
 */
#ifndef RUNTIME_WATCH_NETLINK_LINUX_H
#define RUNTIME_WATCH_NETLINK_LINUX_H

#include <stddef.h>

/* The WATCH_ bits of SIZE bytes, aligned for a struct nlmsghdr. */
unsigned watch_netlink_decode(const void *bytes, size_t size);

#endif
