/*
 * What a policy means, packet by packet: the rulings that the rules of a
 * ruleset are held to.
 */
#include "eval/packet.h"
#include "eval/scene.h"
#include "tests/unit/policy.h"

static const char zones[] = "zone wan on em0\n"
			    "zone lan on em1 net 10.1.0.0/16, 2001:db8:1::/64\n"
			    "zone dmz on em2 net 10.2.0.0/24\n"
			    "nat lan to wan\n";

static const char *const reasons[] = {
    [MEANING_RULE] = "rule",
    [MEANING_TRUST] = "trust",
    [MEANING_DEFAULT] = "default",
    [MEANING_LIFELINE] = "lifeline",
    [MEANING_LOOPBACK] = "loopback",
    [MEANING_LINK] = "link",
    [MEANING_ERROR] = "error",
    [MEANING_SPOOFED] = "spoofed",
    [MEANING_HIDDEN] = "hidden",
    [MEANING_ABSENT] = "absent",
    [MEANING_NOWHERE] = "nowhere",
    [MEANING_MIDWAY] = "midway",
};

static const char *const verdicts[] = {
    [VERDICT_ALLOW] = "allow",
    [VERDICT_DENY] = "deny",
    [VERDICT_REJECT] = "reject",
};

struct stage {
	struct policy_reading p;
	struct scene scene;
};

/* A zone that the rules do not name is a warning, and no matter here. */
static const struct policy *
read_policy(struct policy_reading *p, const char *text)
{
	struct reading *r = &p->reading;
	struct parse parse = {r->arena, r->syms, &r->sources, &r->diags};
	struct sema sema = {
	    .arena = r->arena,
	    .syms = r->syms,
	    .sources = &r->sources,
	    .diags = &r->diags,
	    .catalogue = &p->catalogue,
	    .host = &p->host,
	};

	p->policy = sema_policy(
	    &sema, parse_file(&parse, reading_add(r, text)));
	ck_assert_uint_eq(r->diags.n_errors, 0);
	return p->policy;
}

static void
stage_open(struct stage *stage, const char *rules)
{
	struct arena *arena;

	policy_start(&stage->p);
	arena = stage->p.reading.arena;
	stage->scene = (struct scene){.arena = arena};
	stage->scene.policy = read_policy(
	    &stage->p, arena_printf(arena, "%s%s", zones, rules));
	world_init(&stage->scene.world, arena);
	scene_place(&stage->scene);
}

static void
stage_close(struct stage *stage)
{
	policy_end(&stage->p);
}

/* PACKET is "in em0 tcp 198.51.100.7 4000 192.0.2.10 22": "allow rule". */
static const char *
says(struct stage *stage, const char *packet)
{
	struct arena *arena = stage->p.reading.arena;
	char *text = arena_strdup(arena, packet);
	const char *words[16];
	size_t n = 0;
	enum packet_way way;
	struct ipfw_packet read;
	struct meaning meaning;
	struct flow flow;

	for (char *at = text; *at != '\0' && n < 16;) {
		words[n++] = at;
		at += strcspn(at, " ");
		if (*at == ' ')
			*at++ = '\0';
	}
	ck_assert_ptr_null(packet_parse(arena, words, n, false, &way, &read));
	ck_assert(scene_flow(&stage->scene, &read, &flow));
	meaning = scene_meaning(&stage->scene, &flow);
	return arena_printf(arena, "%s %s%s", verdicts[meaning.verdict],
	    reasons[meaning.reason], meaning.translated ? " nat" : "");
}

#define SAYS(stage, packet, expected)                                          \
	ck_assert_str_eq(says((stage), (packet)), (expected))

START_TEST(first_rule_decides)
{
	struct stage s;

	stage_open(&s,
	    "from lan to wan {\n"
	    "    deny tcp 25 from 10.1.9.0/24\n"
	    "    allow tcp 1-100\n"
	    "    reject tcp 25, 443\n"
	    "}\n");
	SAYS(&s, "fwd em1 em0 tcp 10.1.9.1 4000 198.51.100.7 25",
	    "deny rule nat");
	SAYS(&s, "fwd em1 em0 tcp 10.1.8.1 4000 198.51.100.7 25",
	    "allow rule nat");
	SAYS(&s, "fwd em1 em0 tcp 10.1.8.1 4000 198.51.100.7 443",
	    "reject rule nat");
	SAYS(&s, "fwd em1 em0 udp 10.1.8.1 4000 198.51.100.7 25",
	    "deny default nat");
	stage_close(&s);
}
END_TEST

