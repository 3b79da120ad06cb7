/*
 * Tables: keys, the longest prefix, swaps, and what a rule does to a table.
 */
#include "target/ipfw/text/read.h"
#include "target/ipfw/engine/table.h"
#include "tests/unit/machine.h"

static struct bench bench;

static void
setup(void)
{
	bench = bench_open(&run_freebsd);
}

static void
teardown(void)
{
	bench_close(&bench);
}

START_TEST(entries_are_listed_in_the_order_of_the_kernel)
{
	bench_do(&bench,
	    "ipfw table 10 add 10.1.0.0/16 1 10.0.0.0/8 2 10.0.0.0/16 3");
	bench_do(&bench, "ipfw table 10 add 2001:db8::/32 0x10 192.0.2.1");
	bench_expect(&bench, "ipfw table 10 list",
	    "--- table(10), set(0) ---\n"
	    "10.0.0.0/16 3\n"
	    "10.0.0.0/8 2\n"
	    "10.1.0.0/16 1\n"
	    "192.0.2.1/32 0\n"
	    "2001:db8::/32 16");
	bench_do(&bench, "ipfw table 9 add 10.0.0.0/8 1");
	bench_do(&bench, "ipfw table a create type number");
	bench_do(&bench, "ipfw table a add 80 1 8 2");
	bench_do(&bench, "ipfw table 10 flush");
	bench_expect(&bench, "ipfw table all list",
	    "--- table(9), set(0) ---\n10.0.0.0/8 1\n"
	    "--- table(10), set(0) ---\n"
	    "--- table(a), set(0) ---\n8 2\n80 1");
}
END_TEST

/* Random prefixes against a walk over all of them. */
START_TEST(the_longest_prefix_is_found)
{
	enum {
		ENTRIES = 500,
		QUESTIONS = 2000
	};
	struct ipfw_engine *engine = bench.machine->engine;
	struct ipfw_table_info info = {.name = "t", .type = IPFW_TABLE_ADDR};
	struct ipfw_table_key keys[ENTRIES], found;
	uint64_t seed = 88172645463325252u;
	bool updated;
	uint32_t value;

	ck_assert_int_eq(ipfw_table_create(engine, &info), IPFW_OK);
	for (unsigned i = 0; i < ENTRIES; i++) {
		bool six = unit_random(&seed) % 2;
		unsigned width = six ? 128 : 32;
		unsigned length = (unsigned)(unit_random(&seed) % (width + 1));
		struct prefix prefix = {{0, 0}, length};

		prefix.addr.lo = unit_random(&seed) & 0xff;
		if (six)
			prefix.addr.hi = unit_random(&seed) << 60;
		else
			prefix.addr.lo |= 0x0a000000;
		memset(&keys[i], 0, sizeof(keys[i]));
		keys[i].family = six ? FAMILY_6 : FAMILY_4;
		keys[i].addr = prefix_range(keys[i].family, prefix).lo;
		keys[i].length = length;
		ipfw_table_add(engine, "t", &keys[i], i, true, &updated);
	}
	for (unsigned n = 0; n < QUESTIONS; n++) {
		struct ipfw_table_key key = keys[unit_random(&seed) % ENTRIES];
		const struct ipfw_table_key *best = NULL;

		key.addr.lo ^= unit_random(&seed) & 0x3f;
		for (unsigned i = 0; i < ENTRIES; i++) {
			struct addr_range range = prefix_range(keys[i].family,
			    (struct prefix){keys[i].addr, keys[i].length});

			if (keys[i].family == key.family &&
			    addr_compare(range.lo, key.addr) <= 0 &&
			    addr_compare(key.addr, range.hi) <= 0 &&
			    (best == NULL || keys[i].length > best->length))
				best = &keys[i];
		}
		if (ipfw_table_lookup(engine, "t", &key, &value, &found) !=
		    IPFW_OK) {
			ck_assert_ptr_null(best);
			continue;
		}
		ck_assert_ptr_nonnull(best);
		ck_assert_uint_eq(found.length, best->length);
		ck_assert_int_eq(addr_compare(found.addr, best->addr), 0);
	}
}
END_TEST

