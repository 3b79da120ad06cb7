/*
 * The algebra of port sets.
 *
 * As with addresses, every result is built by appending in order, which joins
 * ranges that touch and so keeps the form unique.  Bounds are computed in
 * unsigned int: 65535 + 1 must not become 0.
 */
#include <assert.h>
#include <string.h>

#include "set/port.h"

#define PORT_MAX 65535u

struct builder {
	struct arena *arena;
	VEC(struct port_range) list;
};

static void
append(struct builder *builder, unsigned lo, unsigned hi)
{
	struct port_range range = {(uint16_t)lo, (uint16_t)hi};

	if (builder->list.n > 0) {
		struct port_range *last = &builder->list.v[builder->list.n - 1];

		if (lo <= last->hi + 1u) {
			if (hi > last->hi)
				last->hi = range.hi;
			return;
		}
	}
	vec_push(builder->arena, &builder->list, range);
}

static struct port_set
finish(const struct builder *builder)
{
	return (struct port_set){builder->list.v, builder->list.n};
}

struct port_set
port_set_of(struct arena *arena, uint16_t lo, uint16_t hi)
{
	struct builder builder = {arena, {NULL, 0, 0}};

	assert(lo <= hi);
	append(&builder, lo, hi);
	return finish(&builder);
}

struct port_set
port_set_union(
    struct arena *arena, const struct port_set *a, const struct port_set *b)
{
	struct builder builder = {arena, {NULL, 0, 0}};
	size_t i = 0, j = 0;

	while (i < a->n || j < b->n) {
		const struct port_range *next;

		if (j == b->n)
			next = &a->v[i++];
		else if (i == a->n || b->v[j].lo < a->v[i].lo)
			next = &b->v[j++];
		else
			next = &a->v[i++];
		append(&builder, next->lo, next->hi);
	}
	return finish(&builder);
}

struct port_set
port_set_intersect(
    struct arena *arena, const struct port_set *a, const struct port_set *b)
{
	struct builder builder = {arena, {NULL, 0, 0}};
	size_t i = 0, j = 0;

	while (i < a->n && j < b->n) {
		struct port_range p = a->v[i], q = b->v[j];
		unsigned lo = p.lo > q.lo ? p.lo : q.lo;
		unsigned hi = p.hi < q.hi ? p.hi : q.hi;

		if (lo <= hi)
			append(&builder, lo, hi);
		if (p.hi < q.hi)
			i++;
		else
			j++;
	}
	return finish(&builder);
}

struct port_set
port_set_subtract(
    struct arena *arena, const struct port_set *a, const struct port_set *b)
{
	struct builder builder = {arena, {NULL, 0, 0}};
	size_t j = 0;

	for (size_t i = 0; i < a->n; i++) {
		unsigned lo = a->v[i].lo, hi = a->v[i].hi;

		while (j < b->n && b->v[j].hi < lo)
			j++;
		for (size_t k = j; k < b->n && b->v[k].lo <= hi; k++) {
			if (b->v[k].lo > lo)
				append(&builder, lo, b->v[k].lo - 1u);
			lo = b->v[k].hi + 1u;
		}
		if (lo <= hi)
			append(&builder, lo, hi);
	}
	return finish(&builder);
}

struct port_set
port_set_join(struct port_range *v, size_t n)
{
	size_t last = 0;

	for (size_t i = 1; i < n; i++) {
		if (v[i].lo > v[last].hi + 1u)
			v[++last] = v[i];
		else if (v[i].hi > v[last].hi)
			v[last].hi = v[i].hi;
	}
	return (struct port_set){v, n == 0 ? 0 : last + 1};
}

bool
port_set_equal(const struct port_set *a, const struct port_set *b)
{
	if (a->n != b->n)
		return false;
	for (size_t i = 0; i < a->n; i++) {
		if (a->v[i].lo != b->v[i].lo || a->v[i].hi != b->v[i].hi)
			return false;
	}
	return true;
}

/* The first range that does not end before PORT, NULL if all do. */
static const struct port_range *
find(const struct port_set *set, unsigned port)
{
	size_t low = 0, high = set->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (set->v[middle].hi < port)
			low = middle + 1;
		else
			high = middle;
	}
	return low < set->n ? &set->v[low] : NULL;
}

bool
port_set_covers(const struct port_set *outer, const struct port_set *inner)
{
	for (size_t i = 0; i < inner->n; i++) {
		const struct port_range *found = find(outer, inner->v[i].lo);

		if (found == NULL || found->lo > inner->v[i].lo ||
		    found->hi < inner->v[i].hi)
			return false;
	}
	return true;
}

bool
port_set_overlaps(const struct port_set *a, const struct port_set *b)
{
	size_t i = 0, j = 0;

	if (a->n == 0 || b->n == 0)
		return true;
	while (i < a->n && j < b->n) {
		if (a->v[i].hi < b->v[j].lo)
			i++;
		else if (b->v[j].hi < a->v[i].lo)
			j++;
		else
			return true;
	}
	return false;
}

bool
port_set_contains(const struct port_set *set, uint16_t port)
{
	const struct port_range *found = find(set, port);

	return found != NULL && found->lo <= port;
}

void
port_set_format(struct buf *out, const struct port_set *set)
{
	for (size_t i = 0; i < set->n; i++) {
		const struct port_range *range = &set->v[i];

		if (i > 0)
			buf_putc(out, ',');
		buf_printf(out, "%u", (unsigned)range->lo);
		if (range->hi > range->lo)
			buf_printf(out, "-%u", (unsigned)range->hi);
	}
}
