/*
 * The scan of the rules: their order, sets, jumps, or-blocks and re-entry.
 */
#include "target/ipfw/text/read.h"
#include "tests/unit/machine.h"

#define PACKET "in em0 tcp 192.0.2.1 1024 192.0.2.2 80"

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

START_TEST(the_default_rule_denies_until_it_is_told)
{
	bench_expect(&bench, PACKET, "deny rule=65535 vis=1");
	ipfw_engine_set_default(bench.machine->engine, true);
	bench_expect(&bench, PACKET, "accept rule=65535 vis=1");
}
END_TEST

START_TEST(rules_are_scanned_by_number_however_they_were_added)
{
	for (unsigned i = 2000; i > 0; i--)
		bench_do(&bench,
		    arena_printf(bench.arena,
			"ipfw -q add %u count udp from any to any", i));
	bench_do(&bench, "ipfw -q add 1001 allow tcp from any to any");
	bench_do(&bench, "ipfw -q add 1000 count tcp from any to any");
	bench_expect(
	    &bench, PACKET, "accept rule=1001/2 path=count@1000 vis=1003");
}
END_TEST

START_TEST(a_rule_without_a_number_goes_behind_the_highest)
{
	bench_expect(&bench, "ipfw add allow tcp from any to any",
	    "00100 allow tcp from any to any");
	bench_expect(&bench, "ipfw add 65500 count tcp from any to any",
	    "65500 count tcp from any to any");
	bench_expect(&bench, "ipfw add count tcp from any to any",
	    "65500 count tcp from any to any");
	bench_do(&bench, "ipfw delete 65500");
	bench_expect(&bench, "ipfw add count tcp from any to any",
	    "00200 count tcp from any to any");
}
END_TEST

START_TEST(a_disabled_set_is_passed_over_and_not_counted)
{
	bench_do(&bench, "ipfw -q add 10 set 3 deny tcp from any to any");
	bench_do(&bench, "ipfw -q add 20 allow tcp from any to any");
	bench_expect(&bench, PACKET, "deny rule=10 vis=1");
	bench_do(&bench, "ipfw set disable 3");
	bench_expect(&bench, PACKET, "accept rule=20 vis=1");
	bench_do(&bench, "ipfw set move 3 to 4");
	bench_expect(&bench, PACKET, "deny rule=10 vis=1");
	bench_do(&bench, "ipfw set swap 4 3");
	bench_expect(&bench, PACKET, "accept rule=20 vis=1");
	bench_do(&bench, "ipfw set disable 0 enable 3");
	bench_expect(&bench, PACKET, "deny rule=10 vis=1");
}
END_TEST

START_TEST(a_jump_lands_on_the_first_rule_that_is_enabled)
{
	bench_do(&bench, "ipfw -q add 10 skipto 20 tcp from any to any");
	bench_do(&bench, "ipfw -q add 15 deny tcp from any to any");
	bench_do(&bench, "ipfw -q add 20 set 5 deny tcp from any to any");
	bench_do(&bench, "ipfw -q add 30 allow tcp from any to any");
	bench_expect(&bench, PACKET, "deny rule=20 path=skipto@10 vis=2");
	bench_do(&bench, "ipfw set disable 5");
	bench_expect(&bench, PACKET, "accept rule=30 path=skipto@10 vis=2");
	/* The place of the jump is not remembered too long. */
	bench_do(&bench, "ipfw -q add 25 reset tcp from any to any");
	bench_expect(
	    &bench, PACKET, "reset rule=25 ev=rst-sent path=skipto@10 vis=2");
}
END_TEST

START_TEST(a_jump_never_goes_back)
{
	bench_do(&bench, "ipfw -q add 100 skipto 50 tcp from any to any");
	bench_do(&bench, "ipfw -q add 100 deny tcp from any to any");
	bench_do(&bench, "ipfw -q add 50 count tcp from any to any");
	bench_expect(
	    &bench, PACKET, "deny rule=65535 path=count@50,skipto@100 vis=3");
}
END_TEST

