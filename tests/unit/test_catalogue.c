/*
 * What a file of the catalogue may say, and where it is told that it is wrong.
 */
#include <stdio.h>

#include "tests/unit/catalogue_fixture.h"

static void
check_errors(const char *text, const char *expected)
{
	struct fixture f;

	start(&f);
	ck_assert(read_text(&f, text) == (*expected == '\0'));
	ck_assert_msg(strcmp(reading_report(&f.reading), expected) == 0,
	    "%s\n%s\nnot %s", text, reading_report(&f.reading), expected);
	stop(&f);
}

/* An error in the body of a service; the body begins in column 4. */
static void
check_body(const char *body, const char *expected)
{
	char text[512];

	snprintf(text, sizeof(text),
	    "protocols: {gre: 47, esp: 50}\nicmp: {echo-request: 8}\n"
	    "icmp6: {echo-request: 128}\nservices:\n x: %s\n",
	    body);
	check_errors(text, expected);
}

START_TEST(the_forms_of_a_service)
{
	struct fixture f;

	start(&f);
	read_text(&f,
	    "services:\n"
	    "  a: {tcp: [80, 443, 8080-8090], udp: 53, about: One line}\n"
	    "  b: {icmp: [echo-request, 0], icmp6: 128, proto: [gre, 50]}\n"
	    "  c: {use: [a, b], tcp: 81}\n"
	    "  d:\n"
	    "    parts:\n"
	    "      - {udp: 68, from-ports: 67, family: ipv4}\n"
	    "      - {tcp: 1}\n"
	    "      - {tcp: 2}\n"
	    "icmp: {echo-request: 8}\n"
	    "protocols: {gre: 47}\n");
	ck_assert_str_eq(reading_report(&f.reading), "");
	check_traffic(&f, "a", "tcp 80,443,8080-8090; udp 53");
	check_traffic(&f, "b", "icmp 0,8; icmp6 128; proto 47; proto 50");
	check_traffic(&f, "c",
	    "tcp 80-81,443,8080-8090; udp 53; icmp 0,8; icmp6 128; proto 47; "
	    "proto 50");
	check_traffic(&f, "d", "udp 68 from 67; tcp 1-2");
	ck_assert_str_eq(find(&f, "a")->about, "One line");
	ck_assert_str_eq(find(&f, "b")->about, "");
	ck_assert_int_eq(find(&f, "b")->parts.v[0].families, FAMILY_4);
	ck_assert_int_eq(find(&f, "b")->parts.v[1].families, FAMILY_6);
	ck_assert_int_eq(find(&f, "b")->parts.v[2].families, FAMILY_BOTH);
	stop(&f);
}
END_TEST

/* Parts that travel in different ways are never joined. */
START_TEST(unlike_parts_stay_apart)
{
	struct fixture f;
	const struct service *service;

	start(&f);
	read_text(&f,
	    "services:\n"
	    "  a:\n"
	    "    udp: 1\n"
	    "    parts:\n"
	    "      - {udp: 2, from-ports: 9}\n"
	    "      - {udp: 3, exchange: peer}\n"
	    "      - {udp: 4, exchange: server}\n"
	    "      - {udp: 5, family: ipv4}\n"
	    "      - {udp: 6, broadcast: true}\n"
	    "      - {udp: 7, groups: 224.0.0.1}\n"
	    "      - {udp: 8, groups: 224.0.0.2}\n"
	    "      - {tcp: 9}\n"
	    "      - {udp: 10, groups: 224.0.0.2}\n"
	    "      - {udp: 11, groups: 224.0.0.2, broadcast: true}\n");
	ck_assert_str_eq(reading_report(&f.reading), "");
	service = find(&f, "a");
	ck_assert_uint_eq(service->parts.n, 10);
	ck_assert(port_set_contains(&service->parts.v[7].target, 10));
	stop(&f);
}
END_TEST

START_TEST(a_later_file_may_define_anew)
{
	struct fixture f;
	const struct service *before;

	start(&f);
	ck_assert(
	    read_text(&f, "services:\n  web: {tcp: 80}\n  both: {use: web}\n"));
	before = find(&f, "web");
	ck_assert(read_text(
	    &f, "services:\n  web: {tcp: 8080}\n  more: {use: [web, both]}\n"));
	ck_assert_ptr_ne(find(&f, "web"), before);
	check_traffic(&f, "web", "tcp 8080");
	check_traffic(&f, "both", "tcp 80");
	check_traffic(&f, "more", "tcp 80,8080");
	ck_assert_uint_eq(f.catalogue.list.n, 3);
	stop(&f);
}
END_TEST

