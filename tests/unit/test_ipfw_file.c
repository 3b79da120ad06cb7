/*
 * Files of rules and listings: every fault with its place, the rest taken.
 */
#include <string.h>

#include "target/ipfw/text/read.h"
#include "target/ipfw/ruleset.h"
#include "target/ipfw/text/write.h"
#include "tests/unit/report.h"

struct file_test {
	struct reading reading;
	struct ipfw_reader reader;
	struct ipfw_ruleset ruleset;
};

static void
file_start(struct file_test *t)
{
	*t = (struct file_test){.ruleset = {.disabled = 0}};
	reading_start(&t->reading);
	ipfw_reader_init(&t->reader, t->reading.arena);
}

static const char *
rules_text(struct file_test *t)
{
	struct buf text;

	buf_init(&text, t->reading.arena);
	for (size_t i = 0; i < t->ruleset.rules.n; i++) {
		ipfw_write_listing(&text, &t->ruleset.rules.v[i], true);
		buf_putc(&text, '\n');
	}
	return text.p;
}

static void
expect_file(const char *text, const char *rules, const char *report)
{
	struct file_test t;
	bool ok;

	file_start(&t);
	ok = ipfw_read_file(&t.reader, &t.reading.diags,
	    reading_add(&t.reading, text), &t.ruleset);
	ck_assert_str_eq(rules_text(&t), rules);
	ck_assert_str_eq(reading_report(&t.reading), report);
	ck_assert(ok == (report[0] == '\0'));
	reading_end(&t.reading);
}

static void
expect_listed(const char *text, const char *rules, const char *report)
{
	struct file_test t;
	bool ok;

	file_start(&t);
	ok = ipfw_read_listing(&t.reader, &t.reading.diags,
	    reading_add(&t.reading, text), &t.ruleset);
	ck_assert_str_eq(rules_text(&t), rules);
	ck_assert_str_eq(reading_report(&t.reading), report);
	ck_assert(ok == (report[0] == '\0'));
	reading_end(&t.reading);
}

START_TEST(lines_as_ipfw_cuts_them)
{
	expect_file("# a title\n"
		    "\n"
		    "-f flush\r\n"
		    "add 200 allow tcp from 10.0.0.1, 10.0.0.2 to any # why\n"
		    "  -q  add\t100 set 5 deny ip from any to any // a # b\n"
		    "150 add count ip from any to any\n"
		    "add count ip from any to any in",
	    "00100 set 5 deny ip from any to any // a\n"
	    "00150 set 0 count ip from any to any\n"
	    "00200 set 0 allow tcp from 10.0.0.1,10.0.0.2 to any\n"
	    "00300 set 0 count ip from any to any in\n",
	    "");
}
END_TEST

START_TEST(every_fault_has_its_place)
{
	expect_file("add 100 allow ip from any to any\n"
		    "add 200 alow ip from any to any\n"
		    "pipe 1 config bw 1Mbit/s\n"
		    "-q\n"
		    "add 300 allow ip from any to any dst-port 80, x\n"
		    "add 65535 allow ip from any to any\n"
		    "  add 400 allow ip from any\n"
		    "add 400 allow ip from any to any { keep-state }\n"
		    "add 400 allow ip from any to any not in not not out\n"
		    "add 500 allow ip from any to any via em0\n",
	    "00100 set 0 allow ip from any to any\n"
	    "00500 set 0 allow ip from any to any via em0\n",
	    "E0720 2:9, E0722 3:1, E0722 4:1, E0720 5:43, E0721 6:5, "
	    "E0720 7:25, E0720 8:36, E0720 9:45");
}
END_TEST

START_TEST(a_line_that_would_be_cut)
{
	struct buf text;
	struct arena *arena = unit_arena();

	buf_init(&text, arena);
	buf_puts(&text, "add 100 deny ip from any to any");
	buf_pad(&text, ' ', 4094 - text.n);
	buf_puts(&text, "\nadd 200 deny ip from any to any");
	buf_pad(&text, ' ', 4095 - 31);
	buf_puts(&text, "\n");
	expect_file(
	    text.p, "00100 set 0 deny ip from any to any\n", "E0723 2:1");
	arena_destroy(arena);
}
END_TEST

START_TEST(a_nul_is_not_the_end)
{
	static const char text[] = "add 100 deny ip from any to any\0x\n"
				   "add 200 deny ip from any to any\n";
	struct file_test t;
	uint32_t file;

	file_start(&t);
	file = sources_add(&t.reading.sources, "input", text, sizeof(text) - 1);
	ck_assert(
	    !ipfw_read_file(&t.reader, &t.reading.diags, file, &t.ruleset));
	ck_assert_str_eq(
	    rules_text(&t), "00200 set 0 deny ip from any to any\n");
	ck_assert_str_eq(reading_report(&t.reading), "E0720 1:1");
	reading_end(&t.reading);
}
END_TEST

