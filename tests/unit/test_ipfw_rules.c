/*
 * Rules files, NAT in words, and the digest by which a ruleset is known.
 */
#include <string.h>

#include "base/digest.h"
#include "target/ipfw/lower/lower.h"
#include "target/ipfw/rules.h"
#include "tests/unit/unit.h"

static struct arena *arena;
static struct ipfw_ruleset ruleset;

static void
set_up(void)
{
	arena = unit_arena();
	memset(&ruleset, 0, sizeof(ruleset));
}

static void
tear_down(void)
{
	arena_destroy(arena);
}

static void
add_rule(uint16_t number, enum ipfw_verb verb, const char *comment)
{
	struct ipfw_rule rule = {
	    .number = number,
	    .verb = verb,
	    .comment = comment,
	};

	vec_push(arena, &ruleset.rules, rule);
}

static struct ipfw_nat *
add_nat(bool kernel, uint32_t id)
{
	struct ipfw_nat nat = {.kernel = kernel, .id = id, .card = "em0"};

	vec_push(arena, &ruleset.nats, nat);
	return &ruleset.nats.v[ruleset.nats.n - 1];
}

static void
add_redirect(struct ipfw_nat *nat, int protocol, uint16_t lo, uint16_t hi)
{
	struct ipfw_redirect redirect = {
	    .protocol = protocol,
	    .target = {0, 0x0a010009},
	    .inside = {22, (uint16_t)(22 + hi - lo)},
	    .outside = {lo, hi},
	};

	vec_push(arena, &nat->redirects, redirect);
}

static struct ipfw_table *
add_table(const char *name, enum ipfw_table_type type)
{
	struct ipfw_table table = {.name = name, .type = type};

	vec_push(arena, &ruleset.tables, table);
	return &ruleset.tables.v[ruleset.tables.n - 1];
}

static void
add_entry(struct ipfw_table *table, const char *key, int value)
{
	struct ipfw_table_entry entry = {
	    .key = key,
	    .has_value = value >= 0,
	    .value = value >= 0 ? (uint32_t)value : 0,
	};

	vec_push(arena, &table->entries, entry);
}

static const char *
written(const struct ipfw_flavour *flavour, int set)
{
	struct buf out;

	buf_init(&out, arena);
	ipfw_rules_write(&out, &ruleset, flavour, set);
	return out.p;
}

static const char *
digest(void)
{
	return ipfw_rules_digest(arena, &ruleset, &ipfw_freebsd);
}

/* draft-eastlake-fnv, its own test vectors. */
START_TEST(digest_is_fnv_1a)
{
	struct buf out;

	ck_assert_uint_eq(
	    digest_add(DIGEST_START, "", 0), UINT64_C(0xcbf29ce484222325));
	ck_assert_uint_eq(
	    digest_add(DIGEST_START, "a", 1), UINT64_C(0xaf63dc4c8601ec8c));
	ck_assert_uint_eq(digest_add(DIGEST_START, "foobar", 6),
	    UINT64_C(0x85944171f73967e8));
	ck_assert_uint_eq(
	    digest_add(digest_add(DIGEST_START, "foo", 3), "bar", 3),
	    UINT64_C(0x85944171f73967e8));
	buf_init(&out, arena);
	digest_format(&out, 0x1234);
	ck_assert_str_eq(out.p, "0000000000001234");
}
END_TEST

START_TEST(only_the_lifeline_has_a_set_of_its_own)
{
	add_rule(1, IPFW_ALLOW, "lifeline");
	ruleset.rules.v[0].set = IPFW_SET_MAX;
	add_rule(900, IPFW_DENY, NULL);
	ck_assert_str_eq(written(&ipfw_freebsd, -1),
	    "add 1 set 31 allow ip from any to any // lifeline\n"
	    "add 900 deny ip from any to any\n");
	ck_assert_str_eq(written(&ipfw_freebsd, 12),
	    "add 1 set 31 allow ip from any to any // lifeline\n"
	    "add 900 set 12 deny ip from any to any\n");
	ck_assert_str_eq(written(&ipfw_darwin, -1),
	    "add 1 set 31 allow ip from any to any\n"
	    "add 900 deny ip from any to any\n");
}
END_TEST

START_TEST(tables_and_nat_come_before_rules)
{
	struct ipfw_table *table = add_table("akin_1", IPFW_TABLE_ADDR);

	add_entry(table, "192.0.2.1", -1);
	add_entry(table, "2001:db8::/32", 7);
	table = add_table("akin_2", IPFW_TABLE_IFACE);
	table->options = "valtype skipto";
	add_entry(table, "em0", 31000);
	table = add_table("akin_3", IPFW_TABLE_FLOW);
	table->flow = "src-ip,proto";
	add_redirect(add_nat(true, 1), 6, 2222, 2222);
	add_nat(false, 8668);
	add_rule(900, IPFW_DENY, NULL);
	ck_assert_str_eq(written(&ipfw_freebsd, -1),
	    "table akin_1 create type addr\n"
	    "table akin_1 add 192.0.2.1 0 2001:db8::/32 7\n"
	    "table akin_2 create type iface valtype skipto\n"
	    "table akin_2 add em0 31000\n"
	    "table akin_3 create type flow:src-ip,proto\n"
	    "nat 1 config if em0 same_ports "
	    "redirect_port tcp 10.1.0.9:22 2222\n"
	    "add 900 deny ip from any to any\n");
}
END_TEST

