/*
 * The translator: which port a flow gets, what finds its way back, and when.
 */
#include <string.h>

#include "eval/nat.h"
#include "eval/packet.h"
#include "tests/unit/unit.h"

#define ALIAS "198.51.100.1"
#define SERVER "192.0.2.2"

static struct arena *arena;
static struct nat *nat;
static struct nat_config config;
static uint64_t now;

static struct addr
address(const char *text)
{
	struct addr_range range;
	enum family family;
	int length;

	ck_assert(addr_parse(text, strlen(text), &family, &range, &length) ==
	    ADDR_OK);
	return range.lo;
}

static void
setup(void)
{
	arena = unit_arena();
	config = (struct nat_config){
	    .alias = address(ALIAS),
	    .same_ports = true,
	};
	now = 1;
	nat = nat_create(&config);
	ck_assert_ptr_nonnull(nat);
}

static void
teardown(void)
{
	nat_destroy(nat);
	arena_destroy(arena);
}

static void
configure(void)
{
	ck_assert(nat_configure(nat, &config));
}

/* The packet of a step, whose words have single blanks between them. */
static struct ipfw_packet
packet_of(const char *step)
{
	const char *words[16];
	struct ipfw_packet packet;
	enum packet_way way;
	size_t n = 0;

	for (char *at = arena_strdup(arena, step); at != NULL; n++) {
		char *blank = strchr(at, ' ');

		words[n] = at;
		if (blank != NULL)
			*blank++ = '\0';
		at = blank;
	}
	ck_assert_ptr_null(packet_parse(arena, words, n, true, &way, &packet));
	return packet;
}

/* What becomes of it, and of the packet that it is about. */
static const char *
translate(const char *step)
{
	struct ipfw_packet packet = packet_of(step);
	bool outbound = packet.card_out != NULL;
	enum nat_result result = outbound ? nat_outbound(nat, now, &packet)
					  : nat_inbound(nat, now, &packet);
	struct buf out;

	buf_init(&out, arena);
	if (result == NAT_DROPPED)
		return "dropped";
	packet_write_tuple(&out, &packet.tuple, " ");
	if (packet.has_inner) {
		buf_puts(&out, " about ");
		packet_write_tuple(&out, &packet.inner, " ");
	}
	if (result == NAT_UNCHANGED && !packet.has_inner)
		return "unchanged";
	return out.p;
}

#define expect(step, result) ck_assert_str_eq(translate(step), (result))

START_TEST(a_flow_gets_the_alias_and_its_replies_come_home)
{
	expect("out em0 tcp 10.0.0.1 1024 192.0.2.2 80",
	    "tcp " ALIAS " 1024 192.0.2.2 80");
	expect("in em0 tcp 192.0.2.2 80 " ALIAS " 1024 flags=SA",
	    "tcp 192.0.2.2 80 10.0.0.1 1024");
	expect("out em0 tcp 10.0.0.1 1024 192.0.2.2 80 flags=A",
	    "tcp " ALIAS " 1024 192.0.2.2 80");
	ck_assert_uint_eq(nat_n_flows(nat), 1);
}
END_TEST

START_TEST(a_port_is_shared_only_between_different_far_ends)
{
	expect("out em0 udp 10.0.0.1 1024 192.0.2.2 53",
	    "udp " ALIAS " 1024 192.0.2.2 53");
	expect("out em0 udp 10.0.0.2 1024 192.0.2.3 53",
	    "udp " ALIAS " 1024 192.0.2.3 53");
	expect("out em0 udp 10.0.0.2 1024 192.0.2.2 54",
	    "udp " ALIAS " 1024 192.0.2.2 54");
	expect("out em0 tcp 10.0.0.2 1024 192.0.2.2 53",
	    "tcp " ALIAS " 1024 192.0.2.2 53");
	expect("out em0 udp 10.0.0.2 1024 192.0.2.2 53",
	    "udp " ALIAS " 49152 192.0.2.2 53");
	expect("in em0 udp 192.0.2.2 53 " ALIAS " 49152",
	    "udp 192.0.2.2 53 10.0.0.2 1024");
	expect("in em0 udp 192.0.2.2 53 " ALIAS " 1024",
	    "udp 192.0.2.2 53 10.0.0.1 1024");
	expect("in em0 udp 192.0.2.3 53 " ALIAS " 1024",
	    "udp 192.0.2.3 53 10.0.0.2 1024");
}
END_TEST