START_TEST(any_is_every_pair_but_uplinks)
{
	struct stage s;

	stage_open(&s,
	    "zone two on em3\nnat dmz to two\n"
	    "from any to any allow tcp 80\n");
	SAYS(&s, "fwd em1 em2 tcp 10.1.0.9 4000 10.2.0.9 80", "allow rule");
	SAYS(&s, "fwd em1 em1 tcp 10.1.0.9 4000 10.1.0.8 80", "allow rule");
	SAYS(&s, "out em1 tcp 10.1.0.1 4000 10.1.0.8 80", "allow rule");
	SAYS(&s, "fwd em0 em3 tcp 198.51.100.7 4000 203.0.113.7 80",
	    "deny nowhere");
	stage_close(&s);
}
END_TEST

START_TEST(source_belongs_to_the_card)
{
	struct stage s;

	stage_open(&s, "from any to any allow any\n");
	SAYS(&s, "fwd em1 em0 tcp 10.2.0.9 4000 198.51.100.7 80",
	    "deny spoofed");
	SAYS(&s, "in em0 tcp 10.1.0.9 4000 192.0.2.10 80", "deny spoofed");
	SAYS(&s, "in em0 tcp 127.0.0.1 4000 192.0.2.10 80", "deny spoofed");
	SAYS(&s, "in em0 udp 224.0.0.9 4000 192.0.2.10 80", "deny spoofed");
	SAYS(&s, "in em0 tcp 192.0.2.10 4000 192.0.2.10 80", "deny spoofed");
	SAYS(&s, "in em1 tcp 10.1.0.1 4000 10.1.0.1 80", "deny spoofed");
	SAYS(&s, "in em1 udp 0.0.0.0 68 255.255.255.255 67", "deny nowhere");
	stage_close(&s);
}
END_TEST

START_TEST(nat_hides_and_translates)
{
	struct stage s;

	stage_open(&s,
	    "from wan to lan, dmz allow tcp 80\n"
	    "from lan, dmz to wan allow tcp 80\n");
	SAYS(
	    &s, "fwd em0 em1 tcp 198.51.100.7 4000 10.1.0.9 80", "deny hidden");
	SAYS(&s, "fwd em0 em2 tcp 198.51.100.7 4000 10.2.0.9 80", "allow rule");
	SAYS(&s, "fwd em0 em1 tcp 2001:db8:9::7 4000 2001:db8:1::9 80",
	    "allow rule");
	SAYS(&s, "fwd em1 em0 tcp 10.1.0.9 4000 198.51.100.7 80",
	    "allow rule nat");
	SAYS(&s, "fwd em2 em0 tcp 10.2.0.9 4000 198.51.100.7 80", "allow rule");
	SAYS(&s, "in em0 tcp 198.51.100.7 4000 10.1.0.1 80", "deny hidden");
	stage_close(&s);
}
END_TEST

START_TEST(forward_is_an_allow_at_its_place)
{
	struct stage s;

	stage_open(&s,
	    "from wan to lan deny any from 203.0.113.0/24\n"
	    "forward tcp 2222 from wan, dmz to 10.1.0.9 port 22\n"
	    "from wan to self allow tcp 80\n");
	SAYS(&s, "in em0 tcp 198.51.100.7 4000 192.0.2.10 2222",
	    "allow rule nat");
	SAYS(
	    &s, "in em0 tcp 203.0.113.7 4000 192.0.2.10 2222", "deny rule nat");
	SAYS(&s, "in em2 tcp 10.2.0.7 4000 192.0.2.10 2222", "allow rule nat");
	SAYS(&s, "in em2 tcp 10.2.0.7 4000 10.2.0.1 2222", "deny default");
	SAYS(
	    &s, "fwd em0 em1 tcp 198.51.100.7 4000 10.1.0.9 22", "deny hidden");
	SAYS(&s, "in em0 tcp 198.51.100.7 4000 192.0.2.10 80", "allow rule");
	stage_close(&s);
}
END_TEST

