/*
 * The set algebra, compared with plain arrays of truth values.
 *
 * A world is a window of 256 addresses; the windows lie where arithmetic can
 * go wrong: at both ends of each family and across the middle of an IPv6
 * address.
 */
#include <string.h>

#include "set/addr.h"
#include "tests/unit/unit.h"

#define SIZE 256
#define ROUNDS 400

struct world {
	enum family family;
	struct addr base;
	bool aligned; /* is the window one prefix? */
};

static const struct world worlds[] = {
    {FAMILY_4, {0, 0}, true},
    {FAMILY_4, {0, 0xffffff00}, true},
    {FAMILY_4, {0, 0x0a0000c0}, false},
    {FAMILY_6, {0, 0}, true},
    {FAMILY_6, {UINT64_MAX, UINT64_MAX - 0xff}, true},
    {FAMILY_6, {0x20010db8, UINT64_MAX - 0x7f}, false},
};

#define WORLDS ((int)(sizeof(worlds) / sizeof(*worlds)))

/* The model: a set is what it holds. */
struct model {
	bool holds[SIZE];
};

static struct addr
addr_at(const struct world *world, unsigned i)
{
	struct addr addr = world->base;

	addr.lo += i;
	if (addr.lo < i)
		addr.hi++;
	return addr;
}

/* Up to eight ranges, in no order, that may overlap, touch or repeat. */
static struct addr_set
random_set(struct arena *arena, const struct world *world, uint64_t *state,
    struct model *model)
{
	struct addr_range ranges[8];
	size_t n = unit_random(state) % 9;

	memset(model, 0, sizeof(*model));
	for (size_t i = 0; i < n; i++) {
		unsigned lo = unit_random(state) % SIZE;
		unsigned hi = lo + unit_random(state) % 40;

		if (hi >= SIZE)
			hi = SIZE - 1;
		ranges[i].lo = addr_at(world, lo);
		ranges[i].hi = addr_at(world, hi);
		for (unsigned j = lo; j <= hi; j++)
			model->holds[j] = true;
	}
	if (world->family == FAMILY_4)
		return addr_set_build(arena, ranges, n, NULL, 0);
	return addr_set_build(arena, NULL, 0, ranges, n);
}

/* The runs of MODEL as ranges: the one form that a set may have. */
static size_t
runs_of(const struct world *world, const struct model *model,
    struct addr_range *runs)
{
	size_t n = 0;

	for (unsigned i = 0; i < SIZE; i++) {
		if (!model->holds[i])
			continue;
		if (i == 0 || !model->holds[i - 1])
			runs[n++].lo = addr_at(world, i);
		runs[n - 1].hi = addr_at(world, i);
	}
	return n;
}

/* One assertion for many facts, since each costs a write to a pipe. */
static void
check_set(const struct world *world, const struct addr_set *set,
    const struct model *model)
{
	const struct addr_ranges *ranges = addr_set_ranges(set, world->family);
	struct addr_range runs[SIZE];
	size_t n = runs_of(world, model, runs);
	bool agrees = true;

	ck_assert_uint_eq(ranges->n, n);
	ck_assert_uint_eq(set->v4.n + set->v6.n, n);
	for (size_t i = 0; i < n; i++) {
		agrees = agrees &&
		    addr_compare(ranges->v[i].lo, runs[i].lo) == 0 &&
		    addr_compare(ranges->v[i].hi, runs[i].hi) == 0;
	}
	for (unsigned i = 0; i < SIZE; i++) {
		bool holds = addr_set_contains(
		    set, world->family, addr_at(world, i));

		agrees = agrees && holds == model->holds[i];
	}
	agrees = agrees && addr_set_empty(set) == (n == 0);
	agrees = agrees &&
	    addr_set_families(set) == (n == 0 ? FAMILY_NONE : world->family);
	ck_assert(agrees);
}

START_TEST(building_and_algebra_agree_with_the_model)
{
	const struct world *world = &worlds[_i];
	uint64_t state = 1234567 + (uint64_t)_i;

	for (int round = 0; round < ROUNDS; round++) {
		struct arena *arena = unit_arena();
		struct model a, b, both, either, rest;
		struct addr_set p = random_set(arena, world, &state, &a);
		struct addr_set q = random_set(arena, world, &state, &b);
		struct addr_set result;

		for (unsigned i = 0; i < SIZE; i++) {
			either.holds[i] = a.holds[i] || b.holds[i];
			both.holds[i] = a.holds[i] && b.holds[i];
			rest.holds[i] = a.holds[i] && !b.holds[i];
		}
		check_set(world, &p, &a);
		result = addr_set_union(arena, &p, &q);
		check_set(world, &result, &either);
		result = addr_set_intersect(arena, &p, &q);
		check_set(world, &result, &both);
		result = addr_set_subtract(arena, &p, &q);
		check_set(world, &result, &rest);
		check_set(world, &p, &a);
		check_set(world, &q, &b);
		arena_destroy(arena);
	}
}
END_TEST

