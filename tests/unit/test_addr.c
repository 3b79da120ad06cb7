/*
 * Addresses: what is read, what is refused and why, and how it is written.
 */
#include <string.h>

#include "set/addr.h"
#include "tests/unit/unit.h"

static enum addr_error
parse(const char *text, enum family *family, struct addr_range *range,
    int *length)
{
	return addr_parse(text, strlen(text), family, range, length);
}

static enum addr_error
error_of(const char *text)
{
	enum family family;
	struct addr_range range;
	int length;

	return parse(text, &family, &range, &length);
}

static const char *
format(struct arena *arena, enum family family, struct addr addr)
{
	struct buf buf;

	buf_init(&buf, arena);
	addr_format(&buf, family, addr);
	return buf.p;
}

/* TEXT is an address that is written as EXPECTED. */
static void
check_written(const char *text, const char *expected)
{
	struct arena *arena = unit_arena();
	enum family family, again;
	struct addr_range range, copy;
	int length;

	ck_assert_int_eq(parse(text, &family, &range, &length), ADDR_OK);
	ck_assert_int_eq(length, -1);
	ck_assert_int_eq(addr_compare(range.lo, range.hi), 0);
	ck_assert_str_eq(format(arena, family, range.lo), expected);
	ck_assert_int_eq(parse(expected, &again, &copy, &length), ADDR_OK);
	ck_assert_int_eq(again, family);
	ck_assert_int_eq(addr_compare(copy.lo, range.lo), 0);
	arena_destroy(arena);
}

/* TEXT is a net or range from LO to HI. */
static void
check_range(const char *text, const char *lo, const char *hi, int expected)
{
	struct arena *arena = unit_arena();
	enum family family;
	struct addr_range range;
	int length;

	ck_assert_int_eq(parse(text, &family, &range, &length), ADDR_OK);
	ck_assert_int_eq(length, expected);
	ck_assert_str_eq(format(arena, family, range.lo), lo);
	ck_assert_str_eq(format(arena, family, range.hi), hi);
	arena_destroy(arena);
}

START_TEST(ipv4_addresses)
{
	enum family family;
	struct addr_range range;
	int length;

	check_written("0.0.0.0", "0.0.0.0");
	check_written("255.255.255.255", "255.255.255.255");
	check_written("192.0.2.7", "192.0.2.7");
	ck_assert_int_eq(parse("10.1.2.3", &family, &range, &length), ADDR_OK);
	ck_assert_int_eq(family, FAMILY_4);
	ck_assert_uint_eq(range.lo.hi, 0);
	ck_assert_uint_eq(range.lo.lo, 0x0a010203);
}
END_TEST

START_TEST(ipv4_refused)
{
	static const char *const bad[] = {"", "10", "10.0.0", "10.0.0.0.0",
	    ".1.2.3", "1.2.3.", "1..2.3", "1.2.3.4 ", " 1.2.3.4", "1.2.3.a",
	    "a", "0x0a.0.0.1", "+1.2.3.4", "1.2.3.-4", "1,2,3,4", "em0",
	    "example.org", "10.0.0.0/8/8x", "10.0.0.0/8-10.0.0.9"};

	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		ck_assert_msg(error_of(bad[i]) != ADDR_OK, "%s", bad[i]);
	ck_assert_int_eq(error_of(""), ADDR_BAD);
	ck_assert_int_eq(error_of("10.0.0"), ADDR_BAD);
	ck_assert_int_eq(error_of("10.0.0.0.0"), ADDR_BAD);
	ck_assert_int_eq(error_of("10.0.0.300"), ADDR_BAD_OCTET);
	ck_assert_int_eq(error_of("256.0.0.0/8"), ADDR_BAD_OCTET);
	ck_assert_int_eq(
	    error_of("1.2.3.99999999999999999999"), ADDR_BAD_OCTET);
	ck_assert_int_eq(error_of("300.0.0"), ADDR_BAD);
	ck_assert_int_eq(error_of("010.0.0.1"), ADDR_LEADING_ZERO);
	ck_assert_int_eq(error_of("10.00.0.1"), ADDR_LEADING_ZERO);
	ck_assert_int_eq(addr_parse("1.2.3\0004", 7, &(enum family){0},
			     &(struct addr_range){{0, 0}, {0, 0}}, &(int){0}),
	    ADDR_BAD);
}
END_TEST

