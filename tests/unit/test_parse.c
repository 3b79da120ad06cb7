/*
 * What the parser makes of a policy that is right.
 */
#include "tests/unit/tree.h"

#include "grammar/words.h"

static size_t
count_statements(const struct ast_file *tree)
{
	size_t n = 0;

	for (const struct ast_statement *at = tree->statements; at != NULL;
	     at = at->next)
		n++;
	return n;
}

/* The words of a list with a blank between. */
static const char *
join_words(struct reading *r, const ast_words *words)
{
	struct buf out;

	buf_init(&out, r->arena);
	for (size_t i = 0; i < words->n; i++)
		buf_printf(&out, "%s%s", i > 0 ? " " : "", words->v[i].text);
	return out.p;
}

/* The entries of "service s = TEXT": kind, protocol, word, "+" if it goes on
 * with the protocol before. */
static void
assert_services(const char *text, const char *expected)
{
	static const char kinds[] = {
	    [AST_SERVICE_NAME] = 'n',
	    [AST_SERVICE_PORTS] = 'p',
	    [AST_SERVICE_ICMP] = 'i',
	    [AST_SERVICE_PROTOCOL] = 'x',
	};
	const struct ast_file *tree;
	const ast_services *services;
	struct reading r;
	struct buf out;

	reading_start(&r);
	tree = tree_read_good(
	    &r, arena_printf(r.arena, "service s = %s\n", text));
	services = &tree->statements->u.service.services;
	buf_init(&out, r.arena);
	for (size_t i = 0; i < services->n; i++) {
		const struct ast_service *at = &services->v[i];

		buf_printf(&out, "%s%c:%s:%s%s", i > 0 ? " " : "",
		    kinds[at->kind],
		    at->protocol.text != NULL ? at->protocol.text : "",
		    at->word.text, at->continues ? "+" : "");
	}
	ck_assert_str_eq(out.p, expected);
	reading_end(&r);
}

/* The entries of "hosts h = TEXT": "a:" an address, "n:" a name. */
static void
assert_hosts(const char *text, const char *expected)
{
	const struct ast_file *tree;
	const ast_hosts *hosts;
	struct reading r;
	struct buf out;

	reading_start(&r);
	tree = tree_read_good(
	    &r, arena_printf(r.arena, "hosts h = %s\n", text));
	hosts = &tree->statements->u.hosts.hosts;
	buf_init(&out, r.arena);
	for (size_t i = 0; i < hosts->n; i++)
		buf_printf(&out, "%s%c:%s", i > 0 ? " " : "",
		    hosts->v[i].kind == AST_HOST_ADDRESS ? 'a' : 'n',
		    hosts->v[i].word.text);
	ck_assert_str_eq(out.p, expected);
	reading_end(&r);
}

START_TEST(numbers_go_on_with_the_protocol_before)
{
	assert_services("ssh", "n::ssh");
	assert_services(
	    "tcp 80, 443, 8000-8010", "p:tcp:80 p:tcp:443+ p:tcp:8000-8010+");
	assert_services("tcp 80, udp 53, 54", "p:tcp:80 p:udp:53 p:udp:54+");
	assert_services(
	    "icmp echo-request, 3", "i:icmp:echo-request i:icmp:3+");
	assert_services("icmp6 135, 136", "i:icmp6:135 i:icmp6:136+");
	assert_services("proto gre, 47", "x:proto:gre x:proto:47+");
}
END_TEST

START_TEST(names_after_a_protocol_are_left_open)
{
	assert_services("tcp ssh", "p:tcp:ssh");
	assert_services("tcp 80, https, 81", "p:tcp:80 n:tcp:https+ p:tcp:81+");
	assert_services("ssh, tcp 80", "n::ssh p:tcp:80");
	assert_services("icmp echo-request, time-exceeded",
	    "i:icmp:echo-request n:icmp:time-exceeded+");
	assert_services("tcp any, any", "p:tcp:any n:tcp:any+");
}
END_TEST

START_TEST(literals_are_one_token)
{
	assert_hosts("10.0.0.1, 10.0.0.0/8, 10.0.0.1-10.0.0.9",
	    "a:10.0.0.1 a:10.0.0.0/8 a:10.0.0.1-10.0.0.9");
	assert_hosts("::1,fe80::/10,fe80::1-fe80::9,::ffff:1.2.3.4,abcd::",
	    "a:::1 a:fe80::/10 a:fe80::1-fe80::9 a:::ffff:1.2.3.4 a:abcd::");
	assert_hosts("10.0.0.300, 2001:db8:::1, 1.2.3, 10/8, 10.0.0.1x",
	    "a:10.0.0.300 a:2001:db8:::1 a:1.2.3 a:10/8 a:10.0.0.1x");
	assert_hosts("a, www.example.com, dead.beef, \"10.0.0.1\"",
	    "n:a n:www.example.com n:dead.beef n:10.0.0.1");
}
END_TEST