START_TEST(a_block_holds_if_one_of_its_conditions_does)
{
	bench_do(&bench,
	    "ipfw -q add 10 allow { udp or tcp } from any to any "
	    "{ dst-port 81 or not src-port 1024 or recv em* } in");
	bench_expect(&bench, PACKET, "accept rule=10 vis=1");
	bench_expect(&bench, "in lo0 tcp 192.0.2.1 1024 192.0.2.2 80",
	    "deny rule=65535 vis=2");
	bench_expect(&bench, "in lo0 udp 192.0.2.1 1023 192.0.2.2 80",
	    "accept rule=10 vis=1");
	bench_expect(
	    &bench, "in em0 icmp 192.0.2.1 192.0.2.2", "deny rule=65535 vis=2");
}
END_TEST

START_TEST(a_card_that_is_not_there_does_not_match_and_its_not_does)
{
	bench_do(&bench, "ipfw -q add 10 count ip from any to any via em0");
	bench_do(&bench, "ipfw -q add 20 count ip from any to any not via em0");
	bench_do(&bench, "ipfw -q add 30 count ip from any to any via *");
	bench_expect(&bench, "in - tcp 192.0.2.1 1024 192.0.2.2 80",
	    "deny rule=65535 path=count@20 vis=4");
	bench_expect(
	    &bench, PACKET, "deny rule=65535 path=count@10,count@30 vis=4");
}
END_TEST

START_TEST(demands_that_contradict_each_other_never_hold)
{
	bench_do(&bench, "ipfw -q add 10 allow tcp from any to any in out");
	bench_do(&bench,
	    "ipfw -q add 20 allow tcp from any to any setup established");
	bench_do(&bench, "ipfw -q add 30 allow tcp from any to any proto udp");
	bench_do(&bench, "ipfw -q add 40 allow 300 from any to any");
	bench_do(&bench, "ipfw -q add 50 allow tcp from any to any not in in");
	bench_expect(&bench, PACKET, "deny rule=65535 vis=6");
	/* SYN and RST is both of them. */
	bench_expect(&bench, PACKET " flags=SR", "accept rule=20 vis=2");
}
END_TEST

START_TEST(ports_and_flags_are_those_of_a_first_fragment)
{
	bench_do(&bench, "ipfw -q add 10 count tcp from any to any 80");
	bench_do(&bench, "ipfw -q add 20 count tcp from any to any not 80");
	bench_do(&bench, "ipfw -q add 30 count tcp from any to any setup");
	bench_do(&bench, "ipfw -q add 40 count ip from any to any frag");
	bench_expect(&bench, PACKET " frag=mf",
	    "deny rule=65535 path=count@10,count@30 vis=5");
	bench_expect(&bench, PACKET " frag=80+",
	    "deny rule=65535 path=count@20,count@40 vis=5");
}
END_TEST

START_TEST(a_divert_comes_back_behind_its_number)
{
	bench_do(&bench, "ipfw -q add 10 divert 8668 tcp from any to any");
	bench_do(&bench, "ipfw -q add 10 deny tcp from any to any");
	bench_do(&bench, "ipfw -q add 11 count tcp from any to any diverted");
	bench_do(&bench, "ipfw -q add 12 allow tcp from any to any");
	bench_expect(&bench, PACKET,
	    "accept rule=12 ev=divert:8668@10 path=count@11 vis=3");
	bench_do(&bench, "divert 8668 drop");
	bench_expect(
	    &bench, PACKET, "drop rule=10/1 ev=divert:8668@10(unbound) vis=1");
}
END_TEST

START_TEST(a_nat_goes_on_at_the_next_rule_unless_one_pass_is_enough)
{
	bench_do(&bench, "ipfw -q add 10 nat 1 tcp from any to any");
	bench_do(&bench, "ipfw -q add 10 deny tcp from any to any");
	bench_expect(&bench, PACKET, "deny rule=10/1 vis=1");
	bench_do(&bench, "nat 1 pass");
	bench_expect(&bench, PACKET, "deny rule=10/2 ev=nat:1@10 vis=2");
	bench_do(&bench, "ipfw enable one_pass");
	bench_expect(&bench, PACKET, "accept rule=10/1 ev=nat:1@10 vis=1");
}
END_TEST

START_TEST(an_unknown_protocol_of_ipv6_meets_no_rule)
{
	bench_do(&bench, "ipfw -q add 10 allow ip from any to any");
	bench_expect(
	    &bench, "in em0 gre 2001:db8::1 2001:db8::2", "deny rule=0 vis=0");
	bench_expect(&bench, "in em0 icmp6 2001:db8::1 2001:db8::2",
	    "accept rule=10 vis=1");
}
END_TEST

