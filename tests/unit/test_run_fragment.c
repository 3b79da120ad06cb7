/*
 * Reassembly: in any order, with holes and overlaps, and for a time.
 */
#include <string.h>

#include "target/ipfw/engine/fragment.h"
#include "tests/unit/unit.h"

static struct ipfw_fragments *fragments;
static uint64_t now;

static void
setup(void)
{
	fragments = ipfw_fragments_create(0);
	ck_assert_ptr_nonnull(fragments);
	now = 1;
}

static void
teardown(void)
{
	ipfw_fragments_destroy(fragments);
}

/* A fragment of a datagram of UDP; SIZE is without the IP header. */
static struct ipfw_packet
fragment(uint16_t id, uint16_t offset, uint32_t size, bool more)
{
	return (struct ipfw_packet){
	    .tuple =
		{
		    .family = FAMILY_4,
		    .protocol = IPFW_PROTOCOL_UDP,
		    .source = {0, 0x0a000001},
		    .target = {0, 0x0a000002},
		    .source_port = offset == 0 ? 1024 : 0,
		    .target_port = offset == 0 ? 53 : 0,
		},
	    .id = id,
	    .offset = offset,
	    .more_fragments = more,
	    .length = size + 20,
	    .card_in = offset == 0 ? "em0" : "em1",
	};
}

static bool
take(struct ipfw_packet *packet)
{
	return ipfw_fragments_take(fragments, now, packet);
}

static bool
give(uint16_t id, uint16_t offset, uint32_t size, bool more)
{
	struct ipfw_packet packet = fragment(id, offset, size, more);

	return take(&packet);
}

START_TEST(the_last_that_was_missing_makes_it_whole)
{
	struct ipfw_packet last = fragment(1, 1480, 100, false);

	ck_assert(!give(1, 0, 1480, true));
	ck_assert(take(&last));
	ck_assert_uint_eq(last.length, 1600);
	ck_assert_uint_eq(last.tuple.source_port, 1024);
	ck_assert_uint_eq(last.tuple.target_port, 53);
	ck_assert_uint_eq(last.offset, 0);
	ck_assert(!last.more_fragments);
	/* It goes on by the card that this fragment came by. */
	ck_assert_str_eq(last.card_in, "em1");
	/* Nothing of it is left behind. */
	ck_assert(!give(1, 1480, 100, false));
}
END_TEST

START_TEST(the_order_does_not_matter)
{
	struct ipfw_packet first = fragment(1, 0, 8, true);

	ck_assert(!give(1, 16, 8, false));
	ck_assert(!give(1, 8, 8, true));
	ck_assert(take(&first));
	ck_assert_uint_eq(first.length, 44);
}
END_TEST

START_TEST(a_hole_is_waited_for_whatever_the_bytes_add_up_to)
{
	ck_assert(!give(1, 0, 16, true));
	ck_assert(!give(1, 0, 16, true));
	ck_assert(!give(1, 24, 8, false));
	ck_assert(give(1, 8, 16, true));
}
END_TEST

START_TEST(datagrams_are_kept_apart)
{
	struct ipfw_packet other = fragment(1, 8, 8, false);

	ck_assert(!give(1, 0, 8, true));
	ck_assert(!give(2, 8, 8, false));
	other.tuple.source.lo++;
	ck_assert(!take(&other));
	other = fragment(1, 8, 8, false);
	other.tuple.protocol = IPFW_PROTOCOL_TCP;
	ck_assert(!take(&other));
	ck_assert(give(1, 8, 8, false));
	ck_assert(give(2, 0, 8, true));
}
END_TEST

START_TEST(a_wait_ends_after_thirty_seconds)
{
	ck_assert(!give(1, 0, 8, true));
	now += 29;
	ck_assert(give(1, 8, 8, false));
	ck_assert(!give(1, 0, 8, true));
	now += 30;
	ck_assert(!give(1, 8, 8, false));
}
END_TEST

START_TEST(what_is_too_much_is_dropped)
{
	ipfw_fragments_destroy(fragments);
	fragments = ipfw_fragments_create(2);
	ck_assert(!give(1, 0, 8, true));
	ck_assert(!give(2, 0, 8, true));
	ck_assert(!give(1, 8, 8, false));
	now += 30;
	ck_assert(!give(1, 0, 8, true));
	ck_assert(give(1, 8, 8, false));
	/* No byte at all, and one behind the longest datagram. */
	ck_assert(!give(3, 0, 0, false));
	ck_assert(!give(3, 65512, 8, false));
	ck_assert(!give(4, 0, 8, true));
	ck_assert(give(4, 8, 8, false));
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("run_fragment");
	TCase *tests = tcase_create("run_fragment");

	tcase_add_checked_fixture(tests, setup, teardown);
	tcase_add_test(tests, the_last_that_was_missing_makes_it_whole);
	tcase_add_test(tests, the_order_does_not_matter);
	tcase_add_test(
	    tests, a_hole_is_waited_for_whatever_the_bytes_add_up_to);
	tcase_add_test(tests, datagrams_are_kept_apart);
	tcase_add_test(tests, a_wait_ends_after_thirty_seconds);
	tcase_add_test(tests, what_is_too_much_is_dropped);
	suite_add_tcase(suite, tests);
	return unit_run(suite);
}