START_TEST(a_caveat_is_handed_on)
{
	struct fixture f;

	start(&f);
	ck_assert(read_text(&f,
	    "services:\n"
	    "  a: {use: [b, c]}\n"
	    "  b: {udp: 69, caveat: More is needed.}\n"
	    "  c: {tcp: 1, caveat: Other.}\n"
	    "  d: {use: b, caveat: Own.}\n"));
	ck_assert_str_eq(find(&f, "a")->caveat, "More is needed.");
	ck_assert_str_eq(find(&f, "d")->caveat, "Own.");
	stop(&f);
}
END_TEST

START_TEST(wrong_values_are_located)
{
	check_body("{tcp: 22}", "");
	check_body("{tcp: 0}", "E0812 5:11");
	check_body("{tcp: 65535}", "");
	check_body("{tcp: 65536}", "E0812 5:11");
	check_body("{tcp: -1}", "E0812 5:11");
	check_body("{tcp: 1-}", "E0812 5:11");
	check_body("{tcp: 20-10}", "E0812 5:11");
	check_body("{tcp: 0-10}", "E0812 5:11");
	check_body("{tcp: 1-2-3}", "E0812 5:11");
	check_body("{tcp: 022}", "E0812 5:11");
	check_body("{tcp: 0x16}", "E0812 5:11");
	check_body("{tcp: any}", "E0812 5:11");
	check_body("{tcp: }", "E0812 5:11");
	check_body("{tcp: []}", "E0806 5:11");
	check_body("{tcp: [[1]]}", "E0806 5:13");
	check_body("{tcp: {a: 1}}", "E0806 5:12");
	check_body("{udp: [53, 50-60]}", "E0812 5:16");
	check_body("{udp: [5-6, 6-9]}", "E0812 5:17");
	check_body("{udp: [5-6, 1-5]}", "E0812 5:17");
	check_body("{udp: [5-6, 1-4, 7]}", "");
	check_body("{icmp: 256}", "E0813 5:12");
	check_body("{icmp: [echo-request, echo]}", "E0813 5:27");
	check_body("{icmp: []}", "E0806 5:12");
	check_body("{proto: 0}", "E0812 5:13");
	check_body("{proto: 256}", "E0813 5:13");
	check_body("{proto: [gre, grr]}", "E0813 5:19");
	check_body("{proto: []}", "E0806 5:13");
	check_body("{tcp: 1, about: [x]}", "E0806 5:22");
	check_body("{tcp: 1, about: \"a\\tb\"}", "E0817 5:21");
	check_body("{tcp: 1, about: \"\"}", "E0817 5:21");
	check_body("{tcp: 1, caveat: \"\xc3\xa9\"}", "E0817 5:22");
	check_body("{tpc: 22}", "E0805 5:6");
	check_body("{}", "E0814 5:2");
	check_body("{about: Nothing}", "E0814 5:2");
	check_body("", "E0806 5:4");
	check_body("22", "E0806 5:5");
	check_body("{use: }", "E0813 5:11");
	check_body("{use: y}", "E0813 5:11");
	check_body("{use: [[y]]}", "E0806 5:13");
	check_body("{use: {a: y}}", "E0806 5:12");
}
END_TEST

