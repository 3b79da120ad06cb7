/*
 * What a resolved policy says of its rules, as far as its diagnostics do not
 * show it: their order, ends and services, forwards, options, tests.
 */
#include <stdio.h>

#include "tests/unit/policy.h"

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

/* The role of each zone, in order: "i" inner, "u" uplink, "l" loopback. */
START_TEST(rules_in_the_order_of_the_text)
{
	static const char *const expected[] = {
	    "6/22", "6/443", "6/8080", "6/80", "any"};
	struct policy_reading p;
	const struct policy *policy;

	policy_start(&p);
	policy = policy_read(&p,
	    "from wan to self {\n deny ssh\n allow https log\n}\n"
	    "forward tcp 81 from wan to 10.2.0.1 port 8080\n"
	    "zone wan on em0\n"
	    "from self to wan allow http label \"web\" comment \"out\"\n"
	    "nat dmz to wan\n"
	    "from wan to self reject any\n"
	    "zone dmz on em2 net 10.2.0.0/16\n"
	    "default deny log\n",
	    "");
	ck_assert_uint_eq(policy->rules.n, LENGTH(expected));
	for (size_t i = 0; i < policy->rules.n; i++)
		ck_assert_str_eq(
		    policy_parts(&p, &policy->rules.v[i]), expected[i]);
	ck_assert_int_eq(policy->rules.v[0].verdict, VERDICT_DENY);
	ck_assert_int_eq(policy->rules.v[1].verdict, VERDICT_ALLOW);
	ck_assert(policy->rules.v[1].log && !policy->rules.v[0].log);
	ck_assert_ptr_eq(policy->rules.v[2].forward, policy->forwards.v[0]);
	ck_assert_str_eq(policy->rules.v[3].label, "web");
	ck_assert_str_eq(policy->rules.v[3].comment, "out");
	ck_assert_int_eq(policy->rules.v[4].verdict, VERDICT_REJECT);
	ck_assert_int_eq(policy->fallback, VERDICT_DENY);
	ck_assert(policy->fallback_log);
	policy_end(&p);
}
END_TEST

START_TEST(what_any_stands_for)
{
	struct policy_reading p;
	const struct policy *policy;

	policy_start(&p);
	policy = policy_read(&p,
	    "zone lan on em1 net 10.1.0.0/16\n"
	    "zone vm on em2 net 10.2.0.0/16\n"
	    "zone wan on em0\n"
	    "zone loop on lo0\n"
	    "trust vm\n"
	    "nat lan, vm to wan\n"
	    "from any to any allow ping\n"
	    "from any to vm allow ssh\n"
	    "from any to wan allow http\n"
	    "from self, vm to any allow https\n",
	    "");
	ck_assert_str_eq(
	    policy_ends(&p, &policy->rules.v[0].from), "self lan vm wan");
	ck_assert_str_eq(
	    policy_ends(&p, &policy->rules.v[0].to), "self lan vm wan");
	/* From this host and the zone itself trust has decided. */
	ck_assert_str_eq(policy_ends(&p, &policy->rules.v[1].from), "lan wan");
	ck_assert_str_eq(
	    policy_ends(&p, &policy->rules.v[2].from), "self lan vm");
	ck_assert_str_eq(policy_ends(&p, &policy->rules.v[3].from), "self vm");
	ck_assert_str_eq(policy_ends(&p, &policy->rules.v[3].to), "lan wan");
	policy_end(&p);
}
END_TEST

/* What the services of one rule come to. */
static void
check_services(
    const char *definitions, const char *services, const char *expected)
{
	struct policy_reading p;
	const struct policy *policy;
	char text[1024];

	policy_start(&p);
	snprintf(text, sizeof(text),
	    "%s\nzone wan on em0\nfrom self to wan allow %s\n", definitions,
	    services);
	policy = policy_read(&p, text, "");
	ck_assert_uint_eq(policy->rules.n, 1);
	ck_assert_str_eq(policy_parts(&p, &policy->rules.v[0]), expected);
	policy_end(&p);
}

