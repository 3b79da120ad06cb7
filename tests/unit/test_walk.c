/*
 * A packet's way through the host: local addresses, routes, diverts,
 * translators, reassembly, refusals, and the two passes of what is forwarded.
 */
#include "tests/unit/machine.h"

static struct bench bench;

static void
setup(void)
{
	bench = bench_open(&run_freebsd);
	bench_do(&bench, "iface em0 198.51.100.1/24");
	bench_do(&bench, "iface em1 10.0.0.1/8 2001:db8:1::1/64");
	bench_do(&bench, "route default em0");
}

static void
teardown(void)
{
	bench_close(&bench);
}

START_TEST(me_is_every_address_of_every_card)
{
	bench_do(&bench, "ipfw -q add 10 allow ip from any to me");
	bench_expect(&bench, "in em1 tcp 10.9.9.9 1 198.51.100.1 22",
	    "accept rule=10 vis=1");
	bench_expect(&bench, "in em0 tcp 10.9.9.9 1 127.0.0.1 22",
	    "accept rule=10 vis=1");
	bench_expect(&bench, "in em1 tcp 10.9.9.9 1 198.51.100.2 22",
	    "deny rule=65535 vis=2");
	bench_expect(&bench, "in em1 tcp 2001:db8:1::5 1 2001:db8:1::1 22",
	    "accept rule=10 vis=1");
	bench_expect(&bench, "in em1 tcp 2001:db8:1::5 1 2001:db8:1::2 22",
	    "deny rule=65535 vis=2");
	bench_expect(&bench, "in em1 tcp 10.9.9.9 1 192.0.2.99 22 me",
	    "accept rule=10 vis=1");
	/* A card's new addresses replace the old. */
	bench_do(&bench, "iface em0 198.51.100.2/24");
	bench_expect(&bench, "in em1 tcp 10.9.9.9 1 198.51.100.1 22",
	    "deny rule=65535 vis=2");
	bench_do(&bench, "me 192.0.2.7");
	bench_expect(&bench, "in em1 tcp 10.9.9.9 1 198.51.100.2 22",
	    "deny rule=65535 vis=2");
	bench_expect(&bench, "in em1 tcp 10.9.9.9 1 192.0.2.7 22",
	    "accept rule=10 vis=1");
}
END_TEST

START_TEST(sources_are_checked_against_routes)
{
	bench_do(&bench, "ipfw -q add 20 allow ip from any to any verrevpath");
	bench_expect(&bench, "in em0 tcp 192.0.2.1 1 198.51.100.1 2",
	    "accept rule=20 vis=1");
	bench_expect(&bench, "in em1 tcp 192.0.2.1 1 198.51.100.1 2",
	    "deny rule=65535 vis=2");
	bench_expect(&bench, "in em0 tcp 10.9.9.9 1 198.51.100.1 2",
	    "deny rule=65535 vis=2");
	bench_expect(&bench, "in em1 tcp 10.9.9.9 1 198.51.100.1 2",
	    "accept rule=20 vis=1");
	/* The longest prefix decides. */
	bench_do(&bench, "route 192.0.2.0/24 em1");
	bench_expect(&bench, "in em1 tcp 192.0.2.1 1 198.51.100.1 2",
	    "accept rule=20 vis=1");
	bench_expect(&bench, "in em0 tcp 192.0.2.1 1 198.51.100.1 2",
	    "deny rule=65535 vis=2");
}
END_TEST

START_TEST(antispoof_is_about_connected_nets_alone)
{
	bench_do(&bench, "ipfw -q add 30 allow ip from any to any antispoof");
	bench_expect(&bench, "in em0 tcp 10.9.9.9 1 198.51.100.1 2",
	    "deny rule=65535 vis=2");
	bench_expect(&bench, "in em1 tcp 10.9.9.9 1 198.51.100.1 2",
	    "accept rule=30 vis=1");
	bench_expect(&bench, "in em1 tcp 192.0.2.1 1 198.51.100.1 2",
	    "accept rule=30 vis=1");
}
END_TEST

START_TEST(a_diverted_packet_goes_on_at_the_next_number)
{
	bench_do(&bench, "divert 8668 alias 198.51.100.1");
	bench_do(&bench, "ipfw -q add 100 divert 8668 ip from any to any");
	bench_do(&bench, "ipfw -q add 100 deny ip from any to any");
	bench_do(&bench, "ipfw -q add 200 allow ip from 198.51.100.1 to any");
	bench_do(&bench, "ipfw -q add 300 allow ip from any to 10.0.0.5");
	bench_expect(&bench, "out em0 tcp 10.0.0.5 1024 192.0.2.2 80",
	    "accept rule=200 ev=divert:8668@100(src=198.51.100.1:1024) vis=2");
	bench_expect(&bench, "in em0 tcp 192.0.2.2 80 198.51.100.1 1024",
	    "accept rule=300 ev=divert:8668@100(dst=10.0.0.5:1024) vis=3");
	bench_do(&bench, "divert 8668 pass");
	bench_expect(&bench, "out em0 tcp 10.0.0.5 1024 192.0.2.2 80",
	    "deny rule=65535 ev=divert:8668@100 vis=4");
	bench_do(&bench, "divert 8668 drop");
	bench_expect(&bench, "out em0 tcp 10.0.0.5 1024 192.0.2.2 80",
	    "drop rule=100/1 ev=divert:8668@100(unbound) vis=1");
}
END_TEST