START_TEST(what_is_listed_but_never_run_ends_the_way)
{
	bench_do(&bench, "ipfw -q add 10 pipe 1 udp from any to any");
	bench_do(&bench, "ipfw -q add 20 allow tcp from any to any uid 0");
	bench_do(&bench, "ipfw -q add 30 prob 0.5 allow tcp from any to any");
	bench_expect(
	    &bench, "in em0 icmp 192.0.2.1 192.0.2.2", "deny rule=65535 vis=4");
	bench_expect(&bench, "in em0 udp 192.0.2.1 1 192.0.2.2 2",
	    "foreign rule=10 vis=1");
	bench_expect(&bench, PACKET, "foreign rule=20 vis=2");
	bench_do(&bench, "ipfw delete 20");
	bench_expect(&bench, PACKET, "foreign rule=30 vis=2");
}
END_TEST

START_TEST(rare_options_hold_against_what_a_packet_has)
{
	bench_do(
	    &bench, "ipfw -q add 10 count ip from any to any iplen 40-60,99");
	bench_do(&bench, "ipfw -q add 20 count ip from any to any ipid 7");
	bench_do(&bench,
	    "ipfw -q add 30 count ip from any to any iptos "
	    "lowdelay,!reliability");
	bench_do(
	    &bench, "ipfw -q add 40 count ip from any to any ipprecedence 3");
	bench_do(&bench,
	    "ipfw -q add 50 count tcp from any to any tcpseq 9 tcpack 8");
	bench_do(&bench, "ipfw -q add 60 count ip from any to any layer2");
	bench_do(
	    &bench, "ipfw -q add 70 count ip from any to any tcpdatalen 59");
	bench_do(&bench, "ipfw -q add 80 count ip from any to any dscp 4,af31");
	bench_expect(&bench, PACKET " len=99 id=7 tos=112 seq=9 ack=8",
	    "deny rule=65535 "
	    "path=count@10,count@20,count@30,count@40,count@50,count@70 vis=9");
	bench_expect(&bench, PACKET " tos=16",
	    "deny rule=65535 path=count@10,count@30,count@80 vis=9");
}
END_TEST

START_TEST(darwin_cuts_names_at_the_first_digit)
{
	struct bench darwin = bench_open(&run_darwin);

	bench_do(&darwin, "ipfw -q add 10 count ip from any to any recv *");
	bench_do(
	    &darwin, "ipfw -q add 20 count ip from any to any via vboxnet*");
	bench_do(&darwin, "ipfw -q add 30 count ip from any to any via en01");
	bench_do(&darwin, "ipfw -q add 40 count ip from any to any via p2p0");
	bench_do(&darwin, "ipfw -q add 50 count ip from any to any via en?");
	bench_do(&darwin, "ipfw -q add 60 count ip from any to any via lo");
	bench_expect(&darwin, "in vboxnet12 tcp 192.0.2.1 1 192.0.2.2 2",
	    "accept rule=65535 path=count@20 vis=7");
	bench_expect(&darwin, "in en1 tcp 192.0.2.1 1 192.0.2.2 2",
	    "accept rule=65535 path=count@30 vis=7");
	bench_expect(&darwin, "in p2p0 tcp 192.0.2.1 1 192.0.2.2 2",
	    "accept rule=65535 vis=7");
	bench_expect(&darwin, "in lo0 tcp 192.0.2.1 1 192.0.2.2 2",
	    "accept rule=65535 path=count@60 vis=7");
	bench_close(&darwin);
}
END_TEST

START_TEST(darwin_has_no_ipv6_and_opens_when_it_is_flushed)
{
	struct bench darwin = bench_open(&run_darwin);

	bench_do(&darwin, "ipfw -q add 10 set 31 deny ip from any to any");
	bench_expect(&darwin, PACKET, "deny rule=10 vis=1");
	bench_expect(&darwin, "in em0 tcp 2001:db8::1 1 2001:db8::2 2",
	    "accept rule=0 vis=0");
	bench_do(&darwin, "ipfw -q -f flush");
	bench_expect(&darwin, PACKET, "accept rule=0 vis=0");
	bench_do(&darwin, "ipfw -q add 20 count ip from any to any");
	bench_expect(&darwin, PACKET, "deny rule=10 vis=1");
	ck_assert_int_eq(
	    bench_code(&darwin, "ipfw add 30 allow ip from table(1) to any"),
	    IPFW_EXIT_UNAVAILABLE);
	bench_close(&darwin);
}
END_TEST

