/*
 * A view of a pair: of the policy or the ruleset, with forwards laid over it.
 */
#include "analyse/flows.h"

#define TCP_SYN 0x02
#define TCP_ACK 0x10

void
flow_side_init(struct flow_side *side, struct arena *arena)
{
	side->outcomes = (struct flow_outcomes){.arena = arena};
}

const struct flow_outcome *
flow_outcome_of(const struct flow_side *side, uint32_t id)
{
	return &side->outcomes.list.v[id];
}

static bool
is_same(const struct flow_outcome *a, const struct flow_outcome *b)
{
	return a->verdict == b->verdict && a->reason == b->reason &&
	    a->stateless == b->stateless && a->any_state == b->any_state &&
	    a->log == b->log && a->nat == b->nat && a->limit == b->limit &&
	    a->rule == b->rule && a->forward == b->forward;
}

uint32_t
flow_outcome_intern(struct flow_outcomes *outcomes, size_t cause,
    const struct flow_outcome *outcome)
{
	uint32_t id = (uint32_t)outcomes->list.n;
	struct flow_chain *chain;

	while (outcomes->by_cause.n <= cause)
		vec_push(outcomes->arena, &outcomes->by_cause,
		    ((struct flow_chain){{NULL, 0, 0}}));
	chain = &outcomes->by_cause.v[cause];
	for (size_t i = 0; i < chain->ids.n; i++)
		if (is_same(&outcomes->list.v[chain->ids.v[i]], outcome))
			return chain->ids.v[i];
	vec_push(outcomes->arena, &chain->ids, id);
	vec_push(outcomes->arena, &outcomes->list, *outcome);
	return id;
}

void
flows_init(struct flows *flows, struct flow_side *side,
    const struct space *space, struct slicer *slicer, bool masked)
{
	*flows = (struct flows){
	    .side = side, .space = *space, .slicer = slicer};
	flows->space.policy = side->policy;
	policy_model_init(&flows->model, &flows->space);
	if (masked)
		flows->whole = policy_model_whole(&flows->model);
	if (side->ruleset != NULL)
		flows_load_ruleset(flows);
}

static bool
has_packets(const struct policy *policy, endpoint e)
{
	return e == ENDPOINT_SELF ||
	    (policy_zone(policy, e)->present &&
		policy_zone(policy, e)->role != ZONE_LOOPBACK);
}

bool
flows_has_pair(const struct flows *flows, endpoint from, endpoint to)
{
	const struct policy *policy = flows->side->policy;

	return has_packets(policy, from) && has_packets(policy, to) &&
	    (from != ENDPOINT_SELF || to != ENDPOINT_SELF);
}

bdd_ref
flows_sources(const struct flows *flows, endpoint from, bool further)
{
	struct policy_pair pair = policy_pair_of(
	    &flows->model, from, ENDPOINT_SELF, NULL);
	struct bdd *bdd = flows->space.bdd;

	if (!further)
		return pair.source_own;
	return bdd_choose(bdd, pair.source_own, BDD_FALSE, pair.admitted);
}

bdd_ref
flows_targets(const struct flows *flows, endpoint to, bool further)
{
	struct policy_pair pair = policy_pair_of(
	    &flows->model, ENDPOINT_SELF, to, NULL);
	struct bdd *bdd = flows->space.bdd;
	bdd_ref own = pair.target_own;

	if (policy_is_uplink(flows->side->policy, to))
		own = flows->model.ends[ENDPOINT_ZONE(to)].target_own;
	if (!further)
		return own;
	if (policy_is_uplink(flows->side->policy, to))
		return BDD_FALSE;
	return bdd_choose(bdd, own, BDD_FALSE,
	    bdd_or(bdd, flows->model.target_link, flows->model.target_group));
}

void
flows_know(const struct flows *flows, const struct flow_pair *pair,
    struct slice_known *known)
{
	const struct space *space = &flows->space;
	bool here = pair->to == ENDPOINT_SELF && !pair->further;

	slice_know_nothing(known);
	slice_know(known, space->later, 0);
	slice_know(known, space->recv, pair->card_in);
	slice_know(known, space->xmit, pair->card_out);
	slice_know(known, space->flags, pair->midway ? TCP_ACK : TCP_SYN);
	slice_know(known, space->source_local, pair->from == ENDPOINT_SELF);
	slice_know(known, space->target_local, here);
}

bdd_ref
flows_with_lifeline(
    struct flows *flows, const struct flow_pair *pair, bdd_ref decided)
{
	static const struct flow_outcome life = {.verdict = VERDICT_ALLOW,
	    .reason = FLOW_LIFELINE,
	    .stateless = true};
	size_t cause = flows->side->policy->rules.n + 1;
	struct slice_known known;
	bdd_ref packets;
	uint32_t id;

	if (!flows->side->policy->options.has_lifeline)
		return decided;
	id = flow_outcome_intern(&flows->side->outcomes, cause, &life);
	flows_know(flows, pair, &known);
	packets = slice_fix(
	    flows->slicer, policy_lifeline(&flows->model), &known);
	return bdd_choose(flows->space.bdd, packets,
	    bdd_value(flows->space.bdd, id), decided);
}

static uint32_t
is_asked(void *context, uint32_t value)
{
	(void)context;
	return decision_unpack(value).verdict != DECISION_FREE;
}

static struct flow_view
view_of(struct flows *flows, const struct flow_pair *pair)
{
	struct flow_view view = {.asked = BDD_TRUE};
	struct slice_known known;

	flows_know(flows, pair, &known);
	if (flows->side->ruleset != NULL)
		view.decided = flows_by_ruleset(
		    flows, flows->way, pair, NULL, &known);
	else
		view.decided = flows_with_lifeline(flows, pair,
		    slice_fix(flows->slicer, flows_by_policy(flows, pair, NULL),
			&known));
	if (flows->whole != BDD_FALSE)
		view.asked = slice_map(flows->slicer,
		    slice_fix(flows->slicer, flows->whole, &known), is_asked,
		    NULL);
	return view;
}

struct flow_view
flows_between(struct flows *flows, const struct flow_pair *pair)
{
	struct flow_view view = view_of(flows, pair);

	if (pair->to != ENDPOINT_SELF || pair->further ||
	    flows->space.family != FAMILY_4)
		return view;
	return flows_with_forwards(flows, pair, view);
}
