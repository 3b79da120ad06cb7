/*
 * The text buffer: always terminated, whatever is appended and however long.
 */
#include <string.h>

#include "base/buf.h"
#include "tests/unit/unit.h"

START_TEST(a_new_buffer_is_the_empty_text)
{
	struct arena *arena = unit_arena();
	struct buf buf;

	buf_init(&buf, arena);
	ck_assert_uint_eq(buf.n, 0);
	ck_assert_str_eq(buf.p, "");
	arena_destroy(arena);
}
END_TEST

START_TEST(every_way_to_append)
{
	struct arena *arena = unit_arena();
	struct buf buf;

	buf_init(&buf, arena);
	buf_putc(&buf, 'a');
	buf_puts(&buf, "bc");
	buf_write(&buf, "defgh", 3);
	buf_write(&buf, NULL, 0);
	buf_pad(&buf, '-', 3);
	buf_pad(&buf, '+', 0);
	buf_printf(&buf, "%d/%s", 24, "x");
	ck_assert_str_eq(buf.p, "abcdef---24/x");
	ck_assert_uint_eq(buf.n, strlen(buf.p));
	buf_reset(&buf);
	ck_assert_str_eq(buf.p, "");
	buf_puts(&buf, "again");
	ck_assert_str_eq(buf.p, "again");
	arena_destroy(arena);
}
END_TEST

/* Every length around the sizes at which the buffer grows. */
START_TEST(any_length_fits)
{
	struct arena *arena = unit_arena();
	struct buf buf;

	for (int length = 0; length < 600; length++) {
		buf_init(&buf, arena);
		buf_printf(&buf, "%*s", length, "");
		ck_assert_uint_eq(buf.n, (size_t)length);
		ck_assert_uint_eq(strlen(buf.p), (size_t)length);
		ck_assert_uint_lt(buf.n, buf.cap);
		buf_pad(&buf, 'x', (size_t)length);
		ck_assert_uint_eq(strlen(buf.p), (size_t)length * 2);
	}
	arena_destroy(arena);
}
END_TEST

START_TEST(growing_keeps_the_text)
{
	struct arena *arena = unit_arena();
	struct buf one, two;
	uint64_t state = 3;

	buf_init(&one, arena);
	buf_init(&two, arena);
	for (int i = 0; i < 20000; i++) {
		char c = (char)('a' + unit_random(&state) % 26);

		buf_putc(&one, c);
		buf_printf(&two, "%c", c);
	}
	ck_assert_uint_eq(one.n, 20000);
	ck_assert_str_eq(one.p, two.p);
	arena_destroy(arena);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("buf");
	TCase *tc = tcase_create("buf");

	tcase_add_test(tc, a_new_buffer_is_the_empty_text);
	tcase_add_test(tc, every_way_to_append);
	tcase_add_test(tc, any_length_fits);
	tcase_add_test(tc, growing_keeps_the_text);
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	return unit_run(suite());
}
