/*
 * Interning: equal text has one address, different text has different ones.
 */
#include <string.h>

#include "base/sym.h"
#include "tests/unit/unit.h"

START_TEST(equal_text_has_one_address)
{
	struct arena *arena = unit_arena();
	struct sym_table *table = sym_table_create(arena);
	char copy[] = "public";
	const char *name = sym_intern_string(table, "public");

	ck_assert_ptr_eq(sym_intern_string(table, copy), name);
	ck_assert_ptr_eq(sym_intern(table, "publican", 6), name);
	ck_assert_str_eq(name, "public");
	ck_assert_ptr_ne(name, copy);
	ck_assert_ptr_ne(sym_intern_string(table, "publi"), name);
	ck_assert_ptr_ne(sym_intern_string(table, "Public"), name);
	arena_destroy(arena);
}
END_TEST

START_TEST(empty_text_and_nul_bytes_are_texts)
{
	struct arena *arena = unit_arena();
	struct sym_table *table = sym_table_create(arena);
	const char *empty = sym_intern(table, NULL, 0);
	const char *nul = sym_intern(table, "\0", 1);
	const char *pair = sym_intern(table, "\0a", 2);

	ck_assert_str_eq(empty, "");
	ck_assert_ptr_eq(sym_intern_string(table, ""), empty);
	ck_assert_ptr_ne(nul, empty);
	ck_assert_ptr_ne(nul, pair);
	ck_assert_ptr_eq(sym_intern(table, "\0a", 2), pair);
	ck_assert_int_eq(memcmp(pair, "\0a", 3), 0);
	arena_destroy(arena);
}
END_TEST

START_TEST(many_names_survive_growth)
{
	struct arena *arena = unit_arena();
	struct sym_table *table = sym_table_create(arena);
	enum {
		COUNT = 20000
	};
	const char **names = arena_calloc(arena, COUNT, sizeof(*names));

	for (int i = 0; i < COUNT; i++)
		names[i] = sym_intern_string(
		    table, arena_printf(arena, "zone%d", i));
	for (int i = 0; i < COUNT; i++) {
		const char *again = arena_printf(arena, "zone%d", i);

		ck_assert_ptr_eq(sym_intern_string(table, again), names[i]);
		ck_assert_str_eq(names[i], again);
	}
	arena_destroy(arena);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("sym");
	TCase *tc = tcase_create("sym");

	tcase_add_test(tc, equal_text_has_one_address);
	tcase_add_test(tc, empty_text_and_nul_bytes_are_texts);
	tcase_add_test(tc, many_names_survive_growth);
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	return unit_run(suite());
}