START_TEST(without_same_ports_each_flow_gets_the_next_port)
{
	config.same_ports = false;
	config.port_low = 60000;
	config.port_high = 60001;
	configure();
	expect("out em0 tcp 10.0.0.1 1024 192.0.2.2 80",
	    "tcp " ALIAS " 60000 192.0.2.2 80");
	expect("out em0 tcp 10.0.0.1 1025 192.0.2.2 80",
	    "tcp " ALIAS " 60001 192.0.2.2 80");
	/* Both ports are taken at that far end, but not at others. */
	expect("out em0 tcp 10.0.0.1 1026 192.0.2.2 80", "dropped");
	expect("out em0 tcp 10.0.0.1 1026 192.0.2.2 81",
	    "tcp " ALIAS " 60000 192.0.2.2 81");
}
END_TEST

START_TEST(what_nobody_asked_for_is_for_the_host_itself)
{
	expect("in em0 tcp 192.0.2.2 80 " ALIAS " 22", "unchanged");
	/* And its answer keeps the port. */
	expect("out em0 tcp " ALIAS " 22 192.0.2.2 80 flags=SA", "unchanged");
	expect("in em0 tcp 192.0.2.2 80 10.0.0.7 22", "unchanged");
	config.deny_incoming = true;
	configure();
	expect("in em0 tcp 192.0.2.2 81 " ALIAS " 22", "dropped");
	expect("in em0 tcp 192.0.2.2 80 " ALIAS " 22", "unchanged");
}
END_TEST

START_TEST(a_redirected_port_leads_inside_and_back)
{
	struct nat_redirect redirects[] = {
	    {
		.kind = NAT_REDIRECT_PORT,
		.protocol = IPFW_PROTOCOL_TCP,
		.inside = address("10.0.0.5"),
		.inside_port = 8000,
		.outside_port = 80,
		.n_ports = 3,
	    },
	    {
		.kind = NAT_REDIRECT_PORT,
		.protocol = IPFW_PROTOCOL_UDP,
		.inside = address("10.0.0.6"),
		.inside_port = 53,
		.outside_port = 53,
		.n_ports = 1,
		.remote = address("192.0.2.2"),
		.remote_port = 4000,
	    },
	};

	config.redirects = redirects;
	config.n_redirects = 2;
	configure();
	expect("in em0 tcp 192.0.2.2 1024 " ALIAS " 82",
	    "tcp 192.0.2.2 1024 10.0.0.5 8002");
	expect("out em0 tcp 10.0.0.5 8002 192.0.2.2 1024 flags=SA",
	    "tcp " ALIAS " 82 192.0.2.2 1024");
	expect("in em0 tcp 192.0.2.2 1024 " ALIAS " 83", "unchanged");
	expect("in em0 udp 192.0.2.2 1024 " ALIAS " 80", "unchanged");
	expect("in em0 udp 192.0.2.2 4000 " ALIAS " 53",
	    "udp 192.0.2.2 4000 10.0.0.6 53");
	expect("in em0 udp 192.0.2.3 4000 " ALIAS " 53", "unchanged");
	/* The inside's own traffic from a redirected port shows the outside. */
	expect("out em0 tcp 10.0.0.5 8000 192.0.2.9 1024",
	    "tcp " ALIAS " 80 192.0.2.9 1024");
}
END_TEST

START_TEST(a_redirect_leaves_its_port_to_flows_to_far_ends_it_is_not_for)
{
	struct nat_redirect redirect = {
	    .kind = NAT_REDIRECT_PORT,
	    .protocol = IPFW_PROTOCOL_UDP,
	    .inside = address("10.0.0.6"),
	    .inside_port = 53,
	    .outside_port = 1024,
	    .n_ports = 1,
	    .remote = address("192.0.2.2"),
	    .remote_port = 4000,
	};

	config.redirects = &redirect;
	config.n_redirects = 1;
	configure();
	expect("out em0 udp 10.0.0.1 1024 192.0.2.2 4000",
	    "udp " ALIAS " 49152 192.0.2.2 4000");
	expect("out em0 udp 10.0.0.1 1024 192.0.2.2 4001",
	    "udp " ALIAS " 1024 192.0.2.2 4001");
	redirect.remote = (struct addr){0, 0};
	redirect.remote_port = 0;
	configure();
	expect("out em0 udp 10.0.0.1 1024 192.0.2.2 4002",
	    "udp " ALIAS " 1024 192.0.2.2 4002");
	expect("in em0 udp 192.0.2.2 4002 " ALIAS " 1024",
	    "udp 192.0.2.2 4002 10.0.0.1 1024");
	expect("in em0 udp 192.0.2.2 4003 " ALIAS " 1024",
	    "udp 192.0.2.2 4003 10.0.0.6 53");
}
END_TEST

