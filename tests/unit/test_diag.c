/*
 * Diagnostics: the table of codes, and the exact text that people see.
 */
#include <ctype.h>
#include <string.h>

#include "base/diag.h"
#include "tests/unit/unit.h"

struct fixture {
	struct arena *arena;
	struct sources sources;
	struct diags diags;
	struct buf out;
};

static void
setup(struct fixture *f)
{
	f->arena = unit_arena();
	sources_init(&f->sources, f->arena);
	diags_init(&f->diags, f->arena, &f->sources);
	buf_init(&f->out, f->arena);
}

static uint32_t
add_text(struct fixture *f, const char *name, const char *text)
{
	return sources_add(&f->sources, name, text, strlen(text));
}

/* The place of WORD in FILE. */
static struct span
span_of(const struct fixture *f, uint32_t file, const char *word)
{
	const char *text = sources_get(&f->sources, file)->text;
	const char *found = strstr(text, word);

	ck_assert_ptr_nonnull(found);
	return (struct span){
	    file, (uint32_t)(found - text), (uint32_t)strlen(word)};
}

static void
check_text(struct fixture *f, const char *expected)
{
	diags_render(&f->diags, &f->out, false);
	ck_assert_str_eq(f->out.p, expected);
	arena_destroy(f->arena);
}

START_TEST(codes_are_distinct_and_well_formed)
{
	for (int i = 0; i < DIAG_CODE_COUNT; i++) {
		enum diag_code code = (enum diag_code)i;
		const char *name = diag_code_name(code);
		char letter = diag_code_severity(code) == DIAG_ERROR ? 'E'
								     : 'W';

		ck_assert_uint_eq(strlen(name), 5);
		ck_assert_int_eq(name[0], letter);
		for (int j = 1; j < 5; j++)
			ck_assert(isdigit((unsigned char)name[j]));
		ck_assert_int_eq(diag_code_find(name), code);
		ck_assert_str_ne(diag_code_title(code), "");
	}
	ck_assert_int_eq(diag_code_find("e0101"), E_SYNTAX);
	ck_assert_int_eq(diag_code_find("E9999"), DIAG_CODE_COUNT);
	ck_assert_int_eq(diag_code_find(""), DIAG_CODE_COUNT);
}
END_TEST

START_TEST(place_label_and_help)
{
	struct fixture f;
	uint32_t file;
	struct diag *diag;

	setup(&f);
	file = add_text(&f, "router.akp",
	    "\n\n\n\n\n\n\n\nzone lan on em1 net 10.0.0.0/8\n\n\n\n\n"
	    "zone dmz on em2 net 10.1.0.0/16\n");
	diag = diag_add(&f.diags, E_TWICE, span_of(&f, file, "10.1.0.0/16"),
	    "zone '%s' and zone '%s' both claim %s", "dmz", "lan",
	    "10.1.0.0/16");
	diag_label(&f.diags, diag, span_of(&f, file, "10.0.0.0/8"),
	    "also claimed %s", "here");
	diag_help(&f.diags, diag, "give the zones nets that do not overlap");
	check_text(&f,
	    "router.akp:14:21: error: zone 'dmz' and zone 'lan' both claim "
	    "10.1.0.0/16 [E0109]\n"
	    "   14 | zone dmz on em2 net 10.1.0.0/16\n"
	    "      |                     ^^^^^^^^^^^\n"
	    "    9 | zone lan on em1 net 10.0.0.0/8\n"
	    "      |                     ~~~~~~~~~~ also claimed here\n"
	    "   = help: give the zones nets that do not overlap\n");
}
END_TEST

START_TEST(a_label_on_the_same_line_shows_it_once)
{
	struct fixture f;
	uint32_t file;
	struct diag *diag;

	setup(&f);
	file = add_text(&f, "a", "log allow log");
	diag = diag_add(&f.diags, E_TWICE, (struct span){file, 10, 3}, "twice");
	diag_label(&f.diags, diag, span_of(&f, file, "log"), "first");
	check_text(&f,
	    "a:1:11: error: twice [E0109]\n"
	    "    1 | log allow log\n"
	    "      |           ^^^\n"
	    "      | ~~~ first\n");
}
END_TEST

START_TEST(a_label_in_another_file_names_it)
{
	struct fixture f;
	uint32_t one, two;
	struct diag *diag;

	setup(&f);
	one = add_text(&f, "one.akp", "zone a on em0\n");
	two = add_text(&f, "lib/two.akp", "\nzone a on em1\n");
	diag = diag_add(&f.diags, E_TWICE, span_of(&f, one, "a"), "twice");
	diag_label(&f.diags, diag, span_of(&f, two, "a"), "first here");
	diag_label(&f.diags, diag, span_of(&f, two, "em1"), "on this card");
	diag_label(&f.diags, diag, SPAN_NONE, "by the catalogue");
	check_text(&f,
	    "one.akp:1:6: error: twice [E0109]\n"
	    "    1 | zone a on em0\n"
	    "      |      ^\n"
	    "  --> lib/two.akp:2:6\n"
	    "    2 | zone a on em1\n"
	    "      |      ~ first here\n"
	    "      |           ~~~ on this card\n"
	    "   = note: by the catalogue\n");
}
END_TEST

