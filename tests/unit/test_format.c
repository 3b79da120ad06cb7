/*
 * The canonical form of a policy: what it looks like, and for policies made
 * at random that it means the same and is formatted to itself.
 */
#include "tests/unit/tree.h"

#include "grammar/format.h"

#define RANDOM_POLICIES 2000

static const char *
format_text(struct reading *r, const char *text)
{
	const struct ast_file *tree = tree_read(r, text);
	struct buf out;

	ck_assert_msg(r->diags.list.n == 0, "%s: %s", reading_report(r), text);
	buf_init(&out, r->arena);
	format_file(tree, &r->sources, &out);
	return out.p;
}

static void
assert_same_meaning(struct reading *r, const char *a, const char *b)
{
	const struct ast_file *left_tree = tree_read(r, a);
	const struct ast_file *right_tree = tree_read(r, b);
	json_t *left = tree_meaning(r, left_tree);
	json_t *right = tree_meaning(r, right_tree);

	ck_assert_msg(json_equal(left, right), "%s\nbecame\n%s", a, b);
	ck_assert_uint_eq(left_tree->comments.n, right_tree->comments.n);
	json_decref(left);
	json_decref(right);
}

/* Also that it means the same, and that once is enough. */
static void
assert_format(const char *text, const char *expected)
{
	struct reading r;
	const char *once;

	reading_start(&r);
	once = format_text(&r, text);
	ck_assert_str_eq(once, expected);
	assert_same_meaning(&r, text, once);
	ck_assert_str_eq(format_text(&r, once), once);
	reading_end(&r);
}

static void
assert_unchanged(const char *text)
{
	assert_format(text, text);
}

START_TEST(one_statement_a_line)
{
	assert_format("default   deny\tlog;trust  a ,b ;; include\"x\"",
	    "default deny log\ntrust a, b\ninclude \"x\"\n");
	assert_format("service web=http,https,tcp 80,443\nhost a=::1\n",
	    "service web = http, https, tcp 80, 443\nhost a = ::1\n");
	assert_format("nat a,b to c\nhosts x from \"f\"\n",
	    "nat a, b to c\nhosts x from \"f\"\n");
	assert_format("option x 1 a,\"b c\"\n", "option x 1, a, \"b c\"\n");
}
END_TEST

START_TEST(blank_lines_are_few)
{
	assert_format("\n\n\ndefault deny\n\n\n\ntrust a\n\n",
	    "default deny\n\ntrust a\n");
	assert_format("", "");
	assert_format("\n\n# a\n\n\ntrust a\n", "# a\n\ntrust a\n");
	assert_format("from a to b {\n\n# c\n\n\nallow c\n}\n",
	    "from a to b {\n    # c\n\n    allow c\n}\n");
	assert_format("\n\n", "");
	assert_format("from a to b {\n\n\nallow c\n\n\n\ndeny d\n\n}\n",
	    "from a to b {\n    allow c\n\n    deny d\n}\n");
}
END_TEST

START_TEST(qualifiers_have_an_order)
{
	assert_format("from a to b allow c comment \"x\" label \"y\" limit 5 "
		      "per source log to d from e\n",
	    "from a to b allow c from e to d log limit 5 per source "
	    "label \"y\" comment \"x\"\n");
	assert_format("forward tcp 80,81 from a to b port 8080 log from c\n",
	    "forward tcp 80, 81 from a to b port 8080 from c log\n");
}
END_TEST

START_TEST(quotes_go_where_they_are_not_needed)
{
	assert_format(
	    "zone \"a\" on \"log\",\"x*\",\"active\",\"3com\",active\n",
	    "zone a on log, \"x*\", \"active\", \"3com\", active\n");
	assert_format("trust \"from\", \"self\", \"any\", any, \"b.c\", \"\"\n",
	    "trust \"from\", \"self\", \"any\", any, b.c, \"\"\n");
	assert_format(
	    "from a to b allow c label \"d\" comment \"e \\\" \\\\\"\n",
	    "from a to b allow c label \"d\" comment \"e \\\" \\\\\"\n");
}
END_TEST

