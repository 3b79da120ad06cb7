/*
 * What a resolved policy says of its zones, as far as its diagnostics do not
 * show it: ends, roles, own addresses, presence, pairs.
 */
#include "tests/unit/policy.h"

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

START_TEST(sets_of_ends)
{
	static const endpoint ends[] = {0, 1, 63, 64, 65, POLICY_ZONES_MAX};
	struct endpoint_set all = {{0, 0}}, one, both;

	ck_assert(endpoint_set_empty(&all));
	for (size_t i = 0; i < LENGTH(ends); i++) {
		ck_assert(!endpoint_set_has(&all, ends[i]));
		endpoint_set_add(&all, ends[i]);
		ck_assert(endpoint_set_has(&all, ends[i]));
	}
	ck_assert(!endpoint_set_has(&all, 2));
	ck_assert(!endpoint_set_has(&all, 66));
	ck_assert(!endpoint_set_has(&all, 1000));
	for (size_t i = 0; i < LENGTH(ends); i++) {
		one = (struct endpoint_set){{0, 0}};
		endpoint_set_add(&one, ends[i]);
		ck_assert(endpoint_set_covers(&all, &one));
		ck_assert(!endpoint_set_covers(&one, &all));
		both = endpoint_set_intersect(&all, &one);
		ck_assert(endpoint_set_equal(&both, &one));
		both = endpoint_set_union(&all, &one);
		ck_assert(endpoint_set_equal(&both, &all));
		endpoint_set_remove(&one, ends[i]);
		ck_assert(endpoint_set_empty(&one));
		ck_assert(!endpoint_set_equal(&all, &one));
	}
}
END_TEST

START_TEST(roles_and_own_addresses)
{
	struct policy_reading p;
	const struct policy *policy;
	struct addr_set all;

	policy_start(&p);
	policy = policy_read(&p,
	    "zone lan on em1 net 10.0.0.0/8, 2001:db8:1::/48\n"
	    "zone printers on em1 net 10.128.0.0/9\n"
	    "zone wan on em0\n"
	    "zone loop on lo0\n"
	    "nat lan, printers to wan\n"
	    "from self to lan, printers allow ssh\n",
	    "");
	ck_assert_int_eq(policy->zones.v[0].role, ZONE_INNER);
	ck_assert_int_eq(policy->zones.v[1].role, ZONE_INNER);
	ck_assert_int_eq(policy->zones.v[2].role, ZONE_UPLINK);
	ck_assert_int_eq(policy->zones.v[3].role, ZONE_LOOPBACK);
	ck_assert_str_eq(
	    policy_ends(&p, &policy->zones.v[2].nat_from), "lan printers");
	ck_assert_str_eq(policy_addresses(&p, &policy->zones.v[0].own),
	    "10.0.0.0/9 2001:db8:1::/48");
	ck_assert_str_eq(policy_addresses(&p, &policy->zones.v[0].nets),
	    "10.0.0.0/8 2001:db8:1::/48");
	ck_assert_str_eq(
	    policy_addresses(&p, &policy->zones.v[1].own), "10.128.0.0/9");
	/* The uplink is all that the two are not. */
	all = addr_set_all(p.reading.arena, FAMILY_BOTH);
	all = addr_set_subtract(
	    p.reading.arena, &all, &policy->zones.v[0].nets);
	ck_assert(addr_set_equal(&policy->zones.v[2].own, &all));
	ck_assert(addr_set_empty(&policy->zones.v[3].own));
	policy_end(&p);
}
END_TEST

static void
check_roles(const char *facts, const char *text, const char *roles)
{
	struct policy_reading p;
	const struct policy *policy;

	policy_start(&p);
	if (facts != NULL)
		policy_set_host(&p, facts);
	policy = policy_read(&p, text, "");
	ck_assert_uint_eq(policy->zones.n, strlen(roles));
	for (size_t i = 0; i < policy->zones.n; i++)
		ck_assert_msg("iul"[policy->zones.v[i].role] == roles[i],
		    "%s: zone %zu", text, i);
	policy_end(&p);
}