START_TEST(wrong_parts_are_located)
{
	check_body("{parts: 5}", "E0806 5:13");
	check_body("{parts: [5]}", "E0806 5:14");
	check_body("{parts: [{tcp: 1, udp: 2}]}", "E0816 5:14");
	check_body("{parts: [{family: ipv4}]}", "E0816 5:14");
	check_body("{parts: [{tcp: 1, form-ports: 2}]}", "E0805 5:23");
	check_body("{parts: [{tcp: 1, from-ports: x}]}", "E0812 5:35");
	check_body("{parts: [{icmp: 8, from-ports: 1}]}", "E0816 5:36");
	check_body("{parts: [{udp: 1, family: ip}]}", "E0806 5:31");
	check_body("{parts: [{icmp: 8, family: ipv6}]}", "E0816 5:32");
	check_body("{parts: [{udp: 1, exchange: no}]}", "E0806 5:33");
	check_body("{parts: [{tcp: 1, exchange: peer}]}", "E0816 5:33");
	check_body("{parts: [{udp: 1, groups: 10.0.0.1}]}", "E0816 5:31");
	check_body("{parts: [{udp: 1, groups: 0.0.0.0/0}]}", "E0816 5:31");
	check_body("{parts: [{udp: 1, groups: [224.0.0.1, x]}]}", "E0816 5:43");
	check_body(
	    "{parts: [{udp: 1, groups: \"2001:db8::1\"}]}", "E0816 5:31");
	check_body("{parts: [{udp: 1, family: ipv4, groups: \"ff02::1\"}]}",
	    "E0816 5:45");
	check_body("{parts: [{udp: 1, broadcast: yes}]}", "E0806 5:34");
	check_body(
	    "{parts: [{udp: 1, family: ipv6, broadcast: true}]}", "E0816 5:48");
	check_body("{parts: [{udp: 1, family: ipv6, broadcast: false}]}", "");
}
END_TEST

START_TEST(wrong_files_are_located)
{
	check_errors("", "E0806 1:1");
	check_errors("services\n", "E0806 1:1");
	check_errors("services: [ssh]\n", "E0806 1:12");
	check_errors("service: {a: {tcp: 1}}\n", "E0805 1:1");
	check_errors("icmp: 5\n", "E0806 1:7");
	check_errors("icmp: {a: 256, b: x, c: [1]}\n",
	    "E0812 1:11, E0812 1:19, E0806 1:26");
	check_errors("protocols: {a: 0, 5: 6}\n", "E0812 1:16, E0811 1:19");
	check_errors("services: {a: {tcp: 1}, a: {tcp: 2}}\n", "E0804 1:25");
}
END_TEST

START_TEST(names_are_checked)
{
	check_errors("services: {any: {tcp: 1}, tcp: {tcp: 1}}\n",
	    "E0811 1:12, E0811 1:27");
	check_errors("services: {9p: {tcp: 1}, \"a b\": {tcp: 1}}\n",
	    "E0811 1:12, E0811 1:26");
	check_errors("services: {\"\": {tcp: 1}, \xc3\xa9: {tcp: 1}}\n",
	    "E0811 1:12, E0811 1:26");
	check_errors("services: {a;b: {tcp: 1}, -a: {tcp: 1}}\n",
	    "E0811 1:12, E0811 1:27");
	check_errors("services:\n"
		     " abcdefghijklmnopqrstuvwxyz012345: {tcp: 1}\n"
		     " abcdefghijklmnopqrstuvwxyz0123456: {tcp: 1}\n",
	    "E0811 3:2");
	check_errors("services: {A_z-9: {tcp: 1}}\n", "");
}
END_TEST

START_TEST(services_that_use_themselves)
{
	check_errors("services: {a: {tcp: 1, use: a}}\n", "E0815 1:29");
	check_errors("services:\n a: {use: b}\n b: {use: c}\n"
		     " c: {use: a}\n d: {use: b}\n",
	    "E0815 4:11");
}
END_TEST

/* One error for a broken service, none for those that use it. */
START_TEST(errors_do_not_spread)
{
	check_errors("services:\n a: {use: [b, c]}\n b: {tcp: x}\n"
		     " c: {tcp: 1}\n d: {use: a}\n",
	    "E0812 3:11");
	check_errors("services:\n a: &x {tcp: 1}\n b: *x\n c: {use: b}\n",
	    "E0802 2:5, E0802 3:5");
}
END_TEST

static const char *
chain(struct fixture *f, int length, bool upwards)
{
	struct buf text;

	buf_init(&text, f->reading.arena);
	buf_puts(&text, "services:\n");
	for (int i = 0; i < length; i++) {
		int n = upwards ? i : length - 1 - i;

		if (n == 0)
			buf_puts(&text, " s0: {tcp: 1}\n");
		else
			buf_printf(&text, " s%d: {use: s%d}\n", n, n - 1);
	}
	return text.p;
}

