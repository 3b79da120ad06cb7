/*
 * A loaded ruleset: numbers, sets, and the commands that change and show it.
 */
#include <string.h>

#include "target/ipfw/command.h"
#include "tests/unit/unit.h"
#include "tests/unit/vectors.h"

struct host {
	struct arena *arena;
	struct ipfw_reader reader;
	struct ipfw_ruleset ruleset;
	struct buf out;
	struct ipfw_command command;
};

static void
host_start(struct host *host)
{
	*host = (struct host){.arena = unit_arena()};
	ipfw_reader_init(&host->reader, host->arena);
	buf_init(&host->out, host->arena);
	ipfw_ruleset_default(host->arena, &host->ruleset, IPFW_DENY);
	ipfw_command_init(
	    &host->command, &host->reader, &host->ruleset, &host->out);
}

static void
run(struct host *host, const char *line, enum ipfw_exit code)
{
	vector_words words = vector_split(host->arena, line);
	enum ipfw_exit got = IPFW_EXIT_OK;

	buf_reset(&host->out);
	ck_assert_msg(ipfw_command_run(&host->command, words.v, words.n, &got),
	    "%s", line);
	ck_assert_msg(got == code, "%s: %d (%s), not %d", line, (int)got,
	    host->command.message, (int)code);
	ck_assert((code == IPFW_EXIT_OK) == (host->command.message[0] == '\0'));
}

static void
expect(struct host *host, const char *line, const char *out)
{
	run(host, line, IPFW_EXIT_OK);
	ck_assert_msg(
	    strcmp(host->out.p, out) == 0, "%s\n%s", line, host->out.p);
}

START_TEST(numbers_and_their_order)
{
	struct host host;

	host_start(&host);
	expect(&host, "add allow in", "00100 allow ip from any to any in\n");
	expect(
	    &host, "add 50 allow out", "00050 allow ip from any to any out\n");
	expect(&host, "100 add count ip from any to any",
	    "00100 count ip from any to any\n");
	expect(&host, "-q add 65434 deny in", "");
	expect(&host, "add deny out", "65534 deny ip from any to any out\n");
	expect(
	    &host, "add 0 deny frag", "65534 deny ip from any to any frag\n");
	expect(&host, "-S list",
	    "00050 set 0 allow ip from any to any out\n"
	    "00100 set 0 allow ip from any to any in\n"
	    "00100 set 0 count ip from any to any\n"
	    "65434 set 0 deny ip from any to any in\n"
	    "65534 set 0 deny ip from any to any out\n"
	    "65534 set 0 deny ip from any to any frag\n"
	    "65535 set 31 deny ip from any to any\n");
	run(&host, "delete 65434 65534", IPFW_EXIT_OK);
	run(&host, "add 65435 count in", IPFW_EXIT_OK);
	expect(&host, "add count out", "65435 count ip from any to any out\n");
	ck_assert_uint_eq(ipfw_ruleset_find(&host.ruleset, 100), 1);
	ck_assert_uint_eq(ipfw_ruleset_find(&host.ruleset, 101), 3);
	ck_assert_ptr_eq(
	    ipfw_ruleset_by_id(&host.ruleset, 3), &host.ruleset.rules.v[0]);
	ck_assert_ptr_null(ipfw_ruleset_by_id(&host.ruleset, 99));
	arena_destroy(host.arena);
}
END_TEST

START_TEST(deleting)
{
	struct host host;

	host_start(&host);
	run(&host, "delete", IPFW_EXIT_USAGE);
	run(&host, "delete 0", IPFW_EXIT_UNAVAILABLE);
	run(&host, "add 100 count in", IPFW_EXIT_OK);
	run(&host, "add 100 set 3 count out", IPFW_EXIT_OK);
	run(&host, "add 101 set 31 count out", IPFW_EXIT_OK);
	run(&host, "set 3 delete 101", IPFW_EXIT_UNAVAILABLE);
	run(&host, "set 3 delete 100", IPFW_EXIT_OK);
	run(&host, "set 3 delete set 0", IPFW_EXIT_DATA);
	expect(&host, "list 100", "00100 count ip from any to any in\n");
	run(&host, "delete 65535", IPFW_EXIT_UNAVAILABLE);
	/* Number 0 is all but set 31. */
	run(&host, "delete 65536", IPFW_EXIT_OK);
	run(&host, "list 100", IPFW_EXIT_UNAVAILABLE);
	expect(&host, "list 101", "00101 count ip from any to any out\n");
	run(&host, "delete set 63", IPFW_EXIT_OK);
	expect(&host, "list", "65535 deny ip from any to any\n");
	run(&host, "delete set 5", IPFW_EXIT_UNAVAILABLE);
	/* A count above 31 is still there when the next number comes. */
	for (int i = 0; i < 32; i++)
		run(&host, "-q add 10 count in", IPFW_EXIT_OK);
	run(&host, "-q add 20 count in", IPFW_EXIT_OK);
	run(&host, "delete 10 20", IPFW_EXIT_UNAVAILABLE);
	expect(&host, "list 20", "00020 count ip from any to any in\n");
	arena_destroy(host.arena);
}
END_TEST

