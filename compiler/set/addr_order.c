/*
 * Ranges in the order of their starts.
 *
 * What is sorted is no range but eight bytes: the address and the index of the
 * range.  IPv4 addresses are sorted byte by byte from the last one on, with no
 * comparison; a byte that all have in common, such as that of 10.0.0.0/8,
 * costs one look.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "set/addr.h"

#define FEW 32
#define BYTE_VALUES 256
#define ADDRESS_SHIFT 32

struct wide_item {
	struct addr addr;
	uint32_t index;
};

static int
compare_wide(const void *left, const void *right)
{
	const struct wide_item *a = left, *b = right;
	int order = addr_compare(a->addr, b->addr);

	return order != 0 ? order
			  : (a->index > b->index) - (a->index < b->index);
}

static void
order_wide(
    struct arena *arena, const struct addr_range *v, size_t n, uint32_t *order)
{
	struct wide_item *items = arena_reserve(arena, n, sizeof(*items));

	for (size_t i = 0; i < n; i++)
		items[i] = (struct wide_item){v[i].lo, (uint32_t)i};
	qsort(items, n, sizeof(*items), compare_wide);
	for (size_t i = 0; i < n; i++)
		order[i] = items[i].index;
}

static void
sort_few(uint64_t *items, size_t n)
{
	for (size_t i = 1; i < n; i++) {
		uint64_t item = items[i];
		size_t at = i;

		for (; at > 0 && items[at - 1] > item; at--)
			items[at] = items[at - 1];
		items[at] = item;
	}
}

/* By the byte at SHIFT; false, and nothing is done, if all have the same. */
static bool
sort_by_byte(uint64_t *to, const uint64_t *from, size_t n, unsigned shift)
{
	size_t starts[BYTE_VALUES] = {0}, sum = 0;

	for (size_t i = 0; i < n; i++)
		starts[from[i] >> shift & 0xff]++;
	if (starts[from[0] >> shift & 0xff] == n)
		return false;
	for (size_t i = 0; i < BYTE_VALUES; i++) {
		size_t count = starts[i];

		starts[i] = sum;
		sum += count;
	}
	for (size_t i = 0; i < n; i++)
		to[starts[from[i] >> shift & 0xff]++] = from[i];
	return true;
}

static uint64_t *
sort_many(struct arena *arena, uint64_t *items, size_t n)
{
	uint64_t *other = arena_reserve(arena, n, sizeof(*other));

	for (unsigned shift = ADDRESS_SHIFT; shift < 64; shift += 8)
		if (sort_by_byte(other, items, n, shift)) {
			uint64_t *sorted = other;

			other = items;
			items = sorted;
		}
	return items;
}

static bool
is_narrow(const struct addr_range *v, size_t n)
{
	uint64_t bits = 0;

	for (size_t i = 0; i < n; i++)
		bits |= v[i].lo.hi | v[i].lo.lo >> ADDRESS_SHIFT;
	return bits == 0;
}

static void
order_narrow(
    struct arena *arena, const struct addr_range *v, size_t n, uint32_t *order)
{
	uint64_t few[FEW], *items = few;

	if (n > FEW)
		items = arena_reserve(arena, n, sizeof(*items));
	for (size_t i = 0; i < n; i++)
		items[i] = v[i].lo.lo << ADDRESS_SHIFT | i;
	if (n > FEW)
		items = sort_many(arena, items, n);
	else
		sort_few(items, n);
	for (size_t i = 0; i < n; i++)
		order[i] = (uint32_t)items[i];
}

uint32_t *
addr_order(struct arena *arena, const struct addr_range *v, size_t n)
{
	uint32_t *order = arena_reserve(arena, n, sizeof(*order));

	assert(n <= UINT32_MAX);
	if (is_narrow(v, n))
		order_narrow(arena, v, n, order);
	else
		order_wide(arena, v, n, order);
	return order;
}
