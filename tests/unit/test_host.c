/*
 * Host facts from a file: what may stand there, and where it is told that it
 * is wrong.
 */
#include <stdio.h>

#include "sema/host.h"
#include "tests/unit/report.h"

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

static bool
read_text(struct reading *r, struct host *host, const char *text)
{
	reading_start(r);
	return host_read(host, r->arena, r->syms, &r->sources,
	    reading_add(r, text), &r->diags);
}

static void
check_errors(const char *text, const char *expected)
{
	struct reading r;
	struct host host;
	bool ok = read_text(&r, &host, text);

	ck_assert_msg(strcmp(reading_report(&r), expected) == 0,
	    "%s\n%s\nnot %s", text, reading_report(&r), expected);
	ck_assert(ok == (*expected == '\0'));
	reading_end(&r);
}

/* An error in an address, which stands in line 3, column 17. */
static void
check_address(const char *address, const char *expected)
{
	char text[256];

	snprintf(text, sizeof(text),
	    "interfaces:\n  em0:\n    addresses: [%s]\n", address);
	check_errors(text, expected);
}

/* The card of the default route, "" for none, NULL if nobody said. */
static void
check_active(const char *route, const char *expected)
{
	char text[256];
	struct reading r;
	struct host host;

	snprintf(text, sizeof(text), "interfaces: {em0: , em1: }\n%s", route);
	ck_assert_msg(read_text(&r, &host, text), "%s", reading_report(&r));
	ck_assert(host.active_known == (expected != NULL));
	if (expected == NULL || expected[0] == '\0') {
		ck_assert_ptr_null(host.active);
	} else {
		ck_assert_str_eq(host.active, expected);
		ck_assert_ptr_nonnull(host_card_find(&host, host.active));
	}
	reading_end(&r);
}

START_TEST(a_laptop)
{
	static const char text[] =
	    "interfaces:\n"
	    "  em0:\n"
	    "    addresses: [192.0.2.10/24, \"2001:db8:2::10/64\"]\n"
	    "  lo0:\n"
	    "    loopback: true\n"
	    "    addresses: [127.0.0.1/8, \"::1/128\"]\n"
	    "  vboxnet0:\n"
	    "default-route: em0\n";
	struct reading r;
	struct host host;
	const struct host_card *card;

	ck_assert(read_text(&r, &host, text));
	ck_assert(host.known);
	ck_assert_uint_eq(host.cards.n, 3);
	card = &host.cards.v[0];
	ck_assert_str_eq(card->name, "em0");
	ck_assert(!card->loopback);
	ck_assert_uint_eq(card->span.at, strlen("interfaces:\n  "));
	ck_assert_uint_eq(card->addresses.n, 2);
	ck_assert_int_eq(card->addresses.v[0].family, FAMILY_4);
	ck_assert_uint_eq(card->addresses.v[0].addr.lo, 0xc000020a);
	ck_assert_uint_eq(card->addresses.v[0].length, 24);
	ck_assert_int_eq(card->addresses.v[1].family, FAMILY_6);
	ck_assert_uint_eq(
	    card->addresses.v[1].addr.hi, UINT64_C(0x20010db800020000));
	ck_assert_uint_eq(card->addresses.v[1].addr.lo, 0x10);
	ck_assert_uint_eq(card->addresses.v[1].length, 64);
	ck_assert(host.cards.v[1].loopback);
	ck_assert_uint_eq(host.cards.v[2].addresses.n, 0);
	ck_assert_ptr_eq(host_card_find(&host, host.active), card);
	reading_end(&r);
}
END_TEST

START_TEST(default_routes)
{
	check_active("", NULL);
	check_active("default-route: em1\n", "em1");
	check_active("default-route: none\n", "");
	check_active("default-route: {ipv4: em0, ipv6: em1}\n", "em0");
	check_active("default-route: {ipv4: none, ipv6: em1}\n", "em1");
	check_active("default-route: {ipv6: em1}\n", "em1");
	check_active("default-route: {ipv4: em0}\n", "em0");
	check_active("default-route: {ipv4: none, ipv6: none}\n", "");
	check_active("default-route: {}\n", "");
}
END_TEST

START_TEST(wrong_routes)
{
	check_errors("interfaces: {em0: }\ndefault-route: em1\n", "E0503 2:16");
	check_errors(
	    "interfaces: {em0: }\ndefault-route: [em0]\n", "E0806 2:17");
	check_errors("interfaces: {em0: }\ndefault-route:\n", "E0501 2:15");
	check_errors(
	    "interfaces: {em0: }\ndefault-route: \"em0;\"\n", "E0501 2:16");
	check_errors("interfaces: {em0: }\n"
		     "default-route: {ipv4: em1, ip6: em0}\n",
	    "E0503 2:23, E0805 2:28");
	check_errors("default-route: em0\n", "E0806 1:1");
}
END_TEST

