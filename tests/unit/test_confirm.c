/*
 * A confirmation: only one answer counts, and what is said of it is so.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "runtime/apply/confirm.h"
#include "tests/unit/unit.h"

static char folder[64];

static void
setup(void)
{
	snprintf(folder, sizeof(folder), "/tmp/akin-confirm.XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(folder));
}

static void
teardown(void)
{
	static const char *const names[] = {
	    "waiting", "given", "refused", "late", "kept", "undone", "new"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		char path[128];

		snprintf(path, sizeof(path), "%s/confirm.%s", folder, names[i]);
		unlink(path);
	}
	rmdir(folder);
}

static void
begin(void)
{
	struct confirm_wait wait = {4711, 12, 1234567890123};

	ck_assert_int_eq(confirm_begin(folder, &wait), 0);
}

START_TEST(test_wait)
{
	struct confirm_wait wait;

	ck_assert_int_eq(confirm_look(folder), CONFIRM_NONE);
	ck_assert(!confirm_waits(folder, &wait));
	begin();
	ck_assert_int_eq(confirm_look(folder), CONFIRM_WAITING);
	ck_assert(confirm_waits(folder, &wait));
	ck_assert_int_eq(wait.guard, 4711);
	ck_assert_uint_eq(wait.set, 12);
	ck_assert_int_eq(wait.until, 1234567890123);
}
END_TEST

START_TEST(test_one_answer)
{
	static const enum confirm_answer answers[] = {
	    CONFIRM_GIVEN, CONFIRM_REFUSED, CONFIRM_LATE};

	for (size_t i = 0; i < 3; i++) {
		begin();
		ck_assert_int_eq(confirm_answer(folder, answers[i]), 0);
		for (size_t j = 0; j < 3; j++)
			ck_assert_int_eq(
			    confirm_answer(folder, answers[j]), ENOENT);
		ck_assert_int_eq(confirm_look(folder), answers[i]);
	}
}
END_TEST

START_TEST(test_settled)
{
	begin();
	confirm_answer(folder, CONFIRM_GIVEN);
	confirm_settle(folder, CONFIRM_KEPT);
	ck_assert_int_eq(confirm_look(folder), CONFIRM_KEPT);
	begin();
	ck_assert_int_eq(confirm_look(folder), CONFIRM_WAITING);
	confirm_settle(folder, CONFIRM_UNDONE);
	ck_assert_int_eq(confirm_look(folder), CONFIRM_UNDONE);
	ck_assert_int_eq(confirm_answer(folder, CONFIRM_GIVEN), ENOENT);
}
END_TEST

START_TEST(test_no_folder)
{
	struct confirm_wait wait = {1, 1, 1};

	ck_assert_int_ne(confirm_begin("/nowhere/at/all", &wait), 0);
	ck_assert_int_eq(
	    confirm_answer("/nowhere/at/all", CONFIRM_GIVEN), ENOENT);
	ck_assert_int_eq(confirm_look("/nowhere/at/all"), CONFIRM_NONE);
}
END_TEST

/* Of many who answer at once just one is told that it counts. */
START_TEST(test_race)
{
	int counted = 0, status;

	begin();
	for (int i = 0; i < 16; i++)
		if (fork() == 0)
			_exit(
			    confirm_answer(folder,
				i % 2 == 0 ? CONFIRM_GIVEN : CONFIRM_LATE) == 0
				? 1
				: 0);
	while (wait(&status) > 0)
		counted += WEXITSTATUS(status);
	ck_assert_int_eq(counted, 1);
}
END_TEST

static Suite *
confirm_suite(void)
{
	Suite *suite = suite_create("confirm");
	TCase *tcase = tcase_create("core");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, test_wait);
	tcase_add_test(tcase, test_one_answer);
	tcase_add_test(tcase, test_settled);
	tcase_add_test(tcase, test_no_folder);
	tcase_add_test(tcase, test_race);
	suite_add_tcase(suite, tcase);
	return suite;
}

int
main(void)
{
	return unit_run(confirm_suite());
}
