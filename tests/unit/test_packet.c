/*
 * Packets as text: what is filled in, every option, and what is refused.
 */
#include <string.h>

#include "eval/packet.h"
#include "tests/unit/unit.h"

#define WORDS_MAX 32

static struct arena *arena;
static struct ipfw_packet packet;
static enum packet_way way;

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
try(const char *step, bool inner)
{
	const char *words[WORDS_MAX];
	size_t n = 0;

	for (char *at = arena_strdup(arena, step); at != NULL; n++) {
		char *blank = strchr(at, ' ');

		ck_assert_uint_lt(n, WORDS_MAX);
		words[n] = at;
		if (blank != NULL)
			*blank++ = '\0';
		at = blank;
	}
	return packet_parse(arena, words, n, inner, &way, &packet);
}

static void
take(const char *step)
{
	const char *error = try(step, true);

	ck_assert_msg(error == NULL, "%s: %s", step, error);
}

static const char *
tuple_of(const struct ipfw_tuple *tuple)
{
	struct buf out;

	buf_init(&out, arena);
	packet_write_tuple(&out, tuple, " ");
	return out.p;
}

START_TEST(a_plain_packet_is_the_common_one)
{
	take("in em0 tcp 10.0.0.1 1024 192.0.2.2 80");
	ck_assert_int_eq(way, PACKET_IN);
	ck_assert_str_eq(packet.card_in, "em0");
	ck_assert_ptr_null(packet.card_out);
	ck_assert_str_eq(
	    tuple_of(&packet.tuple), "tcp 10.0.0.1 1024 192.0.2.2 80");
	ck_assert_uint_eq(packet.tcp_flags, IPFW_TCP_SYN);
	ck_assert_uint_eq(packet.ttl, 64);
	ck_assert_uint_eq(packet.length, 40);
	ck_assert(!packet.more_fragments && packet.offset == 0);
	take("in em0 udp 10.0.0.1 1024 192.0.2.2 53");
	ck_assert_uint_eq(packet.length, 28);
	take("in em0 icmp 10.0.0.1 192.0.2.2");
	ck_assert_uint_eq(packet.icmp_type, 8);
	take("in em0 icmp6 2001:db8::1 2001:db8::2");
	ck_assert_uint_eq(packet.icmp_type, 128);
	ck_assert_uint_eq(packet.length, 48);
	ck_assert_int_eq(packet.tuple.family, FAMILY_6);
	take("in em0 tcp 2001:db8::1 - 2001:db8::2 80");
	ck_assert_uint_eq(packet.length, 60);
	ck_assert_str_eq(
	    tuple_of(&packet.tuple), "tcp 2001:db8::1 0 2001:db8::2 80");
}
END_TEST

START_TEST(cards_of_the_three_ways)
{
	take("out em1 tcp 10.0.0.1 1 10.0.0.2 2");
	ck_assert_int_eq(way, PACKET_OUT);
	ck_assert_ptr_null(packet.card_in);
	ck_assert_str_eq(packet.card_out, "em1");
	take("out em1,em0 tcp 10.0.0.1 1 10.0.0.2 2");
	ck_assert_str_eq(packet.card_in, "em0");
	take("fwd em0 em1 tcp 10.0.0.1 1 10.0.0.2 2");
	ck_assert_int_eq(way, PACKET_FORWARD);
	ck_assert_str_eq(packet.card_in, "em0");
	ck_assert_str_eq(packet.card_out, "em1");
	take("in - tcp 10.0.0.1 1 10.0.0.2 2");
	ck_assert_ptr_null(packet.card_in);
}
END_TEST

START_TEST(options_of_headers)
{
	take("in em0 tcp 10.0.0.1 1 10.0.0.2 2 flags=FSRPAUEW seq=4294967295 "
	     "ack=7 ttl=255 tos=16 id=65535 len=65535 df me uid=0");
	ck_assert_uint_eq(packet.tcp_flags, 0xff);
	ck_assert_uint_eq(packet.sequence, UINT32_MAX);
	ck_assert_uint_eq(packet.acknowledgement, 7);
	ck_assert_uint_eq(packet.ttl, 255);
	ck_assert_uint_eq(packet.tos, 16);
	ck_assert_uint_eq(packet.id, 65535);
	ck_assert_uint_eq(packet.length, 65535);
	ck_assert(packet.dont_fragment && packet.local_end);
	take("in em0 tcp 10.0.0.1 1 10.0.0.2 2 flags=-");
	ck_assert_uint_eq(packet.tcp_flags, 0);
	take("in em0 tcp 10.0.0.1 1 10.0.0.2 2 flags=SA");
	ck_assert_uint_eq(packet.tcp_flags, 0x12);
	take("in em0 icmp 10.0.0.1 10.0.0.2 icmptype=3 icmpcode=4");
	ck_assert_uint_eq(packet.icmp_type, 3);
	ck_assert_uint_eq(packet.icmp_code, 4);
}
END_TEST

