/*
 * What akinc puts into a script, and what never gets there.  tests/script runs
 * scripts as a whole.
 */
#include <signal.h>
#include <string.h>

#include "target/ipfw/rules.h"
#include "target/ipfw/script/script.h"
#include "tests/unit/unit.h"

static struct arena *arena;
static struct ipfw_ruleset ruleset;
static struct script_request request;

static void
add_rule(uint16_t number, enum ipfw_verb verb, const char *comment)
{
	struct ipfw_rule rule = {
	    .number = number,
	    .verb = verb,
	    .argument = verb == IPFW_SKIPTO ? 50000 : 1,
	    .comment = comment,
	};

	vec_push(arena, &ruleset.rules, rule);
}

static void
add_insn(enum ipfw_op op)
{
	struct ipfw_insn insn = {.op = op};

	vec_push(arena, &ruleset.rules.v[ruleset.rules.n - 1].insns, insn);
}

static void
add_nat(bool kernel, uint32_t id, const char *card)
{
	struct ipfw_nat nat = {.kernel = kernel, .id = id, .card = card};

	vec_push(arena, &ruleset.nats, nat);
}

static void
set_up(void)
{
	arena = unit_arena();
	memset(&ruleset, 0, sizeof(ruleset));
	request = (struct script_request){
	    .ruleset = &ruleset,
	    .flavour = &ipfw_freebsd,
	    .policy = "policies/laptop.akp",
	    .version = "1.2.3",
	};
	add_rule(900, IPFW_DENY, NULL);
	add_rule(50100, IPFW_ALLOW, NULL);
}

static void
tear_down(void)
{
	arena_destroy(arena);
}

static const char *
script(void)
{
	struct buf out;

	buf_init(&out, arena);
	ipfw_script(&request, &out);
	return out.p;
}

static bool
has(const char *text)
{
	return strstr(script(), text) != NULL;
}

START_TEST(begins_with_its_name_and_ends_with_the_call)
{
	const char *text = script();
	const char *last = "\n}\n\n{ akin_main \"$@\"; }\n";

	ck_assert(strncmp(text,
		      "#!/bin/sh\n"
		      "# The firewall of laptop.akp for ipfw (freebsd), "
		      "made by akinc 1.2.3.\n",
		      78) == 0);
	ck_assert_str_eq(text + strlen(text) - strlen(last), last);
	ck_assert(has(arena_printf(arena, "\ndigest=%s\n",
	    ipfw_rules_digest(arena, &ruleset, &ipfw_freebsd))));
}
END_TEST

/* The heading is a comment, whatever the file is called. */
START_TEST(name_of_the_policy_is_harmless)
{
	const char *text, *end;

	request.policy = "x/a'; reboot\n$(reboot) `b`\t\xc3\xa4.akp";
	request.version = "1\n2";
	text = script();
	end = strstr(text, "digest=");
	ck_assert_ptr_nonnull(end);
	while (text < end && *text != '\n') {
		ck_assert_int_eq(*text, '#');
		text = strchr(text, '\n') + 1;
	}
	ck_assert(has("# The firewall of a___reboot___reboot___b____.akp for"));
	ck_assert(has("made by akinc 1_2.\n"));
}
END_TEST