START_TEST(blocks_stay_on_one_line_if_they_fit)
{
	assert_format("from a to b {allow c;deny d}\n",
	    "from a to b { allow c; deny d }\n");
	assert_format("from a to b {}\n", "from a to b { }\n");
	assert_format("from a to b {\n}\n", "from a to b {\n}\n");
	assert_format(
	    "from a to b { allow c\n}\n", "from a to b {\n    allow c\n}\n");
	assert_format(
	    "test \"x\" {then reply}\n", "test \"x\" { then reply }\n");
	assert_unchanged("from a to b { allow ssh, dns, http, https, ntp, ftp;"
			 " deny tcp 1, 2, 3, 4, 5678 }\n");
	assert_format("from a to b { allow ssh, dns, http, https, ntp, ftp;"
		      " deny tcp 1, 2, 3, 4, 56781 }\n",
	    "from a to b {\n    allow ssh, dns, http, https, ntp, ftp\n"
	    "    deny tcp 1, 2, 3, 4, 56781\n}\n");
}
END_TEST

START_TEST(long_lists_break_after_commas)
{
	assert_format("hosts a = 10.0.0.10, 10.0.0.11, 10.0.0.12, 10.0.0.13, "
		      "10.0.0.14, 10.0.0.15, 10.0.0.16\n",
	    "hosts a = 10.0.0.10, 10.0.0.11, 10.0.0.12, 10.0.0.13, "
	    "10.0.0.14, 10.0.0.15,\n    10.0.0.16\n");
	assert_format("hosts a =\n  b,\n  c\n", "hosts a = b, c\n");
	assert_format(
	    "from a to b {\nallow aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa, "
	    "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb, c\n}\n",
	    "from a to b {\n    allow aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa, "
	    "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb,\n        c\n}\n");
}
END_TEST

