/*
 * A ruleset instead of rules: its meaning is worked out once, and each pair is
 * a part of it.
 */
#include "analyse/flows.h"
#include "prove/confirm.h"

void
flows_load_ruleset(struct flows *flows)
{
	const struct flow_side *side = flows->side;
	struct rules_pass pass = {.parent = RULES_NO_STATE};
	struct prove_request request = {
	    .arena = flows->space.arena,
	    .policy = side->policy,
	    .ruleset = side->ruleset,
	    .flavour = side->flavour,
	};

	if (flows->space.family == FAMILY_6 && !side->flavour->ipv6)
		return;
	rules_model_init(
	    &flows->rules, &flows->space, &request, &flows->result);
	flows->way = rules_model_way(&flows->rules, &pass);
	if (flows->space.family == FAMILY_4 && side->policy->forwards.n != 0)
		flows->behind = rules_model_pass(&flows->rules, &pass);
}

struct reading {
	struct flows *flows;
	const struct flow_pair *pair;
	const struct policy_forward *forward;
};

static enum flow_nat
nat_of(const struct reading *r, const struct decision *d)
{
	if (d->verdict != DECISION_ALLOW || d->nat == DECISION_NAT_NONE ||
	    r->pair->from == ENDPOINT_SELF)
		return FLOW_NAT_NONE;
	return d->nat == r->pair->to ? FLOW_NAT_UPLINK : FLOW_NAT_OTHER;
}

static uint32_t
outcome_of(void *context, uint32_t value)
{
	const struct reading *r = context;
	struct decision d = decision_unpack(value);
	struct flow_outcome outcome = {
	    .verdict = VERDICT_DENY,
	    .reason = FLOW_RULESET,
	    .nat = nat_of(r, &d),
	    .forward = r->forward,
	};

	if (d.verdict == DECISION_ALLOW) {
		outcome.verdict = VERDICT_ALLOW;
		outcome.stateless = !d.stateful;
		outcome.limit = d.stateful ? d.limit : 0;
	} else if (d.verdict == DECISION_REJECT) {
		outcome.verdict = VERDICT_REJECT;
	}
	outcome.log = d.log;
	return flow_outcome_intern(&r->flows->side->outcomes, 0, &outcome);
}

static bdd_ref
unfiltered(struct flows *flows)
{
	static const struct flow_outcome open = {.verdict = VERDICT_ALLOW,
	    .reason = FLOW_UNFILTERED,
	    .stateless = true};

	return bdd_value(flows->space.bdd,
	    flow_outcome_intern(&flows->side->outcomes, 0, &open));
}

bdd_ref
flows_by_ruleset(struct flows *flows, bdd_ref way, const struct flow_pair *pair,
    const struct policy_forward *forward, const struct slice_known *known)
{
	struct reading reading = {flows, pair, forward};

	if (flows->space.family == FAMILY_6 && !flows->side->flavour->ipv6)
		return unfiltered(flows);
	return slice_map(flows->slicer, slice_fix(flows->slicer, way, known),
	    outcome_of, &reading);
}

/* What this host's address for the redirect is, seen from the pair. */
static bool
find_alias(struct flows *flows, const struct flow_pair *pair,
    const struct policy_forward *forward, struct rules_pass *pass)
{
	const struct flow_side *side = flows->side;
	const struct policy *policy = side->policy;
	struct prove_request request = {
	    .arena = flows->space.arena,
	    .policy = policy,
	    .ruleset = side->ruleset,
	    .flavour = side->flavour,
	};

	for (endpoint e = 1; e <= policy->zones.n; e++) {
		if (!endpoint_set_has(&forward->from, e) ||
		    !policy_is_uplink(policy, e) ||
		    (policy_is_uplink(policy, pair->from) && pair->from != e) ||
		    !confirm_alias(&request, e, &pass->alias))
			continue;
		pass->uplink = e;
		return true;
	}
	return false;
}

bdd_ref
flows_redirected(struct flows *flows, const struct flow_pair *pair,
    const struct policy_forward *forward)
{
	struct rules_pass pass = {.parent = RULES_NO_STATE,
	    .redirect = forward,
	    .behind = flows->behind};

	if (!find_alias(flows, pair, forward, &pass))
		return flows->way;
	return rules_model_way(&flows->rules, &pass);
}
