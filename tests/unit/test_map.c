/*
 * The map from interned names to pointers.
 */
#include "base/map.h"
#include "tests/unit/unit.h"

START_TEST(an_empty_map_holds_nothing)
{
	struct arena *arena = unit_arena();
	struct map map;

	map_init(&map, arena);
	ck_assert_ptr_null(map_get(&map, "vm"));
	ck_assert_uint_eq(map.n, 0);
	arena_destroy(arena);
}
END_TEST

START_TEST(put_returns_what_was_there)
{
	struct arena *arena = unit_arena();
	const char *key = arena_strdup(arena, "vm");
	int one, two;
	struct map map;

	map_init(&map, arena);
	ck_assert_ptr_null(map_put(&map, key, &one));
	ck_assert_ptr_eq(map_get(&map, key), &one);
	ck_assert_ptr_eq(map_put(&map, key, &two), &one);
	ck_assert_ptr_eq(map_get(&map, key), &two);
	ck_assert_uint_eq(map.n, 1);
	arena_destroy(arena);
}
END_TEST

START_TEST(keys_are_addresses_not_texts)
{
	struct arena *arena = unit_arena();
	const char *a = arena_strdup(arena, "vm");
	const char *b = arena_strdup(arena, "vm");
	int value;
	struct map map;

	map_init(&map, arena);
	map_put(&map, a, &value);
	ck_assert_ptr_null(map_get(&map, b));
	arena_destroy(arena);
}
END_TEST

START_TEST(many_keys_survive_growth)
{
	enum {
		COUNT = 20000
	};
	struct arena *arena = unit_arena();
	char *keys = arena_alloc(arena, COUNT);
	int *values = arena_calloc(arena, COUNT, sizeof(*values));
	struct map map;

	map_init(&map, arena);
	for (int i = 0; i < COUNT; i += 2)
		ck_assert_ptr_null(map_put(&map, keys + i, values + i));
	ck_assert_uint_eq(map.n, COUNT / 2);
	for (int i = 0; i < COUNT; i++) {
		int *expected = i % 2 == 0 ? values + i : NULL;

		ck_assert_ptr_eq(map_get(&map, keys + i), expected);
	}
	arena_destroy(arena);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("map");
	TCase *tc = tcase_create("map");

	tcase_add_test(tc, an_empty_map_holds_nothing);
	tcase_add_test(tc, put_returns_what_was_there);
	tcase_add_test(tc, keys_are_addresses_not_texts);
	tcase_add_test(tc, many_keys_survive_growth);
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	return unit_run(suite());
}