START_TEST(neighbouring_zones_stand_in_columns)
{
	assert_format("zone vm on vboxnet* net 192.168.56.0/24\n"
		      "zone public on active # x\nzone c\n",
	    "zone vm     on vboxnet*  net 192.168.56.0/24\n"
	    "zone public on active  # x\n"
	    "zone c\n");
	assert_format("zone a on b net ::1\n\nzone longer on c net ::2\n",
	    "zone a on b net ::1\n\nzone longer on c net ::2\n");
	assert_format("zone a on b net ::1\n# c\nzone longer on c net ::2\n",
	    "zone a on b net ::1\n# c\nzone longer on c net ::2\n");
	assert_format("zone a net ::1 on b;zone bb net ::2\n",
	    "zone a  on b  net ::1\nzone bb       net ::2\n");
	assert_format("zone a on b\nzone bb on cc\nzone ccc on ddd net ::1\n",
	    "zone a   on b\nzone bb  on cc\nzone ccc on ddd  net ::1\n");
	/* One that is too wide leaves all without columns. */
	assert_format("zone a on b\nzone longer on aaaaaaaaaaaaaaaaaaaaaaaaaaaa"
		      "aaaaaaa net 10.0.0.0/8, 10.1.0.0/16, 10.2.0.0/16\n",
	    "zone a on b\nzone longer on aaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	    "aaaaaaa net 10.0.0.0/8, 10.1.0.0/16,\n    10.2.0.0/16\n");
}
END_TEST

START_TEST(comments_keep_their_places)
{
	assert_format("#a\n\n\n# b  \ndefault deny   # c\n\n# d",
	    "#a\n\n# b\ndefault deny  # c\n\n# d\n");
	assert_format("from a to b { # head\n# own\n\nallow c;# end\n\n# last\n"
		      "} # close\n",
	    "from a to b {  # head\n    # own\n\n    allow c  # end\n\n"
	    "    # last\n}  # close\n");
	assert_format("hosts a = # x\n\n # y\n b, # z\n  # w\n c\n",
	    "hosts a =  # x\n    # y\n    b,  # z\n    # w\n    c\n");
	assert_format("; # a\nzone b on c\n", "# a\nzone b on c\n");
	assert_format("zone a on b; # c\n", "zone a on b  # c\n");
	/* With the clauses in their order, each comment stays at its word. */
	assert_format("zone a net ::1, # n\n ::2 on b, # c\n d\n",
	    "zone a on b,  # c\n    d net ::1,  # n\n    ::2\n");
}
END_TEST

START_TEST(comments_in_a_column_stay_in_one)
{
	assert_format("trust a       # x\nnat aa to b   # y\n",
	    "trust a      # x\nnat aa to b  # y\n");
	assert_format("trust a # x\nnat aa to b # y\n",
	    "trust a  # x\nnat aa to b  # y\n");
	assert_format("trust a       # x\n\nnat aa to b   # y\n",
	    "trust a  # x\n\nnat aa to b  # y\n");
	assert_format("trust a\t\t# x\nnat aa to b\t# y\n",
	    "trust a      # x\nnat aa to b  # y\n");
	assert_format("hosts a = bbb,   # x\n    c,           # y\n    d\n",
	    "hosts a = bbb,  # x\n    c,          # y\n    d\n");
	assert_format("trust \"\xc3\xa9\"       # x\ntrust bb        # y\n",
	    "trust \"\xc3\xa9\"  # x\ntrust bb   # y\n");
}
END_TEST

START_TEST(tests_are_laid_out_like_rules)
{
	assert_unchanged(
	    "test \"a\" {\n"
	    "    expect allow tcp from a 10.0.0.1 port 5 to b port 80 "
	    "flags SA via nat by line 5\n"
	    "    then reply\n"
	    "    then deny again via nat by \"x\"\n"
	    "\n"
	    "    after 25s  # wait\n"
	    "    expect deny icmp echo-request from a to b\n"
	    "}\n");
}
END_TEST

START_TEST(line_ends_of_other_systems)
{
	assert_format("\xef\xbb\xbf"
		      "default deny # a\r\n\r\n\r\ntrust b,\r\nc\r\n",
	    "default deny  # a\n\ntrust b, c\n");
}
END_TEST

/* Policies made at random: every form of the grammar, laid out anyhow. */
struct random_policy {
	uint64_t state;
	struct buf text;
};

static size_t
pick(struct random_policy *p, size_t n)
{
	return (size_t)(unit_random(&p->state) % n);
}

static const char *
pick_word(struct random_policy *p, const char *const *words, size_t n)
{
	return words[pick(p, n)];
}

#define PICK(p, ...)                                                           \
	pick_word((p), (const char *const[]){__VA_ARGS__},                     \
	    sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *))

static void
put(struct random_policy *p, const char *text)
{
	buf_puts(&p->text, text);
	buf_puts(&p->text, PICK(p, " ", " ", " ", "  ", "\t"));
}

static void
put_name(struct random_policy *p)
{
	put(p,
	    PICK(p, "a", "b", "self", "any", "web-1", "log", "nat", "port",
		"\"from\"", "\"any\"", "\"x y\"", "\"plain\"", "on",
		"\"q\\\"\\\\\"", "long-name-of-something"));
}

static void
put_address(struct random_policy *p)
{
	put(p,
	    PICK(p, "10.0.0.0/8", "::1", "fe80::/10", "192.0.2.1-192.0.2.9",
		"10.0.0.300", "2001:db8:0:0:0:0:0:1/128"));
}

static void
put_host(struct random_policy *p)
{
	if (pick(p, 2) == 0)
		put_name(p);
	else
		put_address(p);
}

static void
put_card(struct random_policy *p)
{
	put(p, PICK(p, "em0", "vboxnet*", "\"x*\"", "active", "em0.100"));
}

