/*
 * What akind makes of the words of its compiler.
 */
#include "runtime/daemon/said.h"
#include "tests/unit/unit.h"

START_TEST(diagnostics_are_weighed)
{
	struct arena *arena = unit_arena();
	struct said said;

	said_init(&said, arena);
	said_add_quote(&said,
	    "p.akp:3:1: warning: zone 'vm' is empty [W0301]\n"
	    "    3 | zone vm on vboxnet*\n"
	    "      |         ^^^^^^^^\n"
	    "p.akp:4:32: error: no service is named 'htp' [E0205]\n"
	    "    4 | from public to self allow ssh, htp # a: warning: none\n"
	    "   = help: did you mean 'ftp'?\n"
	    "p.akp:1:1: note: the other is here");
	said_add_error(&said, "p.akp is not applied");
	ck_assert_str_eq(said.errors.p,
	    "p.akp:4:32: error: no service is named 'htp' [E0205]\n"
	    "p.akp is not applied");
	ck_assert_str_eq(
	    said.warnings.p, "p.akp:3:1: warning: zone 'vm' is empty [W0301]");
	ck_assert_str_eq(said.rest.p,
	    "    3 | zone vm on vboxnet*\n"
	    "      |         ^^^^^^^^\n"
	    "    4 | from public to self allow ssh, htp # a: warning: none\n"
	    "   = help: did you mean 'ftp'?\n"
	    "p.akp:1:1: note: the other is here");
	arena_destroy(arena);
}
END_TEST

/* A program that fails otherwise says so at the margin, with indented lines. */
START_TEST(other_words_are_errors)
{
	struct arena *arena = unit_arena();
	struct said said;

	said_init(&said, arena);
	said_add_quote(&said, "akinc: p.akp: Permission denied\n");
	said_add_error(&said, "others decide before:\n  set 5: 100 allow");
	ck_assert_str_eq(said.errors.p,
	    "akinc: p.akp: Permission denied\n"
	    "others decide before:\n  set 5: 100 allow");
	ck_assert_str_eq(said.warnings.p, "");
	arena_destroy(arena);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("what akind is told");
	TCase *tests = tcase_create("said");

	tcase_add_test(tests, diagnostics_are_weighed);
	tcase_add_test(tests, other_words_are_errors);
	suite_add_tcase(suite, tests);
	return unit_run(suite);
}