START_TEST(what_makes_an_uplink)
{
	const char *facts = "interfaces: {em0: {}, em1: {}, en5: {}}\n"
			    "default-route: en5\n";

	check_roles(NULL, "zone a on em0\nfrom a to self allow ssh\n", "u");
	check_roles(NULL,
	    "zone l on lo0\nzone a on em0\nfrom a to self allow ssh\n", "lu");
	check_roles(NULL,
	    "zone a on em0 net 10.0.0.0/8\nfrom a to self allow ssh\n", "i");
	check_roles(NULL,
	    "zone a on active\nzone b on em0 net 10.0.0.0/8\n"
	    "from a, b to self allow ssh\n",
	    "ui");
	check_roles(facts,
	    "zone a on en*\nzone b on em0 net 10.0.0.0/8\n"
	    "from a, b to self allow ssh\n",
	    "ui");
	check_roles(facts,
	    "zone a on en5 net 10.1.0.0/16\nzone b on em0 net 10.2.0.0/16\n"
	    "from a, b to self allow ssh\n",
	    "ii");
	/* Nobody knows the default route, and one zone can have it. */
	check_roles(NULL,
	    "zone a on em1\nzone b on em0 net 10.0.0.0/8\n"
	    "from a, b to self allow ssh\n",
	    "ui");
}
END_TEST

START_TEST(the_active_card)
{
	struct policy_reading p;
	const struct policy *policy;
	const char *text = "zone vm on vboxnet* net 10.0.0.0/8\n"
			   "zone public on active\n"
			   "from vm, self to public allow http\n";

	policy_start(&p);
	policy = policy_read(&p, text, "");
	ck_assert(policy->zones.v[1].active);
	ck_assert(policy->zones.v[1].present);
	ck_assert_uint_eq(policy->zones.v[1].cards.n, 0);
	ck_assert(policy->zones.v[0].cards.v[0].wildcard);
	policy_end(&p);

	policy_start(&p);
	policy_set_host(&p, "interfaces: {en7: {}}\ndefault-route: en7\n");
	policy = policy_read(&p, text, "W0352 1:9");
	ck_assert(!policy->zones.v[0].present);
	ck_assert(policy->zones.v[1].present);
	ck_assert_uint_eq(policy->zones.v[1].cards.n, 1);
	ck_assert_str_eq(policy->zones.v[1].cards.v[0].pattern, "en7");
	ck_assert_str_eq(policy_ends(&p, &policy->rules.v[0].from), "self");
	policy_end(&p);
}
END_TEST

START_TEST(rules_of_absent_zones)
{
	struct policy_reading p;
	const struct policy *policy;

	policy_start(&p);
	policy_set_host(&p, "interfaces: {em0: {}}\ndefault-route: em0\n");
	policy = policy_read(&p,
	    "zone dmz on em2 net 10.2.0.0/16\n"
	    "zone wan on em0\n"
	    "nat dmz to wan\n"
	    "from dmz to any allow http\n"
	    "forward tcp 80 from wan to 10.2.0.1\n"
	    "from wan to self, dmz allow ssh\n",
	    "W0352 1:10");
	ck_assert_uint_eq(policy->rules.n, 1);
	ck_assert_uint_eq(policy->forwards.n, 0);
	ck_assert_str_eq(policy_ends(&p, &policy->rules.v[0].from), "wan");
	ck_assert_str_eq(policy_ends(&p, &policy->rules.v[0].to), "self");
	policy_end(&p);
}
END_TEST

START_TEST(pairs_that_rules_decide)
{
	/* Rows and columns: self, lan, vm (trusted), wan, backup, loop. */
	static const char *const asked[] = {
	    "010110", "111110", "010110", "111000", "111000", "000000"};
	struct policy_reading p;
	const struct policy *policy;

	policy_start(&p);
	policy = policy_read(&p,
	    "zone lan on em1 net 10.1.0.0/16\n"
	    "zone vm on em2 net 10.2.0.0/16\n"
	    "zone wan on em0\nzone backup on em3\nzone loop on lo0\n"
	    "trust vm\nnat lan, vm to wan, backup\n",
	    "");
	for (endpoint from = 0; from < LENGTH(asked); from++) {
		for (endpoint to = 0; to < LENGTH(asked); to++)
			ck_assert_msg(policy_pair_asked(policy, from, to) ==
				(asked[from][to] == '1'),
			    "from %s to %s", policy_end_name(policy, from),
			    policy_end_name(policy, to));
	}
	policy_end(&p);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("sema_zone");
	TCase *tests = tcase_create("all");

	tcase_add_test(tests, sets_of_ends);
	tcase_add_test(tests, roles_and_own_addresses);
	tcase_add_test(tests, what_makes_an_uplink);
	tcase_add_test(tests, the_active_card);
	tcase_add_test(tests, rules_of_absent_zones);
	tcase_add_test(tests, pairs_that_rules_decide);
	suite_add_tcase(suite, tests);
	return unit_run(suite);
}
