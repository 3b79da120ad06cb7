/*
 * The files that a policy includes: found, and bounded.
 */
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/unit/tree.h"

/* Files for the tests of includes, in a folder of their own. */
static void
write_file(
    struct reading *r, const char *folder, const char *name, const char *text)
{
	FILE *file = fopen(arena_printf(r->arena, "%s/%s", folder, name), "w");

	ck_assert_ptr_nonnull(file);
	ck_assert_int_ge(fputs(text, file), 0);
	ck_assert_int_eq(fclose(file), 0);
}

static void
remove_file(struct reading *r, const char *folder, const char *name)
{
	ck_assert_int_eq(
	    remove(arena_printf(r->arena, "%s/%s", folder, name)), 0);
}

static struct ast_file *
read_named(struct reading *r, const char *name, const char *text)
{
	struct parse parse = {r->arena, r->syms, &r->sources, &r->diags};
	struct ast_file *tree = parse_file(
	    &parse, sources_add(&r->sources, name, text, strlen(text)));

	parse_includes(&parse, tree);
	return tree;
}

/* TEXT as the policy main.akp in FOLDER. */
static struct ast_file *
read_policy(struct reading *r, const char *folder, const char *text)
{
	return read_named(
	    r, arena_printf(r->arena, "%s/main.akp", folder), text);
}

START_TEST(paths_are_relative_to_their_file)
{
	char folder[] = "/tmp/akin-test-XXXXXX";
	const struct ast_file *tree;
	struct reading r;

	ck_assert_ptr_nonnull(mkdtemp(folder));
	reading_start(&r);
	ck_assert_int_eq(
	    mkdir(arena_printf(r.arena, "%s/sub", folder), 0700), 0);
	write_file(&r, folder, "sub/one.akp", "include \"two.akp\"\n");
	write_file(&r, folder, "sub/two.akp", "default deny\n");
	tree = read_policy(&r, folder, "include \"sub/one.akp\"\n");
	ck_assert_str_eq(reading_report(&r), "");
	for (int i = 0; i < 2; i++) {
		tree = tree->statements->u.include.file;
		ck_assert_ptr_nonnull(tree);
	}
	ck_assert_int_eq(tree->statements->kind, AST_DEFAULT);
	remove_file(&r, folder, "sub/one.akp");
	remove_file(&r, folder, "sub/two.akp");
	remove_file(&r, folder, "sub");
	remove_file(&r, folder, "");
	reading_end(&r);
}
END_TEST

START_TEST(a_dash_is_a_file)
{
	char folder[] = "/tmp/akin-test-XXXXXX";
	const struct ast_file *tree;
	struct reading r;

	ck_assert_ptr_nonnull(mkdtemp(folder));
	reading_start(&r);
	write_file(&r, folder, "-", "default deny\n");
	ck_assert_int_eq(chdir(folder), 0);
	tree = read_named(&r, "main.akp", "include \"-\"\n");
	ck_assert_ptr_nonnull(tree->statements->u.include.file);
	ck_assert_ptr_nonnull(tree->statements->u.include.file->statements);
	remove_file(&r, folder, "-");
	remove_file(&r, folder, "");
	reading_end(&r);
}
END_TEST

START_TEST(files_are_counted)
{
	char folder[] = "/tmp/akin-test-XXXXXX";
	struct reading r;
	struct buf text;

	ck_assert_ptr_nonnull(mkdtemp(folder));
	reading_start(&r);
	write_file(&r, folder, "leaf.akp", "\n");
	buf_init(&text, r.arena);
	for (int i = 0; i < PARSE_INCLUDE_FILES; i++)
		buf_puts(&text, "include \"leaf.akp\"\n");
	read_policy(&r, folder, text.p);
	ck_assert_str_eq(reading_report(&r), "");
	buf_puts(&text, "include \"leaf.akp\"\ninclude \"leaf.akp\"\n");
	read_policy(&r, folder, text.p);
	ck_assert_str_eq(reading_report(&r), "E0106 1001:9");
	remove_file(&r, folder, "leaf.akp");
	remove_file(&r, folder, "");
	reading_end(&r);
}
END_TEST

/* File N includes file N - 1; the last has nothing to include. */
START_TEST(levels_are_counted)
{
	char folder[] = "/tmp/akin-test-XXXXXX";
	struct reading r;

	ck_assert_ptr_nonnull(mkdtemp(folder));
	reading_start(&r);
	write_file(&r, folder, "1", "\n");
	for (int i = 2; i <= PARSE_INCLUDE_DEPTH + 1; i++)
		write_file(&r, folder, arena_printf(r.arena, "%d", i),
		    arena_printf(r.arena, "include \"%d\"\n", i - 1));
	read_policy(&r, folder, "include \"16\"\n");
	ck_assert_str_eq(reading_report(&r), "");
	read_policy(&r, folder, "include \"17\"\n");
	ck_assert_str_eq(reading_report(&r), "E0108 1:9");
	for (int i = 1; i <= PARSE_INCLUDE_DEPTH + 1; i++)
		remove_file(&r, folder, arena_printf(r.arena, "%d", i));
	remove_file(&r, folder, "");
	reading_end(&r);
}
END_TEST

/* However its parts are spelled. */
START_TEST(a_loop_is_found)
{
	char folder[] = "/tmp/akin-test-XXXXXX";
	struct reading r;

	ck_assert_ptr_nonnull(mkdtemp(folder));
	reading_start(&r);
	ck_assert_int_eq(mkdir(arena_printf(r.arena, "%s/x", folder), 0700), 0);
	write_file(&r, folder, "a.akp", "\ninclude \"./b.akp\"\n");
	write_file(&r, folder, "b.akp", "include \"x/../a.akp\"\n");
	read_policy(&r, folder, "include \"a.akp\"\n");
	ck_assert_str_eq(reading_report(&r), "E0107 1:9");
	ck_assert_uint_eq(r.diags.list.v[0]->labels.n, 1);
	remove_file(&r, folder, "a.akp");
	remove_file(&r, folder, "b.akp");
	remove_file(&r, folder, "x");
	remove_file(&r, folder, "");
	reading_end(&r);
}
END_TEST

static void
assert_refused(const char *path, const char *reason)
{
	struct reading r;

	reading_start(&r);
	read_policy(
	    &r, "/tmp", arena_printf(r.arena, "include \"%s\"\n", path));
	ck_assert_str_eq(reading_report(&r), "E0106 1:9");
	ck_assert_msg(strstr(r.diags.list.v[0]->text, reason) != NULL,
	    "'%s' has no '%s'", r.diags.list.v[0]->text, reason);
	reading_end(&r);
}

START_TEST(only_regular_files_are_read)
{
	assert_refused("akin-no-such-file.akp", "No such file");
	assert_refused("", "no file is named");
	assert_refused(".", "no regular file");
	assert_refused("/dev/zero", "no regular file");
}
END_TEST

static TCase *
include_case(void)
{
	TCase *tc = tcase_create("includes");

	tcase_add_test(tc, paths_are_relative_to_their_file);
	tcase_add_test(tc, a_dash_is_a_file);
	tcase_add_test(tc, files_are_counted);
	tcase_add_test(tc, levels_are_counted);
	tcase_add_test(tc, a_loop_is_found);
	tcase_add_test(tc, only_regular_files_are_read);
	return tc;
}

int
main(void)
{
	Suite *suite = suite_create("includes");

	suite_add_tcase(suite, include_case());
	return unit_run(suite);
}