START_TEST(no_place_is_said_by_the_program)
{
	struct fixture f;
	struct diag *diag;

	setup(&f);
	diag = diag_add(&f.diags, E_INCLUDE, SPAN_NONE, "no card is active");
	diag_help(&f.diags, diag, "give --nic");
	check_text(&f,
	    "akinc: error: no card is active [E0106]\n"
	    "   = help: give --nic\n");
}
END_TEST

/* "\xc3\xa9" is one column, a tab goes to the next stop, the rest escapes. */
START_TEST(marks_stay_aligned)
{
	struct fixture f;
	uint32_t file;

	setup(&f);
	file = add_text(&f, "a", "\tx\tcaf\xc3\xa9\x1b\xff bad\r\n");
	diag_add(&f.diags, E_SYNTAX, span_of(&f, file, "bad"), "here");
	diag_add(&f.diags, E_SYNTAX, span_of(&f, file, "\xff"), "byte");
	diag_add(&f.diags, E_SYNTAX, span_of(&f, file, "\tcaf"), "tab");
	check_text(&f,
	    "a:1:3: error: tab [E0101]\n"
	    "    1 |         x       caf\xc3\xa9\\x1b\\xff bad\n"
	    "      |          ^^^^^^^^^^\n"
	    "a:1:10: error: byte [E0101]\n"
	    "    1 |         x       caf\xc3\xa9\\x1b\\xff bad\n"
	    "      |                         ^^^^\n"
	    "a:1:12: error: here [E0101]\n"
	    "    1 |         x       caf\xc3\xa9\\x1b\\xff bad\n"
	    "      |                              ^^^\n");
}
END_TEST

/* Overlong, surrogate, cut short, beyond Unicode, C1, and a text reversal. */
START_TEST(only_harmless_utf8_is_shown)
{
	struct fixture f;

	setup(&f);
	diag_add(&f.diags, E_SYNTAX, SPAN_NONE, "%s",
	    "\xc0\xaf \xe0\x80\xaf \xed\xa0\x80 \xe2\x82 \xf4\x90\x80\x80 "
	    "\xc2\x9b \xe2\x80\xae \xe2\x82\xac\xf0\x9f\x94\xa5\t\n\x7f");
	check_text(&f,
	    "akinc: error: \\xc0\\xaf \\xe0\\x80\\xaf \\xed\\xa0\\x80 "
	    "\\xe2\\x82 \\xf4\\x90\\x80\\x80 \\xc2\\x9b \\xe2\\x80\\xae "
	    "\xe2\x82\xac\xf0\x9f\x94\xa5\\x09\\x0a\\x7f [E0101]\n");
}
END_TEST

START_TEST(spans_at_odd_places)
{
	struct fixture f;
	uint32_t file, empty;

	setup(&f);
	file = add_text(&f, "a", "from a {\nallow\n");
	empty = add_text(&f, "b", "");
	diag_add(&f.diags, E_SYNTAX, (struct span){file, 7, 8}, "two lines");
	diag_add(&f.diags, E_SYNTAX, (struct span){file, 8, 1}, "newline");
	diag_add(&f.diags, E_SYNTAX, (struct span){file, 15, 0}, "the end");
	diag_add(&f.diags, E_SYNTAX, (struct span){empty, 0, 0}, "empty");
	check_text(&f,
	    "a:1:8: error: two lines [E0101]\n"
	    "    1 | from a {\n"
	    "      |        ^\n"
	    "a:1:9: error: newline [E0101]\n"
	    "    1 | from a {\n"
	    "      |         ^\n"
	    "a:3:1: error: the end [E0101]\n"
	    "    3 |\n"
	    "      | ^\n"
	    "b:1:1: error: empty [E0101]\n"
	    "    1 |\n"
	    "      | ^\n");
}
END_TEST

static const char *
xs(struct fixture *f, size_t count)
{
	struct buf buf;

	buf_init(&buf, f->arena);
	buf_pad(&buf, 'x', count);
	return buf.p;
}

static const char *
blanks(struct fixture *f, size_t count)
{
	return arena_printf(f->arena, "%*s", (int)count, "");
}