static void
put_port(struct random_policy *p)
{
	put(p, PICK(p, "80", "8000-8010", "https", "\"80\"", "any"));
}

static void
put_service(struct random_policy *p)
{
	static const char *const protocols[] = {"tcp", "udp"};

	switch (pick(p, 5)) {
	case 0:
		put(p, pick_word(p, protocols, 2));
		put_port(p);
		break;
	case 1:
		put(p, PICK(p, "icmp", "icmp6"));
		put(p, PICK(p, "echo-request", "3"));
		break;
	case 2:
		put(p, "proto");
		put(p, PICK(p, "gre", "47"));
		break;
	case 3:
		put(p, pick_word(p, protocols, 2));
		put(p, "80 , 443,8000-8001, https");
		break;
	default:
		put_name(p);
	}
}

static void
put_line_break(struct random_policy *p)
{
	put(p,
	    PICK(p, "\n", "\n\n\n", "# c\n", "# d \r\n", "\n   # own\n",
		"   # far\n# more\n\n"));
}

static void
put_list(struct random_policy *p, void (*entry)(struct random_policy *))
{
	size_t n = 1 + pick(p, 3) * pick(p, 6);

	while (n-- > 0) {
		entry(p);
		if (n == 0)
			return;
		put(p, ",");
		if (pick(p, 6) == 0)
			put_line_break(p);
	}
}

static void
put_qualifiers(struct random_policy *p)
{
	size_t set = pick(p, 64) & pick(p, 64), start = pick(p, 6);

	for (size_t i = 0; i < 6; i++) {
		size_t which = (start + i) % 6;

		if ((set >> which & 1) == 0)
			continue;
		put(p,
		    (const char *const[]){"from", "to", "log", "limit", "label",
			"comment"}[which]);
		if (which < 2)
			put_list(p, put_host);
		else if (which == 3)
			put(p, "5 per source");
		else if (which > 3)
			put(p, PICK(p, "\"x\"", "\"a \\\" b\"", "\"\""));
	}
}

static void
put_rule(struct random_policy *p)
{
	put(p, PICK(p, "allow", "deny", "reject"));
	put_list(p, put_service);
	put_qualifiers(p);
}

static void
put_end(struct random_policy *p)
{
	put_name(p);
	if (pick(p, 2) == 0)
		put_address(p);
	if (pick(p, 2) == 0)
		put(p, "port 80");
}

static void
put_step(struct random_policy *p)
{
	static const char *const options[] = {
	    "via nat", "by line 5", "by \"x\"", "via nat by line 7", ""};

	switch (pick(p, 3)) {
	case 0:
		put(p, "expect deny");
		put(p, PICK(p, "tcp", "icmp echo-request", "gre", "\"from\""));
		put(p, "from");
		put_end(p);
		put(p, "to");
		put_end(p);
		put(p, PICK(p, "flags SA", ""));
		put(p, pick_word(p, options, 5));
		break;
	case 1:
		put(p, "then");
		put(p, PICK(p, "", "allow", "reject"));
		put(p, PICK(p, "reply", "again"));
		put(p, pick_word(p, options, 5));
		break;
	default:
		put(p, PICK(p, "after 25s", "after 5m"));
	}
}

static void
put_inside(struct random_policy *p, void (*item)(struct random_policy *))
{
	size_t n = pick(p, 4);

	put(p, PICK(p, "{", "{", "{\n", "{ # head\n"));
	while (n-- > 0) {
		item(p);
		put(p, PICK(p, ";", ";", "\n", " # end\n", "\n\n# own\n"));
	}
	put(p, "}");
}

static void
put_zone(struct random_policy *p)
{
	size_t order = pick(p, 4);

	put(p, "zone");
	put_name(p);
	for (size_t i = 0; i < 2; i++) {
		if (order == 3 && pick(p, 2) == 0)
			return;
		if (order % 2 == i) {
			put(p, "on");
			put_list(p, put_card);
		} else {
			put(p, "net");
			put_list(p, put_address);
		}
	}
}