/* The examples of RFC 4291, section 2.2, and RFC 5952, sections 4 and 5. */
START_TEST(ipv6_addresses)
{
	check_written("::", "::");
	check_written("::1", "::1");
	check_written("1::", "1::");
	check_written("0:0:0:0:0:0:0:0", "::");
	check_written("ABCD:EF01:2345:6789:ABCD:EF01:2345:6789",
	    "abcd:ef01:2345:6789:abcd:ef01:2345:6789");
	check_written(
	    "2001:DB8:0:0:8:800:200C:417A", "2001:db8::8:800:200c:417a");
	check_written("FF01::101", "ff01::101");
	check_written("::13.1.68.3", "::d01:4403");
	check_written("::FFFF:129.144.52.38", "::ffff:129.144.52.38");
	check_written("::ffff:8190:3426", "::ffff:129.144.52.38");
	check_written("64:ff9b::192.0.2.33", "64:ff9b::c000:221");
	check_written("2001:0db8::0001", "2001:db8::1");
	check_written("2001:db8:0:0:0:0:2:1", "2001:db8::2:1");
	check_written("2001:db8::1:1:1:1:1", "2001:db8:0:1:1:1:1:1");
	check_written("2001:0:0:1:0:0:0:1", "2001:0:0:1::1");
	check_written("2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1");
	check_written("1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0");
	check_written("::2:3:4:5:6:7:8", "0:2:3:4:5:6:7:8");
	check_written("1:2:3:4:5:6:0:0", "1:2:3:4:5:6::");
	check_written("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
	    "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff");
	check_written("1:2:3:4:5:6:1.2.3.4", "1:2:3:4:5:6:102:304");
	check_written("::1:2:3:4:5:1.2.3.4", "0:1:2:3:4:5:102:304");
}
END_TEST

START_TEST(ipv6_refused)
{
	static const char *const bad[] = {":", ":::", "1:", ":1", "1::2::3",
	    "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1:2:3:4:5:6:7::8",
	    "::1:2:3:4:5:6:7:8", "12345::", "g::", "::1.2.3",
	    "1.2.3.4::", "::1.2.3.4:5", "1:2:3:4:5:6:7:1.2.3.4", "[::1]",
	    "::1 ", ":: 1", "1:2:3:4:5:6:7:", ":2:3:4:5:6:7:8", "fe80::-1",
	    "::a.b.c.d"};

	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		ck_assert_msg(error_of(bad[i]) == ADDR_BAD, "%s", bad[i]);
	ck_assert_int_eq(error_of("::1.2.3.400"), ADDR_BAD_OCTET);
	ck_assert_int_eq(error_of("::ffff:010.2.3.4"), ADDR_LEADING_ZERO);
	ck_assert_int_eq(error_of("fe80::1%em0"), ADDR_SCOPED);
	ck_assert_int_eq(error_of("fe80::1%em0/64"), ADDR_SCOPED);
}
END_TEST

