/*
 * Parts of services while a list of them is put together.
 */
#ifndef SEMA_PARTS_H
#define SEMA_PARTS_H

#include "sema/catalogue.h"

/* A part whose target ports are still being gathered. */
struct part_draft {
	struct service_part part;
	VEC(struct port_range) ports;
};

/* The same draft may be used again: parts_finish() empties it. */
struct parts_draft {
	VEC(struct part_draft) list;
};

/*
 * Add PART, placed at SPAN.  Parts that differ in nothing but their target
 * ports or their ICMP types become one, so that a list of lists of lists does
 * not grow without bound.
 */
void parts_add(struct arena *arena, struct parts_draft *draft,
    const struct service_part *part, struct span span);
void parts_finish(
    struct arena *arena, struct parts_draft *draft, service_parts *out);

/* The set from ranges in any order; they are sorted where they are. */
struct port_set ports_build(
    struct arena *arena, struct port_range *ranges, size_t n);

#endif
