/*
 * What is told of the host: addresses, cards, routes, handlers, and the bounds
 * on all of them.
 */
#include <string.h>

#include "eval/world.h"
#include "tests/unit/unit.h"

static struct arena *arena;
static struct world world;
static struct ipfw_host host;

static void
setup(void)
{
	arena = unit_arena();
	world_init(&world, arena);
	host = world_host(&world);
}

static void
teardown(void)
{
	world_free(&world);
	arena_destroy(arena);
}

static struct world_address
address(const char *text)
{
	struct world_address parsed;

	ck_assert_msg(world_parse_address(text, &parsed), "%s", text);
	return parsed;
}

static bool
set_card(const char *name, const char *text)
{
	struct world_address one = address(text);

	return world_set_card(&world, name, &one, 1);
}

static const char *
route(const char *text, bool *is_default)
{
	struct world_address to = address(text);

	*is_default = true;
	return host.route(host.context, to.family, to.addr, is_default);
}

static bool
is_connected(const char *text)
{
	struct world_address to = address(text);

	return host.is_connected(host.context, to.family, to.addr);
}

START_TEST(addresses_have_a_length)
{
	static const struct {
		const char *text;
		enum family family;
		unsigned length;
	} right[] = {
	    {"192.0.2.1", FAMILY_4, 32},
	    {"192.0.2.1/19", FAMILY_4, 19},
	    {"192.0.2.1/0", FAMILY_4, 0},
	    {"2001:db8::1", FAMILY_6, 128},
	    {"2001:db8::1/128", FAMILY_6, 128},
	    {"2001:db8::1/64", FAMILY_6, 64},
	};
	static const char *const wrong[] = {"", "/", "/24", "192.0.2.1/",
	    "192.0.2.1/33", "192.0.2.1/2x", "192.0.2.1/-1", "2001:db8::1/129",
	    "192.0.2", "192.0.2.1-192.0.2.9", "em0",
	    "192.0.2.1/99999999999999999999"};
	struct world_address parsed;

	for (size_t i = 0; i < sizeof(right) / sizeof(*right); i++) {
		parsed = address(right[i].text);
		ck_assert_int_eq(parsed.family, right[i].family);
		ck_assert_uint_eq(parsed.length, right[i].length);
	}
	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++)
		ck_assert_msg(
		    !world_parse_address(wrong[i], &parsed), "%s", wrong[i]);
}
END_TEST

START_TEST(the_longest_prefix_is_the_route)
{
	bool is_default;

	ck_assert_ptr_null(route("192.0.2.1", &is_default));
	ck_assert(!is_default);
	ck_assert(set_card("em0", "198.51.100.1/24"));
	ck_assert(world_add_route(&world, "default", "em1"));
	ck_assert(world_add_route(&world, "198.51.100.128/25", "em2"));
	ck_assert(world_add_route(&world, "198.51.100.128/25", "em3"));
	ck_assert(world_add_route(&world, "198.51.0.0/16", "em4"));
	ck_assert_str_eq(route("192.0.2.1", &is_default), "em1");
	ck_assert(is_default);
	ck_assert_str_eq(route("198.51.100.7", &is_default), "em0");
	ck_assert(!is_default);
	ck_assert_str_eq(route("198.51.100.129", &is_default), "em2");
	ck_assert_str_eq(route("198.51.99.1", &is_default), "em4");
	ck_assert_str_eq(route("2001:db8::1", &is_default), "em1");
	ck_assert(is_default);
	ck_assert_str_eq(route("127.0.0.1", &is_default), "lo0");
	ck_assert(!world_add_route(&world, "nonsense", "em0"));
}
END_TEST

START_TEST(nets_of_cards_are_connected)
{
	ck_assert(set_card("em0", "198.51.100.1/23"));
	ck_assert(is_connected("198.51.101.255"));
	ck_assert(!is_connected("198.51.102.0"));
	ck_assert(!is_connected("2001:db8::1"));
	ck_assert(set_card("em1", "2001:db8:0:1::1/63"));
	ck_assert(is_connected("2001:db8::1"));
	ck_assert(!is_connected("2001:db8:0:2::1"));
	ck_assert(set_card("em0", "192.0.2.1"));
	ck_assert(!is_connected("198.51.101.255"));
	ck_assert_ptr_null(world_find_card(&world, "em2"));
	ck_assert_ptr_nonnull(world_find_card(&world, "em1"));
}
END_TEST