/* No entry is lost, and no line is longer than ipfw(8) reads at once. */
START_TEST(long_tables_take_several_lines)
{
	struct ipfw_table *table = add_table("akin_1", IPFW_TABLE_ADDR);
	size_t entries = 0, longest = 0, lines = 0;
	const char *text;

	for (int i = 0; i < 5000; i++)
		add_entry(table,
		    arena_printf(arena, "10.%d.%d.0/24", i / 256, i % 256), -1);
	text = strchr(written(&ipfw_freebsd, -1), '\n') + 1;
	while (*text != '\0') {
		size_t length = strcspn(text, "\n") + 1;

		ck_assert(strncmp(text, "table akin_1 add 10.", 20) == 0);
		longest = length > longest ? length : longest;
		for (size_t i = 0; i < length; i++)
			entries += text[i] == '/';
		lines++;
		text += length;
	}
	ck_assert_uint_eq(entries, 5000);
	ck_assert_uint_le(longest, IPFW_LINE_MAX);
	ck_assert_uint_gt(longest, IPFW_LINE_MAX - 30);
	ck_assert_uint_lt(lines, 30);
}
END_TEST

START_TEST(nat_in_the_words_of_both)
{
	static const char *const wanted[] = {"-interface", "em0", "-port",
	    "8669", "-use_sockets", "-same_ports", "-dynamic", "-redirect_port",
	    "udp", "10.1.0.9:22-24", "5000-5002", "-redirect_port", "tcp",
	    "10.1.0.9:22", "2222", NULL};
	struct ipfw_nat *nat = add_nat(false, 8669);
	const char *const *words;
	struct buf out;
	size_t n;

	add_redirect(nat, 17, 5000, 5002);
	add_redirect(nat, 6, 2222, 2222);
	words = ipfw_natd_arguments(arena, nat);
	for (n = 0; words[n] != NULL && wanted[n] != NULL; n++)
		ck_assert_str_eq(words[n], wanted[n]);
	ck_assert_ptr_null(words[n]);
	ck_assert_ptr_null(wanted[n]);
	buf_init(&out, arena);
	ipfw_nat_config(&out, nat);
	ck_assert_str_eq(out.p,
	    "if em0 same_ports redirect_port udp 10.1.0.9:22-24 5000-5002 "
	    "redirect_port tcp 10.1.0.9:22 2222");
}
END_TEST

/* lowering asks, so that a file of rules never has a line that is cut. */
START_TEST(nat_that_fits_a_line)
{
	struct ipfw_nat *nat = add_nat(true, 1);
	size_t n = 0;

	ck_assert(ipfw_nat_fits(arena, nat));
	for (; ipfw_nat_fits(arena, nat) && n < 1000; n++)
		add_redirect(nat, 6, 2222, 2222);
	/* Each is " redirect_port tcp 10.1.0.9:22 2222", 35 bytes. */
	ck_assert_uint_eq(n, (IPFW_LINE_MAX - 32) / 35 + 1);
	nat->kernel = false;
	ck_assert(ipfw_nat_fits(arena, nat));
}
END_TEST

START_TEST(digest_stands_at_the_last_anchor)
{
	const char *before;

	add_rule(900, IPFW_DENY, NULL);
	add_rule(ANCHOR_ALLOW, IPFW_ALLOW, "anchor");
	before = digest();
	ck_assert_uint_eq(strlen(before), 16);
	ipfw_rules_sign(arena, &ruleset, &ipfw_freebsd);
	ck_assert_str_eq(
	    ruleset.rules.v[1].comment, arena_printf(arena, "akin %s", before));
	ck_assert_ptr_null(ruleset.rules.v[0].comment);
	ck_assert_str_eq(digest(), before);
}
END_TEST

START_TEST(no_digest_where_comments_are_not_kept)
{
	add_rule(ANCHOR_ALLOW, IPFW_ALLOW, NULL);
	ipfw_rules_sign(arena, &ruleset, &ipfw_darwin);
	ck_assert_ptr_null(ruleset.rules.v[0].comment);
}
END_TEST

/* A ruleset that differs in anything has another digest. */
START_TEST(digest_of_all_that_is_said)
{
	const char *last;

	add_rule(900, IPFW_DENY, NULL);
	last = digest();
	ruleset.rules.v[0].comment = "policy.akp:1";
	ck_assert_str_ne(digest(), last);
	last = digest();
	ruleset.rules.v[0].set = IPFW_SET_MAX;
	ck_assert_str_ne(digest(), last);
	last = digest();
	add_entry(add_table("akin_1", IPFW_TABLE_ADDR), "192.0.2.1", -1);
	ck_assert_str_ne(digest(), last);
	last = digest();
	add_nat(false, 8668);
	ck_assert_str_ne(digest(), last);
	last = digest();
	add_redirect(&ruleset.nats.v[0], 6, 2222, 2222);
	ck_assert_str_ne(digest(), last);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("ipfw rules");
	TCase *tc = tcase_create("rules");

	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_add_test(tc, digest_is_fnv_1a);
	tcase_add_test(tc, only_the_lifeline_has_a_set_of_its_own);
	tcase_add_test(tc, tables_and_nat_come_before_rules);
	tcase_add_test(tc, long_tables_take_several_lines);
	tcase_add_test(tc, nat_in_the_words_of_both);
	tcase_add_test(tc, nat_that_fits_a_line);
	tcase_add_test(tc, digest_stands_at_the_last_anchor);
	tcase_add_test(tc, no_digest_where_comments_are_not_kept);
	tcase_add_test(tc, digest_of_all_that_is_said);
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	return unit_run(suite());
}