START_TEST(long_name_of_the_policy_is_cut)
{
	char name[1000];

	memset(name, 'x', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	request.policy = name;
	name[60] = '\0';
	ck_assert(has(arena_printf(arena, "firewall of %s for", name)));
}
END_TEST

START_TEST(rules_stand_there_as_they_are_emitted)
{
	struct buf wanted;

	ruleset.rules.v[0].comment = "a \"label\" with $(this) and `that`";
	buf_init(&wanted, arena);
	buf_puts(&wanted, "\tcat <<'END_OF_RULES'\n");
	ipfw_rules_write(&wanted, &ruleset, &ipfw_freebsd, -1);
	buf_puts(&wanted, "END_OF_RULES\n}\n");
	ck_assert(has(wanted.p));
}
END_TEST

START_TEST(newline_in_a_rule_is_a_bug)
{
	ruleset.rules.v[0].comment = "x\nEND_OF_RULES\nreboot";
	script();
}
END_TEST

START_TEST(bytes_that_are_no_text_are_a_bug)
{
	ruleset.rules.v[0].comment = "x\033[2J";
	script();
}
END_TEST

START_TEST(card_with_a_blank_is_a_bug)
{
	add_nat(false, 8668, "em0 -log");
	script();
}
END_TEST

START_TEST(card_with_a_quote_is_a_bug)
{
	add_nat(false, 8668, "em0'");
	script();
}
END_TEST

START_TEST(card_with_a_star_is_a_bug)
{
	add_nat(false, 8668, "vboxnet*");
	script();
}
END_TEST

START_TEST(card_of_an_instance_with_a_star_is_a_bug)
{
	add_nat(true, 1, "vboxnet*");
	script();
}
END_TEST

START_TEST(card_without_a_name_is_a_bug)
{
	add_nat(false, 8668, "");
	script();
}
END_TEST

START_TEST(natd_gets_its_words)
{
	add_nat(false, 8668, "em0");
	add_nat(false, 8669, "ue0");
	ck_assert(has("\nnats='8668 8669'\n"));
	ck_assert(has("kldunload natd'\n"));
	ck_assert(has("\tneed_module ipdivert\n"));
	ck_assert(!has("ipfw_nat"));
	ck_assert(has("<<'END_OF_WORDS'\n"
		      "8668 -interface em0 -port 8668 -use_sockets -same_ports "
		      "-dynamic\n"
		      "8669 -interface ue0 -port 8669 -use_sockets -same_ports "
		      "-dynamic\n"
		      "END_OF_WORDS\n"));
	ck_assert(has("-pid_file"));
	request.flavour = &ipfw_darwin;
	ck_assert(!has("-pid_file"));
	ck_assert(!has("kldload"));
}
END_TEST

START_TEST(in_kernel_nat_gets_its_instance)
{
	add_nat(true, 1, "em0");
	ck_assert(has("\nnats='1'\n"));
	ck_assert(has("\nnat 1 config if em0 same_ports\n"));
	ck_assert(has("\tneed_module ipfw_nat\n"));
	ck_assert(has("\twant exactly net.inet.tcp.tso 0\n"));
	ck_assert(!has("END_OF_WORDS"));
	ck_assert(!has("ipdivert"));
}
END_TEST

/* Only what the rules need is asked of the kernel. */
START_TEST(settings_follow_the_rules)
{
	ck_assert(!has("one_pass"));
	ck_assert(!has("verbose"));
	ck_assert(!has("dyn_max"));
	ck_assert(!has("dyn_ack_lifetime"));
	ck_assert(!has("forwarding"));
	ck_assert(has("\twant least net.inet.ip.fw.enable 1\n"));
	ck_assert(has("\twant least net.inet6.ip6.fw.enable 1\n"));
	add_rule(1000, IPFW_REASS, NULL);
	ck_assert(has("\twant exactly net.inet.ip.fw.one_pass 0\n"));
	add_insn(IPFW_KEEP_STATE);
	ck_assert(has("\twant least net.inet.ip.fw.dyn_max 16384\n"));
	ruleset.rules.v[0].log = true;
	ck_assert(has("\twant least net.inet.ip.fw.verbose 1\n"));
	request.forwards4 = true;
	ck_assert(has("\twant least net.inet.ip.forwarding 1\n"));
	ck_assert(!has("inet6.ip6.forwarding"));
	request.forwards6 = true;
	ck_assert(has("\twant least net.inet6.ip6.forwarding 1\n"));
	add_nat(false, 8668, "em0");
	ck_assert(has("\twant least net.inet.ip.fw.dyn_ack_lifetime 7200\n"));
	request.flavour = &ipfw_darwin;
	ck_assert(!has("inet6.ip6.fw"));
}
END_TEST

START_TEST(in_kernel_nat_needs_one_pass_off)
{
	add_rule(10000, IPFW_NAT, NULL);
	ck_assert(has("\twant exactly net.inet.ip.fw.one_pass 0\n"));
}
END_TEST

START_TEST(generations_are_known_by_comment_or_text)
{
	ck_assert(has("\\/\\/ akin"));
	ck_assert(!has("$kept"));
	ck_assert(has("ipfw -q set 31 delete"));
	request.flavour = &ipfw_darwin;
	ck_assert(!has("\\/\\/ akin"));
	ck_assert(has("$kept/set."));
	ck_assert(!has("ipfw -q set 31 delete"));
}
END_TEST

START_TEST(parts_that_nothing_needs_are_left_out)
{
	static const struct ipfw_table table = {.name = "akin_1"};

	ck_assert(!has("add_lifeline"));
	ck_assert(!has("drop_tables"));
	ck_assert(!has("ensure_nat"));
	ck_assert(has("stop_other_natds"));
	ruleset.rules.v[0].set = IPFW_SET_MAX;
	ck_assert(has("\tadd_lifeline\n"));
	vec_push(arena, &ruleset.tables, table);
	ck_assert(has("drop_tables"));
}
END_TEST

/* Nothing in it flushes, swaps or moves. */
START_TEST(dangerous_words_are_nowhere)
{
	add_nat(true, 1, "em0");
	ruleset.rules.v[0].set = IPFW_SET_MAX;
	for (size_t i = 0; ipfw_flavours()[i] != NULL; i++) {
		request.flavour = ipfw_flavours()[i];
		ck_assert(!has("flush"));
		ck_assert(!has("swap"));
		ck_assert(!has(" move"));
		ck_assert(!has("eval"));
	}
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("ipfw script");
	TCase *tc = tcase_create("script");
	TCase *bugs = tcase_create("bugs");

	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_add_test(tc, begins_with_its_name_and_ends_with_the_call);
	tcase_add_test(tc, name_of_the_policy_is_harmless);
	tcase_add_test(tc, long_name_of_the_policy_is_cut);
	tcase_add_test(tc, rules_stand_there_as_they_are_emitted);
	tcase_add_test(tc, natd_gets_its_words);
	tcase_add_test(tc, in_kernel_nat_gets_its_instance);
	tcase_add_test(tc, settings_follow_the_rules);
	tcase_add_test(tc, in_kernel_nat_needs_one_pass_off);
	tcase_add_test(tc, generations_are_known_by_comment_or_text);
	tcase_add_test(tc, parts_that_nothing_needs_are_left_out);
	tcase_add_test(tc, dangerous_words_are_nowhere);
	suite_add_tcase(s, tc);
	tcase_add_checked_fixture(bugs, set_up, tear_down);
	tcase_add_test_raise_signal(bugs, newline_in_a_rule_is_a_bug, SIGABRT);
	tcase_add_test_raise_signal(
	    bugs, bytes_that_are_no_text_are_a_bug, SIGABRT);
	tcase_add_test_raise_signal(bugs, card_with_a_blank_is_a_bug, SIGABRT);
	tcase_add_test_raise_signal(bugs, card_with_a_quote_is_a_bug, SIGABRT);
	tcase_add_test_raise_signal(bugs, card_with_a_star_is_a_bug, SIGABRT);
	tcase_add_test_raise_signal(
	    bugs, card_of_an_instance_with_a_star_is_a_bug, SIGABRT);
	tcase_add_test_raise_signal(
	    bugs, card_without_a_name_is_a_bug, SIGABRT);
	suite_add_tcase(s, bugs);
	return s;
}

int
main(void)
{
	return unit_run(suite());
}