START_TEST(questions_agree_with_the_model)
{
	const struct world *world = &worlds[_i];
	uint64_t state = 7654321 + (uint64_t)_i;
	int covered = 0;

	for (int round = 0; round < ROUNDS; round++) {
		struct arena *arena = unit_arena();
		struct model a, b;
		struct addr_set p = random_set(arena, world, &state, &a);
		struct addr_set q = random_set(arena, world, &state, &b);
		bool equal = true, covers = true, overlaps = false;

		if (round % 2 == 0) {
			q = addr_set_intersect(arena, &p, &q);
			for (unsigned i = 0; i < SIZE; i++)
				b.holds[i] = a.holds[i] && b.holds[i];
		}
		for (unsigned i = 0; i < SIZE; i++) {
			equal = equal && a.holds[i] == b.holds[i];
			covers = covers && (a.holds[i] || !b.holds[i]);
			overlaps = overlaps || (a.holds[i] && b.holds[i]);
		}
		ck_assert_int_eq(addr_set_equal(&p, &q), equal);
		ck_assert_int_eq(addr_set_covers(&p, &q), covers);
		ck_assert_int_eq(addr_set_overlaps(&p, &q), overlaps);
		ck_assert_int_eq(addr_set_overlaps(&q, &p), overlaps);
		ck_assert(addr_set_equal(&p, &p));
		covered += covers;
		arena_destroy(arena);
	}
	ck_assert_int_gt(covered, ROUNDS / 4);
}
END_TEST

/* The fewest prefixes for N holders from FIRST on, N a power of two. */
static size_t
fewest(const struct model *model, unsigned first, unsigned n)
{
	unsigned count = 0;

	for (unsigned i = first; i < first + n; i++)
		count += model->holds[i];
	if (count == 0 || count == n)
		return count > 0;
	return fewest(model, first, n / 2) +
	    fewest(model, first + n / 2, n / 2);
}

/* Mark the addresses of PREFIX; false if one was marked before. */
static bool
mark_prefix(const struct world *world, struct prefix prefix, struct model *seen)
{
	struct addr_range range = prefix_range(world->family, prefix);
	bool fresh = addr_compare(range.lo, prefix.addr) == 0;

	for (unsigned i = 0; i < SIZE; i++) {
		struct addr addr = addr_at(world, i);

		if (addr_compare(range.lo, addr) > 0 ||
		    addr_compare(range.hi, addr) < 0)
			continue;
		fresh = fresh && !seen->holds[i];
		seen->holds[i] = true;
	}
	return fresh;
}

START_TEST(prefixes_are_exact_and_fewest)
{
	const struct world *world = &worlds[_i];
	/* The other windows are cut into prefixes of 64 addresses. */
	unsigned step = world->aligned ? SIZE : 64;
	uint64_t state = 31337 + (uint64_t)_i;

	for (int round = 0; round < ROUNDS; round++) {
		struct arena *arena = unit_arena();
		struct model model, seen = {{false}};
		struct addr_set set = random_set(arena, world, &state, &model);
		struct prefixes list = addr_set_prefixes(
		    arena, &set, world->family);
		size_t expected = 0;
		bool good = true;

		for (size_t i = 0; i < list.n; i++) {
			good = good && mark_prefix(world, list.v[i], &seen);
			good = good &&
			    (i == 0 ||
				addr_compare(
				    list.v[i - 1].addr, list.v[i].addr) < 0);
		}
		ck_assert(good);
		ck_assert_mem_eq(&seen, &model, sizeof(model));
		for (unsigned first = 0; first < SIZE; first += step)
			expected += fewest(&model, first, step);
		if (world->aligned)
			ck_assert_uint_eq(list.n, expected);
		else
			ck_assert_uint_le(list.n, expected);
		arena_destroy(arena);
	}
}
END_TEST