START_TEST(parts_of_services)
{
	check_services(
	    "", "tcp 80, 443, https, 8080-8090, 8091", "6/80,443,8080-8091");
	check_services("", "tcp 80, dns, 81, udp 1, 0", "6/53,80-81 17/0-1,53");
	check_services("", "tcp dns, udp dns", "6/53 17/53");
	check_services("", "tcp any, tcp 80", "6 6/80");
	check_services("", "tcp 0-65535", "6/0-65535");
	check_services("", "ping, icmp 13, icmp6 any", "1 58 58");
	check_services("", "proto gre, 50", "47 50");
	check_services("", "any", "any");
	check_services("", "proto any", "any");
	check_services("service a = any", "a", "any");
	check_services(
	    "service a = b, http\nservice b = tcp 81, ssh", "a", "6/22,80-81");
	check_services(
	    "service http = tcp 8080, dns", "http", "6/53,8080 17/53");
	check_services("service all = udp dns, http", "tcp all", "6/80");
}
END_TEST

START_TEST(types_and_families)
{
	struct policy_reading p;
	const struct policy *policy;
	const struct service_part *part;

	policy_start(&p);
	policy = policy_read(&p,
	    "zone wan on em0\n"
	    "from wan to self {\n"
	    " allow icmp echo-request, 13\n"
	    " allow ping, ssh from 192.0.2.0/24\n"
	    " allow ssh from 192.0.2.1, 2001:db8::1 to 2001:db8::2\n"
	    "}\n",
	    "");
	part = &policy->rules.v[0].parts.v[0];
	ck_assert(part->has_types);
	ck_assert_uint_eq(part->types.bits[0], 1u << 8 | 1u << 13);
	ck_assert_int_eq(part->families, FAMILY_4);
	ck_assert_str_eq(policy_parts(&p, &policy->rules.v[1]), "1 6/22");
	ck_assert_int_eq(policy->rules.v[1].parts.v[1].families, FAMILY_4);
	ck_assert(policy->rules.v[1].has_source);
	ck_assert(!policy->rules.v[1].has_target);
	ck_assert_int_eq(policy->rules.v[2].parts.v[0].families, FAMILY_6);
	ck_assert_str_eq(policy_addresses(&p, &policy->rules.v[2].source),
	    "192.0.2.1 2001:db8::1");
	policy_end(&p);
}
END_TEST

START_TEST(hosts_narrow_the_ends)
{
	struct policy_reading p;
	const struct policy *policy;

	policy_start(&p);
	policy = policy_read(&p,
	    "zone lan on em1 net 10.1.0.0/16\n"
	    "zone dmz on em2 net 10.2.0.0/16\n"
	    "zone wan on em0\n"
	    "host server = 10.2.0.1\n"
	    "hosts more = server, 10.2.0.0/31\n"
	    "nat lan, dmz to wan\n"
	    "from any to any allow ssh from more\n"
	    "from lan to self, dmz allow http to more\n",
	    "");
	ck_assert_str_eq(policy_ends(&p, &policy->rules.v[0].from), "self dmz");
	ck_assert_str_eq(
	    policy_addresses(&p, &policy->rules.v[0].source), "10.2.0.0/31");
	ck_assert_str_eq(policy_ends(&p, &policy->rules.v[1].to), "self dmz");
	policy_end(&p);
}
END_TEST

START_TEST(forwards)
{
	struct policy_reading p;
	const struct policy *policy;
	const struct policy_forward *forward;
	const struct policy_rule *rule;

	policy_start(&p);
	policy = policy_read(&p,
	    "zone lan on em1 net 10.1.0.0/16\n"
	    "zone dmz on em2 net 10.2.0.0/16\n"
	    "zone wan on em0\n"
	    "nat lan, dmz to wan\n"
	    "forward udp 8000-8010 from wan, lan to 10.2.0.1 port 9000-9010 "
	    "from 10.1.0.0/24, 192.0.2.1 log limit 4 per source\n"
	    "forward tcp 80, 443 from wan to 10.2.0.2\n"
	    "from lan to self allow ssh\n",
	    "");
	ck_assert_uint_eq(policy->forwards.n, 3);
	forward = policy->forwards.v[0];
	ck_assert_int_eq(forward->protocol, PROTOCOL_UDP);
	ck_assert_uint_eq(forward->outside.lo, 8000);
	ck_assert_uint_eq(forward->outside.hi, 8010);
	ck_assert_uint_eq(forward->inside.lo, 9000);
	ck_assert_uint_eq(forward->inside.hi, 9010);
	ck_assert_uint_eq(forward->target.lo, 0x0a020001);
	ck_assert_uint_eq(forward->target_zone, ENDPOINT_OF_ZONE(1));
	ck_assert_str_eq(policy_ends(&p, &forward->from), "lan wan");
	rule = &policy->rules.v[0];
	ck_assert_int_eq(rule->verdict, VERDICT_ALLOW);
	ck_assert_ptr_eq(rule->forward, forward);
	ck_assert_str_eq(policy_parts(&p, rule), "17/9000-9010");
	ck_assert_int_eq(rule->parts.v[0].families, FAMILY_4);
	ck_assert_str_eq(policy_ends(&p, &rule->from), "lan wan");
	ck_assert_str_eq(policy_ends(&p, &rule->to), "dmz");
	ck_assert_str_eq(policy_addresses(&p, &rule->target), "10.2.0.1");
	ck_assert_str_eq(
	    policy_addresses(&p, &rule->source), "10.1.0.0/24 192.0.2.1");
	ck_assert_uint_eq(rule->limit, 4);
	ck_assert(rule->log);
	ck_assert_str_eq(policy_parts(&p, &policy->rules.v[2]), "6/443");
	ck_assert_uint_eq(policy->forwards.v[2]->inside.lo, 443);
	policy_end(&p);
}
END_TEST

