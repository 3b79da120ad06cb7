/*
 * A proof that comes to its bound proves nothing, and says so.
 */
#include "ir/ir.h"
#include "opt/opt.h"
#include "prove/prove.h"
#include "target/ipfw/lower/lower.h"
#include "tests/unit/policy.h"

#define NODES_ENOUGH ((size_t)1 << 20)

static struct policy_reading p;

static void
setup(void)
{
	policy_start(&p);
	policy_read(&p,
	    "zone wan on em0\n"
	    "zone lan on em1 net 10.1.0.0/16\n"
	    "option ipv6 uncovered-ok\n"
	    "from lan to wan allow http\n"
	    "from wan to self allow ssh limit 3 per source\n"
	    "default deny\n",
	    "");
	ck_assert_ptr_nonnull(p.policy);
}

static void
teardown(void)
{
	policy_end(&p);
}

/* The policy's own rules. */
static struct ipfw_ruleset *
lower(const struct ipfw_flavour *flavour)
{
	struct reading *r = &p.reading;
	struct opt opt = {.arena = r->arena, .diags = &r->diags, .level = 2};
	struct ir *ir = ir_build(r->arena, p.policy);
	struct lower_request request = {
	    .arena = r->arena,
	    .diags = &r->diags,
	    .sources = &r->sources,
	    .flavour = flavour,
	    .ir = ir,
	    .level = 2,
	    .table_prefix = "akin_",
	};

	ck_assert_ptr_null(opt_run(&opt, ir));
	return ipfw_lower(&request);
}

static bool
prove_within(const struct ipfw_ruleset *ruleset, size_t nodes_max,
    struct prove_result *result)
{
	struct prove_request request = {
	    .arena = p.reading.arena,
	    .policy = p.policy,
	    .ruleset = ruleset,
	    .flavour = ipfw_flavour_find("freebsd"),
	    .nodes_max = nodes_max,
	};

	return prove(&request, result);
}

START_TEST(nothing_is_proved_beyond_the_bound)
{
	const struct ipfw_ruleset *ruleset = lower(
	    ipfw_flavour_find("freebsd"));
	struct prove_result result;
	size_t bound = 2, exhausted = 0;

	while (!prove_within(ruleset, bound, &result)) {
		ck_assert(result.exhausted);
		ck_assert_uint_lt(bound, NODES_ENOUGH);
		exhausted++;
		bound += 1 + bound / 3;
	}
	ck_assert(!result.exhausted);
	ck_assert_uint_gt(exhausted, 10);
}
END_TEST

START_TEST(no_bound_makes_wrong_rules_right)
{
	struct ipfw_ruleset *ruleset = lower(ipfw_flavour_find("freebsd"));
	struct prove_result result;

	ck_assert_uint_gt(ruleset->rules.n, 2);
	ruleset->rules.v[1].verb = IPFW_ALLOW;
	for (size_t bound = 2; bound < NODES_ENOUGH; bound += 1 + bound / 3)
		ck_assert(!prove_within(ruleset, bound, &result));
	ck_assert(!result.exhausted);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("prove");
	TCase *tc = tcase_create("bound");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, nothing_is_proved_beyond_the_bound);
	tcase_add_test(tc, no_bound_makes_wrong_rules_right);
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	return unit_run(suite());
}