START_TEST(a_translated_packet_goes_on_at_the_next_rule_or_is_let_on)
{
	bench_do(&bench, "ipfw -q add 100 nat 5 udp from any to any");
	bench_do(&bench, "ipfw -q add 100 deny udp from 10.0.0.0/8 to any");
	bench_do(&bench, "ipfw -q add 200 allow udp from any to any");
	bench_expect(&bench, "out em0 udp 10.0.0.5 1024 192.0.2.2 53",
	    "deny rule=100/1 vis=1");
	bench_do(&bench, "nat 5 alias 198.51.100.1");
	bench_do(&bench, "ipfw disable one_pass");
	bench_expect(&bench, "out em0 udp 10.0.0.5 1024 192.0.2.2 53",
	    "accept rule=200 ev=nat:5@100(src=198.51.100.1:1024) vis=3");
	bench_do(&bench, "ipfw enable one_pass");
	bench_expect(&bench, "in em0 udp 192.0.2.2 53 198.51.100.1 1024",
	    "accept rule=100/1 ev=nat:5@100(dst=10.0.0.5:1024) vis=1");
}
END_TEST

START_TEST(fragments_wait_at_reass_and_at_divert)
{
	bench_do(&bench, "ipfw -q add 100 reass ip from any to any in");
	bench_do(&bench, "ipfw -q add 110 divert 1 ip from any to any out");
	bench_do(
	    &bench, "ipfw -q add 200 allow udp from any to any dst-port 53");
	bench_expect(&bench,
	    "in em0 udp 192.0.2.2 9 10.0.0.5 53 id=4 len=1500 frag=mf",
	    "held rule=100 vis=1");
	bench_expect(&bench, "in em0 udp 192.0.2.2 10.0.0.5 id=5 frag=1480",
	    "held rule=100 vis=1");
	bench_expect(&bench,
	    "in em0 udp 192.0.2.2 10.0.0.5 id=4 len=120 frag=1480",
	    "accept rule=200 ev=reassembled:1600 vis=3");
	bench_expect(&bench,
	    "out em0 udp 10.0.0.5 9 192.0.2.2 53 id=4 len=1500 frag=mf",
	    "held rule=110 vis=2");
	bench_expect(&bench,
	    "out em0 udp 10.0.0.5 192.0.2.2 id=4 len=120 frag=1480",
	    "accept rule=200 ev=reassembled:1600,divert:1@110 vis=3");
	bench_expect(&bench, "in em0 udp 192.0.2.2 9 10.0.0.5 53",
	    "accept rule=200 vis=3");
	/* The wait ends. */
	bench_ask(
	    &bench, "in em0 udp 192.0.2.2 9 10.0.0.5 53 id=6 len=1500 frag=mf");
	bench_do(&bench, "time +30");
	bench_expect(&bench,
	    "in em0 udp 192.0.2.2 10.0.0.5 id=6 len=120 frag=1480",
	    "held rule=100 vis=1");
}
END_TEST

START_TEST(a_copy_goes_to_tee_and_the_packet_on)
{
	bench_do(&bench, "ipfw -q add 100 tee 9 ip from any to any");
	bench_do(&bench, "ipfw -q add 100 allow ip from any to any");
	bench_expect(&bench, "in em0 tcp 192.0.2.2 1 10.0.0.5 2",
	    "accept rule=100/2 ev=tee:9@100 vis=2");
}
END_TEST

START_TEST(refusals_answer_what_may_be_answered)
{
	bench_do(&bench, "ipfw -q add 10 reset tcp from any to any");
	bench_do(&bench, "ipfw -q add 20 unreach port udp from any to any");
	bench_do(&bench,
	    "ipfw -q add 30 unreach6 admin-prohib ip from any "
	    "to any");
	bench_do(&bench, "ipfw -q add 40 reject ip from any to any");
	bench_expect(&bench, "in em0 tcp 192.0.2.2 1 10.0.0.5 2",
	    "reset rule=10 ev=rst-sent vis=1");
	bench_expect(&bench, "in em0 tcp 192.0.2.2 1 10.0.0.5 2 flags=RA",
	    "reset rule=10 vis=1");
	bench_expect(&bench, "in em0 udp 192.0.2.2 1 10.0.0.5 2",
	    "unreach-3 rule=20 ev=icmp-sent:3.3 vis=2");
	bench_expect(&bench, "in em1 icmp6 2001:db8:1::5 2001:db8:1::1",
	    "unreach6-1 rule=30 ev=icmp6-sent:1.1 vis=3");
}
END_TEST

