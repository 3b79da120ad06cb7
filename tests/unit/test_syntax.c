/*
 * Where the parser finds fault with a policy, and what it advises.
 */
#include "tests/unit/tree.h"

START_TEST(each_error_is_reported_once)
{
	tree_assert_report("zoen a on b\nzone c onn d\nzone e on f g\n",
	    "E0101 1:1, E0101 2:8, E0101 3:13");
	tree_assert_report(
	    "from a to b {\nalow x\nallow y lmit 5\nallow z\n}\n",
	    "E0101 2:1, E0101 3:9");
	tree_assert_report("from a too b {\nalow x\nallow y\n}\nzoen\n",
	    "E0101 1:8, E0101 2:1, E0101 5:1");
	tree_assert_report("from a to b { alow x; allow y z; deny a }\n",
	    "E0101 1:15, E0101 1:31");
	tree_assert_report("test x {\nthen\nafter 5s\nexpect foo\n}\n",
	    "E0101 1:6, E0101 2:5, E0101 4:8");
	/* What follows in the same statement is no news. */
	tree_assert_report("zone a@b on on on c d\n", "E0102 1:7");
	tree_assert_report(
	    "foo { a { b }\n; c }\nzone\n", "E0101 1:1, E0101 3:5");
}
END_TEST

START_TEST(a_line_that_goes_on_with_a_bad_one_is_no_news)
{
	tree_assert_report(
	    "zone a onn b\n net ::1\n on c\nzoen\n", "E0101 1:8, E0101 4:1");
	tree_assert_report("test \"x\" {\n expect allow tcp from a\n to b\n"
			   " by line 3\n thne\n}\n",
	    "E0101 2:25, E0101 5:2");
}
END_TEST

START_TEST(a_missing_brace_costs_one_error)
{
	tree_assert_report("from a to b {\n allow c\nzone d on e\nzoen\n",
	    "E0101 1:13, E0101 4:1");
	/* A brace that comes late is the one that was missing. */
	tree_assert_report("from a to b {\n allow c\nzone d on e\n}\nzoen\n",
	    "E0101 1:13, E0101 5:1");
	tree_assert_report("from a to b {\n allow c\n", "E0101 1:13");
	tree_assert_report("test \"x\" {\nfrom a to b allow c\n", "E0101 1:10");
	tree_assert_report("zone a on b\n}\n", "E0101 2:1");
	tree_assert_report("from a to b\n{\n allow c\n}\n", "E0101 2:1");
	tree_assert_report(
	    "from a to b\n\n allow c\n deny d\n}\n", "E0101 1:12");
	tree_assert_report("test \"x\"\n then reply\n}\n", "E0101 1:9");
	/* Further to the right it is a line that was meant to go on. */
	tree_assert_report(
	    "from a to b {\n allow c\n  from d\n deny e\n}\n", "E0101 3:3");
}
END_TEST

START_TEST(bad_words_and_characters)
{
	tree_assert_report("zone 3com on em0\n", "E0102 1:6");
	tree_assert_report("zone a on em?\n", "E0102 1:13");
	tree_assert_report("zone a on em[01]\n", "E0102 1:13");
	tree_assert_report("zone a on e*m\n", "E0102 1:12");
	tree_assert_report("zone a* on em0\n", "E0101 1:6");
	tree_assert_report("zone \xe2\x80\x9c"
			   "a\xe2\x80\x9d on em0\n",
	    "E0102 1:6");
	tree_assert_report("hosts a = b $$ # $\n", "E0102 1:13");
	tree_assert_report(
	    "from a to b { allow 8080 - 8090 }\n", "E0101 1:21, E0102 1:26");
	tree_assert_report("from a to b allow ssh, 80\n", "E0101 1:24");
	tree_assert_report("from a to b allow ssh from !c\n", "E0110 1:28");
	tree_assert_report("from a to b allow not ssh\n", "E0110 1:19");
	tree_assert_report(
	    "from a to b allow ssh from not c, d\n", "E0110 1:28");
}
END_TEST

