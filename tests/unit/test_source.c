/*
 * Source texts: lines, positions, and reading what may not be a plain file.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/source.h"
#include "tests/unit/unit.h"

static const struct source *
source_of(struct arena *arena, const char *text, size_t size)
{
	struct sources *sources = arena_new(arena, struct sources);

	sources_init(sources, arena);
	return sources_get(sources, sources_add(sources, "a.akp", text, size));
}

static void
check_line(const struct source *source, size_t line, const char *expected)
{
	size_t length;
	const char *text = source_line(source, line, &length);

	ck_assert_uint_eq(length, strlen(expected));
	ck_assert_mem_eq(text, expected, length);
}

START_TEST(lines_end_at_newlines)
{
	struct arena *arena = unit_arena();
	const char *text = "one\r\n\nthree\rx";
	const struct source *source = source_of(arena, text, strlen(text));

	ck_assert_uint_eq(source->n_lines, 3);
	check_line(source, 1, "one");
	check_line(source, 2, "");
	check_line(source, 3, "three\rx");
	source = source_of(arena, "last\n", 5);
	ck_assert_uint_eq(source->n_lines, 2);
	check_line(source, 2, "");
	source = source_of(arena, "\n", 1);
	check_line(source, 1, "");
	source = source_of(arena, "", 0);
	ck_assert_uint_eq(source->n_lines, 1);
	check_line(source, 1, "");
	arena_destroy(arena);
}
END_TEST

START_TEST(texts_may_hold_nul_bytes)
{
	struct arena *arena = unit_arena();
	const struct source *source = source_of(arena, "a\0b\nc", 5);
	size_t length;

	ck_assert_uint_eq(source->size, 5);
	ck_assert_uint_eq(source->n_lines, 2);
	ck_assert_mem_eq(source_line(source, 1, &length), "a\0b", 3);
	ck_assert_uint_eq(length, 3);
	ck_assert_int_eq(source->text[5], '\0');
	arena_destroy(arena);
}
END_TEST

/* Every offset, compared with counting newlines one by one. */
START_TEST(positions_agree_with_counting)
{
	struct arena *arena = unit_arena();
	uint64_t state = 11;
	char text[500];
	const struct source *source;
	size_t line = 1, column = 1;

	for (size_t i = 0; i < sizeof(text); i++)
		text[i] = unit_random(&state) % 5 == 0 ? '\n' : 'x';
	source = source_of(arena, text, sizeof(text));
	for (uint32_t at = 0; at <= sizeof(text); at++) {
		struct span span = {1, at, 1};
		size_t got_line, got_column;

		source_position(source, span, &got_line, &got_column);
		ck_assert_uint_eq(got_line, line);
		ck_assert_uint_eq(got_column, column);
		column++;
		if (at < sizeof(text) && text[at] == '\n') {
			line++;
			column = 1;
		}
	}
	arena_destroy(arena);
}
END_TEST

START_TEST(a_span_beyond_the_end_is_at_the_end)
{
	struct arena *arena = unit_arena();
	const struct source *source = source_of(arena, "ab\ncd", 5);
	size_t line, column;

	source_position(source, (struct span){1, 99, 1}, &line, &column);
	ck_assert_uint_eq(line, 2);
	ck_assert_uint_eq(column, 3);
	arena_destroy(arena);
}
END_TEST

START_TEST(numbers_that_name_no_file)
{
	struct arena *arena = unit_arena();
	struct sources sources;

	sources_init(&sources, arena);
	ck_assert_uint_eq(sources_add(&sources, "a", "", 0), 1);
	ck_assert_uint_eq(sources_add(&sources, "b", "", 0), 2);
	ck_assert_str_eq(sources_get(&sources, 2)->name, "b");
	ck_assert_ptr_null(sources_get(&sources, 0));
	ck_assert_ptr_null(sources_get(&sources, 3));
	arena_destroy(arena);
}
END_TEST

static void
check_span(struct span span, uint32_t file, uint32_t at, uint32_t length)
{
	ck_assert_uint_eq(span.file, file);
	ck_assert_uint_eq(span.at, at);
	ck_assert_uint_eq(span.length, length);
}

START_TEST(spans_are_joined)
{
	struct span a = {1, 10, 5}, b = {1, 20, 3}, inside = {1, 11, 1};
	struct span other = {2, 0, 9};

	check_span(span_join(a, b), 1, 10, 13);
	check_span(span_join(b, a), 1, 10, 13);
	check_span(span_join(a, inside), 1, 10, 5);
	check_span(span_join(SPAN_NONE, b), 1, 20, 3);
	check_span(span_join(a, SPAN_NONE), 1, 10, 5);
	check_span(span_join(a, other), 1, 10, 5);
}
END_TEST