START_TEST(half_an_address)
{
	check_address("192.0.2.10/24", "");
	check_address("192.0.2.10/32, 192.0.2.11/0", "");
	check_address("192.0.2.10", "E0502 3:17");
	check_address("192.0.2.10/", "E0502 3:17");
	check_address("192.0.2./24", "E0502 3:17");
	check_address("192.0.2.300/24", "E0502 3:17");
	check_address("192.0.2.010/24", "E0502 3:17");
	check_address("192.0.2.10/33", "E0502 3:17");
	check_address("192.0.2.10/24/24", "E0502 3:17");
	check_address("192.0.2.10-192.0.2.11", "E0502 3:17");
	check_address("192.0.2.10/24-192.0.2.11", "E0502 3:17");
	check_address("224.0.0.1/4", "E0502 3:17");
	check_address("255.255.255.255/32", "E0502 3:17");
	check_address("0.0.0.0/0", "E0502 3:17");
	check_address("\"::/64\"", "E0502 3:17");
	check_address("\"ff02::1/64\"", "E0502 3:17");
	check_address("\"fe80::1%em0/64\"", "E0502 3:17");
	check_address("\"2001:db8::1/129\"", "E0502 3:17");
	check_address("\"2001:db8::1/128\"", "");
	check_address("\"2001:db8::\"", "E0502 3:17");
	check_address("[192.0.2.1/24]", "E0806 3:18");
	check_address("host.example/24, 1/24", "E0502 3:17, E0502 3:34");
	check_address("", "");
}
END_TEST

START_TEST(names_that_no_card_has)
{
	static const char *const good[] = {
	    "em0", "a", "vlan.12", "br-lan", "wg_0", "abcdefghijklmno", "any0"};
	static const char *const bad[] = {"", "0em", "en0; rm -rf /", "em0:1",
	    "em 0", "em*", "abcdefghijklmnop", "\xc3\xa9m0", "-em0", ".em0",
	    "em0\n", "em/0", "$em", "any", "10.0.0.1", "table(1)", "em?"};

	for (size_t i = 0; i < LENGTH(good); i++)
		ck_assert_msg(host_card_name_valid(good[i]), "%s", good[i]);
	for (size_t i = 0; i < LENGTH(bad); i++)
		ck_assert_msg(!host_card_name_valid(bad[i]), "%s", bad[i]);
	check_errors("interfaces:\n  \"en0; rm -rf /\":\n  em*:\n  em0: {}\n",
	    "E0501 2:3, E0501 3:3");
}
END_TEST

START_TEST(loopback_by_name_unless_said)
{
	static const char text[] = "interfaces:\n"
				   "  lo: {}\n  lo0: {}\n  lo12: {}\n"
				   "  lo1: {loopback: false}\n"
				   "  low: {}\n  lo1a: {}\n  em0: {}\n"
				   "  dummy0: {loopback: true}\n";
	static const bool expected[] = {
	    true, true, true, false, false, false, false, true};
	struct reading r;
	struct host host;

	ck_assert(read_text(&r, &host, text));
	ck_assert_uint_eq(host.cards.n, LENGTH(expected));
	for (size_t i = 0; i < LENGTH(expected); i++)
		ck_assert_msg(host.cards.v[i].loopback == expected[i], "%s",
		    host.cards.v[i].name);
	reading_end(&r);
}
END_TEST

START_TEST(wrong_files)
{
	check_errors("", "E0806 1:1");
	check_errors("[]\n", "E0806 1:1");
	check_errors("interfaces: [em0]\n", "E0806 1:14");
	check_errors("interfaces:\n", "E0806 1:12");
	check_errors("interface: {em0: }\n", "E0805 1:1, E0806 1:1");
	check_errors(
	    "interfaces:\n  em0: {}\n  em1: {}\n  em0: {}\n", "E0804 4:3");
	check_errors("interfaces: {em0: {address: 1}}\n", "E0805 1:20");
	check_errors("interfaces: {em0: {loopback: yes}}\n", "E0806 1:30");
	check_errors(
	    "interfaces: {em0: {addresses: 192.0.2.1/24}}\n", "E0806 1:31");
	check_errors("interfaces: {em0: 5}\n", "E0806 1:19");
	check_errors(
	    "interfaces: {em0: &a {}, em1: *a}\n", "E0802 1:19, E0802 1:31");
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("host");
	TCase *tc = tcase_create("host");

	tcase_add_test(tc, a_laptop);
	tcase_add_test(tc, default_routes);
	tcase_add_test(tc, wrong_routes);
	tcase_add_test(tc, half_an_address);
	tcase_add_test(tc, names_that_no_card_has);
	tcase_add_test(tc, loopback_by_name_unless_said);
	tcase_add_test(tc, wrong_files);
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	return unit_run(suite());
}
