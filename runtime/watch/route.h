/*
 * Messages of a route(4) socket on the BSDs and Darwin.
 *
 * The decoder knows no system header, so it can be tested anywhere; where the
 * members of a message are on a system comes in struct watch_route_layout.
 */
#ifndef RUNTIME_WATCH_ROUTE_H
#define RUNTIME_WATCH_ROUTE_H

#include <stddef.h>
#include <stdint.h>

struct watch_route_layout {
	/* struct rt_msghdr: its size, rtm_flags, rtm_addrs. */
	size_t route_size, route_flags, route_addresses;
	/* The least sizes of the other messages. */
	size_t card_size;     /* struct if_msghdr up to its data */
	size_t address_size;  /* struct ifa_msghdr */
	size_t announce_size; /* struct if_announcemsghdr; 0: no such */
	uint8_t family4, family6;
	uint32_t host_flags; /* a route to one host has one of them */
};

/* The WATCH_ bits of SIZE bytes; they need no alignment. */
unsigned watch_route_decode(
    const struct watch_route_layout *layout, const void *bytes, size_t size);

/* This system's; route_freebsd.c and route_darwin.c each have one. */
extern const struct watch_route_layout watch_route_layout;

#endif
