/*
 * The arena: zeroed and aligned memory, the limit, and growable arrays.
 */
#include <signal.h>
#include <string.h>

#include "base/arena.h"
#include "tests/unit/unit.h"

static void
check_zero(const unsigned char *p, size_t size)
{
	for (size_t i = 0; i < size; i++)
		ck_assert_uint_eq(p[i], 0);
}

START_TEST(allocations_are_zero_aligned_and_apart)
{
	struct arena *arena = unit_arena();
	uint64_t state = 7;
	unsigned char *p[2000];
	size_t size[2000];

	for (size_t i = 0; i < 2000; i++) {
		size[i] = unit_random(&state) % 300;
		p[i] = arena_alloc(arena, size[i]);
		ck_assert_ptr_nonnull(p[i]);
		ck_assert_uint_eq((uintptr_t)p[i] % _Alignof(max_align_t), 0);
		check_zero(p[i], size[i]);
		memset(p[i], (int)(i % 255 + 1), size[i]);
	}
	for (size_t i = 0; i < 2000; i++) {
		for (size_t j = 0; j < size[i]; j++)
			ck_assert_uint_eq(p[i][j], i % 255 + 1);
	}
	arena_destroy(arena);
}
END_TEST

START_TEST(large_allocations_do_not_end_the_block)
{
	struct arena *arena = unit_arena();
	char *small = arena_alloc(arena, 64);
	unsigned char *large = arena_alloc(arena, (size_t)64 << 20);
	char *next = arena_alloc(arena, 64);

	ck_assert_uint_eq(large[0], 0);
	ck_assert_uint_eq(large[((size_t)64 << 20) - 1], 0);
	ck_assert(next > small && next - small < 1024);
	arena_destroy(arena);
}
END_TEST

START_TEST(used_counts_what_was_asked_for)
{
	struct arena *arena = unit_arena();

	ck_assert_uint_eq(arena_used(arena), 0);
	arena_alloc(arena, 10);
	arena_calloc(arena, 3, 7);
	ck_assert_uint_eq(arena_used(arena), 31);
	arena_destroy(arena);
}
END_TEST

START_TEST(texts_are_copied)
{
	struct arena *arena = unit_arena();
	char text[] = "zone vm";

	ck_assert_str_eq(arena_strdup(arena, text), "zone vm");
	ck_assert_str_eq(arena_strndup(arena, text, 4), "zone");
	ck_assert_str_eq(arena_strndup(arena, text, 0), "");
	ck_assert_ptr_ne(arena_strdup(arena, text), text);
	ck_assert_str_eq(arena_printf(arena, "%s=%d", "n", 42), "n=42");
	ck_assert_str_eq(arena_printf(arena, "%s", ""), "");
	ck_assert_uint_eq(strlen(arena_printf(arena, "%9999d", 1)), 9999);
	arena_destroy(arena);
}
END_TEST

START_TEST(vectors_keep_their_items)
{
	struct arena *arena = unit_arena();
	VEC(uint32_t) list = {NULL, 0, 0};
	VEC(char) other = {NULL, 0, 0};

	for (uint32_t i = 0; i < 100000; i++) {
		vec_push(arena, &list, i * 3);
		if (i % 7 == 0)
			vec_push(arena, &other, (char)(i % 100));
	}
	ck_assert_uint_eq(list.n, 100000);
	for (uint32_t i = 0; i < 100000; i++) {
		ck_assert_uint_eq(list.v[i], i * 3);
		if (i % 7 == 0)
			ck_assert_int_eq(other.v[i / 7], (char)(i % 100));
	}
	arena_destroy(arena);
}
END_TEST

START_TEST(growth_doubles_and_stays_in_place)
{
	struct arena *arena = unit_arena();
	size_t capacity = 0;
	int *first = arena_grow(arena, NULL, 0, &capacity, sizeof(int));
	int *second;

	ck_assert_uint_eq(capacity, 1);
	first[0] = 5;
	second = arena_grow(arena, first, 1, &capacity, sizeof(int));
	ck_assert_ptr_eq(second, first);
	ck_assert_uint_eq(capacity, 2);
	ck_assert_int_eq(second[0], 5);
	check_zero((unsigned char *)(second + 1), 1 * sizeof(int));
	arena_alloc(arena, 1);
	second = arena_grow(arena, first, 2, &capacity, sizeof(int));
	ck_assert_ptr_ne(second, first);
	ck_assert_int_eq(second[0], 5);
	arena_destroy(arena);
}
END_TEST

/* What the command line's handler does, after a look at the total. */
static void
leave(void *context)
{
	const size_t *total = context;

	ck_assert_uint_le(*total, 1 << 20);
	ck_assert_uint_ge(*total, (1 << 20) / 10 * 8);
	exit(3);
}

START_TEST(the_limit_holds_and_calls_the_handler)
{
	size_t total = 0;
	struct arena *arena = arena_create(1 << 20, leave, &total);

	for (;;) {
		arena_alloc(arena, 1000);
		total += 1000;
	}
}
END_TEST

START_TEST(an_overflowing_product_is_refused)
{
	size_t total = 1 << 20;
	struct arena *arena = arena_create(0, leave, &total);

	arena_calloc(arena, SIZE_MAX / 2, 3);
}
END_TEST

START_TEST(an_overflowing_size_is_refused)
{
	size_t total = 1 << 20;
	struct arena *arena = arena_create(0, leave, &total);

	arena_alloc(arena, SIZE_MAX - 8);
}
END_TEST

START_TEST(an_overflowing_capacity_is_refused)
{
	size_t total = 1 << 20;
	struct arena *arena = arena_create(0, leave, &total);
	/* Doubled and times 16, this is 0 again. */
	size_t capacity = SIZE_MAX / 32 + 1;

	arena_grow(arena, NULL, 0, &capacity, 16);
}
END_TEST

static void
come_back(void *context)
{
	*(int *)context = 1;
}

START_TEST(a_handler_that_returns_ends_the_program)
{
	static int called;
	struct arena *arena = arena_create(4096, come_back, &called);

	arena_alloc(arena, 100000);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("arena");
	TCase *tc = tcase_create("arena");

	tcase_add_test(tc, allocations_are_zero_aligned_and_apart);
	tcase_add_test(tc, large_allocations_do_not_end_the_block);
	tcase_add_test(tc, used_counts_what_was_asked_for);
	tcase_add_test(tc, texts_are_copied);
	tcase_add_test(tc, vectors_keep_their_items);
	tcase_add_test(tc, growth_doubles_and_stays_in_place);
	tcase_add_exit_test(tc, the_limit_holds_and_calls_the_handler, 3);
	tcase_add_exit_test(tc, an_overflowing_product_is_refused, 3);
	tcase_add_exit_test(tc, an_overflowing_size_is_refused, 3);
	tcase_add_exit_test(tc, an_overflowing_capacity_is_refused, 3);
	tcase_add_test_raise_signal(
	    tc, a_handler_that_returns_ends_the_program, SIGABRT);
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	return unit_run(suite());
}