START_TEST(entries_come_and_go_without_end)
{
	struct ipfw_engine *engine = bench.machine->engine;
	struct ipfw_table_info info = {.name = "n", .type = IPFW_TABLE_NUMBER};
	struct ipfw_table_key key;
	uint32_t value;
	bool updated;

	memset(&key, 0, sizeof(key));
	ipfw_table_create(engine, &info);
	for (key.number = 0; key.number < 100000; key.number++) {
		ck_assert_int_eq(ipfw_table_add(engine, "n", &key, key.number,
				     false, &updated),
		    IPFW_OK);
		if (key.number < 100)
			continue;
		key.number -= 100;
		ck_assert_int_eq(
		    ipfw_table_delete(engine, "n", &key, &value), IPFW_OK);
		ck_assert_uint_eq(value, key.number);
		key.number += 100;
	}
	ipfw_table_find(engine, "n", &info);
	ck_assert_uint_eq(info.n_entries, 100);
}
END_TEST

START_TEST(a_rule_makes_the_table_it_names_and_holds_it)
{
	bench_do(&bench, "ipfw -q add 10 count ip from table(new) to any");
	bench_do(&bench,
	    "ipfw -q add 20 count ip from any to any recv table(cards)");
	bench_do(&bench, "ipfw table new add 192.0.2.0/24");
	bench_do(&bench, "ipfw table cards add em0 5");
	bench_expect(&bench, "in em0 icmp 192.0.2.1 198.51.100.1",
	    "deny rule=65535 path=count@10,count@20 vis=3");
	ck_assert_int_eq(
	    bench_code(&bench, "ipfw table new destroy"), IPFW_EXIT_OS);
	ck_assert_int_eq(
	    bench_code(&bench, "ipfw add 30 count ip from table(cards) to any"),
	    IPFW_EXIT_UNAVAILABLE);
	bench_do(&bench, "ipfw delete 10");
	bench_do(&bench, "ipfw table new destroy");
}
END_TEST

START_TEST(a_swap_changes_what_rules_see)
{
	bench_do(&bench, "ipfw table a create");
	bench_do(&bench, "ipfw table b create");
	bench_do(&bench, "ipfw table c create type iface");
	bench_do(&bench, "ipfw table b add 192.0.2.1");
	bench_do(&bench, "ipfw -q add 10 allow ip from table(a) to any");
	bench_expect(&bench, "in em0 icmp 192.0.2.1 198.51.100.1",
	    "deny rule=65535 vis=2");
	bench_do(&bench, "ipfw table a swap b");
	bench_expect(&bench, "in em0 icmp 192.0.2.1 198.51.100.1",
	    "accept rule=10 vis=1");
	ck_assert_int_eq(
	    bench_code(&bench, "ipfw table a swap c"), IPFW_EXIT_USAGE);
	bench_do(&bench, "ipfw table b destroy");
}
END_TEST

START_TEST(a_value_leads_a_jump)
{
	bench_do(&bench,
	    "ipfw table 1 add 10.0.0.0/8 300 10.1.0.0/16 200 10.2.0.0/16 5");
	bench_do(
	    &bench, "ipfw -q add 100 skipto tablearg ip from table(1) to any");
	bench_do(&bench, "ipfw -q add 150 deny ip from any to any");
	bench_do(&bench, "ipfw -q add 200 allow ip from any to any");
	bench_do(&bench, "ipfw -q add 300 reset ip from any to any");
	bench_expect(&bench, "in em0 icmp 10.3.0.1 192.0.2.1",
	    "reset rule=300 path=skipto@100 vis=2");
	bench_expect(&bench, "in em0 icmp 10.1.0.1 192.0.2.1",
	    "accept rule=200 path=skipto@100 vis=2");
	bench_expect(&bench, "in em0 icmp 10.2.0.1 192.0.2.1",
	    "deny rule=150 path=skipto@100 vis=2");
	bench_expect(
	    &bench, "in em0 icmp 192.0.2.1 10.3.0.1", "deny rule=150 vis=2");
}
END_TEST

