/*
 * YAML trees: what is read, what is refused, and that places are exact.
 */
#include "sema/yaml.h"
#include "tests/unit/report.h"

static const struct yaml_node *
read_text(struct reading *r, const char *text)
{
	struct yaml yaml;

	reading_start(r);
	yaml = (struct yaml){r->arena, r->syms, &r->sources, &r->diags};
	return yaml_read(&yaml, reading_add(r, text));
}

static void
check_errors(const char *text, const char *expected)
{
	struct reading r;

	read_text(&r, text);
	ck_assert_str_eq(reading_report(&r), expected);
	reading_end(&r);
}

/* The bytes of the source that NODE claims. */
static void
check_span(struct reading *r, const struct yaml_node *node, const char *text)
{
	const struct source *source = sources_get(&r->sources, node->span.file);

	ck_assert_uint_le(node->span.at + node->span.length, source->size);
	ck_assert_uint_eq(node->span.length, strlen(text));
	ck_assert_mem_eq(source->text + node->span.at, text, strlen(text));
}

START_TEST(a_tree_of_all_kinds)
{
	struct reading r;
	const struct yaml_node *root = read_text(&r,
	    "a: 1\nb:\n  - x\n  - [y, 'z']\nc: {d: , e: \"\"}\n"
	    "f: >-\n  two\n  lines\n");
	const struct yaml_node *b, *c;

	ck_assert_str_eq(reading_report(&r), "");
	ck_assert_int_eq(root->kind, YAML_MAP);
	ck_assert_uint_eq(root->pairs.n, 4);
	ck_assert_str_eq(yaml_get(root, "a")->text, "1");
	ck_assert_ptr_null(yaml_get(root, "A"));
	b = yaml_get(root, "b");
	ck_assert_uint_eq(yaml_item_count(b), 2);
	ck_assert_str_eq(yaml_item(b, 0)->text, "x");
	ck_assert(!yaml_item(yaml_item(b, 1), 0)->quoted);
	ck_assert(yaml_item(yaml_item(b, 1), 1)->quoted);
	c = yaml_get(root, "c");
	ck_assert(yaml_is_void(yaml_get(c, "d")));
	ck_assert(!yaml_is_void(yaml_get(c, "e")));
	ck_assert_str_eq(yaml_get(root, "f")->text, "two lines");
	ck_assert_uint_eq(yaml_item_count(yaml_get(root, "a")), 1);
	reading_end(&r);
}
END_TEST

START_TEST(places_are_bytes_not_characters)
{
	struct reading r;
	const struct yaml_node *root = read_text(&r,
	    "\xef\xbb\xbf# \xc3\xa9\xe2\x82\xac\n"
	    "\xc3\xa4: {b: [c, \xc3\xb6]}\n");
	const struct yaml_node *a, *b;

	ck_assert_str_eq(reading_report(&r), "");
	check_span(&r, root->pairs.v[0].key, "\xc3\xa4");
	a = root->pairs.v[0].value;
	check_span(&r, a, "{b: [c, \xc3\xb6]}");
	b = yaml_get(a, "b");
	check_span(&r, b, "[c, \xc3\xb6]");
	check_span(&r, yaml_item(b, 1), "\xc3\xb6");
	reading_end(&r);
}
END_TEST

/* The table of character offsets has an entry for every 256th. */
START_TEST(places_far_into_a_text)
{
	struct reading r;
	struct buf text;
	const struct yaml_node *list;

	reading_start(&r);
	buf_init(&text, r.arena);
	for (int i = 0; i < 700; i++)
		buf_printf(&text, "- \xe2\x82\xac%d\n", i);
	list = yaml_read(&(struct yaml){r.arena, r.syms, &r.sources, &r.diags},
	    reading_add(&r, text.p));
	ck_assert_uint_eq(list->items.n, 700);
	for (size_t i = 0; i < list->items.n; i++)
		check_span(&r, list->items.v[i], list->items.v[i]->text);
	reading_end(&r);
}
END_TEST

START_TEST(a_block_ends_where_its_last_value_ends)
{
	struct reading r;
	const struct yaml_node *root = read_text(
	    &r, "a:\n  b: 1\n  c:\n    - 2\n    - 3\n\n# comment\nd: 4\n");

	check_span(&r, yaml_get(root, "a"), "b: 1\n  c:\n    - 2\n    - 3");
	reading_end(&r);
}
END_TEST

START_TEST(what_we_do_not_read_is_refused)
{
	check_errors("a: &x 1\n", "E0802 1:4");
	check_errors("a: [1]\nb: *a\n", "E0802 2:4");
	check_errors(
	    "a: &x [1]\nb: *x\nc: *x\n", "E0802 1:4, E0802 2:4, E0802 3:4");
	check_errors("a: !!str 1\nb: !x [1]\nc: !y {d: 1}\n",
	    "E0802 1:4, E0802 2:4, E0802 3:4");
	check_errors("a: 1\n---\nb: 2\n", "E0802 2:1");
	check_errors("a: 1\n...\n", "");
}
END_TEST