START_TEST(trust_is_within_a_zone)
{
	struct stage s;

	stage_open(&s, "trust lan, dmz\nfrom self to wan allow tcp 80\n");
	SAYS(&s, "in em1 udp 10.1.0.9 4000 10.1.0.1 9", "allow trust");
	SAYS(&s, "in em1 udp 10.1.0.9 5353 224.0.0.251 5353", "allow trust");
	SAYS(&s, "in em1 udp 0.0.0.0 68 255.255.255.255 67", "allow trust");
	SAYS(&s, "out em1 udp 10.1.0.1 4000 10.1.0.9 9", "allow trust");
	SAYS(&s, "fwd em1 em1 udp 10.1.0.9 4000 10.1.0.8 9", "allow trust");
	SAYS(&s, "fwd em1 em2 udp 10.1.0.9 4000 10.2.0.8 9", "deny default");
	SAYS(&s, "in em1 udp 10.9.0.9 4000 10.1.0.1 9", "deny spoofed");
	SAYS(&s, "out em1 udp 2001:db8:1::1 546 ff02::1:2 547", "allow trust");
	SAYS(&s, "in em2 udp fe80::9 4000 2001:db8:1::1 9", "deny spoofed");
	stage_close(&s);
}
END_TEST

START_TEST(groups_are_for_exchanges_alone)
{
	struct stage s;

	stage_open(&s,
	    "from lan to self {\n"
	    "    deny udp 5353 from 10.1.66.0/24\n"
	    "    allow udp any\n"
	    "    allow dhcp-client\n"
	    "}\n");
	SAYS(&s, "in em1 udp 10.1.0.9 4000 224.0.0.251 5353", "deny nowhere");
	SAYS(&s, "in em1 udp 10.1.66.9 4000 224.0.0.251 5353", "deny rule");
	SAYS(&s, "in em1 udp 10.1.0.9 4000 10.1.255.255 5353", "deny nowhere");
	SAYS(&s, "in em1 udp 10.1.0.9 67 255.255.255.255 68", "allow rule");
	SAYS(&s, "in em1 udp 10.1.0.9 67 10.1.77.7 68", "deny nowhere");
	SAYS(&s, "out em1 udp 0.0.0.0 68 10.1.0.7 67", "allow rule");
	SAYS(&s, "out em1 udp 10.1.0.1 68 255.255.255.255 67", "allow rule");
	stage_close(&s);
}
END_TEST

START_TEST(errors_pass_where_pairs_talk)
{
	struct stage s;

	stage_open(&s,
	    "from lan to wan {\n"
	    "    deny any from 10.1.66.0/24\n"
	    "    allow tcp 80\n"
	    "}\n");
	SAYS(&s, "fwd em1 em0 icmp 10.1.66.9 198.51.100.7 icmptype=3",
	    "allow error nat");
	SAYS(&s, "fwd em0 em2 icmp 198.51.100.7 10.2.0.9 icmptype=3",
	    "deny default");
	SAYS(&s, "in em0 icmp 198.51.100.7 192.0.2.10 icmptype=11",
	    "allow error");
	SAYS(&s, "in em0 icmp 198.51.100.7 192.0.2.10 icmptype=5",
	    "deny default");
	SAYS(&s, "fwd em1 em0 icmp6 2001:db8:1::9 2001:db8:9::7 icmptype=2",
	    "allow error");
	stage_close(&s);
}
END_TEST

START_TEST(neighbours_keep_the_link_alive)
{
	struct stage s;

	stage_open(&s, "default deny\n");
	SAYS(&s, "in em1 icmp6 fe80::9 ff02::1 icmptype=135", "allow link");
	SAYS(&s, "in em1 icmp6 :: ff02::1:ff00:9 icmptype=135", "allow link");
	SAYS(&s, "in em1 icmp6 2001:db8:1::9 2001:db8:1::1 icmptype=136",
	    "allow link");
	SAYS(&s, "in em2 icmp6 fe80::9 2001:db8:1::1 icmptype=135",
	    "deny spoofed");
	SAYS(&s, "in em1 icmp6 2001:db8:2::9 ff02::1 icmptype=135",
	    "deny spoofed");
	SAYS(&s, "in em1 icmp6 fe80::9 ff02::1 icmptype=128", "deny nowhere");
	stage_close(&s);
}
END_TEST