/* The limit does not depend on which end of the chain stands first. */
START_TEST(levels_are_bounded)
{
	for (int upwards = 0; upwards < 2; upwards++) {
		struct fixture f;

		start(&f);
		ck_assert(read_text(&f, chain(&f, 16, upwards)));
		ck_assert(!read_text(&f, chain(&f, 17, upwards)));
		ck_assert_uint_eq(f.reading.diags.n_errors, 1);
		ck_assert_int_eq(f.reading.diags.list.v[0]->code, E_YAML_LIMIT);
		stop(&f);
	}
}
END_TEST

START_TEST(a_long_chain_does_not_fill_the_stack)
{
	struct fixture f;

	start(&f);
	ck_assert(!read_text(&f, chain(&f, 40000, false)));
	stop(&f);
}
END_TEST

/* Each service uses all before it: without bounds this would not end. */
START_TEST(parts_are_bounded)
{
	struct fixture f;
	struct buf text;

	start(&f);
	buf_init(&text, f.reading.arena);
	buf_puts(&text, "services:\n");
	for (int i = 0; i < 32; i++)
		buf_printf(&text, " s%d: {proto: %d}\n", i, i + 100);
	buf_puts(&text, " all: {use: [s0");
	for (int i = 1; i < 32; i++)
		buf_printf(&text, ", s%d", i);
	buf_puts(&text, "]}\n");
	ck_assert(read_text(&f, text.p));
	buf_puts(&text, " more: {use: all, proto: 99}\n");
	ck_assert(!read_text(&f, text.p));
	ck_assert_str_eq(reading_report(&f.reading), "E0803 35:14");
	stop(&f);
}
END_TEST

START_TEST(ports_are_bounded)
{
	struct fixture f;
	struct buf text;

	start(&f);
	buf_init(&text, f.reading.arena);
	buf_puts(&text, "services:\n a: {tcp: [1");
	for (int i = 1; i < 64; i++)
		buf_printf(&text, ", %d", 2 * i + 1);
	buf_puts(&text, "]}\n");
	ck_assert(read_text(&f, text.p));
	buf_puts(&text, " b: {tcp: 60000, use: a}\n");
	ck_assert(!read_text(&f, text.p));
	ck_assert_str_eq(reading_report(&f.reading), "E0803 3:23");
	stop(&f);
}
END_TEST

static void
check_help(const char *text, const char *help)
{
	struct fixture f;

	start(&f);
	ck_assert(!read_text(&f, text));
	ck_assert_uint_eq(f.reading.diags.list.n, 1);
	ck_assert_uint_eq(f.reading.diags.list.v[0]->helps.n, 1);
	ck_assert_str_eq(f.reading.diags.list.v[0]->helps.v[0], help);
	stop(&f);
}

START_TEST(unknown_words_get_the_nearest)
{
	check_help(
	    "services: {ssh: {tcp: 22, abuot: x}}\n", "did you mean 'about'?");
	check_help("services: {ssh: {tcp: 22}, a: {use: shs}}\n",
	    "did you mean 'ssh'?");
	check_help("icmp: {echo-reply: 0}\nservices: {a: {icmp: echo-relpy}}\n",
	    "did you mean 'echo-reply'?");
	check_help("srevices: {}\n", "did you mean 'services'?");
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("catalogue");
	TCase *tc = tcase_create("catalogue");

	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, the_forms_of_a_service);
	tcase_add_test(tc, unlike_parts_stay_apart);
	tcase_add_test(tc, a_later_file_may_define_anew);
	tcase_add_test(tc, a_caveat_is_handed_on);
	tcase_add_test(tc, wrong_values_are_located);
	tcase_add_test(tc, wrong_parts_are_located);
	tcase_add_test(tc, wrong_files_are_located);
	tcase_add_test(tc, names_are_checked);
	tcase_add_test(tc, services_that_use_themselves);
	tcase_add_test(tc, errors_do_not_spread);
	tcase_add_test(tc, levels_are_bounded);
	tcase_add_test(tc, a_long_chain_does_not_fill_the_stack);
	tcase_add_test(tc, parts_are_bounded);
	tcase_add_test(tc, ports_are_bounded);
	tcase_add_test(tc, unknown_words_get_the_nearest);
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	return unit_run(suite());
}