START_TEST(bytes_that_are_no_text)
{
	char *long_line;
	struct reading r;

	tree_assert_report(
	    "# caf\xe9\xe9 \xe9\nzoen\n", "E0105 1:6, E0105 1:9, E0101 2:1");
	tree_assert_report(
	    "# plain text and a \x07\x1b[0m bell\n", "E0102 1:20");
	tree_assert_report("zone a on em0\rzone b on em1\n", "E0102 1:14");
	tree_assert_report("# \xe2\x80\xae reversed\n", "E0105 1:3");
	tree_assert_report("\xff\xfez", "E0105 1:1");
	tree_assert_report("\xef\xbb\xbfzone a on em0\r\n", "");
	tree_assert_report("\x01\x02\x03 zone\n", "E0105 1:1");

	reading_start(&r);
	long_line = arena_alloc(r.arena, SOURCE_MAX_LINE + 10);
	memset(long_line, ' ', SOURCE_MAX_LINE);
	memcpy(long_line + SOURCE_MAX_LINE, "\nzoen", 6);
	tree_assert_report(long_line, "E0101 2:1");
	long_line[SOURCE_MAX_LINE] = '#';
	tree_assert_report(long_line, "E0104 1:1");
	reading_end(&r);
}
END_TEST

START_TEST(a_nul_near_the_start_means_no_text)
{
	struct parse parse;
	struct reading r;

	reading_start(&r);
	parse = (struct parse){r.arena, r.syms, &r.sources, &r.diags};
	parse_file(
	    &parse, sources_add(&r.sources, "input", "zoen a\0b\nzoen\n", 14));
	ck_assert_str_eq(reading_report(&r), "E0105 1:1");
	reading_end(&r);
}
END_TEST

START_TEST(clauses_twice_name_the_first)
{
	struct reading r;

	reading_start(&r);
	tree_read(&r,
	    "from a to b allow c log label \"x\" log label \"y\" from d "
	    "limit 1 per source from e limit 2 per source\n"
	    "zone a on b net ::1 net ::2 on c\n");
	ck_assert_str_eq(reading_report(&r),
	    "E0109 1:35, E0109 1:45, E0109 1:75, E0109 1:82, E0109 2:21, "
	    "E0109 2:29");
	ck_assert_uint_eq(r.diags.list.v[0]->labels.n, 1);
	ck_assert_uint_eq(r.diags.list.v[0]->labels.v[0].span.at, 20);
	reading_end(&r);
}
END_TEST

START_TEST(nesting_without_end_is_an_error)
{
	struct reading r;
	struct buf text;

	reading_start(&r);
	buf_init(&text, r.arena);
	buf_puts(&text, "foo ");
	for (int i = 0; i < 20000; i++)
		buf_puts(&text, "{\n");
	tree_read(&r, text.p);
	ck_assert_uint_eq(r.diags.list.n, 2);
	ck_assert_str_eq(
	    r.diags.list.v[1]->text, "braces are nested too deeply");
	reading_end(&r);
}
END_TEST

START_TEST(errors_without_end_are_cut)
{
	struct reading r;
	struct buf text;

	reading_start(&r);
	buf_init(&text, r.arena);
	for (int i = 0; i < 3000; i++)
		buf_puts(&text, "zoen\n@ @ @ @ @ @\n");
	tree_read(&r, text.p);
	ck_assert_uint_eq(r.diags.n_errors, 1000);
	reading_end(&r);
}
END_TEST

/* Help that a message gives, "" if none. */
static const char *
help_for(struct reading *r, const char *text)
{
	tree_read(r, text);
	ck_assert_uint_eq(r->diags.list.n, 1);
	return r->diags.list.v[0]->helps.n > 0 ? r->diags.list.v[0]->helps.v[0]
					       : "";
}

static void
assert_help(const char *text, const char *part)
{
	struct reading r;
	const char *help;

	reading_start(&r);
	help = help_for(&r, text);
	ck_assert_msg(strstr(help, part) != NULL, "%s: '%s' has no '%s'", text,
	    help, part);
	reading_end(&r);
}

