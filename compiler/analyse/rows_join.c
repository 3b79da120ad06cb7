/*
 * Rows are put together family by family, then zone by zone; what another row
 * says already is left out.
 */
#include <string.h>

#include "analyse/rows.h"

struct joining {
	struct arena *arena;
	struct services *services;
	flow_rows *rows;
};

static bool
same_names(const struct flow_row *a, const struct flow_row *b, bool from)
{
	const char *const *x = from ? a->from.v : a->to.v;
	const char *const *y = from ? b->from.v : b->to.v;
	size_t n = from ? a->from.n : a->to.n;

	if (n != (from ? b->from.n : b->to.n))
		return false;
	for (size_t i = 0; i < n; i++)
		if (strcmp(x[i], y[i]) != 0)
			return false;
	return true;
}

static void
unite(struct arena *arena, struct addr_set *a, const struct addr_set *b)
{
	*a = addr_set_union(arena, a, b);
}

/* What is said of one family alone and would be said of both. */
static bdd_ref
of_any_family(struct services *s, bdd_ref set)
{
	struct slice_known known;
	bdd_ref six;

	slice_know_nothing(&known);
	slice_know(&known, s->family, 1);
	six = slice_fix(&s->slicer, set, &known);
	slice_know(&known, s->family, 0);
	return bdd_or(s->bdd, six, slice_fix(&s->slicer, set, &known));
}

static bool
all_hosts(const struct flow_row *row)
{
	return row->from_all && row->to_all;
}

static bool
same_hosts(const struct flow_row *a, const struct flow_row *b)
{
	return addr_set_equal(&a->source, &b->source) &&
	    addr_set_equal(&a->target, &b->target);
}

static size_t
count_prefixes(
    struct arena *arena, const struct addr_set *set, enum family families)
{
	size_t n = 0;

	if (families & FAMILY_4)
		n += addr_set_prefixes(arena, set, FAMILY_4).n;
	if (families & FAMILY_6)
		n += addr_set_prefixes(arena, set, FAMILY_6).n;
	return n;
}

/* Is SET told by what of ALL it leaves out? */
static bool
is_wide(struct arena *arena, const struct addr_set *set,
    const struct addr_set *all, enum family families)
{
	struct addr_set missing = addr_set_subtract(arena, all, set);

	return count_prefixes(arena, &missing, families) <
	    count_prefixes(arena, set, families);
}

/* Do rows of one pair differ in the family alone, or in services alone? */
static bool
joins_families(
    const struct joining *j, const struct flow_row *a, const struct flow_row *b)
{
	if (!same_names(a, b, true) || !same_names(a, b, false))
		return false;
	if ((a->families & b->families) == 0 &&
	    is_wide(j->arena, &a->source, &a->all_source, a->families) ==
		is_wide(j->arena, &b->source, &b->all_source, b->families) &&
	    is_wide(j->arena, &a->target, &a->all_target, a->families) ==
		is_wide(j->arena, &b->target, &b->all_target, b->families) &&
	    of_any_family(j->services, a->services) ==
		of_any_family(j->services, b->services))
		return true;
	if (a->families == b->families && a->services == b->services &&
	    (addr_set_equal(&a->source, &b->source) ||
		addr_set_equal(&a->target, &b->target)))
		return true;
	return (a->families == b->families && same_hosts(a, b)) ||
	    (all_hosts(a) && all_hosts(b));
}

static void
note_whole(struct arena *arena, struct flow_row *row)
{
	row->from_all = row_all_sources(arena, row);
	row->to_all = row_all_targets(arena, row);
}

static void
join_families(
    const struct joining *j, struct flow_row *a, const struct flow_row *b)
{
	a->services = bdd_or(j->services->bdd, a->services, b->services);
	if (a->families != b->families)
		a->one_family = false;
	a->families |= b->families;
	unite(j->arena, &a->source, &b->source);
	unite(j->arena, &a->target, &b->target);
	unite(j->arena, &a->all_source, &b->all_source);
	unite(j->arena, &a->all_target, &b->all_target);
	note_whole(j->arena, a);
	for (size_t i = 0; i < b->before.n; i++)
		row_add_outcome(j->arena, &a->before, b->before.v[i]);
	for (size_t i = 0; i < b->after.n; i++)
		row_add_outcome(j->arena, &a->after, b->after.v[i]);
}

static bool
same_sources(const struct flow_row *a, const struct flow_row *b)
{
	bool all = a->from_all;

	return all == b->from_all &&
	    (all || addr_set_equal(&a->source, &b->source));
}

static bool
same_targets(const struct flow_row *a, const struct flow_row *b)
{
	bool all = a->to_all;

	return all == b->to_all &&
	    (all || addr_set_equal(&a->target, &b->target));
}

