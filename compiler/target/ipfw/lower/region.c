/*
 * Regions: a sweep over the addresses that notes where the set of rules
 * changes.
 */
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

static size_t
count_starts(const struct many *many, enum family family)
{
	size_t n = 0;

	for (size_t i = 0; i < many->rules.n; i++)
		n += addr_set_ranges(&many->rules.v[i].set, family)->n;
	return n;
}

/* By address, those of one address by rule. */
static void
collect_starts(struct sweep *sweep, enum family family)
{
	const struct many *many = sweep->many;
	struct arena *arena = many->l->arena;
	size_t max = count_starts(many, family), n = 0;
	struct addr_range *ranges = arena_reserve(arena, max, sizeof(*ranges));
	uint32_t *rules = arena_reserve(arena, max, sizeof(*rules));
	const uint32_t *order;

	for (size_t i = 0; i < many->rules.n; i++) {
		const struct addr_ranges *set = addr_set_ranges(
		    &many->rules.v[i].set, family);

		for (size_t j = 0; j < set->n; j++, n++) {
			ranges[n] = set->v[j];
			rules[n] = (uint32_t)i;
		}
	}
	order = addr_order(arena, ranges, n);
	sweep->starts = arena_reserve(arena, n, sizeof(*sweep->starts));
	for (size_t i = 0; i < n; i++)
		sweep->starts[i] = (struct start){
		    ranges[order[i]], rules[order[i]]};
	sweep->n = n;
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
	vec_reserve(sweep->many->l->arena, &sweep->out->v, sweep->n);
	vec_reserve(sweep->many->l->arena, &sweep->out->lists, sweep->n);
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
