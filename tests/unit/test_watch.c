/*
 * What the watchers make of messages: those of each system's layout, whole,
 * cut off, and made up by somebody who means harm.
 */
#include <string.h>

#include "runtime/watch/clock.h"
#include "runtime/watch/devd.h"
#include "runtime/watch/kernel_event.h"
#include "runtime/watch/route.h"
#include "runtime/watch/watch.h"
#include "tests/unit/unit.h"

/* As the systems' headers lay the structures out. */
static const struct watch_route_layout layouts[] = {
    /* FreeBSD, 64 bits. */
    {152, 8, 12, 16, 20, 24, 2, 28, 0x4},
    /* FreeBSD, 32 bits. */
    {92, 8, 12, 16, 20, 24, 2, 28, 0x4},
    /* Darwin. */
    {92, 8, 12, 16, 20, 0, 2, 30, 0x404},
    /* Darwin 10.5, a 64-bit program. */
    {152, 8, 12, 16, 20, 0, 2, 30, 0x404},
};
#define LAYOUTS (sizeof(layouts) / sizeof(layouts[0]))

enum {
	ADD = 1,
	DELETE = 2,
	GET = 4,
	MISS = 7,
	NEWADDR = 0xc,
	DELADDR = 0xd,
	IFINFO = 0xe,
	NEWMADDR = 0xf,
	ANNOUNCE = 0x11,
	WIRELESS = 0x12,
};

struct bytes {
	uint8_t v[1024];
	size_t n;
};

static void
put16(uint8_t *at, uint16_t value)
{
	memcpy(at, &value, sizeof(value));
}

static void
put32(uint8_t *at, uint32_t value)
{
	memcpy(at, &value, sizeof(value));
}

/* Adds a message of SIZE bytes, of which the common head is filled in. */
static uint8_t *
add_message(struct bytes *out, unsigned type, size_t size)
{
	uint8_t *at = out->v + out->n;

	ck_assert(out->n + size <= sizeof(out->v));
	memset(at, 0, size);
	put16(at, (uint16_t)size);
	at[2] = 5;
	at[3] = (uint8_t)type;
	out->n += size;
	return at;
}

/* A route to TARGET, four bytes, with room for target and gateway. */
static uint8_t *
add_route(struct bytes *out, const struct watch_route_layout *layout,
    unsigned type, uint32_t flags, const uint8_t target[4])
{
	uint8_t *at = add_message(out, type, layout->route_size + 32);

	put16(at + 4, 1);
	put32(at + layout->route_flags, flags);
	put32(at + layout->route_addresses, 0x3);
	at[layout->route_size] = 16;
	at[layout->route_size + 1] = layout->family4;
	memcpy(at + layout->route_size + 4, target, 4);
	at[layout->route_size + 16] = 16;
	at[layout->route_size + 17] = layout->family4;
	return at;
}

static const uint8_t everything[4] = {0, 0, 0, 0};
static const uint8_t some_net[4] = {10, 1, 0, 0};

static unsigned
decode(const struct watch_route_layout *layout, const struct bytes *bytes)
{
	return watch_route_decode(layout, bytes->v, bytes->n);
}

START_TEST(route_default_comes_and_goes)
{
	for (size_t i = 0; i < LAYOUTS; i++) {
		for (unsigned type = ADD; type <= DELETE; type++) {
			struct bytes out = {.n = 0};

			add_route(&out, &layouts[i], type, 0x803, everything);
			ck_assert_uint_eq(
			    decode(&layouts[i], &out), WATCH_NETWORK);
		}
	}
}
END_TEST

START_TEST(route_default_of_ipv6)
{
	for (size_t i = 0; i < LAYOUTS; i++) {
		struct bytes out = {.n = 0};
		uint8_t *at = add_message(
		    &out, ADD, layouts[i].route_size + 56);

		put32(at + 8, 0x803);
		put32(at + 12, 0x1);
		at += layouts[i].route_size;
		at[0] = 28;
		at[1] = layouts[i].family6;
		ck_assert_uint_eq(decode(&layouts[i], &out), WATCH_NETWORK);
		at[23] = 1;
		ck_assert_uint_eq(decode(&layouts[i], &out), 0);
	}
}
END_TEST

/* 0.0.0.0 cut off after its family, or all of it. */
START_TEST(route_default_with_zeros_cut_off)
{
	for (size_t i = 0; i < LAYOUTS; i++) {
		struct bytes out = {.n = 0};
		uint8_t *at = add_route(
		    &out, &layouts[i], ADD, 0x803, everything);

		at[layouts[i].route_size] = 4;
		ck_assert_uint_eq(decode(&layouts[i], &out), WATCH_NETWORK);
		at[layouts[i].route_size] = 0;
		ck_assert_uint_eq(decode(&layouts[i], &out), WATCH_NETWORK);
	}
}
END_TEST

