/*
 * From the facts of the running host to those of the compiler.
 */
#include <string.h>

#include "cli/host_facts.h"
#include "tests/unit/unit.h"

static struct facts_address lan[] = {
    {false, {192, 0, 2, 10}, 24},
    {true, {0x20, 0x01, 0x0d, 0xb8, [15] = 0x10}, 64},
};

static struct facts_card cards[] = {
    {.name = "eth0", .up = true, .addresses = lan, .n_addresses = 2},
    {.name = "lo", .up = true, .loopback = true},
    {.name = "my card"},
    {.name = "wlan0"},
};

static const struct facts facts = {cards, 4, "", ""};

static bool
convert(struct host *host, struct arena *arena, const char *route4,
    const char *route6)
{
	struct facts copy = facts;

	memcpy(copy.route4, route4, strlen(route4) + 1);
	memcpy(copy.route6, route6, strlen(route6) + 1);
	return host_from_facts(host, arena, sym_table_create(arena), &copy);
}

START_TEST(cards_and_addresses)
{
	struct arena *arena = unit_arena();
	const struct host_card *card;
	struct host host;

	ck_assert(convert(&host, arena, "eth0", "wlan0"));
	ck_assert(host.known);
	ck_assert_uint_eq(host.cards.n, 3);
	card = &host.cards.v[0];
	ck_assert_str_eq(card->name, "eth0");
	ck_assert(!card->loopback);
	ck_assert_uint_eq(card->addresses.n, 2);
	ck_assert_int_eq(card->addresses.v[0].family, FAMILY_4);
	ck_assert_uint_eq(card->addresses.v[0].addr.hi, 0);
	ck_assert_uint_eq(card->addresses.v[0].addr.lo, 0xc000020a);
	ck_assert_uint_eq(card->addresses.v[0].length, 24);
	ck_assert_int_eq(card->addresses.v[1].family, FAMILY_6);
	ck_assert_uint_eq(
	    card->addresses.v[1].addr.hi, UINT64_C(0x20010db800000000));
	ck_assert_uint_eq(card->addresses.v[1].addr.lo, 0x10);
	ck_assert(host.cards.v[1].loopback);
	ck_assert_str_eq(host.cards.v[2].name, "wlan0");
	ck_assert_ptr_eq(host_card_find(&host, host.active), card);
	arena_destroy(arena);
}
END_TEST

START_TEST(the_route_that_counts)
{
	struct arena *arena = unit_arena();
	struct host host;

	ck_assert(convert(&host, arena, "", "wlan0"));
	ck_assert_str_eq(host.active, "wlan0");
	ck_assert(host.active_known);
	ck_assert(convert(&host, arena, "", ""));
	ck_assert_ptr_null(host.active);
	ck_assert(host.active_known);
	ck_assert(!convert(&host, arena, "my card", "wlan0"));
	ck_assert(convert(&host, arena, "eth0", "my card"));
	arena_destroy(arena);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("host facts");
	TCase *tc = tcase_create("host facts");

	tcase_add_test(tc, cards_and_addresses);
	tcase_add_test(tc, the_route_that_counts);
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	return unit_run(suite());
}