/* A range without its first and last address needs the most prefixes. */
START_TEST(the_longest_list_of_prefixes)
{
	struct arena *arena = unit_arena();
	struct addr_range v4 = {{0, 1}, {0, UINT32_MAX - 1}};
	struct addr_range v6 = {{0, 1}, {UINT64_MAX, UINT64_MAX - 1}};
	struct addr_set set = addr_set_build(arena, &v4, 1, &v6, 1);
	struct addr_set all = addr_set_all(arena, FAMILY_BOTH);
	struct prefixes list = addr_set_prefixes(arena, &set, FAMILY_4);

	ck_assert_uint_eq(list.n, 62);
	ck_assert_uint_eq(list.v[61].length, 32);
	list = addr_set_prefixes(arena, &set, FAMILY_6);
	ck_assert_uint_eq(list.n, 254);
	ck_assert_uint_eq(list.v[126].length, 2);
	list = addr_set_prefixes(arena, &all, FAMILY_6);
	ck_assert_uint_eq(list.n, 1);
	ck_assert_uint_eq(list.v[0].length, 0);
	arena_destroy(arena);
}
END_TEST

START_TEST(prefixes_are_written_short)
{
	struct arena *arena = unit_arena();
	struct prefix net = {{0, 0x0a000000}, 8}, one = {{0, 0x0a000001}, 32};
	struct prefix all = {{0, 0}, 0}, host = {{0, 1}, 128};
	struct buf out;

	buf_init(&out, arena);
	prefix_format(&out, FAMILY_4, net);
	buf_putc(&out, ' ');
	prefix_format(&out, FAMILY_4, one);
	buf_putc(&out, ' ');
	prefix_format(&out, FAMILY_6, all);
	buf_putc(&out, ' ');
	prefix_format(&out, FAMILY_6, host);
	ck_assert_str_eq(out.p, "10.0.0.0/8 10.0.0.1 ::/0 ::1");
	arena_destroy(arena);
}
END_TEST

START_TEST(everything_and_nothing)
{
	struct arena *arena = unit_arena();
	struct addr_set none = {{NULL, 0}, {NULL, 0}};
	struct addr_set all = addr_set_all(arena, FAMILY_BOTH);
	struct addr_set four = addr_set_all(arena, FAMILY_4);
	struct addr_set six = addr_set_subtract(arena, &all, &four);
	struct addr_set result;

	ck_assert(addr_set_empty(&none));
	ck_assert(!addr_set_empty(&six));
	ck_assert_int_eq(addr_set_families(&all), FAMILY_BOTH);
	ck_assert_int_eq(addr_set_families(&six), FAMILY_6);
	ck_assert_int_eq(addr_set_full(&all), FAMILY_BOTH);
	ck_assert_int_eq(addr_set_full(&four), FAMILY_4);
	ck_assert_int_eq(addr_set_full(&none), FAMILY_NONE);
	ck_assert(!addr_set_overlaps(&four, &six));
	ck_assert(!addr_set_overlaps(&none, &all));
	ck_assert(addr_set_covers(&none, &none));
	ck_assert(addr_set_covers(&all, &none));
	ck_assert(!addr_set_covers(&none, &six));
	ck_assert(!addr_set_covers(&four, &all));
	ck_assert(addr_set_contains(&all, FAMILY_4, addr_max(FAMILY_4)));
	ck_assert(addr_set_contains(&six, FAMILY_6, addr_max(FAMILY_6)));
	ck_assert(!addr_set_contains(&six, FAMILY_4, addr_max(FAMILY_4)));
	result = addr_set_union(arena, &four, &six);
	ck_assert(addr_set_equal(&result, &all));
	result = addr_set_subtract(arena, &all, &all);
	ck_assert(addr_set_equal(&result, &none));
	result = addr_set_all(arena, FAMILY_NONE);
	ck_assert(addr_set_empty(&result));
	arena_destroy(arena);
}
END_TEST

