/*
 * Recorded sessions: what is replayed verifies, and what was changed does not.
 */
#include "eval/emu/session.h"
#include "tests/unit/machine.h"

static struct arena *arena;
static struct session_counts counts;
static struct buf report;

static void
setup(void)
{
	arena = unit_arena();
}

static void
teardown(void)
{
	arena_destroy(arena);
}

static const char *
replay(const char *text)
{
	struct buf out;

	buf_init(&out, arena);
	ck_assert(session_replay(&run_freebsd, text, strlen(text), &out));
	return out.p;
}

static void
verify(const char *text)
{
	memset(&counts, 0, sizeof(counts));
	buf_init(&report, arena);
	ck_assert(session_verify(
	    &run_freebsd, "a.vec", text, strlen(text), &counts, &report));
}

static void
expect(const char *text, size_t passed, size_t failed, size_t skipped)
{
	verify(text);
	ck_assert_msg(counts.passed == passed && counts.failed == failed &&
		counts.skipped == skipped,
	    "%s%zu passed, %zu failed, %zu skipped\n%s", text, counts.passed,
	    counts.failed, counts.skipped, report.p);
}

static const char sample[] =
    "# a title\n"
    "default deny\n"
    "\n"
    "> iface em0 198.51.100.1/24\n"
    "> ipfw -q add 100 skipto 300 udp from any to any\n"
    "> ipfw add 200 allow tcp from any to any keep-state\n"
    "> ipfw -q add 300 allow udp from any to any limit src-addr 2\n"
    "> ipfw add 400 nonsense\n"
    "> in em0 tcp 192.0.2.2 1024 198.51.100.1 80\n"
    "> out em0 udp 198.51.100.1 1024 192.0.2.2 53\n"
    "> state\n"
    "> ipfw -S show\n"
    "> time +10\n"
    "> echo done\n";

START_TEST(a_replay_holds_the_steps_and_their_answers)
{
	ck_assert_str_eq(replay(sample),
	    "# a title\n"
	    "default deny\n"
	    "\n"
	    "> iface em0 198.51.100.1/24\n"
	    "> ipfw -q add 100 skipto 300 udp from any to any\n"
	    "> ipfw add 200 allow tcp from any to any keep-state\n"
	    "= 00200 allow tcp from any to any keep-state\n"
	    "> ipfw -q add 300 allow udp from any to any limit src-addr 2\n"
	    "> ipfw add 400 nonsense\n"
	    "= ipfw: invalid action nonsense\n"
	    "= rc=65\n"
	    "> in em0 tcp 192.0.2.2 1024 198.51.100.1 80\n"
	    "= accept rule=200 path=newstate@200 vis=2\n"
	    "> out em0 udp 198.51.100.1 1024 192.0.2.2 53\n"
	    "= accept rule=300 path=skipto@100,newstate@300 vis=2\n"
	    "> state\n"
	    "= state rule=300 set=0 udp 198.51.100.1 0 <-> 0.0.0.0 0 "
	    "expire=20 pkts=0 bytes=0 PARENT count=1\n"
	    "= state rule=300 set=0 udp 198.51.100.1 1024 <-> 192.0.2.2 53 "
	    "expire=10 pkts=0 bytes=0 LIMIT\n"
	    "= state rule=200 set=0 tcp 192.0.2.2 1024 <-> 198.51.100.1 80 "
	    "expire=20 pkts=0 bytes=0 STATE tcp=0x2\n"
	    "= states 3\n"
	    "> ipfw -S show\n"
	    "= 00100 1 28 set 0 skipto 300 udp from any to any\n"
	    "= 00200 1 40 set 0 allow tcp from any to any keep-state\n"
	    "= 00300 1 28 set 0 allow udp from any to any limit src-addr 2\n"
	    "= 65535 0  0 set 31 deny ip from any to any\n"
	    "> time +10\n"
	    "= time 11 states 3->1 keepalives 0\n"
	    "> echo done\n"
	    "= done\n");
}
END_TEST

