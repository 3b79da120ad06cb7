/*
 * Dynamic states: lifetimes, limits, keepalives, and what deleting does.
 */
#include "tests/unit/machine.h"

#define OUT "out em0 tcp 10.0.0.1 1024 192.0.2.2 80"
#define IN "in em0 tcp 192.0.2.2 80 10.0.0.1 1024"

static struct bench bench;

static void
setup(void)
{
	bench = bench_open(&run_freebsd);
	bench_do(&bench, "ipfw -q add 10 check-state");
	bench_do(
	    &bench, "ipfw -q add 20 allow ip from any to any out keep-state");
}

static void
teardown(void)
{
	bench_close(&bench);
}

static size_t
n_states(void)
{
	return ipfw_engine_n_states(bench.machine->engine);
}

START_TEST(a_state_is_found_from_both_ends_on_any_card)
{
	bench_expect(&bench, OUT, "accept rule=20 path=newstate@20 vis=2");
	bench_expect(
	    &bench, IN " flags=SA", "accept rule=20 path=state@20 vis=2");
	bench_expect(&bench, "in lo0 tcp 10.0.0.1 1024 192.0.2.2 80 flags=A",
	    "accept rule=20 path=state@20 vis=2");
	bench_expect(&bench, "in em0 tcp 192.0.2.2 81 10.0.0.1 1024",
	    "deny rule=65535 vis=3");
	bench_expect(&bench, "in em0 udp 192.0.2.2 80 10.0.0.1 1024",
	    "deny rule=65535 vis=3");
}
END_TEST

START_TEST(an_established_connection_lives_on_acks_of_both_sides)
{
	bench_ask(&bench, OUT);
	bench_ask(&bench, IN " flags=SA");
	bench_ask(&bench, OUT " flags=A");
	bench_do(&bench, "ipfw sysctl net.inet.ip.fw.dyn_keepalive=0");
	bench_expect(&bench, "time +299", "time 300 states 1->1 keepalives 0");
	bench_ask(&bench, IN " flags=A");
	bench_expect(&bench, "time +1", "time 301 states 1->0 keepalives 0");
	bench_ask(&bench, OUT);
	bench_ask(&bench, IN " flags=SA");
	bench_ask(&bench, OUT " flags=A");
	bench_ask(&bench, IN " flags=R");
	bench_expect(&bench, "time +1", "time 302 states 1->0 keepalives 0");
}
END_TEST

START_TEST(keepalives_go_to_the_side_that_is_silent)
{
	bench_ask(&bench, OUT);
	bench_ask(&bench, IN " flags=SA");
	bench_ask(&bench, OUT " flags=A");
	/* Rounds at 281, 286, 291 and 296; then it is gone. */
	bench_expect(&bench, "time +279", "time 280 states 1->1 keepalives 0");
	bench_expect(&bench, "time +1", "time 281 states 1->1 keepalives 2");
	bench_ask(&bench, IN " flags=A");
	bench_expect(&bench, "time +19", "time 300 states 1->1 keepalives 3");
	bench_expect(&bench, "time +1", "time 301 states 1->0 keepalives 0");
}
END_TEST

START_TEST(a_jump_over_quiet_time_is_the_same_as_single_seconds)
{
	struct bench other = bench_open(&run_freebsd);

	bench_do(&other, "ipfw -q add 20 allow ip from any to any keep-state");
	for (unsigned i = 0; i < 37; i++) {
		bench_do(&bench, "time +1");
		bench_do(&other, i == 0 ? "time +37" : "state");
	}
	for (struct bench *each = &bench;; each = &other) {
		bench_ask(each, OUT);
		bench_ask(
		    each, "in em0 tcp 192.0.2.2 80 10.0.0.1 1024 flags=SA");
		if (each == &other)
			break;
	}
	for (unsigned i = 0; i < 40; i++)
		bench_expect(&other, "time +1", bench_ask(&bench, "time +1"));
	bench_close(&other);
}
END_TEST

START_TEST(absurd_times_are_answered)
{
	bench_ask(&bench, OUT);
	bench_do(
	    &bench, "ipfw sysctl net.inet.ip.fw.dyn_ack_lifetime=4294967295");
	bench_ask(&bench, IN " flags=SA");
	bench_ask(&bench, OUT " flags=A");
	bench_expect(&bench, "time +4000000000",
	    "time 4000000001 states 1->1 keepalives 0");
	bench_do(&bench, "time +1000000000000");
	ck_assert_uint_eq(n_states(), 0);
}
END_TEST

START_TEST(a_limit_counts_by_its_mask)
{
	bench_do(&bench,
	    "ipfw -q add 5 allow tcp from any to any in setup "
	    "limit src-addr 2");
	bench_do(&bench, "in em0 tcp 192.0.2.9 1 10.0.0.1 22");
	bench_do(&bench, "in em0 tcp 192.0.2.9 2 10.0.0.1 22");
	bench_expect(&bench, "in em0 tcp 192.0.2.9 3 10.0.0.1 22",
	    "deny rule=5 path=nostate@5 vis=1");
	bench_expect(&bench, "in em0 tcp 192.0.2.8 3 10.0.0.1 22",
	    "accept rule=5 path=newstate@5 vis=1");
	ck_assert_uint_eq(n_states(), 5);
	bench_ask(&bench, "in em0 tcp 192.0.2.9 1 10.0.0.1 22 flags=R");
	bench_expect(&bench, "time +1", "time 2 states 5->4 keepalives 0");
	bench_expect(&bench, "in em0 tcp 192.0.2.9 3 10.0.0.1 22",
	    "accept rule=5 path=newstate@5 vis=1");
	bench_do(&bench, "ipfw delete 5");
	ck_assert_uint_eq(n_states(), 0);
}
END_TEST

