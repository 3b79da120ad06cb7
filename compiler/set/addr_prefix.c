/*
 * Prefixes, and a set cut into as few of them as can be.
 */
#include <assert.h>

#include "set/addr.h"

static unsigned
family_width(enum family family)
{
	return family == FAMILY_4 ? 32 : 128;
}

/* The number whose low BITS bits are set. */
static struct addr
low_bits(unsigned bits)
{
	if (bits >= 128)
		return (struct addr){UINT64_MAX, UINT64_MAX};
	if (bits >= 64)
		return (struct addr){
		    (UINT64_C(1) << (bits - 64)) - 1, UINT64_MAX};
	return (struct addr){0, (UINT64_C(1) << bits) - 1};
}

struct addr_range
prefix_range(enum family family, struct prefix prefix)
{
	unsigned width = family_width(family);
	struct addr host;

	assert(prefix.length <= width);
	host = low_bits(width - prefix.length);
	return (struct addr_range){
	    {prefix.addr.hi & ~host.hi, prefix.addr.lo & ~host.lo},
	    {prefix.addr.hi | host.hi, prefix.addr.lo | host.lo}};
}

void
prefix_format(struct buf *out, enum family family, struct prefix prefix)
{
	addr_format(out, family, prefix.addr);
	if (prefix.length == family_width(family))
		return;
	buf_putc(out, '/');
	buf_put_number(out, prefix.length);
}

/* The shortest prefix that begins at RANGE's start and does not leave it. */
static struct prefix
first_prefix(enum family family, struct addr_range range)
{
	struct prefix best = {range.lo, family_width(family)};

	while (best.length > 0) {
		struct prefix wider = {range.lo, best.length - 1};
		struct addr_range net = prefix_range(family, wider);

		if (addr_compare(net.lo, range.lo) != 0 ||
		    addr_compare(net.hi, range.hi) > 0)
			break;
		best = wider;
	}
	return best;
}

/*
 * Ranges do not touch, so no prefix can span two of them.  Within a range the
 * widest prefix at each step leads to the shortest list.
 */
struct prefixes
addr_set_prefixes(
    struct arena *arena, const struct addr_set *set, enum family family)
{
	const struct addr_ranges *ranges = addr_set_ranges(set, family);
	VEC(struct prefix) list = {NULL, 0, 0};

	for (size_t i = 0; i < ranges->n; i++) {
		struct addr_range rest = ranges->v[i];

		for (;;) {
			struct prefix prefix = first_prefix(family, rest);
			struct addr end = prefix_range(family, prefix).hi;

			vec_push(arena, &list, prefix);
			if (addr_compare(end, rest.hi) == 0)
				break;
			rest.lo = addr_next(end);
		}
	}
	return (struct prefixes){list.v, list.n};
}
