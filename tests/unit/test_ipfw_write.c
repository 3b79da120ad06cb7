/*
 * Rules that are built, not read: each is written as a line that reads back as
 * the same rule, in whatever order its instructions stand.
 */
#include <string.h>

#include "target/ipfw/text/read.h"
#include "target/ipfw/text/write.h"
#include "tests/unit/same_rule.h"
#include "tests/unit/unit.h"
#include "tests/unit/vectors.h"

#define RULES 20000
#define INSNS_MAX 6

static struct prefix net4 = {{0, 0x0a000000}, 8};
static struct prefix nets6[] = {
    {{UINT64_C(0xfe80) << 48, 0}, 10}, {{UINT64_C(0x20010db8) << 32, 1}, 128}};
static struct ipfw_port ports[] = {{80, 80}, {8000, 8010}};

static struct ipfw_rule
rule_new(enum ipfw_verb verb, uint32_t argument)
{
	return (struct ipfw_rule){
	    .number = 100, .set = 5, .verb = verb, .argument = argument};
}

static void
expect_add(const struct ipfw_rule *rule, const char *line)
{
	struct arena *arena = unit_arena();
	struct ipfw_reader reader;
	struct ipfw_rule again;
	vector_words words;
	struct buf text;

	buf_init(&text, arena);
	ipfw_write_add(&text, rule, rule->set, true);
	ck_assert_str_eq(text.p, line);
	words = vector_split(arena, line);
	ipfw_reader_init(&reader, arena);
	ck_assert_msg(ipfw_read_rule(&reader, words.v + 1, words.n - 1, &again),
	    "%s: %s", line, reader.message);
	ck_assert_msg(same_rule(rule, &again), "%s", line);
	arena_destroy(arena);
}

START_TEST(parts_in_their_order)
{
	struct arena *arena = unit_arena();
	struct ipfw_rule rule = rule_new(IPFW_SKIPTO, 50000);
	struct ipfw_insn insns[] = {
	    {.op = IPFW_PROTO, .number = 6},
	    {.op = IPFW_SRC,
		.negated = true,
		.family = FAMILY_4,
		.prefixes = &net4,
		.n_prefixes = 1},
	    {.op = IPFW_SRC_PORTS, .ports = ports, .n_ports = 1},
	    {.op = IPFW_DST_ME, .or_next = true},
	    {.op = IPFW_DST,
		.family = FAMILY_6,
		.prefixes = nets6,
		.n_prefixes = 2},
	    {.op = IPFW_DST_PORTS, .ports = ports, .n_ports = 2},
	    {.op = IPFW_RECV, .text = "*", .negated = true},
	    {.op = IPFW_SETUP,
		.flags_set = IPFW_TCP_SYN,
		.flags_clear = IPFW_TCP_ACK},
	    {.op = IPFW_KEEP_STATE},
	};

	for (size_t i = 0; i < sizeof(insns) / sizeof(*insns); i++)
		vec_push(arena, &rule.insns, insns[i]);
	rule.log = true;
	rule.comment = "why";
	expect_add(&rule,
	    "add 100 set 5 skipto 50000 log tcp from not 10.0.0.0/8 80 to "
	    "{ me or fe80::/10,2001:db8::1 } dst-port 80,8000-8010 "
	    "not recv * setup keep-state // why");
	arena_destroy(arena);
}
END_TEST

START_TEST(protocols_among_the_options)
{
	struct arena *arena = unit_arena();
	struct ipfw_rule rule = rule_new(IPFW_SKIPTO, 10000);
	struct ipfw_insn insns[] = {
	    {.op = IPFW_IP4},
	    {.op = IPFW_IN},
	    {.op = IPFW_RECV, .text = "en1"},
	    {.op = IPFW_OPTION_PROTO, .number = 6, .negated = true},
	};

	for (size_t i = 0; i < sizeof(insns) / sizeof(*insns); i++)
		vec_push(arena, &rule.insns, insns[i]);
	expect_add(&rule,
	    "add 100 set 5 skipto 10000 ip4 from any to any in recv en1 not "
	    "proto tcp");
	arena_destroy(arena);
}
END_TEST

/* "ip6 from 10.0.0.0/8" is refused, and "ip6 from me" is another rule. */
START_TEST(an_address_of_another_family_is_an_option)
{
	struct arena *arena = unit_arena();
	struct ipfw_rule rule = rule_new(IPFW_ALLOW, 0);
	struct ipfw_insn insns[] = {
	    {.op = IPFW_IP6},
	    {.op = IPFW_SRC_ME},
	    {.op = IPFW_DST,
		.family = FAMILY_4,
		.prefixes = &net4,
		.n_prefixes = 1},
	};

	for (size_t i = 0; i < sizeof(insns) / sizeof(*insns); i++)
		vec_push(arena, &rule.insns, insns[i]);
	expect_add(&rule,
	    "add 100 set 5 allow ip from any to any proto ip6 src-ip me "
	    "dst-ip 10.0.0.0/8");
	arena_destroy(arena);
}
END_TEST

