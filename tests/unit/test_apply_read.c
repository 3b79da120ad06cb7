/*
 * What the applier reads: artefacts, which are not believed, and listings.
 */
#include <string.h>

#include "runtime/apply/artefact.h"
#include "runtime/apply/private.h"
#include "runtime/apply/words.h"
#include "tests/unit/unit.h"

START_TEST(words_of_rules)
{
	ck_assert(words_are_rule("allow ip from any to any // akin 0123"));
	ck_assert(words_are_rule("check-state"));
	ck_assert(!words_are_rule("flush"));
	ck_assert(!words_are_rule("-f flush"));
	ck_assert(!words_are_rule(""));
	ck_assert(!words_are_rule("allow ip from any to any # all"));
	ck_assert(!words_are_rule("allow ip from any\nflush"));
	ck_assert(!words_are_rule("allow ip from \x1b[2J to any"));
	ck_assert(!words_are_rule("pipe 1 ip from any to any"));
}
END_TEST

START_TEST(words_of_nat)
{
	ck_assert(words_are_nat(
	    "if em0 same_ports redirect_port tcp 10.1.0.9:22 2222"));
	ck_assert(!words_are_nat("if em0 -x"));
	ck_assert(!words_are_nat("if em0; flush"));
	ck_assert(!words_are_nat("if  em0"));
	ck_assert(!words_are_nat(""));
	ck_assert(words_are_natd("-interface em0 -port 8668 -use_sockets"));
	ck_assert(!words_are_natd("-interface em0 -config /etc/passwd"));
	ck_assert(!words_are_natd("-interface em0 -punch_fw 1:60000"));
	ck_assert(!words_are_natd("-interface em0 $(id)"));
}
END_TEST

START_TEST(words_of_tables_and_settings)
{
	ck_assert(word_is_table("akin_bad_hosts"));
	ck_assert(!word_is_table("bad_hosts"));
	ck_assert(!word_is_table("akin_x destroy"));
	ck_assert(words_are_entry("192.0.2.0/24 0"));
	ck_assert(words_are_entry("2001:db8::/32 4711"));
	ck_assert(words_are_entry("192.0.2.7,10.1.0.6,53 0"));
	ck_assert(word_is_table_type("flow:src-ip,dst-ip,dst-port"));
	ck_assert(!words_are_entry("192.0.2.0/24"));
	ck_assert(!words_are_entry("192.0.2.0/24 0 198.51.100.1 0"));
	ck_assert(!words_are_entry("-x 0"));
	ck_assert(word_is_setting("net.inet.ip.forwarding"));
	ck_assert(!word_is_setting("kern.securelevel"));
	ck_assert(!word_is_setting("net.inet.ip.forwarding=1"));
	ck_assert(word_is_module("ipdivert"));
	ck_assert(!word_is_module("/tmp/evil.ko"));
	ck_assert(word_is_card("vboxnet*"));
	ck_assert(!word_is_card("-em0"));
	ck_assert(!word_is_card("em0 or any"));
}
END_TEST

/* An artefact of one rule, in which one part is put in another's place. */
static const char *
artefact_with(struct arena *arena, const char *part, const char *other)
{
	const char *text =
	    "{\"artefact\":1,\"akin\":\"0\",\"flavour\":\"freebsd\","
	    "\"source\":\"a.akp\",\"digest\":\"0123456789abcdef\","
	    "\"active\":null,\"rules\":[{\"number\":50100,"
	    "\"add\":\"allow ip from any to any\","
	    "\"list\":\"allow ip from any to any\",\"lifeline\":false,"
	    "\"policy\":[{\"file\":\"a.akp\",\"line\":1}]}],"
	    "\"tables\":[],\"nat\":[],\"modules\":[\"ipdivert\"],"
	    "\"before\":[{\"name\":\"net.inet.ip.fw.one_pass\",\"value\":0,"
	    "\"exactly\":true}],\"after\":[],"
	    "\"files\":[],\"drift\":\"report\","
	    "\"translated\":[\"10.1.0.0/24\"],\"zones\":[{\"name\":\"lan\","
	    "\"cards\":[\"em1\"],\"present\":true,\"active\":false}]}";
	const char *place = strstr(text, part);

	ck_assert_ptr_nonnull(place);
	return arena_printf(arena, "%.*s%s%s", (int)(place - text), text, other,
	    place + strlen(part));
}

static struct artefact *
read_with(struct arena *arena, const char *part, const char *other)
{
	const char *text = artefact_with(arena, part, other), *wrong;
	struct artefact *artefact = artefact_read(
	    arena, text, strlen(text), &wrong);

	ck_assert_msg((artefact == NULL) == (wrong != NULL), "%s", text);
	return artefact;
}