START_TEST(prefixes)
{
	check_range("10.0.0.0/8", "10.0.0.0", "10.255.255.255", 8);
	check_range("0.0.0.0/0", "0.0.0.0", "255.255.255.255", 0);
	check_range("192.0.2.7/32", "192.0.2.7", "192.0.2.7", 32);
	check_range(
	    "255.255.255.254/31", "255.255.255.254", "255.255.255.255", 31);
	check_range("2001:db8::/32",
	    "2001:db8::", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff", 32);
	check_range("::/0", "::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", 0);
	check_range(
	    "1:2:3:4::/64", "1:2:3:4::", "1:2:3:4:ffff:ffff:ffff:ffff", 64);
	check_range("1:2:3:4:8000::/65",
	    "1:2:3:4:8000::", "1:2:3:4:ffff:ffff:ffff:ffff", 65);
	check_range(
	    "1:2:3:4::/63", "1:2:3:4::", "1:2:3:5:ffff:ffff:ffff:ffff", 63);
	check_range("::1/128", "::1", "::1", 128);
}
END_TEST

START_TEST(prefix_lengths_refused)
{
	static const char *const bad[] = {"10.0.0.0/33", "10.0.0.0/",
	    "10.0.0.0/x", "10.0.0.0/8x", "10.0.0.0/08", "10.0.0.0/+8",
	    "10.0.0.0/99999999999999999999", "10.0.0.0/8/8", "::/129",
	    "10.0.0.0/255.0.0.0", "::/0128"};

	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		ck_assert_msg(
		    error_of(bad[i]) == ADDR_BAD_LENGTH, "%s", bad[i]);
}
END_TEST

START_TEST(host_bits_show_the_net_that_was_meant)
{
	struct arena *arena = unit_arena();
	enum family family;
	struct addr_range range;
	int length;

	ck_assert_int_eq(
	    parse("10.1.2.3/20", &family, &range, &length), ADDR_HOST_BITS);
	ck_assert_int_eq(length, 20);
	ck_assert_str_eq(format(arena, family, range.lo), "10.1.0.0");
	ck_assert_str_eq(format(arena, family, range.hi), "10.1.15.255");
	ck_assert_int_eq(
	    parse("2001:db8::1/32", &family, &range, &length), ADDR_HOST_BITS);
	ck_assert_str_eq(format(arena, family, range.lo), "2001:db8::");
	ck_assert_int_eq(error_of("0.0.0.1/0"), ADDR_HOST_BITS);
	arena_destroy(arena);
}
END_TEST

START_TEST(ranges)
{
	check_range("10.0.0.5-10.0.1.2", "10.0.0.5", "10.0.1.2", -1);
	check_range(
	    "0.0.0.0-255.255.255.255", "0.0.0.0", "255.255.255.255", -1);
	check_range("10.0.0.5-10.0.0.5", "10.0.0.5", "10.0.0.5", -1);
	check_range("::5-1::", "::5", "1::", -1);
	ck_assert_int_eq(error_of("10.0.0.9-10.0.0.1"), ADDR_BACKWARDS);
	ck_assert_int_eq(error_of("1::-::1"), ADDR_BACKWARDS);
	ck_assert_int_eq(error_of("10.0.0.1-2001:db8::"), ADDR_MIXED);
	ck_assert_int_eq(error_of("::-10.0.0.1"), ADDR_MIXED);
	ck_assert_int_eq(error_of("10.0.0.1-"), ADDR_BAD);
	ck_assert_int_eq(error_of("-10.0.0.1"), ADDR_BAD);
	ck_assert_int_eq(error_of("10.0.0.1-9"), ADDR_BAD);
	ck_assert_int_eq(error_of("10.0.0.1-10.0.0.2-10.0.0.3"), ADDR_BAD);
	ck_assert_int_eq(error_of("10.0.0.1-10.0.0.999"), ADDR_BAD_OCTET);
	ck_assert_int_eq(error_of("10.0.0.1-10.0.0.8/30"), ADDR_BAD);
}
END_TEST

START_TEST(next_and_previous_carry)
{
	struct addr low = {0, UINT64_MAX}, high = {1, 0};

	ck_assert_int_eq(addr_compare(addr_next(low), high), 0);
	ck_assert_int_eq(addr_compare(addr_previous(high), low), 0);
	ck_assert_int_lt(addr_compare(low, high), 0);
	ck_assert_int_gt(addr_compare(high, low), 0);
}
END_TEST

/* Whatever is written is read back as the same address. */
START_TEST(written_addresses_are_read_back)
{
	struct arena *arena = unit_arena();
	uint64_t state = 99;

	for (int i = 0; i < 20000; i++) {
		struct addr addr = {0, 0};
		enum family family, again;
		struct addr_range range;
		const char *text;
		int length;

		family = i % 4 == 0 ? FAMILY_4 : FAMILY_6;
		for (int group = 0; group < 8; group++) {
			uint64_t value = unit_random(&state) & 0xffff;

			if (unit_random(&state) % 2 == 0)
				value = 0;
			addr.hi = addr.hi << 16 | addr.lo >> 48;
			addr.lo = addr.lo << 16 | value;
		}
		if (family == FAMILY_4)
			addr = (struct addr){0, addr.lo & UINT32_MAX};
		text = format(arena, family, addr);
		ck_assert_int_eq(parse(text, &again, &range, &length), ADDR_OK);
		ck_assert_int_eq(again, family);
		ck_assert_int_eq(addr_compare(range.lo, addr), 0);
	}
	arena_destroy(arena);
}
END_TEST

/* Noise made of the letters of addresses: no crash, and sane results. */
START_TEST(noise_is_refused_or_sane)
{
	static const char letters[] = "0123459afF::..//--%x ";
	uint64_t state = 4242;

	for (int i = 0; i < 200000; i++) {
		char text[24];
		size_t n = unit_random(&state) % sizeof(text);
		enum family family;
		struct addr_range range;
		int length;

		for (size_t j = 0; j < n; j++)
			text[j] = letters[unit_random(&state) %
			    (sizeof(letters) - 1)];
		if (addr_parse(text, n, &family, &range, &length) != ADDR_OK)
			continue;
		ck_assert_int_le(addr_compare(range.lo, range.hi), 0);
		ck_assert_int_le(addr_compare(range.hi, addr_max(family)), 0);
		ck_assert(length >= -1 && length <= 128);
	}
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("addr");
	TCase *tc = tcase_create("addr");

	tcase_set_timeout(tc, 30);
	tcase_add_test(tc, ipv4_addresses);
	tcase_add_test(tc, ipv4_refused);
	tcase_add_test(tc, ipv6_addresses);
	tcase_add_test(tc, ipv6_refused);
	tcase_add_test(tc, prefixes);
	tcase_add_test(tc, prefix_lengths_refused);
	tcase_add_test(tc, host_bits_show_the_net_that_was_meant);
	tcase_add_test(tc, ranges);
	tcase_add_test(tc, next_and_previous_carry);
	tcase_add_test(tc, written_addresses_are_read_back);
	tcase_add_test(tc, noise_is_refused_or_sane);
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	return unit_run(suite());
}