START_TEST(a_direction_holds_its_not)
{
	struct arena *arena = unit_arena();
	struct ipfw_rule rule = rule_new(IPFW_ALLOW, 0);
	struct ipfw_insn in = {.op = IPFW_IN, .negated = true};
	struct ipfw_insn out = {.op = IPFW_OUT, .negated = true};
	struct buf text;

	vec_push(arena, &rule.insns, in);
	vec_push(arena, &rule.insns, out);
	buf_init(&text, arena);
	ipfw_write_add(&text, &rule, -1, true);
	ck_assert_str_eq(text.p, "add 100 allow ip from any to any out in");
	arena_destroy(arena);
}
END_TEST

START_TEST(no_number_no_set_no_comment)
{
	struct arena *arena = unit_arena();
	struct ipfw_rule rule = rule_new(IPFW_CHECK_STATE, 0);
	struct buf text;

	buf_init(&text, arena);
	rule.number = 0;
	rule.comment = "left out";
	ipfw_write_add(&text, &rule, -1, false);
	ck_assert_str_eq(text.p, "add check-state");
	buf_reset(&text);
	rule.number = 7;
	ipfw_write_listing(&text, &rule, true);
	ck_assert_str_eq(text.p, "00007 set 5 check-state // left out");
	arena_destroy(arena);
}
END_TEST

/* An instruction that the reader can yield. */
static struct ipfw_insn
random_insn(uint64_t *state)
{
	static const struct ipfw_insn choices[] = {
	    {.op = IPFW_PROTO, .number = 6},
	    {.op = IPFW_PROTO, .number = 41},
	    {.op = IPFW_PROTO, .number = 0},
	    {.op = IPFW_PROTO, .number = 300},
	    {.op = IPFW_IP4},
	    {.op = IPFW_IP6},
	    {.op = IPFW_SRC_ME},
	    {.op = IPFW_DST_ME6},
	    {.op = IPFW_SRC,
		.family = FAMILY_4,
		.prefixes = &net4,
		.n_prefixes = 1},
	    {.op = IPFW_DST,
		.family = FAMILY_6,
		.prefixes = nets6,
		.n_prefixes = 2},
	    {.op = IPFW_DST_TABLE,
		.text = "t",
		.has_value = true,
		.value = 4294967295},
	    {.op = IPFW_SRC_PORTS, .ports = ports, .n_ports = 2},
	    {.op = IPFW_DST_PORTS, .ports = ports, .n_ports = 1},
	    {.op = IPFW_VIA, .text = "t", .is_table = true},
	    {.op = IPFW_XMIT, .text = "em*"},
	    {.op = IPFW_LOOKUP, .number = IPFW_LOOKUP_DSCP, .text = "t"},
	    {.op = IPFW_FLOW_TABLE, .text = "f"},
	    {.op = IPFW_ICMPTYPES, .types = {0x109}},
	    {.op = IPFW_TCPFLAGS, .flags_set = 0x3f, .flags_clear = 0x3f},
	    {.op = IPFW_EXT6HDR, .number = 0xff},
	    {.op = IPFW_DIVERTED, .number = 2},
	    {.op = IPFW_OPTION_TTL, .ports = ports, .n_ports = 2},
	};
	struct ipfw_insn insn =
	    choices[unit_random(state) % (sizeof(choices) / sizeof(*choices))];

	insn.negated = unit_random(state) % 4 == 0;
	insn.or_next = unit_random(state) % 4 == 0;
	return insn;
}

static void
check_random_rule(struct arena *arena, uint64_t *state)
{
	struct ipfw_rule rule = rule_new(IPFW_ALLOW, 0), again;
	struct ipfw_insn keep_state = {.op = IPFW_KEEP_STATE};
	struct ipfw_reader reader;
	vector_words words;
	struct buf text;

	for (size_t n = unit_random(state) % INSNS_MAX; n > 0; n--)
		vec_push(arena, &rule.insns, random_insn(state));
	if (unit_random(state) % 3 == 0)
		vec_push(arena, &rule.insns, keep_state);
	buf_init(&text, arena);
	ipfw_write_add(&text, &rule, rule.set, true);
	words = vector_split(arena, text.p);
	ipfw_reader_init(&reader, arena);
	ck_assert_msg(ipfw_read_rule(&reader, words.v + 1, words.n - 1, &again),
	    "%s: %s", text.p, reader.message);
	ck_assert_msg(same_rule(&rule, &again), "%s", text.p);
}

START_TEST(any_instructions_in_any_order)
{
	uint64_t state = 20141018;

	for (int i = 0; i < RULES; i++) {
		struct arena *arena = unit_arena();

		check_random_rule(arena, &state);
		arena_destroy(arena);
	}
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("ipfw write");
	TCase *tc = tcase_create("write");

	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, parts_in_their_order);
	tcase_add_test(tc, protocols_among_the_options);
	tcase_add_test(tc, an_address_of_another_family_is_an_option);
	tcase_add_test(tc, a_direction_holds_its_not);
	tcase_add_test(tc, no_number_no_set_no_comment);
	tcase_add_test(tc, any_instructions_in_any_order);
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	return unit_run(suite());
}
