/*
 * Port sets, compared with plain arrays of truth values at both ends of the
 * range of ports.
 */
#include <string.h>

#include "set/port.h"
#include "tests/unit/unit.h"

#define SIZE 64
#define ROUNDS 1000

static const unsigned bases[] = {0, 1000, 65536 - SIZE};

/* The model: which ports of the window a set holds. */
struct model {
	bool holds[SIZE];
};

static struct port_set
random_set(
    struct arena *arena, unsigned base, uint64_t *state, struct model *model)
{
	struct port_set set = {NULL, 0};
	size_t n = unit_random(state) % 7;

	memset(model, 0, sizeof(*model));
	for (size_t i = 0; i < n; i++) {
		unsigned lo = unit_random(state) % SIZE;
		unsigned hi = lo + unit_random(state) % 12;
		struct port_set one;

		if (hi >= SIZE)
			hi = SIZE - 1;
		one = port_set_of(
		    arena, (uint16_t)(base + lo), (uint16_t)(base + hi));
		set = port_set_union(arena, &set, &one);
		for (unsigned j = lo; j <= hi; j++)
			model->holds[j] = true;
	}
	return set;
}

/* SET holds what MODEL holds, in the one form that it may have. */
static void
check_set(unsigned base, const struct port_set *set, const struct model *model)
{
	bool agrees = true;
	size_t runs = 0;

	for (unsigned i = 0; i < SIZE; i++) {
		bool holds = model->holds[i];

		agrees = agrees &&
		    port_set_contains(set, (uint16_t)(base + i)) == holds;
		if (holds && (i == 0 || !model->holds[i - 1])) {
			ck_assert_uint_lt(runs, set->n);
			agrees = agrees && set->v[runs++].lo == base + i;
		}
		if (holds && (i == SIZE - 1 || !model->holds[i + 1]))
			agrees = agrees && set->v[runs - 1].hi == base + i;
	}
	ck_assert_uint_eq(set->n, runs);
	ck_assert(agrees);
}

START_TEST(algebra_agrees_with_the_model)
{
	unsigned base = bases[_i];
	uint64_t state = 55 + (uint64_t)_i;

	for (int round = 0; round < ROUNDS; round++) {
		struct arena *arena = unit_arena();
		struct model a, b, both, either, rest;
		struct port_set p = random_set(arena, base, &state, &a);
		struct port_set q = random_set(arena, base, &state, &b);
		struct port_set result;

		for (unsigned i = 0; i < SIZE; i++) {
			either.holds[i] = a.holds[i] || b.holds[i];
			both.holds[i] = a.holds[i] && b.holds[i];
			rest.holds[i] = a.holds[i] && !b.holds[i];
		}
		check_set(base, &p, &a);
		result = port_set_union(arena, &p, &q);
		check_set(base, &result, &either);
		result = port_set_intersect(arena, &p, &q);
		check_set(base, &result, &both);
		result = port_set_subtract(arena, &p, &q);
		check_set(base, &result, &rest);
		arena_destroy(arena);
	}
}
END_TEST

START_TEST(questions_agree_with_the_model)
{
	unsigned base = bases[_i];
	uint64_t state = 66 + (uint64_t)_i;

	for (int round = 0; round < ROUNDS; round++) {
		struct arena *arena = unit_arena();
		struct model a, b;
		struct port_set p = random_set(arena, base, &state, &a);
		struct port_set q = random_set(arena, base, &state, &b);
		bool equal = true, covers = true;

		if (round % 2 == 0) {
			q = port_set_intersect(arena, &p, &q);
			for (unsigned i = 0; i < SIZE; i++)
				b.holds[i] = a.holds[i] && b.holds[i];
		}
		for (unsigned i = 0; i < SIZE; i++) {
			equal = equal && a.holds[i] == b.holds[i];
			covers = covers && (a.holds[i] || !b.holds[i]);
		}
		ck_assert_int_eq(port_set_equal(&p, &q), equal);
		ck_assert_int_eq(port_set_covers(&p, &q), covers);
		arena_destroy(arena);
	}
}
END_TEST

START_TEST(all_ports)
{
	struct arena *arena = unit_arena();
	struct port_set all = port_set_of(arena, 0, 65535), none = {NULL, 0};
	struct port_set zero = port_set_of(arena, 0, 0);
	struct port_set last = port_set_of(arena, 65535, 65535);
	struct port_set rest = port_set_subtract(arena, &all, &zero);
	struct port_set inner = port_set_subtract(arena, &rest, &last);
	struct port_set back;

	ck_assert_uint_eq(rest.v[0].lo, 1);
	ck_assert_uint_eq(inner.v[0].hi, 65534);
	back = port_set_union(arena, &inner, &last);
	back = port_set_union(arena, &back, &zero);
	ck_assert(port_set_equal(&back, &all));
	back = port_set_union(arena, &all, &last);
	ck_assert(port_set_equal(&back, &all));
	back = port_set_subtract(arena, &all, &all);
	ck_assert_uint_eq(back.n, 0);
	ck_assert(port_set_covers(&all, &none));
	ck_assert(!port_set_covers(&none, &all));
	arena_destroy(arena);
}
END_TEST

START_TEST(sets_are_written_as_lists)
{
	struct arena *arena = unit_arena();
	struct port_set set = {NULL, 0}, one;
	struct buf out;

	buf_init(&out, arena);
	port_set_format(&out, &set);
	ck_assert_str_eq(out.p, "");
	one = port_set_of(arena, 8080, 8090);
	set = port_set_union(arena, &set, &one);
	one = port_set_of(arena, 22, 22);
	set = port_set_union(arena, &set, &one);
	one = port_set_of(arena, 80, 80);
	set = port_set_union(arena, &set, &one);
	port_set_format(&out, &set);
	ck_assert_str_eq(out.p, "22,80,8080-8090");
	arena_destroy(arena);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("port");
	TCase *tc = tcase_create("port");

	tcase_set_timeout(tc, 30);
	tcase_add_loop_test(tc, algebra_agrees_with_the_model, 0, 3);
	tcase_add_loop_test(tc, questions_agree_with_the_model, 0, 3);
	tcase_add_test(tc, all_ports);
	tcase_add_test(tc, sets_are_written_as_lists);
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	return unit_run(suite());
}
