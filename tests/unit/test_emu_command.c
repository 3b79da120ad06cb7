/*
 * The command line of ipfw(8): options, words, files, exit codes, listings.
 */
#include "eval/emu/command.h"
#include "tests/unit/machine.h"

#define WORDS_MAX 16
#define DEFAULT "65535 deny ip from any to any\n"

static struct bench bench;
static struct buf out, err;

static void
setup(void)
{
	bench = bench_open(&run_freebsd);
	buf_init(&out, bench.arena);
	buf_init(&err, bench.arena);
}

static void
teardown(void)
{
	bench_close(&bench);
}

/* The exit code of the N words, which main() would get. */
static int
run_words(const char *const *words, size_t n)
{
	buf_init(&out, bench.arena);
	buf_init(&err, bench.arena);
	return command_run(bench.machine, words, n, &out, &err);
}

/* Words that have single blanks between them. */
static int
run(const char *line)
{
	const char *words[WORDS_MAX];
	size_t n = 0;

	for (char *at = arena_strdup(bench.arena, line); at != NULL; n++) {
		char *blank = strchr(at, ' ');

		ck_assert_uint_lt(n, WORDS_MAX);
		words[n] = at;
		if (blank != NULL)
			*blank++ = '\0';
		at = blank;
	}
	return run_words(words, n);
}

static int
run_file(const char *options, const char *text)
{
	const char *words[] = {options, "/etc/rules"};
	bool none = options == NULL;

	buf_init(&out, bench.arena);
	buf_init(&err, bench.arena);
	return command_run_file(bench.machine, words + none, 2u - none, text,
	    strlen(text), &out, &err);
}

#define expect_code(line, code) ck_assert_int_eq(run(line), (code))

static void
expect_out(const char *line, const char *text)
{
	ck_assert_int_eq(run(line), 0);
	ck_assert_str_eq(out.n > 0 ? out.p : "", text);
}

START_TEST(what_is_added_is_told_unless_quiet)
{
	expect_out("add 100 allow tcp from any to any",
	    "00100 allow tcp from any to any\n");
	expect_out("-q add 200 allow udp from any to any", "");
	expect_out("300 add deny ip from any to any",
	    "00300 deny ip from any to any\n");
	expect_out("list",
	    "00100 allow tcp from any to any\n"
	    "00200 allow udp from any to any\n"
	    "00300 deny ip from any to any\n" DEFAULT);
}
END_TEST

START_TEST(dry_runs_change_nothing)
{
	expect_out("-n add 100 allow tcp from any to any",
	    "00100 allow tcp from any to any\n");
	expect_out("-q add 200 allow udp from any to any", "");
	/* These two take the answer that they did not ask for as none. */
	expect_code("-n delete 200", 69);
	expect_code("-n table 1 add 10.0.0.1", 65);
	expect_code("-n -f flush", 0);
	expect_code("-n nat 1 config ip 10.0.0.1", 0);
	expect_code("-n add nonsense", 65);
	expect_out("list", "00200 allow udp from any to any\n" DEFAULT);
	expect_out("nat show config", "");
	expect_code("table 1 list", 71);
}
END_TEST

START_TEST(a_single_word_is_a_whole_line)
{
	static const char *const line[] = {
	    " -q  add 100 allow tcp from any to any 80, 443 # web"};
	static const char *const words[] = {"-q", "add", "110", "allow", "ip",
	    "from", "10.0.0.1,", "10.0.0.2", "to", "any"};

	ck_assert_int_eq(run_words(line, 1), 0);
	ck_assert_int_eq(run_words(words, 10), 0);
	expect_out("list",
	    "00100 allow tcp from any to any dst-port 80,443\n"
	    "00110 allow ip from 10.0.0.1,10.0.0.2 to any\n" DEFAULT);
}
END_TEST