/* Do rows differ in the zones of one end alone? */
static bool
joins_zones(const struct flow_row *a, const struct flow_row *b)
{
	if (a->services != b->services || a->families != b->families ||
	    a->one_family != b->one_family ||
	    (!same_names(a, b, true) && !same_names(a, b, false)))
		return false;
	return same_sources(a, b) && same_targets(a, b);
}

static void
add_names(struct arena *arena, struct flow_row *a, const struct flow_row *b)
{
	if (!same_names(a, b, true)) {
		for (size_t i = 0; i < b->from.n; i++)
			vec_push(arena, &a->from, b->from.v[i]);
	} else if (!same_names(a, b, false)) {
		for (size_t i = 0; i < b->to.n; i++)
			vec_push(arena, &a->to, b->to.v[i]);
	}
}

static bool
may_join(const struct flow_row *a, const struct flow_row *b)
{
	return a->value == b->value && a->rank == b->rank &&
	    a->further == b->further && a->midway == b->midway;
}

static void
take_out(flow_rows *rows, size_t at)
{
	for (size_t i = at; i + 1 < rows->n; i++)
		rows->v[i] = rows->v[i + 1];
	rows->n--;
}

static void
join_all(const struct joining *j, bool zones)
{
	for (size_t i = 0; i < j->rows->n; i++)
		for (size_t k = i + 1; k < j->rows->n; k++) {
			struct flow_row *a = &j->rows->v[i];
			const struct flow_row *b = &j->rows->v[k];

			if (!may_join(a, b) ||
			    !(zones ? joins_zones(a, b)
				    : joins_families(j, a, b)))
				continue;
			if (zones)
				add_names(j->arena, a, b);
			join_families(j, a, b);
			take_out(j->rows, k--);
		}
}

static bool
holds_all(const row_outcomes *outer, const row_outcomes *inner)
{
	for (size_t i = 0; i < inner->n; i++) {
		bool found = false;

		for (size_t k = 0; k < outer->n && !found; k++)
			found = outer->v[k] == inner->v[i];
		if (!found)
			return false;
	}
	return true;
}

/* Do the lines that decide B, before and after, decide A as well? */
static bool
same_lines(const struct flow_row *a, const struct flow_row *b)
{
	return holds_all(&a->after, &b->after) &&
	    holds_all(&a->before, &b->before);
}

/* Is B about the same ends as A, and do the same lines say it? */
static bool
is_told(
    const struct joining *j, const struct flow_row *a, const struct flow_row *b)
{
	if (b->midway &&
	    !services_covers(j->services, a->services, b->services))
		return false;
	return a->value == b->value && !a->further && !a->midway &&
	    same_names(a, b, true) && same_names(a, b, false) &&
	    (same_lines(a, b) ||
		services_covers(j->services, a->services, b->services));
}

/* What goes to groups goes without saying where the zone's own hosts do. */
static void
fold_further(const struct joining *j)
{
	for (size_t i = 0; i < j->rows->n; i++) {
		const struct flow_row *row = &j->rows->v[i];

		for (size_t k = 0;
		     (row->further || row->midway) && k < j->rows->n; k++) {
			struct flow_row *other = &j->rows->v[k];

			if (!is_told(j, other, row))
				continue;
			other->services = bdd_or(
			    j->services->bdd, other->services, row->services);
			if (other->families != row->families)
				other->one_family = false;
			other->families |= row->families;
			take_out(j->rows, i--);
			break;
		}
	}
}

static bool
is_way_back(const struct flow_row *a, const struct flow_row *b)
{
	return strcmp(a->from.v[0], b->to.v[0]) == 0 &&
	    strcmp(a->to.v[0], b->from.v[0]) == 0;
}

/* A line from B's target to its source says it: an exchange, the way back. */
static void
drop_ways_back(const struct joining *j, rows_is_back is_back, void *context)
{
	for (size_t i = 0; i < j->rows->n; i++) {
		const struct flow_row *row = &j->rows->v[i];

		if (!is_back(context, row))
			continue;
		for (size_t k = 0; k < j->rows->n; k++) {
			const struct flow_row *other = &j->rows->v[k];

			if (!is_way_back(other, row) || !same_lines(other, row))
				continue;
			take_out(j->rows, i--);
			break;
		}
	}
}

static void
sort(flow_rows *rows)
{
	for (size_t i = 1; i < rows->n; i++)
		for (size_t k = i;
		     k > 0 && rows->v[k].rank < rows->v[k - 1].rank; k--) {
			struct flow_row row = rows->v[k];

			rows->v[k] = rows->v[k - 1];
			rows->v[k - 1] = row;
		}
}

void
rows_join(struct arena *arena, struct services *services, flow_rows *rows,
    rows_is_back is_back, void *context)
{
	struct joining j = {arena, services, rows};

	for (size_t i = 0; i < rows->n; i++)
		note_whole(arena, &rows->v[i]);
	join_all(&j, false);
	fold_further(&j);
	drop_ways_back(&j, is_back, context);
	join_all(&j, true);
	join_all(&j, true);
	sort(rows);
}
