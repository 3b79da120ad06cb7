/*
 * The routing table as the BSDs and Darwin hand it out: messages of route(4),
 * one after the other.
 *
 * The decoder knows no system header, so it can be tested anywhere; what
 * differs between systems comes in struct facts_route_layout.
 */
#ifndef RUNTIME_FACTS_ROUTE_H
#define RUNTIME_FACTS_ROUTE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct facts_route_layout {
	size_t header;		  /* sizeof(struct rt_msghdr) */
	size_t unit;		  /* addresses are padded to a multiple of it */
	uint8_t family4, family6; /* AF_INET, AF_INET6 */
	uint32_t required;	  /* flags that a usable route has */
	uint32_t refused;	  /* and those that it has not */
};

/*
 * The number of the card of the first default route in DUMP, 0 if there is
 * none.  What follows a broken message is not looked at.
 */
unsigned facts_route_default(const struct facts_route_layout *layout, bool six,
    const void *dump, size_t size);

#endif