START_TEST(cards_may_end_in_a_star)
{
	const struct ast_file *tree;
	struct reading r;

	reading_start(&r);
	tree = tree_read_good(
	    &r, "zone a on em0.100, vboxnet*, \"x*\", active\n");
	ck_assert_str_eq(join_words(&r, &tree->statements->u.zone.cards),
	    "em0.100 vboxnet* x* active");
	ck_assert(!tree->statements->u.zone.cards.v[1].quoted);
	ck_assert(tree->statements->u.zone.cards.v[2].quoted);
	reading_end(&r);
}
END_TEST

START_TEST(clauses_and_qualifiers_come_in_any_order)
{
	const struct ast_qualifiers *q;
	const struct ast_file *tree;
	struct reading r;

	reading_start(&r);
	tree = tree_read_good(&r,
	    "zone a net 10.0.0.0/8 on em0\n"
	    "from a to b allow ssh comment \"c\" limit 5 per source to x, y "
	    "label \"l\" log from z\n");
	ck_assert(tree->statements->u.zone.has_cards);
	ck_assert(tree->statements->u.zone.has_nets);
	q = tree->statements->next->u.block.rules->qualifiers;
	ck_assert(q->has_from && q->from.n == 1);
	ck_assert(q->has_to && q->to.n == 2);
	ck_assert(q->log && q->limit != NULL);
	ck_assert_str_eq(q->limit->text, "5");
	ck_assert_str_eq(q->label->text, "l");
	ck_assert_str_eq(q->comment->text, "c");
	reading_end(&r);
}
END_TEST

START_TEST(test_steps_keep_their_parts)
{
	const struct ast_test_step *step;
	struct reading r;

	reading_start(&r);
	step = tree_read_good(&r,
	    "test \"t\" {\n"
	    "expect deny tcp from vm 10.0.0.1 port 5 to self port 22 flags SA "
	    "via nat by line 7; then allow reply by \"x\"; then again\n"
	    "after 25s; expect allow icmp echo-request from a to b }\n")
		   ->statements->u.test.steps;
	ck_assert_int_eq(step->kind, AST_TEST_EXPECT);
	ck_assert_int_eq(step->verdict, AST_DENY);
	ck_assert_str_eq(step->from.address.text, "10.0.0.1");
	ck_assert_str_eq(step->from.port.text, "5");
	ck_assert(!step->to.has_address && step->to.has_port);
	ck_assert_str_eq(step->flags.text, "SA");
	ck_assert(step->via_nat && step->has_line && !step->line.quoted);
	step = step->next;
	ck_assert_int_eq(step->kind, AST_TEST_REPLY);
	ck_assert(step->has_verdict && step->line.quoted && !step->via_nat);
	step = step->next;
	ck_assert_int_eq(step->kind, AST_TEST_AGAIN);
	ck_assert(!step->has_verdict && !step->has_line);
	step = step->next;
	ck_assert_int_eq(step->kind, AST_TEST_AFTER);
	ck_assert_str_eq(step->duration.text, "25s");
	ck_assert_str_eq(step->next->type.text, "echo-request");
	reading_end(&r);
}
END_TEST

/* TEMPLATE with WORD for each '@'. */
static const char *
fill(struct reading *r, const char *template, const char *word)
{
	struct buf out;

	buf_init(&out, r->arena);
	for (const char *p = template; *p != '\0'; p++) {
		if (*p == '@')
			buf_puts(&out, word);
		else
			buf_putc(&out, *p);
	}
	return out.p;
}

START_TEST(words_of_the_language_are_names_elsewhere)
{
	static const char *const free_words[] = {"log", "limit", "label",
	    "comment", "port", "net", "on", "per", "source", "line", "nat",
	    "via", "by", "flags", "reply", "again", "after", "then", "expect"};
	struct reading r;

	for (size_t i = 0; i < sizeof(free_words) / sizeof(*free_words); i++) {
		const char *w = free_words[i];

		ck_assert(!word_reserved(w));
		reading_start(&r);
		tree_read_good(&r,
		    fill(&r,
			"zone @ on @\nservice @ = @, tcp @\nhosts @ = @\n"
			"trust @\nnat @, a to @\n"
			"forward tcp @ from @ to @ port 5\n"
			"option @ @, @\n"
			"from @ to @ allow @ from @, @ to @ log\n"
			"test \"\" {\n"
			"expect allow @ @ from @ port 5 to @\n}\n",
			w));
		reading_end(&r);
	}
}
END_TEST

START_TEST(quotes_make_any_word_a_name)
{
	static const char *const reserved[] = {"zone", "service", "host",
	    "hosts", "trust", "forward", "from", "default", "option", "include",
	    "test", "to", "allow", "deny", "reject", "tcp", "udp", "icmp",
	    "icmp6", "proto"};
	struct reading r;

	for (size_t i = 0; i < sizeof(reserved) / sizeof(*reserved); i++) {
		const char *w = reserved[i];
		const struct ast_file *tree;

		ck_assert(word_reserved(w));
		reading_start(&r);
		tree_assert_report(
		    arena_printf(r.arena, "zone %s on em0\n", w), "E0101 1:6");
		tree = tree_read_good(&r,
		    fill(&r,
			"zone \"@\" on \"@\"\n"
			"from \"@\" to \"@\" allow \"@\" from \"@\"\n",
			w));
		ck_assert_str_eq(tree->statements->u.zone.name.text, w);
		reading_end(&r);
	}
}
END_TEST