START_TEST(default_allow_opens_pairs_alone)
{
	struct stage s;

	stage_open(&s, "from lan to dmz deny tcp 80\ndefault allow\n");
	SAYS(&s, "fwd em1 em2 tcp 10.1.0.9 4000 10.2.0.9 80", "deny rule");
	SAYS(&s, "fwd em1 em2 tcp 10.1.0.9 4000 10.2.0.9 81", "allow default");
	SAYS(
	    &s, "fwd em0 em1 tcp 198.51.100.7 4000 10.1.0.9 81", "deny hidden");
	SAYS(&s, "fwd em1 em2 tcp 10.7.0.9 4000 10.2.0.9 81", "deny spoofed");
	SAYS(&s, "in em1 udp 10.1.0.9 4000 255.255.255.255 9", "deny nowhere");
	stage_close(&s);
}
END_TEST

START_TEST(midway_needs_the_option)
{
	struct stage s;
	const char *packet =
	    "fwd em1 em0 tcp 10.1.0.9 4000 198.51.100.7 80 flags=A";

	stage_open(&s, "from lan to wan allow tcp 80\n");
	SAYS(&s, packet, "deny midway nat");
	stage_close(&s);
	stage_open(&s,
	    "option pickup on\nfrom lan to wan allow tcp 80\n"
	    "from wan to self allow tcp 80\n");
	SAYS(&s, packet, "allow rule nat");
	SAYS(&s, "in em0 tcp 198.51.100.7 4000 192.0.2.10 80 flags=A",
	    "deny midway");
	stage_close(&s);
	stage_open(&s,
	    "option pickup on\n"
	    "from lan to wan allow tcp 80 limit 3 per source\n");
	SAYS(&s, packet, "deny midway nat");
	stage_close(&s);
}
END_TEST

START_TEST(lifeline_comes_before_all)
{
	struct stage s;

	stage_open(&s,
	    "option lifeline 198.51.100.7, 10.1.0.5\n"
	    "from wan to self deny any\n");
	SAYS(
	    &s, "in em0 tcp 198.51.100.7 4000 192.0.2.10 22", "allow lifeline");
	SAYS(&s, "in em0 tcp 198.51.100.7 4000 192.0.2.10 23", "deny rule");
	SAYS(&s, "in em0 tcp 198.51.100.8 4000 192.0.2.10 22", "deny rule");
	SAYS(&s, "out em0 tcp 192.0.2.10 22 198.51.100.7 4000",
	    "allow lifeline");
	stage_close(&s);
}
END_TEST

START_TEST(lists_make_a_rule_of_a_family)
{
	struct stage s;

	stage_open(&s,
	    "from lan to wan {\n"
	    "    allow tcp 80 to 198.51.100.0/24\n"
	    "    reject tcp 80\n"
	    "}\n");
	SAYS(&s, "fwd em1 em0 tcp 10.1.0.9 4000 198.51.100.7 80",
	    "allow rule nat");
	SAYS(&s, "fwd em1 em0 tcp 10.1.0.9 4000 203.0.113.7 80",
	    "reject rule nat");
	SAYS(&s, "fwd em1 em0 tcp 2001:db8:1::9 4000 2001:db8:9::7 80",
	    "reject rule");
	stage_close(&s);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("meaning");
	TCase *tc = tcase_create("meaning");

	tcase_add_test(tc, first_rule_decides);
	tcase_add_test(tc, any_is_every_pair_but_uplinks);
	tcase_add_test(tc, source_belongs_to_the_card);
	tcase_add_test(tc, nat_hides_and_translates);
	tcase_add_test(tc, forward_is_an_allow_at_its_place);
	tcase_add_test(tc, trust_is_within_a_zone);
	tcase_add_test(tc, groups_are_for_exchanges_alone);
	tcase_add_test(tc, errors_pass_where_pairs_talk);
	tcase_add_test(tc, neighbours_keep_the_link_alive);
	tcase_add_test(tc, default_allow_opens_pairs_alone);
	tcase_add_test(tc, midway_needs_the_option);
	tcase_add_test(tc, lifeline_comes_before_all);
	tcase_add_test(tc, lists_make_a_rule_of_a_family);
	suite_add_tcase(suite, tc);
	return unit_run(suite);
}