START_TEST(sets_on_and_off)
{
	struct host host;

	host_start(&host);
	expect(&host, "set show",
	    "enable 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 "
	    "22 23 24 25 26 27 28 29 30\n");
	run(&host, "set", IPFW_EXIT_USAGE);
	run(&host, "set flip", IPFW_EXIT_USAGE);
	run(&host, "set disable 32", IPFW_EXIT_DATA);
	run(&host, "set disable 1 enable 1", IPFW_EXIT_DATA);
	run(&host, "set disable one", IPFW_EXIT_DATA);
	run(&host, "set 32 list", IPFW_EXIT_DATA);
	run(&host, "set disable 1 31 2 enable 3", IPFW_EXIT_OK);
	ck_assert_uint_eq(host.ruleset.disabled, 6);
	run(&host, "add 10 set 1 count in", IPFW_EXIT_OK);
	run(&host, "add 20 set 3 count in", IPFW_EXIT_OK);
	run(&host, "add 30 set 2 count in", IPFW_EXIT_OK);
	run(&host, "add 40 set 2 unreach6 port out", IPFW_EXIT_OK);
	/* What has no line repeats the line before. */
	expect(&host, "list",
	    "00020 count ip from any to any in\n"
	    "00020 count ip from any to any in\n"
	    "00020 count ip from any to any in\n"
	    "65535 deny ip from any to any\n");
	expect(&host, "-S list 30-40",
	    "# DISABLED 00030 set 2 count ip from any to any in\n"
	    "unreach6 port# DISABLED 00040 set 2  ip from any to any out\n");
	expect(&host, "set 3 list", "00020 count ip from any to any in\n");
	run(&host, "set swap 1", IPFW_EXIT_USAGE);
	run(&host, "set swap 1 32", IPFW_EXIT_DATA);
	run(&host, "set swap 1 3", IPFW_EXIT_OK);
	run(&host, "set move 2 to 32", IPFW_EXIT_DATA);
	run(&host, "set move 2 3", IPFW_EXIT_USAGE);
	run(&host, "set move x to 3", IPFW_EXIT_DATA);
	run(&host, "set move 40 to 3", IPFW_EXIT_OK);
	run(&host, "set move 2 to 0", IPFW_EXIT_OK);
	/* 276 is 20 in the eight bits there are for it. */
	run(&host, "set move rule 276 to 7", IPFW_EXIT_OK);
	expect(&host, "-S list 10-30",
	    "00010 set 3 count ip from any to any in\n"
	    "00020 set 7 count ip from any to any in\n"
	    "00030 set 0 count ip from any to any in\n");
	run(&host, "-f flush", IPFW_EXIT_OK);
	ck_assert_uint_eq(host.ruleset.disabled, 6);
	ck_assert_uint_eq(host.ruleset.rules.n, 1);
	arena_destroy(host.arena);
}
END_TEST

struct observed {
	size_t added, deleted;
};

static void
on_added(void *context, const struct ipfw_rule *rule)
{
	((struct observed *)context)->added += rule->id > 0;
}

static void
on_deleting(void *context, const struct ipfw_range *range)
{
	((struct observed *)context)->deleted += range->by_number;
}

static void
count_rule(void *context, const struct ipfw_rule *rule, uint64_t *packets,
    uint64_t *bytes)
{
	(void)context;
	*packets = rule->number / 10;
	*bytes = rule->number == 10 ? 1000 : 0;
}

static void
list_states(void *context, struct buf *out)
{
	(void)context;
	buf_puts(out, "## Dynamic rules (0 0):\n");
}