START_TEST(a_redirected_address_and_protocol)
{
	struct nat_redirect redirects[] = {
	    {
		.kind = NAT_REDIRECT_ADDRESS,
		.inside = address("10.0.0.9"),
		.outside = address("198.51.100.9"),
	    },
	    {
		.kind = NAT_REDIRECT_PROTOCOL,
		.protocol = 47,
		.inside = address("10.0.0.8"),
	    },
	};

	config.redirects = redirects;
	config.n_redirects = 2;
	configure();
	expect("in em0 tcp 192.0.2.2 1024 198.51.100.9 7",
	    "tcp 192.0.2.2 1024 10.0.0.9 7");
	expect("out em0 udp 10.0.0.9 1024 192.0.2.2 53",
	    "udp 198.51.100.9 1024 192.0.2.2 53");
	expect("in em0 gre 192.0.2.2 " ALIAS, "gre 192.0.2.2 0 10.0.0.8 0");
	expect("in em0 esp 192.0.2.2 " ALIAS, "unchanged");
}
END_TEST

START_TEST(errors_about_a_flow_follow_it_both_ways)
{
	translate("out em0 udp 10.0.0.1 1024 192.0.2.2 53");
	translate("out em0 udp 10.0.0.2 1024 192.0.2.2 53");
	/* A router on the way tells the sender. */
	expect("in em0 icmp 203.0.113.1 " ALIAS " icmptype=3 inner=udp," ALIAS
	       ",49152,192.0.2.2,53",
	    "icmp 203.0.113.1 0 10.0.0.2 0 about "
	    "udp 10.0.0.2 1024 192.0.2.2 53");
	/* The sender refuses an answer. */
	expect("out em0 icmp 10.0.0.2 192.0.2.2 icmptype=3 icmpcode=3 "
	       "inner=udp,192.0.2.2,53,10.0.0.2,1024",
	    "icmp " ALIAS " 0 192.0.2.2 0 about "
	    "udp 192.0.2.2 53 " ALIAS " 49152");
	/* About nothing that is known. */
	expect("in em0 icmp 203.0.113.1 " ALIAS " icmptype=11 inner=udp," ALIAS
	       ",9,192.0.2.2,53",
	    "icmp 203.0.113.1 0 " ALIAS " 0 about udp " ALIAS
	    " 9 192.0.2.2 53");
	config.deny_incoming = true;
	configure();
	expect("in em0 icmp 203.0.113.1 " ALIAS " icmptype=11 inner=udp," ALIAS
	       ",9,192.0.2.2,53",
	    "dropped");
	expect("in em0 icmp 203.0.113.1 " ALIAS " icmptype=11", "dropped");
}
END_TEST

START_TEST(echo_and_other_protocols_have_no_ports)
{
	expect(
	    "out em0 icmp 10.0.0.1 192.0.2.2", "icmp " ALIAS " 0 192.0.2.2 0");
	expect("in em0 icmp 192.0.2.2 " ALIAS " icmptype=0",
	    "icmp 192.0.2.2 0 10.0.0.1 0");
	expect("out em0 esp 10.0.0.3 192.0.2.2", "esp " ALIAS " 0 192.0.2.2 0");
	expect("in em0 esp 192.0.2.2 " ALIAS, "esp 192.0.2.2 0 10.0.0.3 0");
}
END_TEST

START_TEST(public_sources_and_ipv6_may_be_left_alone)
{
	expect("out em0 tcp 2001:db8::1 1024 2001:db8::2 80", "unchanged");
	expect("in em0 tcp 2001:db8::2 80 2001:db8::1 1024", "unchanged");
	config.unregistered_only = true;
	configure();
	expect("out em0 tcp 203.0.113.7 1024 192.0.2.2 80", "unchanged");
	expect("out em0 tcp 172.15.0.1 1024 192.0.2.2 80", "unchanged");
	expect("out em0 tcp 172.31.0.1 1024 192.0.2.2 80",
	    "tcp " ALIAS " 1024 192.0.2.2 80");
	expect("out em0 tcp 192.168.0.1 1025 192.0.2.2 80",
	    "tcp " ALIAS " 1025 192.0.2.2 80");
	expect("out em0 tcp 100.64.0.1 1025 192.0.2.2 81", "unchanged");
	config.shared_is_private = true;
	configure();
	expect("out em0 tcp 100.127.0.1 1025 192.0.2.2 81",
	    "tcp " ALIAS " 1025 192.0.2.2 81");
	expect("out em0 tcp 100.128.0.1 1025 192.0.2.2 81", "unchanged");
}
END_TEST