START_TEST(rules_count_packets_and_bytes)
{
	bench_do(&bench, "ipfw -q add 10 count tcp from any to any");
	bench_do(&bench, "ipfw -q add 20 allow tcp from any to any");
	bench_ask(&bench, PACKET);
	bench_ask(&bench, PACKET " len=1500");
	bench_expect(&bench, "ipfw show",
	    "00010 2 1540 count tcp from any to any\n"
	    "00020 2 1540 allow tcp from any to any\n"
	    "65535 0    0 deny ip from any to any");
	bench_do(&bench, "ipfw -q zero 10");
	bench_expect(
	    &bench, "ipfw show 10", "00010 0    0 count tcp from any to any");
}
END_TEST

START_TEST(an_or_block_that_is_never_closed_skips_what_follows)
{
	/* A match skips the action, and no match is one. */
	bench_do(&bench, "ipfw -q add 10 deny tcp from any to any { in or");
	bench_do(&bench, "ipfw -q add 90 allow ip from any to any");
	bench_expect(&bench, PACKET, "accept rule=90 vis=2");
	bench_expect(&bench, "out em0 tcp 192.0.2.1 1024 192.0.2.2 80",
	    "deny rule=10 vis=1");
	/* With a log, that is skipped instead. */
	bench_do(&bench, "ipfw -q add 5 deny log udp from any to any { in or");
	bench_expect(&bench, "in em0 udp 192.0.2.1 1024 192.0.2.2 80",
	    "deny rule=5 vis=1");
	bench_do(&bench, "ipfw delete 5");
	/* With a state, that. */
	bench_do(&bench,
	    "ipfw -q add 5 deny udp from any to any keep-state "
	    "{ in or");
	bench_expect(&bench, "in em0 udp 192.0.2.1 1024 192.0.2.2 80",
	    "deny rule=5 vis=1");
	bench_expect(&bench, "out em0 udp 192.0.2.1 1024 192.0.2.2 80",
	    "deny rule=5 path=newstate@5 vis=1");
}
END_TEST

static Suite *
suite(void)
{
	Suite *scan = suite_create("run_scan");
	TCase *tests = tcase_create("scan");

	tcase_add_checked_fixture(tests, setup, teardown);
	tcase_add_test(tests, the_default_rule_denies_until_it_is_told);
	tcase_add_test(
	    tests, rules_are_scanned_by_number_however_they_were_added);
	tcase_add_test(tests, a_rule_without_a_number_goes_behind_the_highest);
	tcase_add_test(tests, a_disabled_set_is_passed_over_and_not_counted);
	tcase_add_test(tests, a_jump_lands_on_the_first_rule_that_is_enabled);
	tcase_add_test(tests, a_jump_never_goes_back);
	tcase_add_test(tests, a_block_holds_if_one_of_its_conditions_does);
	tcase_add_test(
	    tests, a_card_that_is_not_there_does_not_match_and_its_not_does);
	tcase_add_test(tests, demands_that_contradict_each_other_never_hold);
	tcase_add_test(tests, ports_and_flags_are_those_of_a_first_fragment);
	tcase_add_test(tests, a_divert_comes_back_behind_its_number);
	tcase_add_test(
	    tests, a_nat_goes_on_at_the_next_rule_unless_one_pass_is_enough);
	tcase_add_test(tests, an_unknown_protocol_of_ipv6_meets_no_rule);
	tcase_add_test(tests, what_is_listed_but_never_run_ends_the_way);
	tcase_add_test(tests, rare_options_hold_against_what_a_packet_has);
	tcase_add_test(tests, darwin_cuts_names_at_the_first_digit);
	tcase_add_test(tests, darwin_has_no_ipv6_and_opens_when_it_is_flushed);
	tcase_add_test(tests, rules_count_packets_and_bytes);
	tcase_add_test(
	    tests, an_or_block_that_is_never_closed_skips_what_follows);
	suite_add_tcase(scan, tests);
	return scan;
}

int
main(void)
{
	return unit_run(suite());
}