START_TEST(what_is_forwarded_passes_twice)
{
	bench_do(&bench, "ipfw -q add 10 allow ip from any to any in recv em1");
	bench_do(&bench,
	    "ipfw -q add 20 allow tcp from any to any out recv em1 xmit em0");
	bench_expect(&bench, "fwd em1 em0 tcp 10.0.0.5 1 192.0.2.2 2",
	    "accept rule=20 in=accept@10 out=accept@20 vis=3");
	bench_expect(&bench, "fwd em1 em0 udp 10.0.0.5 1 192.0.2.2 2",
	    "deny rule=65535 in=accept@10 out=deny@65535 vis=4");
	bench_expect(&bench, "fwd em0 em1 tcp 192.0.2.2 1 10.0.0.5 2",
	    "deny rule=65535 in=deny@65535 vis=3");
	/* What is born here came in by no card. */
	bench_expect(&bench, "out em0 tcp 10.0.0.1 1 192.0.2.2 2",
	    "deny rule=65535 vis=3");
}
END_TEST

START_TEST(a_translator_follows_its_card)
{
	bench_do(&bench, "ipfw nat 5 config if em0 same_ports");
	bench_do(&bench, "ipfw enable one_pass");
	bench_do(&bench, "ipfw -q add 10 nat 5 ip from any to any via em0");
	bench_expect(&bench, "out em0 tcp 10.0.0.5 1 192.0.2.2 2",
	    "accept rule=10 ev=nat:5@10(src=198.51.100.1:1) vis=1");
	bench_do(&bench, "iface em0 198.51.100.77/24");
	bench_expect(&bench, "out em0 tcp 10.0.0.5 2 192.0.2.2 2",
	    "accept rule=10 ev=nat:5@10(src=198.51.100.77:2) vis=1");
}
END_TEST

START_TEST(darwin_sees_what_it_can)
{
	struct bench darwin = bench_open(&run_darwin);

	bench_do(&darwin, "ipfw -q add 10 deny ip from any to any recv *");
	bench_do(&darwin, "ipfw -q add 20 allow ip from any to any via en*");
	bench_do(&darwin, "ipfw -q add 30 deny ip from any to any");
	bench_expect(&darwin, "in en0 tcp 10.0.0.5 1 192.0.2.2 2",
	    "accept rule=20 vis=2");
	bench_expect(&darwin, "in enc0 tcp 10.0.0.5 1 192.0.2.2 2",
	    "deny rule=30 vis=3");
	bench_expect(&darwin, "in enc0 tcp 2001:db8::1 1 2001:db8::2 2",
	    "accept rule=0 vis=0");
	ck_assert_int_eq(bench_code(&darwin, "ipfw table 1 add 10.0.0.1"), 71);
	ck_assert_int_eq(
	    bench_code(&darwin, "ipfw add allow ip from table(1) to any"), 69);
	ck_assert_int_eq(
	    bench_code(&darwin, "ipfw add reass ip from any to any"), 69);
	ck_assert_int_eq(
	    bench_code(&darwin, "ipfw add nat 1 ip from any to any"), 69);
	ck_assert_int_eq(
	    bench_code(&darwin, "ipfw add allow ip from 1.2.3.4,5.6.7.8 to me"),
	    69);
	bench_do(&darwin, "ipfw add allow ip from 1.2.3.0/24{4,8} to me");
	/* Without a rule of one's own everything passes. */
	bench_do(&darwin, "ipfw -q add 40 set 31 deny ip from any to any");
	bench_do(&darwin, "ipfw -q -f flush");
	bench_expect(&darwin, "in en0 tcp 10.0.0.5 1 192.0.2.2 2",
	    "accept rule=0 vis=0");
	bench_close(&darwin);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("walk");
	TCase *tests = tcase_create("walk");

	tcase_add_checked_fixture(tests, setup, teardown);
	tcase_add_test(tests, me_is_every_address_of_every_card);
	tcase_add_test(tests, sources_are_checked_against_routes);
	tcase_add_test(tests, antispoof_is_about_connected_nets_alone);
	tcase_add_test(tests, a_diverted_packet_goes_on_at_the_next_number);
	tcase_add_test(
	    tests, a_translated_packet_goes_on_at_the_next_rule_or_is_let_on);
	tcase_add_test(tests, fragments_wait_at_reass_and_at_divert);
	tcase_add_test(tests, a_copy_goes_to_tee_and_the_packet_on);
	tcase_add_test(tests, refusals_answer_what_may_be_answered);
	tcase_add_test(tests, what_is_forwarded_passes_twice);
	tcase_add_test(tests, a_translator_follows_its_card);
	tcase_add_test(tests, darwin_sees_what_it_can);
	suite_add_tcase(suite, tests);
	return unit_run(suite);
}
