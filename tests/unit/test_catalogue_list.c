/*
 * The table of services, and the patterns that choose from it.
 */
#include "tests/unit/catalogue_fixture.h"

START_TEST(patterns)
{
	ck_assert(catalogue_match("ssh", "ssh"));
	ck_assert(catalogue_match("cp-", "dhcp-client"));
	ck_assert(catalogue_match("DHCP", "dhcp-client"));
	ck_assert(catalogue_match("", "ssh"));
	ck_assert(!catalogue_match("sshd", "ssh"));
	ck_assert(catalogue_match("*", "ssh"));
	ck_assert(catalogue_match("s*h", "ssh"));
	ck_assert(catalogue_match("?S?", "ssh"));
	ck_assert(!catalogue_match("?s", "ssh"));
	ck_assert(!catalogue_match("s*s", "ssh"));
	ck_assert(catalogue_match("*-c*t", "dhcp-client"));
	ck_assert(!catalogue_match("*-c*x", "dhcp-client"));
	ck_assert(catalogue_match("a*b*c*d*", "axbxcxbxcxd"));
	ck_assert(!catalogue_match("a*b*c*d?", "axbxcxbxcxd"));
}
END_TEST

/* A glob of many stars must not try all ways to share the text out. */
START_TEST(patterns_are_cheap)
{
	char pattern[402], text[2002];

	for (size_t i = 0; i < 400; i += 2)
		memcpy(pattern + i, "*a", 2);
	memcpy(pattern + 400, "b", 2);
	memset(text, 'a', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	ck_assert(!catalogue_match(pattern, text));
}
END_TEST

START_TEST(lists)
{
	static const char text[] =
	    "services:\n"
	    "  ssh: {tcp: 22, about: Secure shell}\n"
	    "  dns: {tcp: 53, udp: 53, about: Names}\n"
	    "  mail:\n    tcp: [25, 110, 143, 465, 587, 993, 995, 2000]\n"
	    "    about: Letters\n"
	    "  tftp: {udp: 69}\n"
	    "  dhcp: {parts: [{udp: 68, from-ports: 67}], about: Addresses}\n";
	struct fixture f;

	start(&f);
	read_text(&f, text);
	ck_assert_str_eq(list(&f, NULL),
	    "dhcp  udp 68 from 67  Addresses\n"
	    "dns   tcp,udp 53      Names\n"
	    "mail  tcp 25,110,143,465,587,993,995,2000  Letters\n"
	    "ssh   tcp 22          Secure shell\n"
	    "tftp  udp 69\n");
	ck_assert_str_eq(list(&f, "*s*"),
	    "dns  tcp,udp 53  Names\nssh  tcp 22      Secure shell\n");
	ck_assert_str_eq(list(&f, "shell"), "ssh  tcp 22  Secure shell\n");
	ck_assert_str_eq(list(&f, "53"), "dns  tcp,udp 53  Names\n");
	ck_assert_str_eq(list(&f, "udp/69"), "tftp  udp 69\n");
	ck_assert_str_eq(list(&f, "tcp/69"), "");
	ck_assert_str_eq(list(&f, "sell"), "");
	stop(&f);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("catalogue list");
	TCase *tc = tcase_create("catalogue list");

	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, patterns);
	tcase_add_test(tc, patterns_are_cheap);
	tcase_add_test(tc, lists);
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	return unit_run(suite());
}