START_TEST(flows_expire_by_what_was_seen_of_them)
{
	translate("out em0 udp 10.0.0.1 1024 192.0.2.2 53");
	now += 59;
	expect("in em0 udp 192.0.2.2 53 " ALIAS " 1024",
	    "udp 192.0.2.2 53 10.0.0.1 1024");
	now += 60;
	expect("in em0 udp 192.0.2.2 53 " ALIAS " 1024", "unchanged");

	translate("out em0 tcp 10.0.0.1 1024 192.0.2.2 80");
	translate("in em0 tcp 192.0.2.2 80 " ALIAS " 1024 flags=SA");
	now += 86399;
	expect("in em0 tcp 192.0.2.2 80 " ALIAS " 1024 flags=FA",
	    "tcp 192.0.2.2 80 10.0.0.1 1024");
	now += 86399;
	translate("out em0 tcp 10.0.0.1 1024 192.0.2.2 80 flags=FA");
	now += 10;
	expect("in em0 tcp 192.0.2.2 80 " ALIAS " 1024 flags=A", "unchanged");
}
END_TEST

START_TEST(the_bound_on_flows_holds_until_some_expire)
{
	config.flows_max = 2;
	configure();
	translate("out em0 udp 10.0.0.1 1024 192.0.2.2 53");
	translate("out em0 udp 10.0.0.1 1025 192.0.2.2 53");
	expect("out em0 udp 10.0.0.1 1026 192.0.2.2 53", "dropped");
	now += 60;
	expect("out em0 udp 10.0.0.1 1026 192.0.2.2 53",
	    "udp " ALIAS " 1026 192.0.2.2 53");
	ck_assert_uint_eq(nat_n_flows(nat), 1);
}
END_TEST

START_TEST(more_redirects_than_can_be_are_refused)
{
	config.redirects = calloc(
	    NAT_REDIRECTS_MAX + 1, sizeof(*config.redirects));
	config.n_redirects = NAT_REDIRECTS_MAX + 1;
	ck_assert(!nat_configure(nat, &config));
	ck_assert_ptr_null(nat_create(&config));
	config.n_redirects = NAT_REDIRECTS_MAX;
	configure();
	free((void *)(uintptr_t)config.redirects);
}
END_TEST

START_TEST(many_flows_are_all_found_again)
{
	for (unsigned i = 0; i < 20000; i++) {
		struct ipfw_packet packet = packet_of(
		    "out em0 udp 10.0.0.1 1024 192.0.2.2 53");

		packet.tuple.source.lo += i;
		ck_assert(nat_outbound(nat, now, &packet) == NAT_CHANGED);
		ck_assert_uint_eq(packet.tuple.source_port,
		    i == 0		     ? 1024
			: 49151 + i <= 65535 ? 49151 + i
					     : 49151 + i - 32768);
	}
	for (unsigned i = 1; i < 16000; i++) {
		struct ipfw_packet packet = packet_of(
		    "in em0 udp 192.0.2.2 53 " ALIAS " 49151");

		packet.tuple.target_port = (uint16_t)(49151 + i);
		if (49151 + i > 65535)
			break;
		ck_assert(nat_inbound(nat, now, &packet) == NAT_CHANGED);
		ck_assert_uint_eq(
		    packet.tuple.target.lo, address("10.0.0.1").lo + i);
	}
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("nat");
	TCase *tests = tcase_create("nat");

	tcase_add_checked_fixture(tests, setup, teardown);
	tcase_add_test(tests, a_flow_gets_the_alias_and_its_replies_come_home);
	tcase_add_test(tests, a_port_is_shared_only_between_different_far_ends);
	tcase_add_test(tests, without_same_ports_each_flow_gets_the_next_port);
	tcase_add_test(tests, what_nobody_asked_for_is_for_the_host_itself);
	tcase_add_test(tests, a_redirected_port_leads_inside_and_back);
	tcase_add_test(tests,
	    a_redirect_leaves_its_port_to_flows_to_far_ends_it_is_not_for);
	tcase_add_test(tests, a_redirected_address_and_protocol);
	tcase_add_test(tests, errors_about_a_flow_follow_it_both_ways);
	tcase_add_test(tests, echo_and_other_protocols_have_no_ports);
	tcase_add_test(tests, public_sources_and_ipv6_may_be_left_alone);
	tcase_add_test(tests, flows_expire_by_what_was_seen_of_them);
	tcase_add_test(tests, the_bound_on_flows_holds_until_some_expire);
	tcase_add_test(tests, more_redirects_than_can_be_are_refused);
	tcase_add_test(tests, many_flows_are_all_found_again);
	suite_add_tcase(suite, tests);
	return unit_run(suite);
}
