/*
 * Sets of ports: sorted ranges of 16 bits that neither overlap nor touch.
 */
#ifndef SET_PORT_H
#define SET_PORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"

struct port_range {
	uint16_t lo, hi; /* both included */
};

struct port_set {
	struct port_range *v;
	size_t n;
};

struct port_set port_set_of(struct arena *arena, uint16_t lo, uint16_t hi);
struct port_set port_set_union(
    struct arena *arena, const struct port_set *a, const struct port_set *b);
struct port_set port_set_intersect(
    struct arena *arena, const struct port_set *a, const struct port_set *b);
struct port_set port_set_subtract(
    struct arena *arena, const struct port_set *a, const struct port_set *b);
/* The set of N ranges sorted by their starts, joined where they are. */
struct port_set port_set_join(struct port_range *v, size_t n);
bool port_set_equal(const struct port_set *a, const struct port_set *b);
bool port_set_covers(
    const struct port_set *outer, const struct port_set *inner);
/* A set without a range is no condition, and overlaps with each. */
bool port_set_overlaps(const struct port_set *a, const struct port_set *b);
bool port_set_contains(const struct port_set *set, uint16_t port);
/* "22,80,8080-8090" */
void port_set_format(struct buf *out, const struct port_set *set);

#endif