/* A line that just fits, and one that is one column too long. */
START_TEST(long_lines_are_cut)
{
	struct fixture f;
	uint32_t fits, cut;

	setup(&f);
	fits = add_text(&f, "a", arena_printf(f.arena, "%sA", xs(&f, 99)));
	cut = add_text(&f, "b", arena_printf(f.arena, "%sA", xs(&f, 100)));
	diag_add(&f.diags, E_SYNTAX, span_of(&f, fits, "A"), "fits");
	diag_add(&f.diags, E_SYNTAX, span_of(&f, cut, "A"), "cut left");
	diag_add(&f.diags, E_SYNTAX, (struct span){cut, 0, 1}, "cut right");
	diags_render(&f.diags, &f.out, false);
	ck_assert_str_eq(f.out.p,
	    arena_printf(f.arena,
		"a:1:100: error: fits [E0101]\n"
		"    1 | %sA\n      | %s^\n"
		"b:1:1: error: cut right [E0101]\n"
		"    1 | %s\xe2\x80\xa6\n      | ^\n"
		"b:1:101: error: cut left [E0101]\n"
		"    1 | \xe2\x80\xa6%sA\n      | %s^\n",
		xs(&f, 99), blanks(&f, 99), xs(&f, 99), xs(&f, 98),
		blanks(&f, 99)));
	arena_destroy(f.arena);
}
END_TEST

START_TEST(huge_lines_cost_no_more)
{
	enum {
		HALF = 8 << 20
	};
	struct fixture f;
	struct buf carets;
	const char *half, *expected;
	uint32_t file;

	setup(&f);
	half = xs(&f, HALF);
	file = add_text(&f, "a", arena_printf(f.arena, "%sHERE%s", half, half));
	for (int i = 0; i < DIAG_SHOWN_MAX; i++)
		diag_add(&f.diags, E_SYNTAX, (struct span){file, HALF, HALF},
		    "long");
	buf_init(&carets, f.arena);
	buf_pad(&carets, '^', 60);
	expected = arena_printf(f.arena,
	    "a:1:8388609: error: long [E0101]\n"
	    "    1 | \xe2\x80\xa6%sHERE%s\xe2\x80\xa6\n"
	    "      | %s%s\n",
	    xs(&f, 39), xs(&f, 55), blanks(&f, 40), carets.p);
	diags_render(&f.diags, &f.out, false);
	ck_assert_uint_eq(f.out.n, strlen(expected) * DIAG_SHOWN_MAX);
	f.out.p[strlen(expected)] = '\0';
	ck_assert_str_eq(f.out.p, expected);
	arena_destroy(f.arena);
}
END_TEST

START_TEST(order_is_by_place_and_stable)
{
	struct fixture f;
	uint32_t one, two;

	setup(&f);
	one = add_text(&f, "1", "ab");
	two = add_text(&f, "2", "ab");
	diag_add(&f.diags, E_SYNTAX, (struct span){two, 0, 1}, "fourth");
	diag_add(&f.diags, E_SYNTAX, (struct span){one, 1, 1}, "second");
	diag_add(&f.diags, E_STRING, (struct span){one, 1, 1}, "third");
	diag_add(&f.diags, E_SYNTAX, (struct span){one, 0, 1}, "first");
	check_text(&f,
	    "1:1:1: error: first [E0101]\n    1 | ab\n      | ^\n"
	    "1:1:2: error: second [E0101]\n    1 | ab\n      |  ^\n"
	    "1:1:2: error: third [E0103]\n    1 | ab\n      |  ^\n"
	    "2:1:1: error: fourth [E0101]\n    1 | ab\n      | ^\n");
}
END_TEST

START_TEST(the_rest_is_counted)
{
	struct fixture f;
	const char *p;
	int lines = 0;

	setup(&f);
	for (int i = 0; i < DIAG_SHOWN_MAX; i++)
		diag_add(&f.diags, E_SYNTAX, SPAN_NONE, "number %d", i);
	diags_render(&f.diags, &f.out, false);
	ck_assert_ptr_null(strstr(f.out.p, "more"));
	diag_add(&f.diags, E_SYNTAX, SPAN_NONE, "one");
	buf_reset(&f.out);
	diags_render(&f.diags, &f.out, false);
	ck_assert_ptr_nonnull(strstr(f.out.p, "\n(+1 more error)\n"));
	diag_add(&f.diags, E_SYNTAX, SPAN_NONE, "two");
	buf_reset(&f.out);
	diags_render(&f.diags, &f.out, false);
	ck_assert_ptr_nonnull(strstr(f.out.p, "\n(+2 more errors)\n"));
	ck_assert_ptr_nonnull(strstr(f.out.p, "number 19 "));
	ck_assert_ptr_null(strstr(f.out.p, "one"));
	for (p = f.out.p; (p = strchr(p, '\n')) != NULL; p++)
		lines++;
	ck_assert_int_eq(lines, DIAG_SHOWN_MAX + 1);
	ck_assert_uint_eq(f.diags.n_errors, DIAG_SHOWN_MAX + 2);
	arena_destroy(f.arena);
}
END_TEST