START_TEST(a_replay_verifies_and_replays_as_itself)
{
	const char *text = replay(sample);

	ck_assert_str_eq(replay(text), text);
	expect(text, 9, 0, 0);
	ck_assert_uint_eq(report.n, 0);
}
END_TEST

/* Each word of an answer that counts, made longer, must be told. */
START_TEST(whatever_is_changed_in_an_answer_is_told)
{
	const char *text = replay(sample);
	size_t changed = 0;

	for (const char *line = text; *line != '\0';
	     line = strchr(line, '\n') + 1) {
		const char *end = strchr(line, '\n');

		if (*line != '=' || strncmp(line, "= ipfw: ", 8) == 0 ||
		    strncmp(line, "= 00200 allow", 13) == 0)
			continue;
		for (const char *at = line + 2; at <= end; at++) {
			if (at != end && *at != ' ')
				continue;
			verify(arena_printf(
			    arena, "%.*s7%s", (int)(at - text), text, at));
			ck_assert_msg(counts.failed == 1, "%s", line);
			changed++;
		}
		/* A line that is missing, and one that is there twice. */
		verify(arena_printf(
		    arena, "%.*s%s", (int)(line - text), text, end + 1));
		ck_assert_msg(counts.failed == (strcmp(line, "= done\n") != 0),
		    "%s", line);
		if (strncmp(line, "= rc=", 5) == 0)
			continue;
		verify(arena_printf(
		    arena, "%.*s%s", (int)(end + 1 - text), text, line));
		ck_assert_msg(counts.failed == 1, "%s", line);
	}
	ck_assert_uint_gt(changed, 60);
}
END_TEST

START_TEST(what_differs_is_reported_by_its_line)
{
	expect("> ipfw -q add 1 allow ip from any to any\n"
	       "> in em0 tcp 192.0.2.2 1 192.0.2.3 2\n"
	       "= deny rule=1 vis=1\n",
	    1, 1, 0);
	ck_assert_str_eq(report.p,
	    "a.vec:2: in em0 tcp 192.0.2.2 1 192.0.2.3 2\n"
	    "  recorded: deny rule=1 vis=1\n"
	    "  answered: accept rule=1 vis=1\n");
}
END_TEST

START_TEST(wording_is_free_but_codes_are_not)
{
	expect("> ipfw add 100 nonsense\n"
	       "= anything at all\n"
	       "= rc=65\n",
	    1, 0, 0);
	expect("> ipfw add 100 nonsense\n"
	       "= rc=64\n",
	    0, 1, 0);
	expect("> ipfw add 100 nonsense\n", 0, 1, 0);
	expect("> ipfw add 100 allow ip from any to any\n"
	       "= chatter\n",
	    1, 0, 0);
	expect("> ipfw add 100 allow ip from any to any\n"
	       "= rc=65\n",
	    0, 1, 0);
}
END_TEST

START_TEST(states_may_come_in_any_order)
{
	expect("> ipfw -q add 1 allow ip from any to any keep-state\n"
	       "> in - udp 192.0.2.2 1 192.0.2.3 2\n"
	       "= accept rule=1 path=newstate@1 vis=1\n"
	       "> in - udp 192.0.2.2 9 192.0.2.3 9\n"
	       "= accept rule=1 path=newstate@1 vis=1\n"
	       "> state\n"
	       "= state rule=1 set=0 udp 192.0.2.2 1 <-> 192.0.2.3 2 "
	       "expire=10 pkts=0 bytes=0 STATE\n"
	       "= state rule=1 set=0 udp 192.0.2.2 9 <-> 192.0.2.3 9 "
	       "expire=10 pkts=0 bytes=0 STATE\n"
	       "= states 2\n"
	       "> state\n"
	       "= state rule=1 set=0 udp 192.0.2.2 9 <-> 192.0.2.3 9 "
	       "expire=10 pkts=0 bytes=0 STATE\n"
	       "= state rule=1 set=0 udp 192.0.2.2 1 <-> 192.0.2.3 2 "
	       "expire=10 pkts=0 bytes=0 STATE\n"
	       "= states 2\n",
	    5, 0, 0);
}
END_TEST

