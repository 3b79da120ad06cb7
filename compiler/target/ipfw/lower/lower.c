/*
 * From flows to a numbered ruleset, section by section in the order of the
 * number plan.
 */
#include "target/ipfw/lower/private.h"

static void
lower_default(struct lower *l)
{
	struct match match = match_any();

	verdict_put(l, SECTION_DEFAULT, FAMILY_BOTH, &match);
}

/* Where the default rule allows, nothing may depend on it. */
static void
lower_last(struct lower *l)
{
	struct match match = match_any();

	if (l->flavour->end_deny)
		lower_put(
		    l, SECTION_LAST, verb_plain(IPFW_DENY), &match, NULL, NULL);
}

static bool
written_ipv6(const struct policy_rule *rule)
{
	bool only = !rule->any_service && rule->parts.n != 0;

	for (size_t i = 0; i < rule->parts.n; i++)
		only = only && rule->parts.v[i].families == FAMILY_6;
	return only || (rule->has_source && rule->source.v6.n != 0) ||
	    (rule->has_target && rule->target.v6.n != 0);
}

static void
refuse_ipv6(struct lower *l, struct span at)
{
	struct diag *diag = diag_add(l->diags, E_FLAVOUR_IPV6, at,
	    "%s's ipfw knows no IPv6, so this cannot be enforced",
	    l->flavour->name);

	diag_help(l->diags, diag,
	    "take it out, or write "
	    "`option ipv6 uncovered-ok` if the host has IPv6 off");
	l->failed = true;
}

static void
check_ipv6(struct lower *l)
{
	const struct policy *policy = l->policy;
	struct diag *diag;

	if (l->flavour->ipv6 || policy->options.ipv6_uncovered_ok)
		return;
	for (size_t i = 0; i < policy->zones.n; i++)
		if (policy->zones.v[i].nets.v6.n != 0)
			refuse_ipv6(l, policy->zones.v[i].span);
	if (policy->options.has_lifeline && policy->options.lifeline.v6.n != 0)
		refuse_ipv6(l, policy->options.lifeline_span);
	for (size_t i = 0; i < policy->rules.n; i++)
		if (written_ipv6(&policy->rules.v[i]))
			refuse_ipv6(l, policy->rules.v[i].span);
	diag = diag_add(l->diags, W_FLAVOUR_IPV6, SPAN_NONE,
	    "%s's ipfw sees no IPv6: this ruleset does not cover it",
	    l->flavour->name);
	diag_help(l->diags, diag,
	    "turn IPv6 off on the host and write "
	    "`option ipv6 uncovered-ok`");
}

static void
check_nat(struct lower *l)
{
	struct diag *diag;

	if (l->policy->options.nat != NAT_KERNEL || l->flavour->kernel_nat)
		return;
	diag = diag_add(l->diags, E_FLAVOUR_NAT, l->policy->options.nat_span,
	    "%s's ipfw has no NAT of its own", l->flavour->name);
	diag_help(l->diags, diag, "write `option nat divert`");
	l->failed = true;
}

static void
check(struct lower *l)
{
	check_ipv6(l);
	check_nat(l);
	lower_check_cards(l);
}

static void
sections(struct lower *l)
{
	struct label *uplink4 = arena_new(l->arena, struct label);
	struct label *uplink6 = arena_new(l->arena, struct label);
	struct label *out = arena_new(l->arena, struct label);
	struct label *blocks = arena_calloc(
	    l->arena, l->policy->zones.n + 1, sizeof(*blocks));

	l->families_apart = lower_uplink_apart(l);
	lower_lifeline(l);
	lower_dispatch(l, uplink4, uplink6, out);
	lower_refuse_own(l);
	lower_hairpins(l);
	lower_trust(l);
	if (!lower_gates(l, blocks))
		lower_loopback(l, SECTION_DISPATCH);
	else
		lower_loopback(l, SECTION_INNER_GATES);
	lower_closed(l);
	lower_nat_in(l, uplink4, uplink6);
	lower_uplink(l, uplink6);
	lower_out(l, out);
	lower_inner(l, blocks);
	lower_default(l);
	lower_nat_out(l);
	lower_last(l);
}

struct ipfw_ruleset *
ipfw_lower(const struct lower_request *request)
{
	struct lower *l = arena_new(request->arena, struct lower);

	l->arena = request->arena;
	l->diags = request->diags;
	l->sources = request->sources;
	l->flavour = request->flavour;
	l->ir = request->ir;
	l->policy = request->ir->policy;
	l->level = request->level;
	l->table_prefix = request->table_prefix;
	l->ruleset = arena_new(l->arena, struct ipfw_ruleset);
	lower_ends(l);
	check(l);
	if (l->failed)
		return NULL;
	sections(l);
	lower_nat_instances(l);
	lower_check_divert(l);
	if (l->level > 0)
		section_drop_probes(l);
	if (l->failed || !layout_number(l))
		return NULL;
	return l->ruleset;
}