START_TEST(a_line_end_ends_a_statement_or_a_list_goes_on)
{
	struct reading r;

	reading_start(&r);
	ck_assert_uint_eq(count_statements(tree_read_good(&r,
			      "zone a on em0 ; zone b on em1;;\n\n;\n"
			      "hosts x =\n\n# c\n  a, # d\n\n  b\n"
			      "from a to b {\nallow ssh,\ndns; deny any }\n"
			      "from a to b { }\ndefault deny")),
	    6);
	reading_end(&r);
	tree_assert_report("zone a\non em0\n", "E0101 2:1");
	tree_assert_report("from a to b allow ssh\nlog\n", "E0101 2:1");
	tree_assert_report("hosts a = b c\n", "E0101 1:13");
	tree_assert_report(
	    "from a to b { allow c } default deny\n", "E0101 1:25");
}
END_TEST

START_TEST(spans_cover_what_was_written)
{
	static const char text[] =
	    "\n  from a to b  {\n allow \"x\" log ; }  \n";
	const struct ast_statement *block;
	const struct ast_rule *rule;
	struct reading r;

	reading_start(&r);
	block = tree_read_good(&r, text)->statements;
	rule = block->u.block.rules;
	ck_assert_uint_eq(block->span.at, 3);
	ck_assert_uint_eq(block->span.length, strrchr(text, '}') - text - 2);
	ck_assert_uint_eq(rule->span.length, strlen("allow \"x\" log"));
	ck_assert_uint_eq(
	    rule->services.v[0].word.span.length, strlen("\"x\""));
	ck_assert_int_eq(text[rule->qualifiers->log_span.at], 'l');
	reading_end(&r);
}
END_TEST

START_TEST(comments_are_kept_with_their_places)
{
	const struct ast_file *tree;
	struct reading r;

	reading_start(&r);
	tree = tree_read_good(&r, "# a\n\t # b\r\nzone a on em0 # c\r\n#");
	ck_assert_uint_eq(tree->comments.n, 4);
	ck_assert(tree->comments.v[0].own_line);
	ck_assert(tree->comments.v[1].own_line);
	ck_assert_uint_eq(tree->comments.v[1].span.length, 3);
	ck_assert(!tree->comments.v[2].own_line);
	ck_assert_uint_eq(tree->comments.v[2].span.length, 3);
	reading_end(&r);
}
END_TEST

START_TEST(texts_know_two_escapes)
{
	struct reading r;

	reading_start(&r);
	ck_assert_str_eq(
	    tree_read_good(&r, "include \"a \\\"b\\\" \\\\ \xc3\xa9 #\"")
		->statements->u.include.path.text,
	    "a \"b\" \\ \xc3\xa9 #");
	reading_end(&r);
	tree_assert_report("include \"a\\n\"\n", "E0102 1:11");
	tree_assert_report("include \"a\tb\"\n", "E0102 1:11");
	tree_assert_report("include \"a\nzone b on em0\n", "E0103 1:9");
	tree_assert_report("include \"a\\\"\nzone\n", "E0103 1:9, E0101 2:5");
	/* The brace is no part of the text, so the block is one. */
	tree_assert_report("test \"a {\nthen reply\n}\n", "E0103 1:6");
}
END_TEST

START_TEST(a_list_may_be_long)
{
	enum {
		ENTRIES = 100000
	};
	const struct ast_file *tree;
	struct reading r;
	struct buf text;

	reading_start(&r);
	buf_init(&text, r.arena);
	buf_puts(&text, "service s = tcp 1");
	for (int i = 1; i < ENTRIES; i++)
		buf_printf(&text, ",\n%d", i % 65535 + 1);
	tree = tree_read_good(&r, text.p);
	ck_assert_uint_eq(tree->statements->u.service.services.n, ENTRIES);
	reading_end(&r);
}
END_TEST

static TCase *
good_case(void)
{
	TCase *tc = tcase_create("trees");

	tcase_add_test(tc, numbers_go_on_with_the_protocol_before);
	tcase_add_test(tc, names_after_a_protocol_are_left_open);
	tcase_add_test(tc, literals_are_one_token);
	tcase_add_test(tc, cards_may_end_in_a_star);
	tcase_add_test(tc, clauses_and_qualifiers_come_in_any_order);
	tcase_add_test(tc, test_steps_keep_their_parts);
	tcase_add_test(tc, words_of_the_language_are_names_elsewhere);
	tcase_add_test(tc, quotes_make_any_word_a_name);
	tcase_add_test(tc, a_line_end_ends_a_statement_or_a_list_goes_on);
	tcase_add_test(tc, spans_cover_what_was_written);
	tcase_add_test(tc, comments_are_kept_with_their_places);
	tcase_add_test(tc, texts_know_two_escapes);
	tcase_add_test(tc, a_list_may_be_long);
	return tc;
}

int
main(void)
{
	Suite *suite = suite_create("parse");

	suite_add_tcase(suite, good_case());
	return unit_run(suite);
}
