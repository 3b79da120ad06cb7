/*
 * IPv4 and IPv6 addresses and sets of them.
 *
 * A set is, for each family, a sorted list of ranges that neither overlap nor
 * touch: one value has one form.  No resolver and no system header is used.
 */
#ifndef SET_ADDR_H
#define SET_ADDR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"

enum family {
	FAMILY_NONE = 0,
	FAMILY_4 = 1,
	FAMILY_6 = 2,
	FAMILY_BOTH = 3, /* as a mask */
};

struct addr {
	uint64_t hi, lo; /* an IPv4 address is in the low 32 bits */
};

struct addr_range {
	struct addr lo, hi; /* both included */
};

struct addr_ranges {
	struct addr_range *v;
	size_t n;
};

struct addr_set {
	struct addr_ranges v4, v6;
};

struct prefix {
	struct addr addr;
	unsigned length; /* 0-32 or 0-128 */
};

struct prefixes {
	struct prefix *v;
	size_t n;
};

enum addr_error {
	ADDR_OK,
	ADDR_BAD,	   /* not an address at all */
	ADDR_BAD_OCTET,	   /* 10.0.0.300 */
	ADDR_LEADING_ZERO, /* 010.0.0.1: octal to some programs */
	ADDR_BAD_LENGTH,   /* /33, /129, /x */
	ADDR_HOST_BITS,	   /* 10.0.0.1/24; RANGE holds the whole net */
	ADDR_BACKWARDS,	   /* 10.0.0.9-10.0.0.1 */
	ADDR_MIXED,	   /* 10.0.0.1-2001:db8:: */
	ADDR_SCOPED,	   /* fe80::1%em0 */
};

int addr_compare(struct addr a, struct addr b);
struct addr addr_max(enum family family);
/* One further and one back, without regard to the family's bounds. */
struct addr addr_next(struct addr addr);
struct addr addr_previous(struct addr addr);
/* One bit, counted from the last, which is 0. */
struct addr addr_bit(unsigned from_last);
/* BASE with all of its last BITS bits set. */
struct addr addr_fill(struct addr base, unsigned bits);

/*
 * TEXT (LENGTH bytes) is an address, a prefix or a range LO-HI.  *PREFIX_LENGTH
 * is the prefix length, or -1 if none was written.  Unless ADDR_OK or
 * ADDR_HOST_BITS is returned, the results mean nothing.
 */
enum addr_error addr_parse(const char *text, size_t length, enum family *family,
    struct addr_range *range, int *prefix_length);
void addr_format(struct buf *out, enum family family, struct addr addr);

/* The empty set is the zero value. */
struct addr_set addr_set_of(
    struct arena *arena, enum family family, struct addr_range range);
struct addr_set addr_set_all(struct arena *arena, enum family families);
struct addr_set addr_set_union(
    struct arena *arena, const struct addr_set *a, const struct addr_set *b);
struct addr_set addr_set_intersect(
    struct arena *arena, const struct addr_set *a, const struct addr_set *b);
struct addr_set addr_set_subtract(
    struct arena *arena, const struct addr_set *a, const struct addr_set *b);
bool addr_set_equal(const struct addr_set *a, const struct addr_set *b);
bool addr_set_empty(const struct addr_set *set);
/* Is every address of INNER in OUTER? */
bool addr_set_covers(
    const struct addr_set *outer, const struct addr_set *inner);
bool addr_set_overlaps(const struct addr_set *a, const struct addr_set *b);
bool addr_set_contains(
    const struct addr_set *set, enum family family, struct addr addr);
/* Which families have addresses, and which have all of theirs. */
enum family addr_set_families(const struct addr_set *set);
enum family addr_set_full(const struct addr_set *set);
const struct addr_ranges *addr_set_ranges(
    const struct addr_set *set, enum family family);

/*
 * The indexes of N ranges by where these begin, equal ones as they stand.
 * Linear for IPv4.
 */
uint32_t *addr_order(struct arena *arena, const struct addr_range *v, size_t n);

/* The set from ranges in any order, overlapping or not: they are copied. */
struct addr_set addr_set_build(struct arena *arena, const struct addr_range *v4,
    size_t n4, const struct addr_range *v6, size_t n6);

/* The shortest list of prefixes that is exactly the set, in order. */
struct prefixes addr_set_prefixes(
    struct arena *arena, const struct addr_set *set, enum family family);
/* "10.0.0.0/8"; a single address has no length. */
void prefix_format(struct buf *out, enum family family, struct prefix prefix);
struct addr_range prefix_range(enum family family, struct prefix prefix);

#endif
