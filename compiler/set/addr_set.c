/*
 * The algebra of address sets, one pass over the sorted ranges of both sides.
 *
 * Every result is built by appending in order, which joins ranges that touch;
 * that alone keeps the form unique.  Sets are never changed once made, so a
 * result may share the ranges of an operand.
 */
#include <assert.h>

#include "set/addr.h"

struct builder {
	struct arena *arena;
	VEC(struct addr_range) list;
};

typedef struct addr_ranges (*ranges_operation)(struct arena *arena,
    const struct addr_ranges *a, const struct addr_ranges *b);

/* Does LO begin inside a range that ends at HI, or just after it? */
static bool
is_joined(struct addr hi, struct addr lo)
{
	return addr_compare(lo, hi) <= 0 ||
	    addr_compare(addr_previous(lo), hi) == 0;
}

/* Widen LAST by RANGE, which does not begin before it, if they are joined. */
static bool
absorb(struct addr_range *last, struct addr_range range)
{
	if (!is_joined(last->hi, range.lo))
		return false;
	if (addr_compare(range.hi, last->hi) > 0)
		last->hi = range.hi;
	return true;
}

static void
append(struct builder *builder, struct addr lo, struct addr hi)
{
	struct addr_range range = {lo, hi};

	if (builder->list.n > 0 &&
	    absorb(&builder->list.v[builder->list.n - 1], range))
		return;
	vec_push(builder->arena, &builder->list, range);
}

static struct addr_ranges
finish(const struct builder *builder)
{
	return (struct addr_ranges){builder->list.v, builder->list.n};
}

static struct addr_ranges
ranges_union(struct arena *arena, const struct addr_ranges *a,
    const struct addr_ranges *b)
{
	struct builder builder = {arena, {NULL, 0, 0}};
	size_t i = 0, j = 0;

	if (a->n == 0)
		return *b;
	if (b->n == 0)
		return *a;
	while (i < a->n || j < b->n) {
		const struct addr_range *next;

		if (j == b->n)
			next = &a->v[i++];
		else if (i == a->n)
			next = &b->v[j++];
		else if (addr_compare(a->v[i].lo, b->v[j].lo) <= 0)
			next = &a->v[i++];
		else
			next = &b->v[j++];
		append(&builder, next->lo, next->hi);
	}
	return finish(&builder);
}

static struct addr_ranges
ranges_intersect(struct arena *arena, const struct addr_ranges *a,
    const struct addr_ranges *b)
{
	struct builder builder = {arena, {NULL, 0, 0}};
	size_t i = 0, j = 0;

	while (i < a->n && j < b->n) {
		struct addr_range p = a->v[i], q = b->v[j];
		struct addr lo = addr_compare(p.lo, q.lo) > 0 ? p.lo : q.lo;
		struct addr hi = addr_compare(p.hi, q.hi) < 0 ? p.hi : q.hi;

		if (addr_compare(lo, hi) <= 0)
			append(&builder, lo, hi);
		if (addr_compare(p.hi, q.hi) < 0)
			i++;
		else
			j++;
	}
	return finish(&builder);
}

/* What is left of RANGE without the ranges HOLES, from index J on. */
static void
append_without(struct builder *builder, struct addr_range range,
    const struct addr_ranges *holes, size_t j)
{
	for (; j < holes->n; j++) {
		struct addr_range hole = holes->v[j];

		if (addr_compare(hole.lo, range.hi) > 0)
			break;
		if (addr_compare(hole.lo, range.lo) > 0)
			append(builder, range.lo, addr_previous(hole.lo));
		if (addr_compare(hole.hi, range.hi) >= 0)
			return;
		range.lo = addr_next(hole.hi);
	}
	append(builder, range.lo, range.hi);
}

static struct addr_ranges
ranges_subtract(struct arena *arena, const struct addr_ranges *a,
    const struct addr_ranges *b)
{
	struct builder builder = {arena, {NULL, 0, 0}};
	size_t j = 0;

	if (b->n == 0)
		return *a;
	for (size_t i = 0; i < a->n; i++) {
		while (j < b->n && addr_compare(b->v[j].hi, a->v[i].lo) < 0)
			j++;
		append_without(&builder, a->v[i], b, j);
	}
	return finish(&builder);
}

static struct addr_set
each_family(ranges_operation operation, struct arena *arena,
    const struct addr_set *a, const struct addr_set *b)
{
	struct addr_set result;

	result.v4 = operation(arena, &a->v4, &b->v4);
	result.v6 = operation(arena, &a->v6, &b->v6);
	return result;
}

struct addr_set
addr_set_union(
    struct arena *arena, const struct addr_set *a, const struct addr_set *b)
{
	return each_family(ranges_union, arena, a, b);
}

struct addr_set
addr_set_intersect(
    struct arena *arena, const struct addr_set *a, const struct addr_set *b)
{
	return each_family(ranges_intersect, arena, a, b);
}

struct addr_set
addr_set_subtract(
    struct arena *arena, const struct addr_set *a, const struct addr_set *b)
{
	return each_family(ranges_subtract, arena, a, b);
}

struct addr_set
addr_set_of(struct arena *arena, enum family family, struct addr_range range)
{
	struct addr_set set = {{NULL, 0}, {NULL, 0}};
	struct addr_ranges *ranges = family == FAMILY_4 ? &set.v4 : &set.v6;

	assert(family == FAMILY_4 || family == FAMILY_6);
	assert(addr_compare(range.lo, range.hi) <= 0);
	ranges->v = arena_new(arena, struct addr_range);
	ranges->v[0] = range;
	ranges->n = 1;
	return set;
}