START_TEST(what_is_no_step_fails)
{
	expect("> nonsense\n", 0, 1, 0);
	expect("> in em0 tcp 192.0.2.2 1 192.0.2.3 2 colour=red\n"
	       "= deny rule=65535 vis=1\n",
	    0, 1, 0);
	expect("> iface em0 nonsense\n", 0, 1, 0);
	expect("> divert 1 nonsense\n", 0, 1, 0);
	expect("> time nonsense\n", 0, 1, 0);
	expect("> in em0 icmp 192.0.2.2 192.0.2.3 "
	       "inner=tcp,192.0.2.3,1,192.0.2.2,2\n"
	       "= deny rule=65535 vis=1\n",
	    0, 1, 0);
	expect("nonsense\n", 0, 1, 0);
	expect("default nonsense\n", 0, 1, 0);
	expect("default denys\n", 0, 1, 0);
	expect("default all-on\n", 0, 1, 0);
	expect("> in em0 tcp 192.0.2.2 1 192.0.2.3 2\n", 0, 1, 0);
	expect("> iface em0\n= an answer\n", 0, 1, 0);
}
END_TEST

START_TEST(what_is_never_run_is_skipped)
{
	expect("> ipfw -q add 1 pipe 1 ip from any to any\n"
	       "> in em0 tcp 192.0.2.2 1 192.0.2.3 2\n"
	       "= accept rule=1 vis=1\n"
	       "> ipfw sysctl kern.nonsense=1\n",
	    1, 0, 2);
}
END_TEST

START_TEST(an_address_that_the_kernel_left_to_chance)
{
	static const char session[] =
	    "> ipfw -q add 1 allow ip from any to any limit src-addr 3\n"
	    "> in - udp 2001:db8::1 1 2001:db8::2 2\n"
	    "= accept rule=1 path=newstate@1 vis=1\n"
	    "> state\n"
	    "= state rule=1 set=0 udp 2001:db8::1 1 <-> 2001:db8::2 2 "
	    "expire=10 pkts=0 bytes=0 LIMIT\n"
	    "= state rule=1 set=0 udp 2001:db8::1 0 <-> %s 0 "
	    "expire=10 pkts=0 bytes=0 PARENT count=1\n"
	    "= states 2\n";

	expect(arena_printf(arena, session, "::"), 3, 0, 0);
	expect(arena_printf(arena, session, "fe80::1234"), 3, 0, 0);
	expect(arena_printf(arena, session, "192.0.2.1"), 2, 1, 0);
}
END_TEST

START_TEST(odd_texts_are_read_to_their_end)
{
	expect("", 0, 0, 0);
	expect("# nothing", 0, 0, 0);
	expect("= an answer to nothing\n", 0, 1, 0);
	expect(">", 0, 1, 0);
	expect("> echo\n= ", 0, 0, 0);
	expect("> echo a\n=a", 0, 0, 0);
	expect("> echo a\n= b", 0, 1, 0);
	expect("> time", 0, 1, 0);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("emu_session");
	TCase *tests = tcase_create("emu_session");

	tcase_add_checked_fixture(tests, setup, teardown);
	tcase_add_test(tests, a_replay_holds_the_steps_and_their_answers);
	tcase_add_test(tests, a_replay_verifies_and_replays_as_itself);
	tcase_add_test(tests, whatever_is_changed_in_an_answer_is_told);
	tcase_add_test(tests, what_differs_is_reported_by_its_line);
	tcase_add_test(tests, wording_is_free_but_codes_are_not);
	tcase_add_test(tests, states_may_come_in_any_order);
	tcase_add_test(tests, what_is_no_step_fails);
	tcase_add_test(tests, what_is_never_run_is_skipped);
	tcase_add_test(tests, an_address_that_the_kernel_left_to_chance);
	tcase_add_test(tests, odd_texts_are_read_to_their_end);
	suite_add_tcase(suite, tests);
	return unit_run(suite);
}