/* The first warning of the table, DIAG_CODE_COUNT if there is none. */
static enum diag_code
any_warning(void)
{
	size_t code = 0;

	while (code < DIAG_CODE_COUNT &&
	    diag_code_severity((enum diag_code)code) != DIAG_WARNING)
		code++;
	return (enum diag_code)code;
}

START_TEST(warnings_are_counted_apart)
{
	struct fixture f;
	enum diag_code code = any_warning();

	setup(&f);
	ck_assert_int_ne(code, DIAG_CODE_COUNT);
	diag_add(&f.diags, E_SYNTAX, SPAN_NONE, "bad");
	for (int i = 0; i < DIAG_SHOWN_MAX + 3; i++)
		diag_add(&f.diags, code, SPAN_NONE, "odd");
	ck_assert_uint_eq(f.diags.n_errors, 1);
	ck_assert_uint_eq(f.diags.n_warnings, DIAG_SHOWN_MAX + 3);
	diags_render(&f.diags, &f.out, false);
	ck_assert_ptr_nonnull(strstr(f.out.p,
	    arena_printf(
		f.arena, "akinc: warning: odd [%s]\n", diag_code_name(code))));
	ck_assert_ptr_nonnull(strstr(f.out.p, "\n(+3 more warnings)\n"));
	ck_assert_ptr_null(strstr(f.out.p, "more error"));
	arena_destroy(f.arena);
}
END_TEST

START_TEST(colour_is_added_only_when_asked_for)
{
	struct fixture f;
	uint32_t file;

	setup(&f);
	file = add_text(&f, "a", "x\n");
	diag_add(&f.diags, E_SYNTAX, (struct span){file, 0, 1}, "m");
	diags_render(&f.diags, &f.out, true);
	ck_assert_str_eq(f.out.p,
	    "\x1b[1ma:1:1: \x1b[0m\x1b[1;31merror:\x1b[0m \x1b[1mm\x1b[0m "
	    "[E0101]\n"
	    "\x1b[34m    1 |\x1b[0m x\n"
	    "\x1b[34m      |\x1b[0m \x1b[1;31m^\x1b[0m\n");
	buf_reset(&f.out);
	diags_render(&f.diags, &f.out, false);
	ck_assert_ptr_null(strchr(f.out.p, '\x1b'));
	arena_destroy(f.arena);
}
END_TEST

START_TEST(nothing_found_prints_nothing)
{
	struct fixture f;

	setup(&f);
	check_text(&f, "");
}
END_TEST

/* Any bytes, any span: no crash, and nothing that a terminal obeys. */
START_TEST(noise_is_rendered_safely)
{
	struct fixture f;
	uint64_t state = 5;
	char noise[3000];
	uint32_t file;

	setup(&f);
	for (size_t i = 0; i < sizeof(noise); i++)
		noise[i] = (char)unit_random(&state);
	file = sources_add(&f.sources, "noise", noise, sizeof(noise));
	for (int i = 0; i < 500; i++) {
		struct diags one;
		struct span span = {file, unit_random(&state) % 3100,
		    unit_random(&state) % 300};

		diags_init(&one, f.arena, &f.sources);
		diag_add(&one, E_SYNTAX, span, "noise");
		diags_render(&one, &f.out, false);
	}
	for (size_t i = 0; i < f.out.n; i++)
		ck_assert(
		    f.out.p[i] == '\n' || !iscntrl((unsigned char)f.out.p[i]));
	arena_destroy(f.arena);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("diag");
	TCase *tc = tcase_create("diag");

	tcase_set_timeout(tc, 30);
	tcase_add_test(tc, codes_are_distinct_and_well_formed);
	tcase_add_test(tc, place_label_and_help);
	tcase_add_test(tc, a_label_on_the_same_line_shows_it_once);
	tcase_add_test(tc, a_label_in_another_file_names_it);
	tcase_add_test(tc, no_place_is_said_by_the_program);
	tcase_add_test(tc, marks_stay_aligned);
	tcase_add_test(tc, only_harmless_utf8_is_shown);
	tcase_add_test(tc, spans_at_odd_places);
	tcase_add_test(tc, long_lines_are_cut);
	tcase_add_test(tc, huge_lines_cost_no_more);
	tcase_add_test(tc, order_is_by_place_and_stable);
	tcase_add_test(tc, the_rest_is_counted);
	tcase_add_test(tc, warnings_are_counted_apart);
	tcase_add_test(tc, colour_is_added_only_when_asked_for);
	tcase_add_test(tc, nothing_found_prints_nothing);
	tcase_add_test(tc, noise_is_rendered_safely);
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	return unit_run(suite());
}
