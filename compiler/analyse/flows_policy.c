/*
 * The line that decides: the rules from the last one on, as the policy's model
 * goes through them, but each with a value of its own.
 */
#include "analyse/flows.h"

enum cause {
	CAUSE_NOTHING, /* no rule is asked */
	CAUSE_DEFAULT,
	CAUSE_RULE, /* the first of them */
};

#define HALF 16
#define LOW ((UINT32_C(1) << HALF) - 1)

struct causes {
	struct flows *flows;
	const struct flow_pair *pair;
	const struct policy_forward *forward;
	VEC(uint32_t) decisions; /* that the model makes here */
};

static uint32_t
pair_up(uint32_t decision, uint32_t cause)
{
	return decision << HALF | cause;
}

static const struct bdd_op op_pair = {FLOW_OP_PAIR, pair_up};

static bdd_ref
cause_of(struct flows *flows, const struct policy_pair *pair)
{
	struct policy_model *model = &flows->model;
	const struct policy *policy = flows->side->policy;
	struct bdd *bdd = flows->space.bdd;
	bdd_ref plain = bdd_and(bdd, pair->source_talks, pair->target_own);
	bdd_ref decided = bdd_choose(bdd, plain, bdd_value(bdd, CAUSE_DEFAULT),
	    bdd_value(bdd, CAUSE_NOTHING));

	for (size_t i = policy->rules.n; i-- > 0;) {
		const struct policy_rule *rule = &policy->rules.v[i];
		bdd_ref by = bdd_value(bdd, CAUSE_RULE + (uint32_t)i);
		bdd_ref talk = policy_rule_conversation(model, pair, i);

		if (rule->verdict == VERDICT_ALLOW)
			talk = bdd_and(bdd, talk, plain);
		decided = bdd_choose(
		    bdd, policy_rule_exchange(model, pair, rule), by, decided);
		decided = bdd_choose(bdd, talk, by, decided);
	}
	return decided;
}

static uint32_t
number_decision(void *context, uint32_t value)
{
	struct causes *c = context;

	for (size_t i = 0; i < c->decisions.n; i++)
		if (c->decisions.v[i] == value)
			return (uint32_t)i;
	vec_push(c->flows->space.arena, &c->decisions, value);
	return (uint32_t)c->decisions.n - 1;
}

static bool
is_trusted(const struct policy *policy, endpoint from, endpoint to)
{
	endpoint zone = from != ENDPOINT_SELF ? from : to;

	return policy_zone(policy, zone)->trusted &&
	    (from == to || from == ENDPOINT_SELF || to == ENDPOINT_SELF);
}

static enum flow_reason
reason_of(const struct causes *c, const struct decision *d, uint32_t cause)
{
	const struct policy *policy = c->flows->side->policy;
	bool allows = d->verdict == DECISION_ALLOW;

	if (d->verdict == DECISION_CLOSED)
		return FLOW_CLOSED;
	if (cause >= CAUSE_RULE &&
	    (policy->rules.v[cause - CAUSE_RULE].verdict == VERDICT_ALLOW) ==
		allows)
		return FLOW_RULE;
	if (allows && is_trusted(policy, c->pair->from, c->pair->to))
		return FLOW_TRUST;
	if (cause == CAUSE_DEFAULT &&
	    (policy->fallback == VERDICT_ALLOW) == allows &&
	    (d->stateful || !allows))
		return FLOW_DEFAULT;
	return allows ? FLOW_PASSES : FLOW_CLOSED;
}

static bool
logs(const struct policy *policy, const struct flow_outcome *outcome)
{
	if (outcome->rule != NULL)
		return outcome->rule->log;
	return outcome->reason == FLOW_DEFAULT && policy->fallback_log &&
	    outcome->verdict != VERDICT_ALLOW;
}

static enum verdict
verdict_of(const struct decision *d)
{
	if (d->verdict == DECISION_ALLOW)
		return VERDICT_ALLOW;
	return d->verdict == DECISION_REJECT ? VERDICT_REJECT : VERDICT_DENY;
}

static uint32_t
outcome_of(void *context, uint32_t value)
{
	struct causes *c = context;
	const struct policy *policy = c->flows->side->policy;
	struct decision d = decision_unpack(c->decisions.v[value >> HALF]);
	uint32_t cause = value & LOW;
	struct flow_outcome outcome = {
	    .verdict = verdict_of(&d),
	    .reason = reason_of(c, &d, cause),
	    .stateless = d.verdict == DECISION_ALLOW && !d.stateful,
	    .any_state = d.parent == DECISION_PARENT_FREE,
	    .limit = d.limit,
	    .forward = c->forward,
	};

	if (outcome.reason == FLOW_RULE)
		outcome.rule = &policy->rules.v[cause - CAUSE_RULE];
	if (outcome.reason == FLOW_CLOSED)
		outcome.forward = NULL;
	if (d.verdict == DECISION_ALLOW && d.nat != DECISION_NAT_NONE &&
	    d.nat != DECISION_NAT_FREE)
		outcome.nat = FLOW_NAT_UPLINK;
	outcome.log = logs(policy, &outcome);
	return flow_outcome_intern(&c->flows->side->outcomes,
	    outcome.rule != NULL ? cause - CAUSE_RULE : policy->rules.n,
	    &outcome);
}

bdd_ref
flows_by_policy(struct flows *flows, const struct flow_pair *pair,
    const struct policy_forward *forward)
{
	struct causes c = {flows, pair, forward, {NULL, 0, 0}};
	struct policy_pair ends = policy_pair_of(
	    &flows->model, pair->from, pair->to, forward);
	bdd_ref decided = policy_pair_decision(&flows->model, &ends);
	bdd_ref cause = cause_of(flows, &ends);

	decided = slice_map(flows->slicer, decided, number_decision, &c);
	decided = bdd_apply(flows->space.bdd, &op_pair, decided, cause);
	return slice_map(flows->slicer, decided, outcome_of, &c);
}