START_TEST(a_file_is_read_whole)
{
	struct arena *arena = unit_arena();
	struct sources sources;
	char path[] = "/tmp/test_source.XXXXXX";
	int fd = mkstemp(path);
	char part[1000];
	uint32_t file = 0;

	sources_init(&sources, arena);
	ck_assert_int_ne(fd, -1);
	memset(part, 'y', sizeof(part));
	for (int i = 0; i < 200; i++)
		ck_assert_int_eq(write(fd, part, sizeof(part)), 1000);
	close(fd);
	ck_assert_int_eq(sources_read(&sources, path, &file), 0);
	unlink(path);
	ck_assert_uint_eq(file, 1);
	ck_assert_uint_eq(sources_get(&sources, file)->size, 200000);
	ck_assert_str_eq(sources_get(&sources, file)->name, path);
	ck_assert_int_eq(sources_get(&sources, file)->text[199999], 'y');
	arena_destroy(arena);
}
END_TEST

START_TEST(what_cannot_be_read_has_an_errno)
{
	struct arena *arena = unit_arena();
	struct sources sources;
	uint32_t file = 77;

	sources_init(&sources, arena);
	ck_assert_int_eq(sources_read(&sources, "/tmp", &file), EISDIR);
	ck_assert_int_eq(
	    sources_read(&sources, "/nowhere/at/all", &file), ENOENT);
	ck_assert_uint_eq(file, 77);
	ck_assert_uint_eq(sources.list.n, 0);
	arena_destroy(arena);
}
END_TEST

START_TEST(size_is_checked_before_and_while_reading)
{
	struct arena *arena = unit_arena();
	struct sources sources;
	char path[] = "/tmp/test_source.XXXXXX";
	int fd = mkstemp(path);
	uint32_t file;

	sources_init(&sources, arena);
	ck_assert_int_ne(fd, -1);
	ck_assert_int_eq(ftruncate(fd, (off_t)SOURCE_MAX_BYTES + 1), 0);
	close(fd);
	ck_assert_int_eq(sources_read(&sources, path, &file), EFBIG);
	unlink(path);
	ck_assert_int_eq(sources_read(&sources, "/dev/zero", &file), EFBIG);
	ck_assert_uint_lt(arena_used(arena), 1000);
	arena_destroy(arena);
}
END_TEST

START_TEST(a_dash_is_the_standard_input)
{
	struct arena *arena = unit_arena();
	struct sources sources;
	int ends[2];
	uint32_t file;

	sources_init(&sources, arena);
	ck_assert_int_eq(pipe(ends), 0);
	ck_assert_int_eq(write(ends[1], "zone\n", 5), 5);
	close(ends[1]);
	ck_assert_int_ne(dup2(ends[0], STDIN_FILENO), -1);
	ck_assert_int_eq(sources_read(&sources, "-", &file), 0);
	ck_assert_str_eq(sources_get(&sources, file)->text, "zone\n");
	arena_destroy(arena);
}
END_TEST

/* Files that are handed over by a descriptor. */
static int
take(struct sources *sources, const char *text)
{
	FILE *file = tmpfile();
	int error;

	ck_assert_ptr_nonnull(file);
	fputs(text, file);
	rewind(file);
	error = sources_take(sources, fileno(file));
	fclose(file);
	return error;
}

START_TEST(files_are_handed_over)
{
	static const char *const wrong[] = {"x", "3 a\n", "3 a\nabc",
	    "3 a\nabcd", "-1 a\n\n", "99999999999999999999 a\nabc\n",
	    "3a\nabc\n"};
	struct arena *arena = unit_arena();
	struct stat one, other;
	struct sources sources;
	uint32_t file;

	sources_init(&sources, arena);
	ck_assert_int_eq(take(&sources, "3 /no/a.akp\na\nb\n0 /no/b c\n\n"), 0);
	ck_assert_int_eq(sources_read(&sources, "/no/a.akp", &file), 0);
	ck_assert_str_eq(sources_get(&sources, file)->text, "a\nb");
	ck_assert_int_eq(sources_stat(&sources, "/no/a.akp", &one), 0);
	ck_assert_int_eq(sources_stat(&sources, "/no/b c", &other), 0);
	ck_assert(S_ISREG(one.st_mode) && one.st_ino != other.st_ino);
	ck_assert_int_eq(sources_read(&sources, "/no/c", &file), ENOENT);
	ck_assert_uint_eq(sources.refused.n, 0);
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		ck_assert_int_eq(take(&sources, wrong[i]), EINVAL);
	arena_destroy(arena);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("source");
	TCase *tc = tcase_create("source");

	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, lines_end_at_newlines);
	tcase_add_test(tc, texts_may_hold_nul_bytes);
	tcase_add_test(tc, positions_agree_with_counting);
	tcase_add_test(tc, a_span_beyond_the_end_is_at_the_end);
	tcase_add_test(tc, numbers_that_name_no_file);
	tcase_add_test(tc, spans_are_joined);
	tcase_add_test(tc, a_file_is_read_whole);
	tcase_add_test(tc, what_cannot_be_read_has_an_errno);
	tcase_add_test(tc, size_is_checked_before_and_while_reading);
	tcase_add_test(tc, a_dash_is_the_standard_input);
	tcase_add_test(tc, files_are_handed_over);
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	return unit_run(suite());
}