START_TEST(flows_and_ports_are_looked_up)
{
	bench_do(&bench, "ipfw table f create type flow:src-ip,proto,dst-port");
	bench_do(&bench, "ipfw table f add 192.0.2.1,tcp,22 7");
	bench_do(&bench, "ipfw table p create type number");
	bench_do(&bench, "ipfw table p add 22 1");
	bench_do(
	    &bench, "ipfw -q add 10 count ip from any to any flow table(f)");
	bench_do(&bench,
	    "ipfw -q add 20 count ip from any to any lookup dst-port p");
	bench_do(&bench,
	    "ipfw -q add 30 count ip from any to any lookup src-port p");
	bench_expect(&bench, "in em0 tcp 192.0.2.1 9 10.0.0.1 22",
	    "deny rule=65535 path=count@10,count@20 vis=4");
	bench_expect(&bench, "in em0 udp 192.0.2.1 22 10.0.0.1 9",
	    "deny rule=65535 path=count@30 vis=4");
	bench_expect(&bench, "in em0 tcp 192.0.2.1 - 10.0.0.1 - frag=80",
	    "deny rule=65535 vis=4");
}
END_TEST

START_TEST(wrong_keys_and_commands_have_the_codes_of_the_command)
{
	static const struct {
		const char *step;
		int code;
	} cases[] = {
	    {"ipfw table", IPFW_EXIT_USAGE},
	    {"ipfw table 1", IPFW_EXIT_USAGE},
	    {"ipfw table a/b list", IPFW_EXIT_USAGE},
	    {"ipfw table 1 frob", IPFW_EXIT_USAGE},
	    {"ipfw table all add 10.0.0.1", IPFW_EXIT_USAGE},
	    {"ipfw table new add em0 5", IPFW_EXIT_USAGE},
	    {"ipfw table 1 add 10.0.0.300", IPFW_EXIT_NO_HOST},
	    {"ipfw table 1 add 10.0.0.0/33", IPFW_EXIT_DATA},
	    {"ipfw table 1 add 10.0.0.1 x", IPFW_EXIT_OS},
	    {"ipfw table n add 8x", IPFW_EXIT_DATA},
	    {"ipfw table 1 add 10.9.9.9", IPFW_EXIT_OS},
	    {"ipfw table 1 delete 10.8.8.8", IPFW_EXIT_OS},
	    {"ipfw table none delete 10.8.8.8", IPFW_EXIT_DATA},
	    {"ipfw table none list", IPFW_EXIT_OS},
	    {"ipfw table none destroy", IPFW_EXIT_OS},
	    {"ipfw table 1 create", IPFW_EXIT_OS},
	    {"ipfw table x create type frob", IPFW_EXIT_USAGE},
	    {"ipfw table 1 lookup 10.8.8.8", IPFW_EXIT_UNAVAILABLE},
	    {"ipfw table 1 lookup 10.9.9.9", 0},
	    {"ipfw -q table 1 add 10.9.9.9 4", 0},
	    {"ipfw -n table 1 add 10.9.9.8", IPFW_EXIT_DATA},
	};

	bench_do(&bench, "ipfw table 1 add 10.9.9.9");
	bench_do(&bench, "ipfw table n create type number");
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		ck_assert_msg(
		    bench_code(&bench, cases[i].step) == cases[i].code,
		    "%s: not %d", cases[i].step, cases[i].code);
}
END_TEST

static Suite *
suite(void)
{
	Suite *tables = suite_create("run_table");
	TCase *tests = tcase_create("tables");

	tcase_add_checked_fixture(tests, setup, teardown);
	tcase_set_timeout(tests, 30);
	tcase_add_test(tests, entries_are_listed_in_the_order_of_the_kernel);
	tcase_add_test(tests, the_longest_prefix_is_found);
	tcase_add_test(tests, entries_come_and_go_without_end);
	tcase_add_test(tests, a_rule_makes_the_table_it_names_and_holds_it);
	tcase_add_test(tests, a_swap_changes_what_rules_see);
	tcase_add_test(tests, a_value_leads_a_jump);
	tcase_add_test(tests, flows_and_ports_are_looked_up);
	tcase_add_test(
	    tests, wrong_keys_and_commands_have_the_codes_of_the_command);
	suite_add_tcase(tables, tests);
	return tables;
}

int
main(void)
{
	return unit_run(suite());
}