START_TEST(options)
{
	struct policy_reading p;
	const struct policy *policy;

	policy_start(&p);
	policy = policy_read(&p,
	    "zone wan on em0\nhosts admins = 192.0.2.0/28\n"
	    "option nat kernel\noption pickup on\noption drift repair\n"
	    "option verrevpath wan\noption ipv6 uncovered-ok\n"
	    "option lifeline admins 2001:db8::1\n"
	    "from wan to self allow ssh\n",
	    "");
	ck_assert_int_eq(policy->options.nat, NAT_KERNEL);
	ck_assert(policy->options.pickup);
	ck_assert(policy->options.drift_repair);
	ck_assert(policy->options.ipv6_uncovered_ok);
	ck_assert(policy->zones.v[0].verrevpath);
	ck_assert(policy->options.has_lifeline);
	ck_assert_str_eq(policy_addresses(&p, &policy->options.lifeline),
	    "192.0.2.0/28 2001:db8::1");
	ck_assert_int_eq(policy->fallback, VERDICT_DENY);
	ck_assert(!policy->fallback_log);
	policy_end(&p);
}
END_TEST

START_TEST(steps_of_tests)
{
	struct policy_reading p;
	const struct policy *policy;
	const struct test_step *step;

	policy_start(&p);
	policy = policy_read(&p,
	    "zone lan on em1 net 10.1.0.0/16\nzone wan on em0\n"
	    "nat lan to wan\n"
	    "from lan to wan allow http label \"web\"\n"
	    "test \"one\" {\n"
	    " expect reject tcp from lan 10.1.0.9 port 1024 to wan port 80 "
	    "flags SA via nat by line 4\n"
	    " then deny reply by \"web\"\n"
	    " after 2m\n"
	    " then again\n"
	    " expect allow icmp6 echo-request from self to wan 2001:db8::1\n"
	    "}\n",
	    "");
	ck_assert_uint_eq(policy->tests.n, 1);
	ck_assert_str_eq(policy->tests.v[0].name, "one");
	ck_assert_uint_eq(policy->tests.v[0].steps.n, 5);
	step = policy->tests.v[0].steps.v;
	ck_assert_int_eq(step[0].verdict, VERDICT_REJECT);
	ck_assert_int_eq(step[0].protocol, PROTOCOL_TCP);
	ck_assert_uint_eq(step[0].from.end, ENDPOINT_OF_ZONE(0));
	ck_assert(step[0].from.has_address && !step[0].to.has_address);
	ck_assert_uint_eq(step[0].from.address.lo, 0x0a010009);
	ck_assert_uint_eq(step[0].from.port, 1024);
	ck_assert_uint_eq(step[0].to.port, 80);
	ck_assert_str_eq(step[0].flags, "SA");
	ck_assert(step[0].via_nat);
	ck_assert_uint_eq(step[0].line, 4);
	ck_assert_int_eq(step[1].verdict, VERDICT_DENY);
	ck_assert_str_eq(step[1].label, "web");
	ck_assert_uint_eq(step[2].seconds, 120);
	ck_assert_int_eq(step[3].kind, AST_TEST_AGAIN);
	ck_assert_int_eq(step[3].verdict, VERDICT_ALLOW);
	ck_assert(step[4].has_type);
	ck_assert_uint_eq(step[4].type, 128);
	ck_assert_uint_eq(step[4].from.end, ENDPOINT_SELF);
	policy_end(&p);
}
END_TEST