START_TEST(hooks)
{
	struct observed observed = {0, 0};
	struct host host;

	host_start(&host);
	host.command.hooks = (struct ipfw_command_hooks){.context = &observed,
	    .added = on_added,
	    .deleting = on_deleting,
	    .counters = count_rule,
	    .states = list_states};
	run(&host, "-q add 10 count in", IPFW_EXIT_OK);
	run(&host, "-q add 20 count in", IPFW_EXIT_OK);
	expect(&host, "show",
	    "00010    1 1000 count ip from any to any in\n"
	    "00020    2    0 count ip from any to any in\n"
	    "65535 6553    0 deny ip from any to any\n");
	expect(&host, "-aS list 20",
	    "00020    2    0 set 0 count ip from any to any in\n");
	expect(&host, "-d list 20",
	    "00020 count ip from any to any in\n"
	    "## Dynamic rules (0 0):\n");
	run(&host, "delete 10", IPFW_EXIT_OK);
	ck_assert_uint_eq(observed.added, 2);
	ck_assert_uint_eq(observed.deleted, 1);
	arena_destroy(host.arena);
}
END_TEST

START_TEST(a_dry_run_changes_nothing)
{
	static const char *const lines[] = {"-n add 20 count in",
	    "-n add 65535 count in", "-n delete 10", "-n flush",
	    "-n set disable 1", "-n set swap 0 1", "-n set move 0 to 1",
	    "-n list"};
	struct host host;

	host_start(&host);
	run(&host, "-q add 10 count in", IPFW_EXIT_OK);
	for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++) {
		vector_words words = vector_split(host.arena, lines[i]);
		enum ipfw_exit code;

		ck_assert(
		    ipfw_command_run(&host.command, words.v, words.n, &code));
	}
	run(&host, "-n add 20 count foo", IPFW_EXIT_USAGE);
	ck_assert_uint_eq(host.ruleset.disabled, 0);
	expect(&host, "-S list",
	    "00010 set 0 count ip from any to any in\n"
	    "65535 set 31 deny ip from any to any\n");
	arena_destroy(host.arena);
}
END_TEST

START_TEST(commands_of_others)
{
	static const char *const lines[] = {"table 1 list", "nat 1 show",
	    "pipe 1 config", "enable firewall", "disable one_pass", "zero",
	    "set 3 add 10 count in", "-p list"};
	struct host host;

	host_start(&host);
	for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++) {
		vector_words words = vector_split(host.arena, lines[i]);
		enum ipfw_exit code;

		ck_assert_msg(
		    !ipfw_command_run(&host.command, words.v, words.n, &code),
		    "%s", lines[i]);
	}
	run(&host, "-q", IPFW_EXIT_USAGE);
	run(&host, "set 3", IPFW_EXIT_USAGE);
	run(&host, "list 5x", IPFW_EXIT_USAGE);
	run(&host, "list 5 5x", IPFW_EXIT_USAGE);
	arena_destroy(host.arena);
}
END_TEST

START_TEST(tables_have_types)
{
	struct host host;

	host_start(&host);
	run(&host, "add 10 count ip from table(t) to any", IPFW_EXIT_OK);
	run(&host, "add 10 count lookup src-ip t", IPFW_EXIT_OK);
	run(&host, "add 10 count via table(t)", IPFW_EXIT_UNAVAILABLE);
	run(&host, "add 10 count flow table(t)", IPFW_EXIT_UNAVAILABLE);
	run(&host, "add 10 count lookup dst-port t", IPFW_EXIT_UNAVAILABLE);
	run(&host, "add 10 count lookup dst-port u", IPFW_EXIT_OK);
	ck_assert_uint_eq(host.ruleset.tables.n, 2);
	ck_assert_int_eq(
	    ipfw_ruleset_table(&host.ruleset, "u")->type, IPFW_TABLE_NUMBER);
	ck_assert_uint_eq(host.ruleset.rules.n, 4);
	arena_destroy(host.arena);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("ipfw ruleset");
	TCase *tc = tcase_create("ruleset");

	tcase_add_test(tc, numbers_and_their_order);
	tcase_add_test(tc, deleting);
	tcase_add_test(tc, sets_on_and_off);
	tcase_add_test(tc, hooks);
	tcase_add_test(tc, a_dry_run_changes_nothing);
	tcase_add_test(tc, commands_of_others);
	tcase_add_test(tc, tables_have_types);
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	return unit_run(suite());
}