START_TEST(a_full_table_denies)
{
	bench_do(&bench, "ipfw sysctl net.inet.ip.fw.dyn_max=1");
	bench_do(&bench,
	    "ipfw -q add 15 reset tcp from any to any setup out keep-state");
	bench_expect(&bench, "out em0 udp 10.0.0.1 1 192.0.2.2 53",
	    "accept rule=20 path=newstate@20 vis=3");
	bench_expect(&bench, "out em0 udp 10.0.0.1 2 192.0.2.2 53",
	    "deny rule=20 path=nostate@20 vis=3");
	bench_expect(&bench, OUT, "reset rule=15 path=nostate@15 vis=2");
}
END_TEST

START_TEST(a_rule_takes_its_states_along_or_leaves_them_to_the_default)
{
	bench_do(&bench, "ipfw -q add 5 count udp from any to any keep-state");
	bench_ask(&bench, OUT);
	bench_ask(&bench, "out em0 udp 10.0.0.1 1 192.0.2.2 53");
	ck_assert_uint_eq(n_states(), 2);
	bench_do(&bench, "ipfw delete 5");
	ck_assert_uint_eq(n_states(), 1);
	bench_do(&bench, "ipfw sysctl net.inet.ip.fw.dyn_keep_states=1");
	bench_do(&bench, "ipfw delete 20");
	bench_expect(&bench, IN, "deny rule=65535 path=state@65535 vis=2");
}
END_TEST

START_TEST(a_state_outlives_the_disabling_of_its_set)
{
	bench_do(&bench,
	    "ipfw -q add 15 set 2 skipto 30 udp from any to any keep-state");
	bench_do(&bench, "ipfw -q add 30 set 3 allow udp from any to any");
	bench_ask(&bench, "out em0 udp 10.0.0.1 1 192.0.2.2 53");
	bench_do(&bench, "ipfw set disable 2");
	bench_expect(&bench, "in em0 udp 192.0.2.2 53 10.0.0.1 1",
	    "accept rule=30 path=state@15,skipto@15 vis=3");
}
END_TEST

START_TEST(many_states_are_all_found)
{
	enum {
		STATES = 20000
	};

	bench_do(&bench, "ipfw sysctl net.inet.ip.fw.dyn_max=100000");
	for (unsigned i = 0; i < STATES; i++) {
		struct step step;
		const char *line = arena_printf(bench.arena,
		    "out em0 udp 10.0.%u.%u 1 192.0.2.2 53", i / 256, i % 256);

		step_run(bench.machine, bench.arena, line, true, &step);
	}
	ck_assert_uint_eq(n_states(), STATES);
	for (unsigned i = 0; i < STATES; i += 97)
		bench_expect(&bench,
		    arena_printf(bench.arena,
			"in em0 udp 192.0.2.2 53 10.0.%u.%u 1", i / 256,
			i % 256),
		    "accept rule=20 path=state@20 vis=2");
	bench_expect(
	    &bench, "time +10", "time 11 states 20000->0 keepalives 0");
}
END_TEST

START_TEST(darwin_keeps_tcp_until_room_is_needed)
{
	struct bench darwin = bench_open(&run_darwin);

	bench_do(
	    &darwin, "ipfw -q add 10 allow ip from any to any out keep-state");
	bench_do(&darwin, "ipfw sysctl net.inet.ip.fw.dyn_max=2");
	bench_ask(&darwin, OUT);
	bench_ask(&darwin, "out em0 udp 10.0.0.1 1 192.0.2.2 53");
	bench_expect(&darwin, "time +4000000000",
	    "time 4000000001 states 2->1 keepalives 0");
	bench_expect(&darwin, IN, "accept rule=10 path=state@10 vis=2");
	bench_do(&darwin, "time +1000");
	bench_ask(&darwin, "out em0 udp 10.0.0.1 1 192.0.2.2 53");
	bench_expect(&darwin, "out em0 udp 10.0.0.1 2 192.0.2.2 53",
	    "accept rule=10 path=newstate@10 vis=1");
	bench_expect(&darwin, "out em0 udp 10.0.0.1 3 192.0.2.2 53",
	    "deny rule=10 path=nostate@10 vis=1");
	bench_close(&darwin);
}
END_TEST

static Suite *
suite(void)
{
	Suite *states = suite_create("run_state");
	TCase *tests = tcase_create("states");

	tcase_add_checked_fixture(tests, setup, teardown);
	tcase_set_timeout(tests, 30);
	tcase_add_test(tests, a_state_is_found_from_both_ends_on_any_card);
	tcase_add_test(
	    tests, an_established_connection_lives_on_acks_of_both_sides);
	tcase_add_test(tests, keepalives_go_to_the_side_that_is_silent);
	tcase_add_test(
	    tests, a_jump_over_quiet_time_is_the_same_as_single_seconds);
	tcase_add_test(tests, absurd_times_are_answered);
	tcase_add_test(tests, a_limit_counts_by_its_mask);
	tcase_add_test(tests, a_full_table_denies);
	tcase_add_test(
	    tests, a_rule_takes_its_states_along_or_leaves_them_to_the_default);
	tcase_add_test(tests, a_state_outlives_the_disabling_of_its_set);
	tcase_add_test(tests, many_states_are_all_found);
	tcase_add_test(tests, darwin_keeps_tcp_until_room_is_needed);
	suite_add_tcase(states, tests);
	return states;
}

int
main(void)
{
	return unit_run(suite());
}
