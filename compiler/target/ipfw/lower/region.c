/*
 * Regions: a sweep over the addresses that notes where the set of rules
 * changes.
 */
#include <stdlib.h>

#include "target/ipfw/lower/many.h"

/* The lists may hold so many entries for each range, and some to spare. */
#define LISTS_FACTOR 16
#define LISTS_SPARE 4096

struct start {
	struct addr_range range;
	uint32_t rule;
};

/* The rules whose ranges hold the address that the sweep is at. */
struct active {
	VEC(struct start) v; /* by rule */
};

struct sweep {
	const struct many *many;
	struct start *starts;
	size_t n;
	struct active active;
	struct regions *out;
};

static int
compare_starts(const void *left, const void *right)
{
	const struct start *a = left, *b = right;
	int order = addr_compare(a->range.lo, b->range.lo);

	if (order != 0)
		return order;
	return (a->rule > b->rule) - (a->rule < b->rule);
}

static void
collect_starts(struct sweep *sweep, enum family family)
{
	const struct many *many = sweep->many;

	sweep->n = 0;
	for (size_t i = 0; i < many->rules.n; i++)
		sweep->n += addr_set_ranges(&many->rules.v[i].set, family)->n;
	sweep->starts = arena_calloc(
	    many->l->arena, sweep->n, sizeof(*sweep->starts));
	sweep->n = 0;
	for (size_t i = 0; i < many->rules.n; i++) {
		const struct addr_ranges *ranges = addr_set_ranges(
		    &many->rules.v[i].set, family);

		for (size_t j = 0; j < ranges->n; j++)
			sweep->starts[sweep->n++] = (struct start){
			    ranges->v[j], (uint32_t)i};
	}
	qsort(sweep->starts, sweep->n, sizeof(*sweep->starts), compare_starts);
}

static void
activate(struct sweep *sweep, struct start start)
{
	struct active *active = &sweep->active;
	size_t at = active->v.n;

	vec_push(sweep->many->l->arena, &active->v, start);
	for (; at > 0 && active->v.v[at - 1].rule > start.rule; at--)
		active->v.v[at] = active->v.v[at - 1];
	active->v.v[at] = start;
}

/* Forget what ends at LAST. */
static void
expire(struct active *active, struct addr last)
{
	size_t kept = 0;

	for (size_t i = 0; i < active->v.n; i++)
		if (addr_compare(active->v.v[i].range.hi, last) > 0)
			active->v.v[kept++] = active->v.v[i];
	active->v.n = kept;
}

/* The last address from FROM on with the same rules. */
static struct addr
same_until(const struct sweep *sweep, size_t next)
{
	struct addr last = sweep->active.v.v[0].range.hi;

	for (size_t i = 1; i < sweep->active.v.n; i++)
		if (addr_compare(sweep->active.v.v[i].range.hi, last) < 0)
			last = sweep->active.v.v[i].range.hi;
	if (next < sweep->n &&
	    addr_compare(sweep->starts[next].range.lo, last) <= 0)
		last = addr_previous(sweep->starts[next].range.lo);
	return last;
}

static void
note_region(
    struct sweep *sweep, enum family family, struct addr from, struct addr last)
{
	struct arena *arena = sweep->many->l->arena;
	struct regions *out = sweep->out;
	struct region region = {
	    .family = family,
	    .range = {from, last},
	    .first = out->lists.n,
	    .n = sweep->active.v.n,
	};

	for (size_t i = 0; i < sweep->active.v.n; i++)
		vec_push(arena, &out->lists, sweep->active.v.v[i].rule);
	vec_push(arena, &out->v, region);
}

static bool
sweep_family(struct sweep *sweep, enum family family)
{
	struct addr at = {0, 0};
	size_t next = 0, max;

	collect_starts(sweep, family);
	max = sweep->out->lists.n + LISTS_FACTOR * sweep->n + LISTS_SPARE;
	while (next < sweep->n || sweep->active.v.n != 0) {
		struct addr last;

		if (sweep->active.v.n == 0)
			at = sweep->starts[next].range.lo;
		while (next < sweep->n &&
		    addr_compare(sweep->starts[next].range.lo, at) == 0)
			activate(sweep, sweep->starts[next++]);
		last = same_until(sweep, next);
		note_region(sweep, family, at, last);
		if (sweep->out->lists.n > max)
			return false;
		expire(&sweep->active, last);
		at = addr_next(last);
	}
	return true;
}

bool
regions_find(const struct many *many, struct regions *regions)
{
	struct sweep sweep = {.many = many, .out = regions};

	return sweep_family(&sweep, FAMILY_4) && sweep_family(&sweep, FAMILY_6);
}