START_TEST(route_to_a_net_or_a_host_is_nothing)
{
	for (size_t i = 0; i < LAYOUTS; i++) {
		struct bytes out = {.n = 0};

		add_route(&out, &layouts[i], ADD, 0x803, some_net);
		add_route(&out, &layouts[i], ADD, 0x807, everything);
		ck_assert_uint_eq(decode(&layouts[i], &out), 0);
	}
}
END_TEST

START_TEST(cards_and_addresses)
{
	for (size_t i = 0; i < LAYOUTS; i++) {
		static const unsigned types[] = {NEWADDR, DELADDR, IFINFO};

		for (size_t t = 0; t < 3; t++) {
			struct bytes out = {.n = 0};

			add_message(&out, types[t], 20);
			ck_assert_uint_eq(
			    decode(&layouts[i], &out), WATCH_NETWORK);
		}
	}
}
END_TEST

START_TEST(cards_announced)
{
	for (size_t i = 0; i < LAYOUTS; i++) {
		struct bytes out = {.n = 0};
		uint8_t *at = add_message(&out, ANNOUNCE, 24);

		put16(at + 4, 7);
		memcpy(at + 6, "vboxnet0", 8);
		ck_assert_uint_eq(decode(&layouts[i], &out),
		    layouts[i].announce_size == 0 ? 0 : WATCH_NETWORK);
	}
}
END_TEST

START_TEST(what_does_not_matter)
{
	static const unsigned types[] = {GET, MISS, NEWMADDR, WIRELESS, 0, 255};

	for (size_t i = 0; i < LAYOUTS; i++) {
		struct bytes out = {.n = 0};

		for (size_t t = 0; t < 6; t++)
			add_message(&out, types[t], 20);
		/* Another version of the messages. */
		add_message(&out, NEWADDR, 20)[2] = 4;
		ck_assert_uint_eq(decode(&layouts[i], &out), 0);
	}
}
END_TEST

START_TEST(messages_after_one_another)
{
	for (size_t i = 0; i < LAYOUTS; i++) {
		struct bytes out = {.n = 0};

		add_message(&out, GET, 40);
		add_route(&out, &layouts[i], ADD, 0x803, some_net);
		add_message(&out, IFINFO, 168);
		ck_assert_uint_eq(decode(&layouts[i], &out), WATCH_NETWORK);
	}
}
END_TEST

/* Cut off anywhere: never read past the end, never nothing to do. */
START_TEST(route_cut_off_anywhere)
{
	for (size_t i = 0; i < LAYOUTS; i++) {
		struct bytes out = {.n = 0};

		add_route(&out, &layouts[i], ADD, 0x803, everything);
		for (size_t size = 1; size < out.n; size++) {
			uint8_t *copy = malloc(size);

			memcpy(copy, out.v, size);
			ck_assert_uint_eq(
			    watch_route_decode(&layouts[i], copy, size),
			    WATCH_LOST);
			/* The same with a length that fits. */
			if (size >= 4)
				put16(copy, (uint16_t)size);
			if (size >= 4 && size < layouts[i].route_size)
				ck_assert_uint_eq(
				    watch_route_decode(&layouts[i], copy, size),
				    WATCH_LOST);
			free(copy);
		}
	}
}
END_TEST

START_TEST(route_lengths_that_lie)
{
	static const uint16_t lengths[] = {0, 1, 2, 3, 0xffff};

	for (size_t i = 0; i < LAYOUTS; i++) {
		for (size_t l = 0; l < 5; l++) {
			struct bytes out = {.n = 0};
			uint8_t *at = add_message(&out, IFINFO, 32);

			put16(at, lengths[l]);
			ck_assert_uint_eq(
			    decode(&layouts[i], &out), WATCH_LOST);
		}
		struct bytes out = {.n = 0};
		uint8_t *at = add_route(
		    &out, &layouts[i], ADD, 0x803, everything);

		at[layouts[i].route_size] = 255;
		ck_assert_uint_eq(decode(&layouts[i], &out), WATCH_LOST);
	}
}
END_TEST

/* --- devd --- */

static unsigned
devd(const char *text)
{
	return watch_devd_decode(text, strlen(text));
}

START_TEST(devd_sleep_and_wake)
{
	ck_assert_uint_eq(
	    devd("!system=ACPI subsystem=Suspend type=\\_SB_ notify=0x03\n"),
	    WATCH_SLEEP);
	ck_assert_uint_eq(
	    devd("!system=ACPI subsystem=Resume notify=0x03\n"), WATCH_WAKE);
	ck_assert_uint_eq(
	    devd("!system=kernel subsystem=power type=resume\n"), WATCH_WAKE);
	ck_assert_uint_eq(
	    devd("!system=kernel subsystem=power type=suspend\n"), WATCH_SLEEP);
}
END_TEST

START_TEST(devd_cards)
{
	ck_assert_uint_eq(
	    devd("!system=IFNET subsystem=em0 type=LINK_UP\n"), WATCH_NETWORK);
	ck_assert_uint_eq(
	    devd("!system=IFNET subsystem=vboxnet0 type=ATTACH\n"),
	    WATCH_NETWORK);
}
END_TEST

