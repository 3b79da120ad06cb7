/*
 * "Did you mean": near words are found, far ones are not forced on the user.
 */
#include <string.h>

#include "base/suggest.h"
#include "tests/unit/unit.h"

static const char *
nearest(const char *word, const char *const *candidates)
{
	struct suggest suggest;

	suggest_init(&suggest, word);
	for (; *candidates != NULL; candidates++)
		suggest_offer(&suggest, *candidates);
	return suggest.best;
}

#define NEAREST(word, ...)                                                     \
	nearest((word), (const char *const[]){__VA_ARGS__, NULL})

START_TEST(one_slip_is_found)
{
	ck_assert_str_eq(NEAREST("htps", "http", "https", "ssh"), "https");
	ck_assert_str_eq(NEAREST("dsn", "dhcp", "dns"), "dns");
	ck_assert_str_eq(NEAREST("pubilc", "lan", "public"), "public");
	ck_assert_str_eq(NEAREST("sssh", "ssh"), "ssh");
	ck_assert_str_eq(NEAREST("vn", "vm"), "vm");
}
END_TEST

START_TEST(far_words_are_not_offered)
{
	ck_assert_ptr_null(NEAREST("web", "dns"));
	ck_assert_ptr_null(NEAREST("https", "ldaps"));
	ck_assert_ptr_null(NEAREST("x", "y"));
	ck_assert_ptr_null(NEAREST("ab", "xy"));
	ck_assert_ptr_null(NEAREST("", "a"));
	ck_assert_ptr_null(NEAREST("a", ""));
}
END_TEST

START_TEST(the_bound_grows_with_the_word)
{
	ck_assert_ptr_null(NEAREST("abcde", "abcXX"));
	ck_assert_str_eq(NEAREST("abcdef", "abcdXX"), "abcdXX");
	ck_assert_str_eq(NEAREST("abcdefghi", "abcdefXXX"), "abcdefXXX");
	ck_assert_ptr_null(NEAREST("abcdefghijklmno", "abcdefghijkXXXX"));
}
END_TEST

START_TEST(case_does_not_count)
{
	ck_assert_str_eq(NEAREST("DNS", "dhs", "dns"), "dns");
	ck_assert_str_eq(NEAREST("A", "b", "a"), "a");
}
END_TEST

START_TEST(a_swap_counts_once)
{
	struct suggest suggest;

	suggest_init(&suggest, "abcdef");
	suggest_offer(&suggest, "abdcef");
	ck_assert_uint_eq(suggest.distance, 1);
}
END_TEST

START_TEST(the_first_of_equals_wins)
{
	ck_assert_str_eq(NEAREST("lan1", "lan2", "lan3"), "lan2");
	ck_assert_str_eq(NEAREST("lan1", "lan3", "lan2"), "lan3");
}
END_TEST

START_TEST(long_words_are_left_alone)
{
	char word[66], other[66];

	memset(word, 'a', sizeof(word));
	memset(other, 'a', sizeof(other));
	word[64] = other[64] = '\0';
	other[10] = 'b';
	ck_assert_ptr_eq(NEAREST(word, other), other);
	word[64] = 'a';
	word[65] = '\0';
	ck_assert_ptr_null(NEAREST(word, other));
	ck_assert_ptr_null(NEAREST(other, word));
	word[64] = other[64] = 'a';
	word[65] = other[65] = '\0';
	ck_assert_ptr_null(NEAREST(word, other));
	ck_assert_ptr_null(NEAREST(word, "a"));
	ck_assert_ptr_null(NEAREST("a", word));
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("suggest");
	TCase *tc = tcase_create("suggest");

	tcase_add_test(tc, one_slip_is_found);
	tcase_add_test(tc, far_words_are_not_offered);
	tcase_add_test(tc, the_bound_grows_with_the_word);
	tcase_add_test(tc, case_does_not_count);
	tcase_add_test(tc, a_swap_counts_once);
	tcase_add_test(tc, the_first_of_equals_wins);
	tcase_add_test(tc, long_words_are_left_alone);
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	return unit_run(suite());
}