static struct addr_set
all_of(struct arena *arena, enum family family)
{
	struct addr_range range = {{0, 0}, addr_max(family)};

	return addr_set_of(arena, family, range);
}

struct addr_set
addr_set_all(struct arena *arena, enum family families)
{
	struct addr_set set = {{NULL, 0}, {NULL, 0}};

	if (families & FAMILY_4)
		set.v4 = all_of(arena, FAMILY_4).v4;
	if (families & FAMILY_6)
		set.v6 = all_of(arena, FAMILY_6).v6;
	return set;
}

static bool
ranges_equal(const struct addr_ranges *a, const struct addr_ranges *b)
{
	if (a->n != b->n)
		return false;
	for (size_t i = 0; i < a->n; i++) {
		if (addr_compare(a->v[i].lo, b->v[i].lo) != 0 ||
		    addr_compare(a->v[i].hi, b->v[i].hi) != 0)
			return false;
	}
	return true;
}

bool
addr_set_equal(const struct addr_set *a, const struct addr_set *b)
{
	return ranges_equal(&a->v4, &b->v4) && ranges_equal(&a->v6, &b->v6);
}

bool
addr_set_empty(const struct addr_set *set)
{
	return set->v4.n == 0 && set->v6.n == 0;
}

/* The first range that does not end before ADDR, NULL if all do. */
static const struct addr_range *
ranges_find(const struct addr_ranges *ranges, struct addr addr)
{
	size_t low = 0, high = ranges->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (addr_compare(ranges->v[middle].hi, addr) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low < ranges->n ? &ranges->v[low] : NULL;
}

static bool
ranges_cover(const struct addr_ranges *outer, const struct addr_ranges *inner)
{
	for (size_t i = 0; i < inner->n; i++) {
		struct addr_range range = inner->v[i];
		const struct addr_range *found = ranges_find(outer, range.lo);

		if (found == NULL || addr_compare(found->lo, range.lo) > 0 ||
		    addr_compare(found->hi, range.hi) < 0)
			return false;
	}
	return true;
}

bool
addr_set_covers(const struct addr_set *outer, const struct addr_set *inner)
{
	return ranges_cover(&outer->v4, &inner->v4) &&
	    ranges_cover(&outer->v6, &inner->v6);
}

/* The shorter list is walked, the longer one searched. */
static bool
ranges_overlap(const struct addr_ranges *a, const struct addr_ranges *b)
{
	if (a->n > b->n)
		return ranges_overlap(b, a);
	for (size_t i = 0; i < a->n; i++) {
		struct addr_range range = a->v[i];
		const struct addr_range *found = ranges_find(b, range.lo);

		if (found != NULL && addr_compare(found->lo, range.hi) <= 0)
			return true;
	}
	return false;
}

bool
addr_set_overlaps(const struct addr_set *a, const struct addr_set *b)
{
	return ranges_overlap(&a->v4, &b->v4) || ranges_overlap(&a->v6, &b->v6);
}

bool
addr_set_contains(
    const struct addr_set *set, enum family family, struct addr addr)
{
	const struct addr_range *found = ranges_find(
	    addr_set_ranges(set, family), addr);

	return found != NULL && addr_compare(found->lo, addr) <= 0;
}

enum family
addr_set_families(const struct addr_set *set)
{
	return (enum family)((set->v4.n > 0 ? FAMILY_4 : FAMILY_NONE) |
	    (set->v6.n > 0 ? FAMILY_6 : FAMILY_NONE));
}

static bool
is_full(const struct addr_ranges *ranges, enum family family)
{
	struct addr none = {0, 0};

	return ranges->n == 1 && addr_compare(ranges->v[0].lo, none) == 0 &&
	    addr_compare(ranges->v[0].hi, addr_max(family)) == 0;
}

enum family
addr_set_full(const struct addr_set *set)
{
	return (enum family)(
	    (is_full(&set->v4, FAMILY_4) ? FAMILY_4 : FAMILY_NONE) |
	    (is_full(&set->v6, FAMILY_6) ? FAMILY_6 : FAMILY_NONE));
}

const struct addr_ranges *
addr_set_ranges(const struct addr_set *set, enum family family)
{
	assert(family == FAMILY_4 || family == FAMILY_6);
	return family == FAMILY_4 ? &set->v4 : &set->v6;
}

static struct addr_ranges
ranges_build(struct arena *arena, const struct addr_range *v, size_t n)
{
	struct addr_ranges result = {NULL, 0};
	const uint32_t *order;

	if (n == 0)
		return result;
	order = addr_order(arena, v, n);
	result.v = arena_reserve(arena, n, sizeof(*result.v));
	for (size_t i = 0; i < n; i++) {
		struct addr_range next = v[order[i]];

		if (result.n == 0 || !absorb(&result.v[result.n - 1], next))
			result.v[result.n++] = next;
	}
	return result;
}

struct addr_set
addr_set_build(struct arena *arena, const struct addr_range *v4, size_t n4,
    const struct addr_range *v6, size_t n6)
{
	struct addr_set set;

	set.v4 = ranges_build(arena, v4, n4);
	set.v6 = ranges_build(arena, v6, n6);
	return set;
}
