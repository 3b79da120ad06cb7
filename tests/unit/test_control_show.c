/*
 * What akinctl shows: sizes, pages on a terminal, and refused packets from the
 * system's log.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "runtime/control/denials.h"
#include "runtime/control/frame.h"
#include "runtime/control/show.h"
#include "tests/unit/unit.h"

static void
check_bytes(uint64_t bytes, const char *expected)
{
	struct arena *arena = unit_arena();
	struct buf out;
	struct control_show show = {.out = &out};

	buf_init(&out, arena);
	control_show_bytes(&show, bytes);
	ck_assert_str_eq(out.p, expected);
	arena_destroy(arena);
}

START_TEST(sizes)
{
	check_bytes(0, "0 B");
	check_bytes(999, "999 B");
	check_bytes(1000, "1.0 kB");
	check_bytes(9999, "9.9 kB");
	check_bytes(10000, "10 kB");
	check_bytes(999999, "999 kB");
	check_bytes(1000000, "1.0 MB");
	check_bytes(12345678901, "12 GB");
	check_bytes(UINT64_MAX, "18 EB");
}
END_TEST

static void
check_frame(const char *text, size_t columns, size_t rows, const char *expected)
{
	const struct control_size size = {.columns = columns, .rows = rows};
	struct arena *arena = unit_arena();
	struct buf out;

	buf_init(&out, arena);
	control_frame_write(&out, text, size, false);
	ck_assert_str_eq(out.p, expected);
	arena_destroy(arena);
}

START_TEST(a_page_keeps_within_its_edges)
{
	check_frame("", 5, 4, "\033[H\033[J");
	check_frame(
	    "abc\nabcdefg\n", 5, 4, "\033[Habc\033[K\nabcde\033[K\n\033[J");
	check_frame("a\nb\nc\nd\n", 5, 3, "\033[Ha\033[K\nb\033[K\n\033[J");
	check_frame("no end", 9, 3, "\033[Hno end\033[K\n\033[J");
}
END_TEST

START_TEST(colours_have_no_width_and_end)
{
	check_frame("\033[31mabc\033[0m\n", 2, 3,
	    "\033[H\033[31mab\033[0m\033[K\n\033[J");
	/* Nothing but a colour passes for one. */
	check_frame("\033[2J\n", 20, 3, "\033[H\\x1b[2J\033[K\n\033[J");
}
END_TEST

START_TEST(wide_characters_are_not_cut)
{
	check_frame(
	    "\u00e4\u00e4\u00e4\n", 2, 3, "\033[H\u00e4\u00e4\033[K\n\033[J");
}
END_TEST

static bool
denied(const char *line, char out[CONTROL_DENIAL_SIZE])
{
	return control_denials_parse(line, strlen(line), out);
}

START_TEST(refused_packets_in_a_log)
{
	char out[CONTROL_DENIAL_SIZE];

	ck_assert(denied("Nov 23 18:40:12 host kernel: ipfw: 900 Deny TCP "
			 "203.0.113.9:4000 192.0.2.10:23 in via em0",
	    out));
	ck_assert_str_eq(out,
	    "Nov 23 18:40:12  900 Deny TCP 203.0.113.9:4000 192.0.2.10:23 in "
	    "via em0");
	ck_assert(
	    denied("Nov  3 08:40:12 h kernel: [9.1] ipfw: 7 Reset x", out));
	ck_assert(!denied("Nov 23 18:40:12 h kernel: ipfw: 7 Accept x", out));
	ck_assert(!denied("Nov 23 18:40:12 h kernel: ipfw: Deny x", out));
	ck_assert(!denied("Nov 23 18:40:12 h kernel: ipfw: 7", out));
	ck_assert(!denied("Nov 23 18:40:12 h kernel: ipfw: ", out));
	ck_assert(!denied("ipfw: 7 Deny x", out));
	ck_assert(!denied("", out));
}
END_TEST

START_TEST(a_long_line_is_cut)
{
	char line[1000], out[CONTROL_DENIAL_SIZE];

	memset(line, 'x', sizeof(line));
	memcpy(line, "Nov 23 18:40:12 ipfw: 7 Deny ", 29);
	ck_assert(control_denials_parse(line, sizeof(line), out));
	ck_assert_uint_eq(strlen(out), CONTROL_DENIAL_SIZE - 1);
}
END_TEST

START_TEST(the_last_lines_of_a_file)
{
	struct control_denials denials;
	char path[] = "/tmp/akin-denials-XXXXXX";
	int descriptor = mkstemp(path);
	FILE *file = descriptor == -1 ? NULL : fdopen(descriptor, "w");

	ck_assert_ptr_nonnull(file);
	for (int i = 0; i < 2000; i++)
		fprintf(file, "Nov 23 18:40:12 h kernel: ipfw: %d Deny x\n", i);
	fputs("Nov 23 18:40:12 h kernel: ipfw: 2000 Deny y", file);
	fclose(file);
	control_denials_read(&denials, path);
	unlink(path);
	ck_assert_uint_eq(denials.n, CONTROL_DENIALS);
	ck_assert_str_eq(denials.lines[0], "Nov 23 18:40:12  1993 Deny x");
	ck_assert_str_eq(
	    denials.lines[denials.n - 1], "Nov 23 18:40:12  2000 Deny y");
	control_denials_read(&denials, path);
	ck_assert_uint_eq(denials.n, 0);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("control_show");
	TCase *tcase = tcase_create("all");

	tcase_add_test(tcase, sizes);
	tcase_add_test(tcase, a_page_keeps_within_its_edges);
	tcase_add_test(tcase, colours_have_no_width_and_end);
	tcase_add_test(tcase, wide_characters_are_not_cut);
	tcase_add_test(tcase, refused_packets_in_a_log);
	tcase_add_test(tcase, a_long_line_is_cut);
	tcase_add_test(tcase, the_last_lines_of_a_file);
	suite_add_tcase(suite, tcase);
	return unit_run(suite);
}