START_TEST(tables)
{
	struct file_test t;
	const struct ipfw_table *table;
	bool ok;

	file_start(&t);
	ok = ipfw_read_file(&t.reader, &t.reading.diags,
	    reading_add(&t.reading,
		"table cards create type iface valtype skipto\n"
		"table cards add em0 2000\n"
		"table cards add vboxnet012345678 3000\n"
		"table 1 add 10.1.2.3/8 0x10 2001:db8::/32 10.0.0.1\n"
		"table fl cr ty flow:src-ip,proto al flow:hash\n"
		"table n create type number\n"
		"table n atomic add 80 443\n"
		"add skipto tablearg ip from any to any recv table(cards)\n"
		"add allow ip from table(new) to table(1)\n"),
	    &t.ruleset);
	ck_assert_str_eq(reading_report(&t.reading), "");
	ck_assert(ok);
	ck_assert_uint_eq(t.ruleset.tables.n, 5);
	table = ipfw_ruleset_table(&t.ruleset, "cards");
	ck_assert_int_eq(table->type, IPFW_TABLE_IFACE);
	ck_assert_str_eq(table->options, "valtype skipto");
	ck_assert_uint_eq(table->entries.n, 2);
	ck_assert_str_eq(table->entries.v[1].key, "vboxnet01234567");
	ck_assert_uint_eq(table->entries.v[1].value, 3000);
	table = ipfw_ruleset_table(&t.ruleset, "1");
	ck_assert_int_eq(table->type, IPFW_TABLE_ADDR);
	ck_assert_str_eq(table->entries.v[0].key, "10.0.0.0/8");
	ck_assert_uint_eq(table->entries.v[0].value, 16);
	ck_assert_str_eq(table->entries.v[1].key, "2001:db8::/32");
	ck_assert_uint_eq(table->entries.v[1].value, 0x0a000001);
	table = ipfw_ruleset_table(&t.ruleset, "fl");
	ck_assert_str_eq(table->flow, "src-ip,proto");
	table = ipfw_ruleset_table(&t.ruleset, "new");
	ck_assert_int_eq(table->type, IPFW_TABLE_ADDR);
	ck_assert_uint_eq(table->entries.n, 0);
	reading_end(&t.reading);
}
END_TEST

START_TEST(tables_that_are_refused)
{
	expect_file("table\n"
		    "table t\n"
		    "table t/x create\n"
		    "table t create type mac\n"
		    "table t create type addr:x\n"
		    "table t create algo\n"
		    "table t a 10.0.0.1\n"
		    "table t flush\n"
		    "table t add\n"
		    "table t add em0\n"
		    "table t create\n"
		    "table t create\n"
		    "table t add 10.0.0.0/33\n"
		    "table t add name.example\n"
		    "table t add 10.0.0.1 many\n"
		    "table t add 10.0.0.1 1 10.0.0.1 2\n"
		    "add 100 allow ip from any to any via table(t)\n"
		    "table u create l 5\n",
	    "",
	    "E0720 1:1, E0720 2:1, E0720 3:11, E0720 4:21, E0720 5:21, "
	    "E0720 6:1, E0720 7:9, E0720 8:9, E0720 9:1, E0720 10:13, "
	    "E0720 12:1, E0720 13:13, E0720 14:13, E0720 15:22, "
	    "E0720 16:24, E0721 17:5, E0720 18:16");
}
END_TEST