static void
put_forward(struct random_policy *p)
{
	put(p, "forward");
	put(p, PICK(p, "tcp", "udp"));
	put_list(p, put_port);
	put(p, "from");
	put_list(p, put_name);
	put(p, "to");
	put_host(p);
	put(p, PICK(p, "port 80", "port 80-90", ""));
	put_qualifiers(p);
}

static void
put_block(struct random_policy *p)
{
	put(p, "from");
	put_list(p, put_name);
	put(p, "to");
	put_list(p, put_name);
	if (pick(p, 3) == 0)
		put_rule(p);
	else
		put_inside(p, put_rule);
}

static void
put_definition(struct random_policy *p)
{
	bool services = pick(p, 2) == 0;

	put(p, services ? "service" : "hosts");
	put_name(p);
	put(p, "=");
	if (pick(p, 4) == 0)
		put_line_break(p);
	put_list(p, services ? put_service : put_host);
}

static void
put_statement(struct random_policy *p)
{
	switch (pick(p, 9)) {
	case 0:
	case 1:
	case 2:
		put_zone(p);
		break;
	case 3:
		put_definition(p);
		break;
	case 4:
		put(p, "nat");
		put_list(p, put_name);
		put(p, "to");
		put_list(p, put_name);
		break;
	case 5:
		put_forward(p);
		break;
	case 6:
		put_block(p);
		break;
	case 7:
		put(p,
		    PICK(p, "default deny log", "option a b 1, ::1",
			"include \"x\\\\y\"", "hosts a from \"b\"",
			"host a = 10.0.0.1"));
		break;
	default:
		put(p, PICK(p, "test \"x\"", "test \"y \\\" z\""));
		put_inside(p, put_step);
	}
}

static const char *
make_policy(struct reading *r, uint64_t seed)
{
	struct random_policy p = {.state = seed};
	size_t n = pick(&p, 8);

	buf_init(&p.text, r->arena);
	while (n-- > 0) {
		put_statement(&p);
		put(&p,
		    PICK(&p, "\n", "\n", "\n", ";", "# c\n", "    # d\n",
			"\n\n\n# own\n", "\r\n"));
	}
	return p.text.p;
}

START_TEST(random_policies_keep_their_meaning)
{
	for (uint64_t seed = 1; seed <= RANDOM_POLICIES; seed++) {
		const char *text, *once, *twice;
		struct reading r;

		reading_start(&r);
		text = make_policy(&r, seed * UINT64_C(0x9e3779b97f4a7c15));
		once = format_text(&r, text);
		assert_same_meaning(&r, text, once);
		twice = format_text(&r, once);
		ck_assert_msg(strcmp(once, twice) == 0,
		    "%s\nbecame\n%s\nand then\n%s", text, once, twice);
		reading_end(&r);
	}
}
END_TEST

static TCase *
layout_case(void)
{
	TCase *tc = tcase_create("layout");

	tcase_add_test(tc, one_statement_a_line);
	tcase_add_test(tc, blank_lines_are_few);
	tcase_add_test(tc, qualifiers_have_an_order);
	tcase_add_test(tc, quotes_go_where_they_are_not_needed);
	tcase_add_test(tc, blocks_stay_on_one_line_if_they_fit);
	tcase_add_test(tc, long_lists_break_after_commas);
	tcase_add_test(tc, neighbouring_zones_stand_in_columns);
	tcase_add_test(tc, comments_keep_their_places);
	tcase_add_test(tc, comments_in_a_column_stay_in_one);
	tcase_add_test(tc, tests_are_laid_out_like_rules);
	tcase_add_test(tc, line_ends_of_other_systems);
	tcase_add_test(tc, random_policies_keep_their_meaning);
	tcase_set_timeout(tc, 120);
	return tc;
}

int
main(void)
{
	Suite *suite = suite_create("format");

	suite_add_tcase(suite, layout_case());
	return unit_run(suite);
}