START_TEST(handlers_come_and_go)
{
	struct nat_config config = {.alias = {0, 1}};
	struct world_handler *handler;

	ck_assert_ptr_null(world_find_handler(&world, true, 1));
	ck_assert(world_set_handler(&world, true, 1, WORLD_TRANSLATE, &config));
	ck_assert(world_set_handler(&world, false, 1, WORLD_PASS, NULL));
	ck_assert(world_set_handler(&world, true, 2, WORLD_NONE, NULL));
	handler = world_find_handler(&world, true, 1);
	ck_assert_ptr_nonnull(handler->nat);
	/* Told anew, it keeps its flows. */
	ck_assert(world_set_handler(&world, true, 1, WORLD_PASS, NULL));
	ck_assert_ptr_nonnull(world_find_handler(&world, true, 1)->nat);
	world_remove_handler(&world, true, 1);
	world_remove_handler(&world, true, 1);
	ck_assert_ptr_null(world_find_handler(&world, true, 1));
	ck_assert_int_eq(
	    world_find_handler(&world, false, 1)->answer, WORLD_PASS);
	ck_assert_int_eq(
	    world_find_handler(&world, true, 2)->answer, WORLD_NONE);
}
END_TEST

START_TEST(a_translator_that_cannot_be_is_not_there)
{
	struct nat_config config = {.n_redirects = NAT_REDIRECTS_MAX + 1};

	ck_assert(
	    !world_set_handler(&world, true, 1, WORLD_TRANSLATE, &config));
	ck_assert_ptr_null(world_find_handler(&world, true, 1));
	ck_assert(world_set_handler(&world, true, 1, WORLD_NONE, NULL));
	ck_assert(
	    !world_set_handler(&world, true, 1, WORLD_TRANSLATE, &config));
	ck_assert_int_eq(
	    world_find_handler(&world, true, 1)->answer, WORLD_NONE);
}
END_TEST

START_TEST(every_list_has_a_bound)
{
	struct world_address *many = calloc(
	    WORLD_ADDRESSES_MAX + 1, sizeof(*many));

	ck_assert_ptr_nonnull(many);
	ck_assert(world_set_me(&world, many, WORLD_ADDRESSES_MAX));
	ck_assert(!world_set_me(&world, many, WORLD_ADDRESSES_MAX + 1));
	/* The loopback card has one. */
	ck_assert(!world_set_card(&world, "em0", many, WORLD_ADDRESSES_MAX));
	ck_assert(world_set_card(&world, "em0", many, WORLD_ADDRESSES_MAX - 1));
	ck_assert(!set_card("em1", "192.0.2.1"));
	ck_assert(world_set_card(&world, "em0", many, 2));
	ck_assert(world_set_card(&world, "em1", many, WORLD_ADDRESSES_MAX - 3));
	free(many);
	for (size_t i = world.cards.n; i < WORLD_CARDS_MAX; i++)
		ck_assert(world_set_card(
		    &world, arena_printf(arena, "lo%zu", i), NULL, 0));
	ck_assert(!world_set_card(&world, "one more", NULL, 0));
	for (size_t i = 0; i < WORLD_ROUTES_MAX; i++)
		ck_assert(world_add_route(&world, "192.0.2.0/24", "em0"));
	ck_assert(!world_add_route(&world, "192.0.2.0/24", "em0"));
	ck_assert(!world_add_route(&world, "default", "em0"));
	for (uint32_t i = 0; i < WORLD_HANDLERS_MAX; i++)
		ck_assert(
		    world_set_handler(&world, false, i, WORLD_PASS, NULL));
	ck_assert(!world_set_handler(
	    &world, false, WORLD_HANDLERS_MAX, WORLD_PASS, NULL));
	ck_assert(!world_set_handler(
	    &world, true, 1, WORLD_TRANSLATE, &(struct nat_config){0}));
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("world");
	TCase *tests = tcase_create("world");

	tcase_add_checked_fixture(tests, setup, teardown);
	tcase_add_test(tests, addresses_have_a_length);
	tcase_add_test(tests, the_longest_prefix_is_the_route);
	tcase_add_test(tests, nets_of_cards_are_connected);
	tcase_add_test(tests, handlers_come_and_go);
	tcase_add_test(tests, a_translator_that_cannot_be_is_not_there);
	tcase_add_test(tests, every_list_has_a_bound);
	suite_add_tcase(suite, tests);
	return unit_run(suite);
}