START_TEST(what_is_not_yaml)
{
	check_errors("", "E0806 1:1");
	check_errors("# nothing\n", "E0806 2:1");
	check_errors("a: [1\n", "E0801 2:1");
	check_errors("a: {b: >-\n c}\n", "E0801 1:8");
	check_errors("\ta: 1\n", "E0801 1:1");
	check_errors("a: 1\nb: \x80\n", "E0801 2:4");
	check_errors("caf\xe9: 1\n", "E0801 1:4");
	check_errors("caf\xc3\xa9\x01\n", "E0801 1:6");
	check_errors("a: \xe2\x82", "E0801 1:4");
	check_errors("a: \xf0\x9f\x98 x", "E0801 1:4");
	check_errors("\xc3\xa9\xc3\xa9: \"\\0\"\n", "E0801 1:7");
	check_errors("a: \x01\n", "E0801 1:4");
}
END_TEST

START_TEST(other_encodings_are_refused)
{
	static const char wide[] = "\xff\xfe"
				   "a\0:\0";
	struct reading r;
	struct yaml yaml;
	uint32_t file;

	reading_start(&r);
	yaml = (struct yaml){r.arena, r.syms, &r.sources, &r.diags};
	file = sources_add(&r.sources, "wide", wide, sizeof(wide) - 1);
	ck_assert_ptr_null(yaml_read(&yaml, file));
	ck_assert_str_eq(reading_report(&r), "E0801 1:1");
	reading_end(&r);
}
END_TEST

START_TEST(keys_are_texts_and_stand_once)
{
	check_errors("a: 1\nb: 2\na: 3\n'b': 4\n", "E0804 3:1, E0804 4:1");
	check_errors("{a: {b: 1, b: 2}, c: {b: 1}}\n", "E0804 1:12");
	check_errors("[a]: 1\n{b: c}: 2\n", "E0806 1:2, E0806 2:2");
}
END_TEST

START_TEST(depth_is_bounded)
{
	check_errors("[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]", "");
	check_errors("[[[[[[[[[[[[[[[[[", "E0803 1:17");
	check_errors("[[[[[[[[[[[[[[[1, [[[", "E0803 1:20");
}
END_TEST

/* CHUNK as often as it takes to pass the limit, which ends the reading. */
static void
check_bound(const char *chunk, size_t times, const char *code)
{
	struct reading r;
	struct yaml yaml;
	struct buf text;

	reading_start(&r);
	yaml = (struct yaml){r.arena, r.syms, &r.sources, &r.diags};
	buf_init(&text, r.arena);
	buf_putc(&text, '[');
	for (size_t i = 0; i < times; i++)
		buf_puts(&text, chunk);
	buf_putc(&text, ']');
	yaml_read(&yaml, reading_add(&r, text.p));
	ck_assert_uint_eq(r.diags.list.n, 1);
	ck_assert_str_eq(diag_code_name(r.diags.list.v[0]->code), code);
	reading_end(&r);
}

START_TEST(size_is_bounded)
{
	check_bound("a,", YAML_NODES_MAX + 1, "E0803");
	check_bound("# 45678\n", YAML_BYTES_MAX / 8, "E0803");
}
END_TEST

START_TEST(numbers_are_decimal_and_bounded)
{
	static const struct {
		const char *text;
		unsigned maximum;
		bool ok;
		unsigned value;
	} cases[] = {
	    {"0", 9, true, 0},
	    {"65535", 65535, true, 65535},
	    {"65536", 65535, false, 0},
	    {"99999999999999999999", 65535, false, 0},
	    {"4294967296", 65535, false, 0},
	    {"255", 255, true, 255},
	    {"256", 255, false, 0},
	    {"7", 5, false, 0},
	    {"", 9, false, 0},
	    {"00", 9, false, 0},
	    {"022", 65535, false, 0},
	    {"0x16", 65535, false, 0},
	    {"-1", 65535, false, 0},
	    {"+1", 65535, false, 0},
	    {"1 ", 65535, false, 0},
	    {"1e3", 65535, false, 0},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		unsigned value = 0;
		bool ok = yaml_number(cases[i].text, strlen(cases[i].text),
		    cases[i].maximum, &value);

		ck_assert_msg(ok == cases[i].ok, "%s", cases[i].text);
		ck_assert_uint_eq(value, cases[i].value);
	}
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("yaml");
	TCase *tc = tcase_create("yaml");

	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, a_tree_of_all_kinds);
	tcase_add_test(tc, places_are_bytes_not_characters);
	tcase_add_test(tc, places_far_into_a_text);
	tcase_add_test(tc, a_block_ends_where_its_last_value_ends);
	tcase_add_test(tc, what_we_do_not_read_is_refused);
	tcase_add_test(tc, what_is_not_yaml);
	tcase_add_test(tc, other_encodings_are_refused);
	tcase_add_test(tc, keys_are_texts_and_stand_once);
	tcase_add_test(tc, depth_is_bounded);
	tcase_add_test(tc, size_is_bounded);
	tcase_add_test(tc, numbers_are_decimal_and_bounded);
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	return unit_run(suite());
}
