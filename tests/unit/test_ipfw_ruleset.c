/*
 * Rules and tables put together: the numbers that rules get, and what the
 * types of tables allow.
 */
#include <string.h>

#include "target/ipfw/text/read.h"
#include "target/ipfw/ruleset.h"
#include "target/ipfw/text/write.h"
#include "tests/unit/unit.h"
#include "tests/unit/vectors.h"

struct loading {
	struct arena *arena;
	struct ipfw_reader reader;
	struct ipfw_ruleset ruleset;
};

static void
loading_start(struct loading *loading)
{
	*loading = (struct loading){.arena = unit_arena()};
	ipfw_reader_init(&loading->reader, loading->arena);
}

/* False if the kernel refuses the rule for a table. */
static bool
add(struct loading *loading, const char *text)
{
	vector_words words = vector_split(loading->arena, text);
	struct ipfw_rule rule;

	ck_assert_msg(ipfw_read_rule(&loading->reader, words.v, words.n, &rule),
	    "%s", text);
	if (!ipfw_ruleset_bind_tables(loading->arena, &loading->ruleset, &rule))
		return false;
	ipfw_ruleset_insert(loading->arena, &loading->ruleset, &rule);
	return true;
}

static void
expect_rules(struct loading *loading, const char *rules)
{
	struct buf text;

	buf_init(&text, loading->arena);
	for (size_t i = 0; i < loading->ruleset.rules.n; i++) {
		ipfw_write_listing(&text, &loading->ruleset.rules.v[i], false);
		buf_putc(&text, '\n');
	}
	ck_assert_str_eq(text.p, rules);
}

START_TEST(a_rule_goes_behind_its_number)
{
	struct loading loading;

	loading_start(&loading);
	add(&loading, "200 set 1 allow in");
	add(&loading, "100 allow in");
	add(&loading, "200 set 0 deny in");
	add(&loading, "200 set 2 count in");
	expect_rules(&loading,
	    "00100 allow ip from any to any in\n"
	    "00200 allow ip from any to any in\n"
	    "00200 deny ip from any to any in\n"
	    "00200 count ip from any to any in\n");
	ck_assert_uint_eq(ipfw_ruleset_find(&loading.ruleset, 1), 0);
	ck_assert_uint_eq(ipfw_ruleset_find(&loading.ruleset, 100), 0);
	ck_assert_uint_eq(ipfw_ruleset_find(&loading.ruleset, 101), 1);
	ck_assert_uint_eq(ipfw_ruleset_find(&loading.ruleset, 200), 1);
	ck_assert_uint_eq(ipfw_ruleset_find(&loading.ruleset, 201), 4);
	/* The second that came, though it is the first now. */
	ck_assert_uint_eq(loading.ruleset.rules.v[0].id, 2);
	arena_destroy(loading.arena);
}
END_TEST

START_TEST(a_number_is_the_last_one_and_a_step)
{
	struct loading loading;

	loading_start(&loading);
	add(&loading, "allow in");
	add(&loading, "150 allow in");
	add(&loading, "0 allow in");
	add(&loading, "65434 allow in");
	add(&loading, "allow in");
	add(&loading, "allow out");
	expect_rules(&loading,
	    "00100 allow ip from any to any in\n"
	    "00150 allow ip from any to any in\n"
	    "00250 allow ip from any to any in\n"
	    "65434 allow ip from any to any in\n"
	    "65534 allow ip from any to any in\n"
	    "65534 allow ip from any to any out\n");
	arena_destroy(loading.arena);
	loading_start(&loading);
	add(&loading, "65435 allow in");
	add(&loading, "allow out");
	expect_rules(&loading,
	    "65435 allow ip from any to any in\n"
	    "65435 allow ip from any to any out\n");
	arena_destroy(loading.arena);
}
END_TEST

START_TEST(a_flush_leaves_set_31)
{
	struct loading loading;

	loading_start(&loading);
	add(&loading, "100 set 31 allow in");
	add(&loading, "100 set 30 allow in");
	ipfw_ruleset_flush(&loading.ruleset);
	expect_rules(&loading, "00100 allow ip from any to any in\n");
	ck_assert_uint_eq(loading.ruleset.rules.v[0].set, 31);
	arena_destroy(loading.arena);
}
END_TEST

START_TEST(tables_have_types)
{
	struct loading loading;

	loading_start(&loading);
	ck_assert(add(&loading, "count ip from table(t) to any"));
	ck_assert(add(&loading, "count lookup src-ip t"));
	ck_assert(!add(&loading, "count via table(t)"));
	ck_assert(!add(&loading, "count flow table(t)"));
	ck_assert(!add(&loading, "count lookup dst-port t"));
	ck_assert(add(&loading, "count lookup dst-port u"));
	ck_assert(add(&loading, "count via table(v) flow table(w)"));
	ck_assert_uint_eq(loading.ruleset.rules.n, 4);
	ck_assert_uint_eq(loading.ruleset.tables.n, 4);
	ck_assert_int_eq(
	    ipfw_ruleset_table(&loading.ruleset, "u")->type, IPFW_TABLE_NUMBER);
	ck_assert_int_eq(
	    ipfw_ruleset_table(&loading.ruleset, "w")->type, IPFW_TABLE_FLOW);
	ck_assert_ptr_null(ipfw_ruleset_table(&loading.ruleset, "x"));
	arena_destroy(loading.arena);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("ipfw ruleset");
	TCase *tc = tcase_create("ruleset");

	tcase_add_test(tc, a_rule_goes_behind_its_number);
	tcase_add_test(tc, a_number_is_the_last_one_and_a_step);
	tcase_add_test(tc, a_flush_leaves_set_31);
	tcase_add_test(tc, tables_have_types);
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	return unit_run(suite());
}