START_TEST(exit_codes_are_those_of_the_command)
{
	static const struct {
		const char *line;
		int code;
	} lines[] = {
	    {"nonsense", 64},
	    {"-Z list", 64},
	    {"set 3 add 100 allow ip from any to any", 64},
	    {"add 100 nonsense", 65},
	    {"add 100 allow tcp from nonsense/64 to any", 68},
	    {"add 100 allow tcp from any", 64},
	    {"add 100 skipto nonsense ip from any to any", 65},
	    {"delete 100", 69},
	    {"delete", 64},
	    {"list 100", 69},
	    {"list 100x", 64},
	    {"zero 100", 69},
	    {"set move 0 to 40", 65},
	    {"set 99 list", 65},
	    {"set swap 1", 64},
	    {"set disable 1 2 enable 2", 65},
	    {"nat 1 config ip nonsense", 65},
	    {"nat 0 config ip 10.0.0.1", 65},
	    {"nat delete 1", 69},
	    {"table 1 list", 71},
	    {"table 1 delete 10.0.0.1", 65},
	    {"nat 65535 config ip 10.0.0.1", 65},
	    {"nat 65534 config ip 10.0.0.1", 0},
	    {"nat 1 config", 65},
	    {"nat 1 config nonsense", 65},
	    {"-n nat 1 config nonsense", 65},
	    {"nat 1 config ip", 65},
	    {"nat 1 config nonsense 1", 65},
	    {"nat 1 config port_range 9-8", 65},
	    {"nat 1 config ip 10.0.0.1 redirect_port tcp 10.0.0.5:9-8 9-8", 65},
	    {"nat 1 config ip 10.0.0.1 redirect_port tcp 10.0.0.5:8-9 8", 65},
	    {"nat 1 config ip 10.0.0.1 redirect_port esp 10.0.0.5:8 8", 65},
	    {"nat 1 config ip 10.0.0.1 redirect_port tcp 8 8", 65},
	    {"nat 1 config ip 10.0.0.1 redirect_port tcp 10.0.0.5:no 8", 65},
	    {"nat 1 config ip 10.0.0.1 redirect_port tcp 10.0.0.5:65536 8", 65},
	    {"nat 1 config ip 10.0.0.1 redirect_addr 10.0.0.5", 65},
	    {"nat 1 config ip 10.0.0.1 redirect_proto esp", 65},
	    {"nat 1 config ip 10.0.0.1 log reset udp_eim unreg_only deny_in",
		0},
	    {"sysctl kern.nonsense", 1},
	    {"sysctl net.inet.ip.fw.one_pass=x", 1},
	    {"sysctl net.inet.ip.fw.dyn_max=4294967296", 1},
	    {"sysctl net.inet.ip.fw.dyn_max=4294967295", 0},
	};

	for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++)
		ck_assert_msg(run(lines[i].line) == lines[i].code, "%s: %d: %s",
		    lines[i].line, run(lines[i].line), err.p);
	ck_assert_int_eq(run_words(NULL, 0), 64);
}
END_TEST

START_TEST(a_file_is_run_line_by_line_up_to_the_first_mistake)
{
	ck_assert_int_eq(run_file("-q",
			     "# rules\n"
			     "add 100 allow tcp from any to any 80, 443 # web\n"
			     "\n"
			     "\tadd 200 set 3 deny ip from any to any // no\n"
			     "set move 3 to 4\n"
			     "add 300 nonsense\n"
			     "add 400 allow ip from any to any\n"),
	    65);
	ck_assert_ptr_nonnull(strstr(err.p, "Line 6: "));
	ck_assert_uint_eq(out.n, 0);
	expect_out("-S list",
	    "00100 set 0 allow tcp from any to any dst-port 80,443\n"
	    "00200 set 4 deny ip from any to any // no\n"
	    "65535 set 31 deny ip from any to any\n");
	/* Options of a file's line hold for the lines behind it. */
	ck_assert_int_eq(run_file(NULL,
			     "-q add 500 count ip from any to any\n"
			     "add 600 count ip from any to any"),
	    0);
	ck_assert_uint_eq(out.n, 0);
	ck_assert_int_eq(run_file("-x", ""), 64);
	ck_assert_int_eq(run_file("-q", ""), 0);
}
END_TEST

START_TEST(a_long_line_of_a_file_is_cut)
{
	struct buf text;

	buf_init(&text, bench.arena);
	buf_puts(&text, "-q add 100 allow ip from any to any // x\n#");
	buf_pad(&text, ' ', 4095 - 1);
	buf_puts(&text, "add 200 allow ip from any to any\n");
	ck_assert_int_eq(run_file(NULL, text.p), 0);
	expect_out("list",
	    "00100 allow ip from any to any // x\n"
	    "00200 allow ip from any to any\n" DEFAULT);
}
END_TEST

START_TEST(listings_by_number_set_and_counter)
{
	run("-q add 100 set 1 count ip from any to any");
	run("-q add 200 set 2 count tcp from any to any");
	run("-q add 300 allow ip from any to any");
	bench_ask(&bench, "in em0 tcp 10.0.0.1 1 10.0.0.2 2 len=1500");
	bench_ask(&bench, "in em0 udp 10.0.0.1 1 10.0.0.2 2 len=28");
	expect_out("-a list",
	    "00100 2 1528 count ip from any to any\n"
	    "00200 1 1500 count tcp from any to any\n"
	    "00300 2 1528 allow ip from any to any\n"
	    "65535 0    0 deny ip from any to any\n");
	expect_out("show 200-300",
	    "00200 1 1500 count tcp from any to any\n"
	    "00300 2 1528 allow ip from any to any\n");
	expect_out("set 2 list", "00200 count tcp from any to any\n");
	expect_out("set 2 show", "00200 1 1500 count tcp from any to any\n");
	expect_out("-S list 100 200",
	    "00100 set 1 count ip from any to any\n"
	    "00200 set 2 count tcp from any to any\n");
	expect_code("resetlog 200", 0);
	expect_code("resetlog", 0);
	expect_code("zero 100", 0);
	expect_out("show 100-200",
	    "00100 0    0 count ip from any to any\n"
	    "00200 1 1500 count tcp from any to any\n");
	expect_out(
	    "-T list 200", "00200          1 count tcp from any to any\n");
	expect_out("-t list 100-200",
	    "00100                         count ip from any to any\n"
	    "00200 Thu Jan  1 00:00:01 1970 count tcp from any to any\n");
	expect_code("zero", 0);
	expect_out("show 200", "00200 0 0 count tcp from any to any\n");
}
END_TEST