START_TEST(the_ends_of_a_family)
{
	struct arena *arena = unit_arena();

	for (int i = 0; i < 2; i++) {
		enum family family = i == 0 ? FAMILY_4 : FAMILY_6;
		struct addr least = {0, 0}, most = addr_max(family);
		struct addr_set all = addr_set_all(arena, family);
		struct addr_set low = addr_set_of(
		    arena, family, (struct addr_range){least, least});
		struct addr_set high = addr_set_of(
		    arena, family, (struct addr_range){most, most});
		struct addr_set inner = addr_set_subtract(arena, &all, &low);
		struct addr_set back;

		inner = addr_set_subtract(arena, &inner, &high);
		ck_assert(!addr_set_contains(&inner, family, least));
		ck_assert(!addr_set_contains(&inner, family, most));
		ck_assert_uint_eq(addr_set_ranges(&inner, family)->n, 1);
		back = addr_set_union(arena, &inner, &high);
		back = addr_set_union(arena, &low, &back);
		ck_assert(addr_set_equal(&back, &all));
		ck_assert_int_eq(addr_set_full(&back), family);
		back = addr_set_union(arena, &all, &high);
		ck_assert(addr_set_equal(&back, &all));
	}
	arena_destroy(arena);
}
END_TEST

/* Anything worse than n log n would take hours, and the test would not end. */
START_TEST(a_million_entries)
{
	enum {
		COUNT = 1000000
	};
	struct arena *arena = unit_arena();
	struct addr_range *v = arena_calloc(arena, COUNT, sizeof(*v));
	struct addr_set even, odd, result;
	struct prefixes list;

	for (uint64_t i = 0; i < COUNT; i++) {
		/* 7919 is prime to COUNT: every number once, in no order. */
		uint64_t number = i * 7919 % COUNT * 2;

		v[i].lo = v[i].hi = (struct addr){0, number};
	}
	even = addr_set_build(arena, v, COUNT, NULL, 0);
	for (size_t i = 0; i < COUNT; i++)
		v[i].lo = v[i].hi = addr_next(v[i].lo);
	odd = addr_set_build(arena, v, COUNT, NULL, 0);
	ck_assert_uint_eq(even.v4.n, COUNT);
	ck_assert(!addr_set_overlaps(&even, &odd));
	result = addr_set_intersect(arena, &even, &odd);
	ck_assert(addr_set_empty(&result));
	result = addr_set_subtract(arena, &even, &odd);
	ck_assert(addr_set_equal(&result, &even));
	result = addr_set_union(arena, &even, &odd);
	ck_assert_uint_eq(result.v4.n, 1);
	ck_assert(addr_set_covers(&result, &even));
	result = addr_set_subtract(arena, &result, &odd);
	ck_assert(addr_set_equal(&result, &even));
	list = addr_set_prefixes(arena, &even, FAMILY_4);
	ck_assert_uint_eq(list.n, COUNT);
	arena_destroy(arena);
}
END_TEST

/* Equal starts stay in their order; few, many, and of either family. */
START_TEST(an_order_is_sorted_and_stable)
{
	static const size_t sizes[] = {0, 1, 2, 32, 33, 5000};
	struct arena *arena = unit_arena();
	size_t n = sizes[_i % 6];
	struct addr_range *v = arena_calloc(arena, n, sizeof(*v));
	bool *seen = arena_calloc(arena, n, sizeof(*seen));
	uint64_t state = 11;
	uint32_t *order;

	for (size_t i = 0; i < n; i++) {
		uint32_t low = (uint32_t)unit_random(&state);

		v[i].lo.lo = i % 3 == 0 ? low & 0xff0000ff : low % 50;
		if (_i >= 6)
			v[i].lo.hi = low % 3;
	}
	order = addr_order(arena, v, n);
	for (size_t i = 0; i < n; i++) {
		ck_assert(order[i] < n && !seen[order[i]]);
		seen[order[i]] = true;
	}
	for (size_t i = 1; i < n; i++) {
		int step = addr_compare(v[order[i - 1]].lo, v[order[i]].lo);

		ck_assert(step < 0 || (step == 0 && order[i - 1] < order[i]));
	}
	arena_destroy(arena);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("addr_set");
	TCase *tc = tcase_create("addr_set");

	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(
	    tc, building_and_algebra_agree_with_the_model, 0, WORLDS);
	tcase_add_loop_test(tc, questions_agree_with_the_model, 0, WORLDS);
	tcase_add_loop_test(tc, prefixes_are_exact_and_fewest, 0, WORLDS);
	tcase_add_test(tc, the_longest_list_of_prefixes);
	tcase_add_test(tc, prefixes_are_written_short);
	tcase_add_test(tc, everything_and_nothing);
	tcase_add_test(tc, the_ends_of_a_family);
	tcase_add_test(tc, a_million_entries);
	tcase_add_loop_test(tc, an_order_is_sorted_and_stable, 0, 12);
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	return unit_run(suite());
}