START_TEST(nat_instances)
{
	struct file_test t;
	const struct ipfw_nat *nat;

	file_start(&t);
	ck_assert(ipfw_read_file(&t.reader, &t.reading.diags,
	    reading_add(&t.reading,
		"nat 7 config if em0 same_ports reset redirect_port tcp "
		"192.168.56.10:22 2222 redirect_port udp "
		"192.168.56.10:8000-8010 198.51.100.7:9000-9010 deny_in\n"),
	    &t.ruleset));
	ck_assert_uint_eq(t.ruleset.nats.n, 1);
	nat = &t.ruleset.nats.v[0];
	ck_assert(nat->kernel);
	ck_assert_uint_eq(nat->id, 7);
	ck_assert_str_eq(nat->card, "em0");
	ck_assert_uint_eq(nat->redirects.n, 2);
	ck_assert_int_eq(nat->redirects.v[0].protocol, 6);
	ck_assert_uint_eq(nat->redirects.v[0].target.lo, 0xc0a8380a);
	ck_assert_uint_eq(nat->redirects.v[0].inside.lo, 22);
	ck_assert_uint_eq(nat->redirects.v[0].outside.hi, 2222);
	ck_assert_int_eq(nat->redirects.v[1].protocol, 17);
	ck_assert_uint_eq(nat->redirects.v[1].inside.hi, 8010);
	ck_assert_uint_eq(nat->redirects.v[1].outside.lo, 9000);
	reading_end(&t.reading);
	expect_file("nat 1 show\n"
		    "nat 0 config if em0\n"
		    "nat 1 config\n"
		    "nat 1 config if\n"
		    "nat 1 config redirect_port tcp 10.0.0.1:80\n"
		    "nat 1 config redirect_port gre 10.0.0.1:80 80\n"
		    "nat 1 config redirect_port tcp 10.0.0.1 80\n"
		    "nat 1 config redirect_port tcp 10.0.0.1:80-81 80\n"
		    "nat 1 config redirect_port tcp 10.0.0.1:80 80 1.2.3.4\n"
		    "nat 1 config redirect_addr 10.0.0.1 1.2.3.4\n"
		    "nat 1 config redirect_port tcp 10.0.0.1:81-80 81-80\n",
	    "",
	    "E0722 1:5, E0720 2:5, E0720 3:1, E0720 4:14, E0720 5:28, "
	    "E0720 6:28, E0720 7:32, E0720 8:47, E0720 9:47, E0720 10:14, "
	    "E0720 11:32");
}
END_TEST

START_TEST(what_any_version_lists)
{
	expect_listed(
	    "00100 allow ip from any to any via lo0\n"
	    "00200   15   1260 set 3 check-state :default // akin\n"
	    "# DISABLED 00300 set 4 allow tcp from any to me dst-port 22 "
	    "setup limit src-addr,dst-port 2 :default\n"
	    "00400 allow udp from any to any keep-state :default\n"
	    "00500 allow ipv6-icmp from any to any ip6 icmp6types 1,2\n"
	    "00600 deny ip from any to any frag offset\n"
	    "65535 42 4242 deny ip from any to any\n"
	    "## Dynamic rules (1 144):\n"
	    "00200 STATE tcp 10.0.0.1 1000 <-> 10.0.0.2 80\n",
	    "00100 set 0 allow ip from any to any via lo0\n"
	    "00200 set 3 check-state // akin\n"
	    "00300 set 4 allow tcp from any to me dst-port 22 setup limit "
	    "src-addr,dst-port 2\n"
	    "00400 set 0 allow udp from any to any keep-state\n"
	    "00500 set 0 allow ipv6-icmp from any to any ip6 icmp6types "
	    "1,2\n"
	    "00600 set 0 deny ip from any to any frag\n"
	    "65535 set 0 deny ip from any to any\n",
	    "");
}
END_TEST

START_TEST(a_listing_that_cannot_be_read)
{
	expect_listed(
	    "allow ip from any to any\n"
	    "00100 12 34 allow ip from { 10.0.0.1 or to 10.0.0.2 }\n"
	    "# DISABLED 00200 1 2 set 4 allow ip from any to any foo\n"
	    "00300 allow udp from any to any keep-state :mine\n"
	    "00400 check-state :mine\n"
	    "00500 count ip from any to any\n",
	    "00500 set 0 count ip from any to any\n",
	    "E0720 1:1, E0720 2:41, E0720 3:53, E0720 4:44, E0720 5:19");
}
END_TEST

START_TEST(disabled_sets_of_a_listing)
{
	struct file_test t;

	file_start(&t);
	ck_assert(ipfw_read_listing(&t.reader, &t.reading.diags,
	    reading_add(&t.reading,
		"# DISABLED 00100 set 4 allow ip from any to any\n"
		"00100 set 5 allow ip from any to any\n"),
	    &t.ruleset));
	ck_assert(!ipfw_ruleset_enabled(&t.ruleset, 4));
	ck_assert(ipfw_ruleset_enabled(&t.ruleset, 5));
	reading_end(&t.reading);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("ipfw file");
	TCase *tc = tcase_create("files");

	tcase_add_test(tc, lines_as_ipfw_cuts_them);
	tcase_add_test(tc, every_fault_has_its_place);
	tcase_add_test(tc, a_line_that_would_be_cut);
	tcase_add_test(tc, a_nul_is_not_the_end);
	tcase_add_test(tc, tables);
	tcase_add_test(tc, tables_that_are_refused);
	tcase_add_test(tc, nat_instances);
	tcase_add_test(tc, what_any_version_lists);
	tcase_add_test(tc, a_listing_that_cannot_be_read);
	tcase_add_test(tc, disabled_sets_of_a_listing);
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	return unit_run(suite());
}