START_TEST(a_hidden_rule_repeats_the_line_before)
{
	run("-q add 100 allow tcp from any to any");
	run("-q add 200 set 5 deny tcp from any to any");
	run("-q add 300 set 5 deny tcp from any to any");
	run("set disable 5");
	expect_out("list",
	    "00100 allow tcp from any to any\n"
	    "00100 allow tcp from any to any\n"
	    "00100 allow tcp from any to any\n" DEFAULT);
	expect_out("-S list 200 300",
	    "# DISABLED 00200 set 5 deny tcp from any to any\n"
	    "# DISABLED 00300 set 5 deny tcp from any to any\n");
}
END_TEST

START_TEST(states_are_listed_on_request)
{
	run("-q add 100 allow ip from any to any keep-state");
	run("-q add 50 count ip from any to any");
	run("-q add 200 set 9 count ip from any to any");
	bench_ask(&bench, "out em0 udp 10.0.0.1 1024 10.0.0.2 53");
	expect_out("-d -a set 9 list",
	    "00200 0 0 count ip from any to any\n"
	    "## Dynamic rules (1 144):\n");
	run("delete 200");
	expect_out("list",
	    "00050 count ip from any to any\n"
	    "00100 allow ip from any to any keep-state\n" DEFAULT);
	bench_ask(&bench, "in em0 udp 10.0.0.2 53 10.0.0.1 1024 len=100");
	expect_out("-a -D list",
	    "## Dynamic rules (1 144):\n"
	    "00100 1 100 (10s) STATE udp 10.0.0.1 1024 <-> 10.0.0.2 53\n");
	expect_out("-d list 50 100",
	    "00050 count ip from any to any\n"
	    "00100 allow ip from any to any keep-state\n"
	    "## Dynamic rules:\n"
	    "00100 STATE udp 10.0.0.1 1024 <-> 10.0.0.2 53\n");
}
END_TEST

START_TEST(sets_are_switched_moved_swapped_and_deleted)
{
	expect_out("set show",
	    "enable 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 "
	    "22 23 24 25 26 27 28 29 30\n");
	expect_code("set disable 1 2 enable 3", 0);
	run("-q add 100 set 4 allow tcp from any to any");
	run("-q add 200 set 4 allow udp from any to any");
	expect_code("set move rule 200 to 5", 0);
	expect_code("set swap 4 6", 0);
	expect_out("-S list 1-65534",
	    "00100 set 6 allow tcp from any to any\n"
	    "00200 set 5 allow udp from any to any\n");
	expect_code("set move 6 to 7", 0);
	expect_code("set 6 delete 100", 69);
	expect_code("delete set 7", 0);
	expect_code("delete set 7", 69);
	expect_code("set 5 flush", 0);
	expect_out("list", DEFAULT);
}
END_TEST

START_TEST(set_31_outlives_a_flush)
{
	run("-q add 100 set 31 allow tcp from any to any");
	run("-q add 200 allow udp from any to any");
	expect_code("-q -f flush", 0);
	expect_out("list", "00100 allow tcp from any to any\n" DEFAULT);
	expect_code("delete set 31", 0);
	expect_out("list", DEFAULT);
}
END_TEST

START_TEST(tables_are_kept_between_commands)
{
	expect_code("table 1 add 10.0.0.0/8 7", 0);
	expect_code("table 1 add 10.0.0.0/8 7", 71);
	expect_code("table 1 add 192.0.2.1", 0);
	expect_out("table 1 list",
	    "--- table(1), set(0) ---\n"
	    "10.0.0.0/8 7\n"
	    "192.0.2.1/32 0\n");
	expect_out("-i table 1 list",
	    "--- table(1), set(0) ---\n"
	    "10.0.0.0/8 0.0.0.7\n"
	    "192.0.2.1/32 0.0.0.0\n");
	/* What is there already does not keep the others out. */
	expect_code("table 1 add 10.0.0.0/8 7 192.0.2.2 8", 71);
	ck_assert_str_eq(
	    out.p, "exists: 10.0.0.0/8 7\nadded: 192.0.2.2/32 8\n");
	expect_code("table 1 delete 10.9.0.0/16 192.0.2.2", 71);
	expect_out("table 1 list",
	    "--- table(1), set(0) ---\n"
	    "10.0.0.0/8 7\n"
	    "192.0.2.1/32 0\n");
	expect_code("table 1 add nonsense/99", 68);
	run("-q add 100 allow ip from table(1) to any");
	expect_code("table 1 destroy", 71);
	expect_code("table 1 flush", 0);
	expect_out("table 1 list", "--- table(1), set(0) ---\n");
	expect_code("delete 100", 0);
	expect_code("table 1 destroy", 0);
	expect_code("table 1 list", 71);
}
END_TEST