START_TEST(devd_what_does_not_matter)
{
	static const char *const texts[] = {
	    "",
	    "\n",
	    "\n\n",
	    "!",
	    "!\n",
	    "! system=ACPIx subsystem=Resume\n",
	    "!system=ACPI subsystem=ACAD type=\\_SB_.AC notify=0x01\n",
	    "!system=ACPI subsystem=Resumed\n",
	    "!system= subsystem= type=\n",
	    "!system\n",
	    "system=ACPI subsystem=Resume\n",
	    "+ums0 vendor=0x1 system=ACPI subsystem=Resume at port=1\n",
	    "-ums0 at port=1 on uhub0\n",
	    "?at bus=1 system=IFNET\n",
	    "!system=DEVFS subsystem=CDEV type=CREATE cdev=power\n",
	};

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		ck_assert_msg(devd(texts[i]) == 0, "%s", texts[i]);
	ck_assert_uint_eq(watch_devd_decode("!system=IFNE\0T", 14), 0);
}
END_TEST

START_TEST(devd_several_lines)
{
	ck_assert_uint_eq(devd("!system=IFNET subsystem=em0 type=LINK_DOWN\n"
			       "+x at y on z\n"
			       "!system=ACPI subsystem=Resume"),
	    WATCH_NETWORK | WATCH_WAKE);
}
END_TEST

/* --- Darwin's kernel events --- */

static size_t
kernel_event(uint8_t *out, size_t word, const unsigned *words, size_t extra)
{
	size_t size = 6 * word + extra;

	memset(out, 0, size);
	for (size_t i = 0; i < 6; i++) {
		uint64_t value64 = i == 0 ? size : words[i];
		uint32_t value32 = (uint32_t)value64;

		if (word == 8)
			memcpy(out + 8 * i, &value64, 8);
		else
			memcpy(out + 4 * i, &value32, 4);
	}
	return size;
}

START_TEST(kernel_events)
{
	static const unsigned firewall[] = {0, 1, 5, 1, 77, 3};
	static const unsigned network[] = {0, 1, 1, 1, 78, 9};
	uint8_t bytes[256];

	for (size_t word = 4; word <= 8; word += 4) {
		size_t n = kernel_event(bytes, word, network, 20);

		ck_assert_uint_eq(watch_kernel_event_decode(word, bytes, n), 0);
		n += kernel_event(bytes + n, word, firewall, 0);
		ck_assert_uint_eq(
		    watch_kernel_event_decode(word, bytes, n), WATCH_RULES);
		for (size_t size = 1; size < n; size++)
			ck_assert_uint_eq(
			    watch_kernel_event_decode(word, bytes, size),
			    size == 6 * word + 20 ? 0 : WATCH_LOST);
		memset(bytes, 0, word);
		ck_assert_uint_eq(
		    watch_kernel_event_decode(word, bytes, n), WATCH_LOST);
	}
}
END_TEST

/* --- Clock --- */

static bool
slept(int64_t awake, int64_t always)
{
	struct watch_clock before = {1000, 9000};
	struct watch_clock now = {1000 + awake, 9000 + always};

	return watch_clock_slept(before, now);
}

START_TEST(clock_jumps)
{
	ck_assert(!slept(0, 0));
	ck_assert(!slept(2000, 2000));
	/* A machine that is busy. */
	ck_assert(!slept(3600000, 3600000));
	/* Somebody corrects the clock a little. */
	ck_assert(!slept(2000, 6000));
	ck_assert(!slept(2000, -1000));
	ck_assert(slept(2000, 8000));
	ck_assert(slept(10, 3600000));
	/* The clock is set back: what is known of it no longer holds. */
	ck_assert(slept(2000, -3600000));
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("watch");
	TCase *route = tcase_create("route");
	TCase *rest = tcase_create("rest");

	tcase_add_test(route, route_default_comes_and_goes);
	tcase_add_test(route, route_default_of_ipv6);
	tcase_add_test(route, route_default_with_zeros_cut_off);
	tcase_add_test(route, route_to_a_net_or_a_host_is_nothing);
	tcase_add_test(route, cards_and_addresses);
	tcase_add_test(route, cards_announced);
	tcase_add_test(route, what_does_not_matter);
	tcase_add_test(route, messages_after_one_another);
	tcase_add_test(route, route_cut_off_anywhere);
	tcase_add_test(route, route_lengths_that_lie);
	tcase_add_test(rest, devd_sleep_and_wake);
	tcase_add_test(rest, devd_cards);
	tcase_add_test(rest, devd_what_does_not_matter);
	tcase_add_test(rest, devd_several_lines);
	tcase_add_test(rest, kernel_events);
	tcase_add_test(rest, clock_jumps);
	suite_add_tcase(suite, route);
	suite_add_tcase(suite, rest);
	return unit_run(suite);
}