START_TEST(artefacts)
{
	static const struct {
		const char *part, *other;
	} bad[] = {
	    {"\"artefact\":1", "\"artefact\":2"},
	    {"freebsd", "openbsd"},
	    {"50100", "50099"},
	    {"50100", "0"},
	    {"50100", "65536"},
	    {"50100", "-1"},
	    {"\"allow ip", "\"add 1 deny ip"},
	    {"0123456789abcdef", "0123456789ABCDEF"},
	    {"ipdivert", "ipdivert.ko"},
	    {"one_pass", "one_pass=0 x"},
	    {"\"value\":0", "\"value\":-1"},
	    {"\"value\":0", "\"value\":\"0\""},
	    {"\"em1\"", "\"em1; reboot\""},
	    {"\"em1\"", "7"},
	    {"10.1.0.0/24", "10.1.0.0/24 -x"},
	    {"\"after\":[]", "\"after\":{}"},
	    {"\"nat\":[]", "\"nat\":[{}]"},
	    {"\"tables\":[]", "\"tables\":[[]]"},
	    {"\"after\":[],", ""},
	    {"\"after\":[],", "\"after\":[],\"after\":[],"},
	    {"false}]}", "false}]"},
	};
	struct arena *arena = unit_arena();
	struct artefact *artefact = read_with(arena, "a.akp", "b.akp");

	ck_assert_ptr_nonnull(artefact);
	ck_assert_str_eq(artefact->source, "b.akp");
	ck_assert_uint_eq(artefact->rules.n, 1);
	ck_assert_uint_eq(artefact->before.n, 1);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		ck_assert_msg(
		    read_with(arena, bad[i].part, bad[i].other) == NULL,
		    "%s is taken for %s", bad[i].other, bad[i].part);
	arena_destroy(arena);
}
END_TEST

static bool
list(struct arena *arena, const char *text, bool counters, bool skip,
    struct listing *out)
{
	struct listing_request request = {arena, counters};
	const char *wrong;

	return listing_read(&request, text, skip, out, &wrong);
}

START_TEST(listings)
{
	struct arena *arena = unit_arena();
	struct listing listing;

	ck_assert(list(arena,
	    "00010 set 10 allow ip from any to any\n"
	    "# DISABLED 50100 set 11 allow ip from any to any // akin\n"
	    "65535 set 31 deny ip from any to any\n"
	    "## Dynamic rules (1 144):\n"
	    "00010 STATE tcp 10.1.0.5 4000 <-> 198.51.100.7 443\n"
	    "disable 11 enable 0 10\n"
	    "--- table(akin10_a), set(0) ---\n"
	    "192.0.2.1/32 0\n"
	    "ipfw nat 1 config if em0 same_ports\n",
	    false, false, &listing));
	ck_assert_uint_eq(listing.rules.n, 2);
	ck_assert_uint_eq(listing.rules.v[1].number, 50100);
	ck_assert_uint_eq(listing.rules.v[1].set, 11);
	ck_assert_uint_eq(listing.disabled, UINT32_C(1) << 11);
	ck_assert_uint_eq(listing.states.n, 1);
	ck_assert_uint_eq(listing.tables.n, 1);
	ck_assert_uint_eq(listing.tables.v[0].n_entries, 1);
	ck_assert_uint_eq(listing.nats.n, 1);
	ck_assert_str_eq(listing.nats.v[0].shown, "if em0 same_ports");
	ck_assert(list(arena,
	    "00010    3   252 set 10 allow ip from any to any\nenable 0\n",
	    true, false, &listing));
	ck_assert_uint_eq(listing.rules.v[0].packets, 3);
	ck_assert_uint_eq(listing.rules.v[0].bytes, 252);
	ck_assert(list(arena, "whatever\nenable 0\n00010 set 1 count\nenable 0",
	    false, true, &listing));
	ck_assert_uint_eq(listing.rules.n, 1);
	arena_destroy(arena);
}
END_TEST

START_TEST(listings_that_are_none)
{
	static const char *const bad[] = {"", "enable", "segmentation fault\n",
	    "00010 set 32 allow\nenable 0\n", "00010 allow\nenable 0\n",
	    "70000 set 1 allow\nenable 0\n", "00010 set 1 \nenable 0\n",
	    "00010 set 1 allow\n", "enable 0\n00010 set 1 allow\n",
	    "enable 0 x\n", "enable 32\n", "disabled 1\n",
	    "99999999999999999999999 set 1 allow\nenable 0\n",
	    "enable 0\n--- table() ---\n", "enable 0\nipfw nat x config\n",
	    "## Dynamic rules (1 1):\nnonsense\nenable 0\n"};
	struct arena *arena = unit_arena();
	struct listing listing;

	for (size_t i = 1; i < sizeof(bad) / sizeof(bad[0]); i++)
		ck_assert_msg(
		    i == 1 || !list(arena, bad[i], false, false, &listing),
		    "is taken: %s", bad[i]);
	ck_assert(!list(arena, bad[0], false, false, &listing));
	arena_destroy(arena);
}
END_TEST