START_TEST(translators_are_kept_as_configured)
{
	run("enable one_pass");
	expect_out("nat 1 config if em0 same_ports",
	    "ipfw nat 1 config if em0 same_ports\n");
	expect_out("-q nat 7 config ip 10.0.0.1 redirect_port tcp "
		   "10.0.0.5:http 8080",
	    "");
	expect_out("nat show config",
	    "ipfw nat 1 config if em0 same_ports\n"
	    "ipfw nat 7 config ip 10.0.0.1 redirect_port tcp "
	    "10.0.0.5:http 8080\n");
	run("-q add 100 nat 7 ip from any to any");
	bench_expect(&bench, "in em0 tcp 192.0.2.1 1024 10.0.0.1 8080",
	    "accept rule=100 ev=nat:7@100(dst=10.0.0.5:80) vis=1");
	run("-q nat 7 config ip 10.0.0.1 redirect_proto gre 10.0.0.8 10.0.0.1 "
	    "192.0.2.1 redirect_port udp 10.0.0.9:53 10.0.0.1:53 "
	    "192.0.2.9:99");
	bench_expect(&bench, "in em0 gre 192.0.2.1 10.0.0.1",
	    "accept rule=100 ev=nat:7@100(dst=10.0.0.8:0) vis=1");
	bench_expect(&bench, "in em0 gre 192.0.2.2 10.0.0.1",
	    "accept rule=100 ev=nat:7@100 vis=1");
	bench_expect(&bench, "in em0 udp 192.0.2.9 99 10.0.0.1 53",
	    "accept rule=100 ev=nat:7@100(dst=10.0.0.9:53) vis=1");
	bench_expect(&bench, "in em0 udp 192.0.2.9 98 10.0.0.1 53",
	    "accept rule=100 ev=nat:7@100 vis=1");
	expect_code("nat 1 delete", 0);
	expect_code("nat 1 delete", 69);
}
END_TEST

START_TEST(switches_by_command_and_by_sysctl)
{
	run("-q add 100 deny ip from any to any");
	expect_out(
	    "sysctl net.inet.ip.fw.one_pass", "net.inet.ip.fw.one_pass: 0\n");
	expect_code("enable one_pass", 0);
	expect_out("sysctl -n net.inet.ip.fw.one_pass", "1\n");
	expect_code("sysctl net.inet.ip.fw.one_pass=0", 0);
	expect_out("sysctl -n net.inet.ip.fw.one_pass", "0\n");
	expect_code("disable firewall", 0);
	bench_expect(
	    &bench, "in em0 tcp 10.0.0.1 1 10.0.0.2 2", "accept rule=0 vis=0");
	expect_code("enable firewall", 0);
	bench_expect(
	    &bench, "in em0 tcp 10.0.0.1 1 10.0.0.2 2", "deny rule=100 vis=1");
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("emu_command");
	TCase *tests = tcase_create("emu_command");

	tcase_add_checked_fixture(tests, setup, teardown);
	tcase_add_test(tests, what_is_added_is_told_unless_quiet);
	tcase_add_test(tests, dry_runs_change_nothing);
	tcase_add_test(tests, a_single_word_is_a_whole_line);
	tcase_add_test(tests, exit_codes_are_those_of_the_command);
	tcase_add_test(
	    tests, a_file_is_run_line_by_line_up_to_the_first_mistake);
	tcase_add_test(tests, a_long_line_of_a_file_is_cut);
	tcase_add_test(tests, listings_by_number_set_and_counter);
	tcase_add_test(tests, a_hidden_rule_repeats_the_line_before);
	tcase_add_test(tests, states_are_listed_on_request);
	tcase_add_test(tests, sets_are_switched_moved_swapped_and_deleted);
	tcase_add_test(tests, set_31_outlives_a_flush);
	tcase_add_test(tests, tables_are_kept_between_commands);
	tcase_add_test(tests, translators_are_kept_as_configured);
	tcase_add_test(tests, switches_by_command_and_by_sysctl);
	suite_add_tcase(suite, tests);
	return unit_run(suite);
}