START_TEST(words_that_were_meant)
{
	assert_help("zoen a on b\n", "'zone'");
	assert_help("frm a to b {\nallow c\n}\n", "'from'");
	assert_help("from a too b allow c\n", "'to'");
	assert_help("zone a onn b\n", "'on'");
	assert_help("from a to b alow c\n", "'allow'");
	assert_help("from a to b { denny c }\n", "'deny'");
	assert_help("from a to b allow c lmit 5 per source\n", "'limit'");
	assert_help("from a to b allow c limit 5 pre source\n", "'per'");
	assert_help(
	    "test \"x\" { exepct allow tcp from a to b }\n", "'expect'");
	assert_help("test \"x\" { then replay }\n", "'reply'");
}
END_TEST

START_TEST(advice_for_common_slips)
{
	assert_help("allow ssh to self\n", "from ZONE to ZONE");
	assert_help("from a to b accept ssh\n", "'allow'");
	assert_help("from a to b { drop ssh }\n", "'deny'");
	assert_help("service web http\n", "'='");
	assert_help("from a to b allow port 80\n", "tcp 80");
	assert_help("from a to b allow 80\n", "'tcp 80' or 'udp 80'");
	assert_help("from a to b allow 80/tcp\n", "tcp 80");
	assert_help("from a to b allow tcp/80\n", "tcp 80");
	assert_help("from a to b allow tcp 80:90\n", "8080-8090");
	assert_help("from a to b allow any any\n", "one 'any'");
	assert_help("from 10.0.0.0/8 to b allow ssh\n", "zones stand here");
	assert_help("zone to on em0\n", "in quotes");
	assert_help("hosts a = b,\nzone c on em0\n", "take it away");
	assert_help("from a to b {\nallow c\n  log\n}\n", "line end");
	assert_help(
	    "from a to b {\n service c = d\n allow e\n}\n", "inside a block");
	assert_help("test x { }\n", "in quotes");
	assert_help("test \"x\" { after 5 }\n", "25s");
	assert_help("zone a on em?0\n", "end of a card's name");
	assert_help("from a to b allow c to [::1]\n", "without brackets");
	assert_help("from a to b allow !c\n", "'deny'");
}
END_TEST

START_TEST(expected_words_are_few_and_plain)
{
	struct reading r;

	reading_start(&r);
	tree_read(&r, "from a b\n");
	ck_assert_str_eq(
	    r.diags.list.v[0]->text, "expected 'to' or ',', found 'b'");
	tree_read(&r, "zone a net x\n");
	ck_assert_str_eq(
	    r.diags.list.v[1]->text, "expected an address, found 'x'");
	tree_read(&r, "from a to b {\nallow c d\n}\n");
	ck_assert_str_eq(r.diags.list.v[2]->text,
	    "expected a qualifier, ',' or '}', found 'd'");
	tree_read(&r, "from a to b { allow");
	ck_assert_str_eq(r.diags.list.v[4]->text,
	    "expected a service, found the end of the line");
	tree_read(&r, "option x");
	ck_assert_str_eq(r.diags.list.v[5]->text,
	    "expected a value, found the end of the line");
	tree_read(&r, "trust a,");
	ck_assert_str_eq(r.diags.list.v[6]->text,
	    "expected a name, found the end of the file");
	reading_end(&r);
}
END_TEST

static TCase *
error_case(void)
{
	TCase *tc = tcase_create("errors");

	tcase_add_test(tc, each_error_is_reported_once);
	tcase_add_test(tc, a_line_that_goes_on_with_a_bad_one_is_no_news);
	tcase_add_test(tc, a_missing_brace_costs_one_error);
	tcase_add_test(tc, bad_words_and_characters);
	tcase_add_test(tc, bytes_that_are_no_text);
	tcase_add_test(tc, a_nul_near_the_start_means_no_text);
	tcase_add_test(tc, clauses_twice_name_the_first);
	tcase_add_test(tc, nesting_without_end_is_an_error);
	tcase_add_test(tc, errors_without_end_are_cut);
	tcase_add_test(tc, words_that_were_meant);
	tcase_add_test(tc, advice_for_common_slips);
	tcase_add_test(tc, expected_words_are_few_and_plain);
	return tc;
}

int
main(void)
{
	Suite *suite = suite_create("syntax");

	suite_add_tcase(suite, error_case());
	return unit_run(suite);
}