START_TEST(fragments_are_in_units_of_eight_bytes)
{
	take("in em0 udp 10.0.0.1 1 10.0.0.2 2 frag=mf");
	ck_assert(packet.more_fragments && packet.offset == 0);
	take("in em0 udp 10.0.0.1 1 10.0.0.2 2 frag=1487");
	ck_assert(!packet.more_fragments);
	ck_assert_uint_eq(packet.offset, 1480);
	take("in em0 udp 10.0.0.1 1 10.0.0.2 2 frag=1480+");
	ck_assert(packet.more_fragments);
	ck_assert_uint_eq(packet.offset, 1480);
}
END_TEST

START_TEST(an_error_may_say_what_it_is_about)
{
	static const char step[] = "in em0 icmp 10.0.0.1 10.0.0.2 icmptype=3 "
				   "inner=tcp,10.0.0.2,1024,192.0.2.2,80";

	take(step);
	ck_assert(packet.has_inner);
	ck_assert_str_eq(
	    tuple_of(&packet.inner), "tcp 10.0.0.2 1024 192.0.2.2 80");
	take("in em0 icmp 10.0.0.1 10.0.0.2 inner=icmp,10.0.0.2,192.0.2.2");
	ck_assert_str_eq(
	    tuple_of(&packet.inner), "icmp 10.0.0.2 0 192.0.2.2 0");
	ck_assert_ptr_nonnull(try(step, false));
}
END_TEST

START_TEST(protocols_by_name_and_number)
{
	static const struct {
		const char *word;
		unsigned number;
		const char *name;
	} protocols[] = {
	    {"icmp", 1, "icmp"},
	    {"tcp", 6, "tcp"},
	    {"udp", 17, "udp"},
	    {"17", 17, "udp"},
	    {"esp", 50, "esp"},
	    {"icmp6", 58, "icmp6"},
	    {"ipv6-icmp", 58, "icmp6"},
	    {"253", 253, "253"},
	};

	for (size_t i = 0; i < sizeof(protocols) / sizeof(*protocols); i++) {
		struct buf out;

		take(arena_printf(arena, "in em0 %s 10.0.0.1 1 10.0.0.2 2",
		    protocols[i].word));
		ck_assert_uint_eq(packet.tuple.protocol, protocols[i].number);
		buf_init(&out, arena);
		packet_write_protocol(&out, packet.tuple.protocol);
		ck_assert_str_eq(out.p, protocols[i].name);
	}
}
END_TEST

START_TEST(what_is_no_packet_is_refused)
{
	static const char *const wrong[] = {
	    "at em0 tcp 10.0.0.1 1 10.0.0.2 2",
	    "in",
	    "in em0",
	    "in em0 tcp",
	    "in em0 256 10.0.0.1 10.0.0.2",
	    "in em0 nonsense 10.0.0.1 10.0.0.2",
	    "in em0 tcp 10.0.0.1",
	    "in em0 tcp 10.0.0.1 1024",
	    "in em0 tcp 10.0.0.1 65536 10.0.0.2 1",
	    "in em0 tcp 10.0.0.256 1 10.0.0.2 1",
	    "in em0 tcp 10.0.0.0/8 1 10.0.0.2 1",
	    "in em0 tcp 10.0.0.1 1 2001:db8::1 1",
	    "fwd em0",
	    "fwd em0 em1",
	    "in em0 tcp 10.0.0.1 1 10.0.0.2 2 flags=X",
	    "in em0 tcp 10.0.0.1 1 10.0.0.2 2 flags",
	    "in em0 tcp 10.0.0.1 1 10.0.0.2 2 ttl=256",
	    "in em0 tcp 10.0.0.1 1 10.0.0.2 2 ttl=",
	    "in em0 tcp 10.0.0.1 1 10.0.0.2 2 len=65536",
	    "in em0 tcp 10.0.0.1 1 10.0.0.2 2 seq=4294967296",
	    "in em0 tcp 10.0.0.1 1 10.0.0.2 2 frag=",
	    "in em0 tcp 10.0.0.1 1 10.0.0.2 2 frag=65536",
	    "in em0 tcp 10.0.0.1 1 10.0.0.2 2 frag=8-",
	    "in em0 tcp 10.0.0.1 1 10.0.0.2 2 colour=red",
	    "in em0 tcp 10.0.0.1 1 10.0.0.2 2 mee",
	    "in em0 icmp 10.0.0.1 10.0.0.2 inner=tcp,10.0.0.1,1",
	    "in em0 icmp 10.0.0.1 10.0.0.2 inner=",
	    "in em0 icmp 10.0.0.1 10.0.0.2 inner=tcp,10.0.0.1,1,10.0.0.2,2,3",
	};

	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++)
		ck_assert_msg(try(wrong[i], true) != NULL, "%s", wrong[i]);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("packet");
	TCase *tests = tcase_create("packet");

	tcase_add_checked_fixture(tests, setup, teardown);
	tcase_add_test(tests, a_plain_packet_is_the_common_one);
	tcase_add_test(tests, cards_of_the_three_ways);
	tcase_add_test(tests, options_of_headers);
	tcase_add_test(tests, fragments_are_in_units_of_eight_bytes);
	tcase_add_test(tests, an_error_may_say_what_it_is_about);
	tcase_add_test(tests, protocols_by_name_and_number);
	tcase_add_test(tests, what_is_no_packet_is_refused);
	suite_add_tcase(suite, tests);
	return unit_run(suite);
}