/* A definition a line, each made of the one before. */
static const char *
chain(struct arena *arena, const char *kind, const char *first, size_t n)
{
	struct buf text;

	buf_init(&text, arena);
	for (size_t i = n; i > 0; i--)
		buf_printf(&text, "%s n%zu = n%zu\n", kind, i, i - 1);
	buf_printf(&text, "%s n0 = %s\nzone wan on em0\n", kind, first);
	return text.p;
}

START_TEST(long_chains_of_definitions)
{
	struct policy_reading p;
	const struct policy *policy;
	struct buf text;

	policy_start(&p);
	buf_init(&text, p.reading.arena);
	buf_puts(&text, chain(p.reading.arena, "hosts", "192.0.2.1", 100000));
	buf_puts(&text, "from wan to self allow ssh from n100000\n");
	policy = policy_read(&p, text.p, "");
	ck_assert_str_eq(
	    policy_addresses(&p, &policy->rules.v[0].source), "192.0.2.1");
	policy_end(&p);

	policy_start(&p);
	buf_init(&text, p.reading.arena);
	buf_puts(&text, chain(p.reading.arena, "service", "tcp 1", 100000));
	buf_puts(&text, "from wan to self allow n100000\n");
	policy = policy_read(&p, text.p, "");
	ck_assert_str_eq(policy_parts(&p, &policy->rules.v[0]), "6/1");
	policy_end(&p);
}
END_TEST

/* Each definition names two others, each of which names two others: 2^60. */
START_TEST(doubling_definitions)
{
	struct policy_reading p;
	const struct policy *policy;
	struct buf text;

	policy_start(&p);
	buf_init(&text, p.reading.arena);
	for (int i = 1; i <= 60; i++)
		buf_printf(&text,
		    "service a%d = a%d, b%d\nservice b%d = a%d, b%d\n"
		    "hosts a%d = a%d, b%d\nhosts b%d = a%d, b%d\n",
		    i, i - 1, i - 1, i, i - 1, i - 1, i, i - 1, i - 1, i, i - 1,
		    i - 1);
	buf_puts(&text,
	    "service a0 = ssh\nservice b0 = dns\n"
	    "hosts a0 = 192.0.2.1\nhosts b0 = 192.0.2.2\nzone wan on em0\n"
	    "from wan to self allow a60, b60 from a60, b60\n");
	policy = policy_read(&p, text.p, "");
	ck_assert_str_eq(
	    policy_parts(&p, &policy->rules.v[0]), "6/22,53 17/53");
	policy_end(&p);
}
END_TEST

/* Errors leave a policy that can be looked at, and each is said once. */
START_TEST(errors_do_not_cascade)
{
	struct policy_reading p;

	policy_start(&p);
	policy_read(&p,
	    "zone lan on \"em 1\"\n"
	    "zone wan on em0\n"
	    "hosts friends = 10.0.0.300\n"
	    "service web = htpp\n"
	    "nat lan to wan\n"
	    "trust lan\n"
	    "from lan to wan allow web to friends\n"
	    "forward tcp 80 from wan to friends\n"
	    "from wan to lan deny ssh from friends\n"
	    "zone dmz on em2 net 10.2.0.0/16\n"
	    "from dmz, nowhere to wan allow ssh from 192.0.2.1\n",
	    "E0307 1:13, E0301 3:17, E0205 4:15, E0204 11:11");
	policy_end(&p);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("sema");
	TCase *tests = tcase_create("all");

	tcase_set_timeout(tests, 60);
	tcase_add_test(tests, rules_in_the_order_of_the_text);
	tcase_add_test(tests, what_any_stands_for);
	tcase_add_test(tests, parts_of_services);
	tcase_add_test(tests, types_and_families);
	tcase_add_test(tests, hosts_narrow_the_ends);
	tcase_add_test(tests, forwards);
	tcase_add_test(tests, options);
	tcase_add_test(tests, steps_of_tests);
	tcase_add_test(tests, long_chains_of_definitions);
	tcase_add_test(tests, doubling_definitions);
	tcase_add_test(tests, errors_do_not_cascade);
	suite_add_tcase(suite, tests);
	return unit_run(suite);
}