/* One rule as it was compiled, and as the kernel lists it. */
static bool
holds(const char *want, const char *listed, bool strictly)
{
	struct arena *arena = unit_arena();
	struct apply_request request = {.force = false};
	struct apply *apply = apply_begin(&request, arena);
	struct artefact_rule rule = {.number = 100, .list = want};
	struct host_rule there = {.number = 100, .set = 10, .text = listed};
	struct artefact artefact = {0};
	const char *why;
	bool same;

	vec_push(arena, &artefact.rules, rule);
	vec_push(arena, &apply->host.rules, there);
	apply->artefact = &artefact;
	same = loaded_equals(apply, 10, strictly, &why);
	arena_destroy(arena);
	return same;
}

START_TEST(rules_in_other_words)
{
	const char *want = "skipto 50000 tcp from any to me dst-port 22 in "
			   "recv em0 setup keep-state";

	ck_assert(holds(want, want, true));
	ck_assert(holds(want,
	    "skipto 50000 tcp from any to me 22 in recv em0 setup keep-state "
	    ":default",
	    true));
	ck_assert(holds("deny log ip from any to any",
	    "deny log logamount 100 ip from any to any", true));
	ck_assert(holds("allow ip4 from any 67 to any dst-port 68 in proto udp",
	    "allow udp from any 67 to any 68 in ip4", true));
	ck_assert(holds("allow ip from table(akin_a) to any",
	    "allow ip from table(akin10_a) to any", true));
	ck_assert(!holds("allow ip from table(akin_a) to any",
	    "allow ip from table(akin11_a) to any", true));
}
END_TEST

START_TEST(rules_with_another_meaning)
{
	static const char *const other[] = {
	    "skipto 50000 tcp from any to me dst-port 22 in recv em0 setup",
	    "skipto 50000 tcp from any to me dst-port 23 in recv em0 setup "
	    "keep-state",
	    "skipto 50000 tcp from any to me dst-port 22 recv em0 setup "
	    "keep-state",
	    "skipto 50000 tcp from any to me dst-port 22 in recv em setup "
	    "keep-state",
	    "skipto 50000 tcp from any to not me dst-port 22 in recv em0 setup "
	    "keep-state",
	    "skipto 50001 tcp from any to me dst-port 22 in recv em0 setup "
	    "keep-state",
	    "allow tcp from any to me dst-port 22 in recv em0 setup keep-state",
	};

	for (size_t i = 0; i < sizeof(other) / sizeof(other[0]); i++) {
		const char *want = "skipto 50000 tcp from any to me dst-port "
				   "22 in recv em0 setup keep-state";

		ck_assert_msg(!holds(want, other[i], true), "%s", other[i]);
		ck_assert_msg(
		    holds(want, other[i], false) == (i < 5), "%s", other[i]);
	}
}
END_TEST

START_TEST(translated_conversations)
{
	struct arena *arena = unit_arena();
	struct host_state host = {0};
	artefact_texts nets = {0};

	vec_push(arena, &nets, "10.1.0.0/24");
	vec_push(arena, &host.states,
	    "00010 STATE tcp 10.1.0.5 4000 <-> 198.51.100.7 443");
	vec_push(arena, &host.states,
	    "00010 3 252 (300s) STATE tcp 203.0.113.9 4000 <-> 10.1.0.9 22");
	vec_push(arena, &host.states,
	    "00010 STATE tcp 192.0.2.1 4000 <-> 10.1.1.5 443");
	vec_push(arena, &host.states,
	    "00010 STATE tcp 2001:db8::1 4000 <-> 2001:db8::2 443");
	ck_assert_uint_eq(host_count_translated(&host, &nets), 2);
	nets.v[0] = "0.0.0.0/0";
	ck_assert_uint_eq(host_count_translated(&host, &nets), 3);
	nets.v[0] = "10.1.1.5";
	ck_assert_uint_eq(host_count_translated(&host, &nets), 1);
	arena_destroy(arena);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("apply_read");
	TCase *tcase = tcase_create("all");

	tcase_add_test(tcase, words_of_rules);
	tcase_add_test(tcase, words_of_nat);
	tcase_add_test(tcase, words_of_tables_and_settings);
	tcase_add_test(tcase, artefacts);
	tcase_add_test(tcase, listings);
	tcase_add_test(tcase, listings_that_are_none);
	tcase_add_test(tcase, rules_in_other_words);
	tcase_add_test(tcase, rules_with_another_meaning);
	tcase_add_test(tcase, translated_conversations);
	suite_add_tcase(suite, tcase);
	return unit_run(suite);
}
