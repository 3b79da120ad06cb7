/*
 * Pairs of ends, as the proof's model knows them.
 */
#include "analyse/check_rules.h"

static bdd_ref
known_of(const struct rules_pair *pair, bdd_ref set)
{
	struct slice_known known;

	flows_know(pair->flows, &pair->flow, &known);
	return slice_fix(pair->slicer, set, &known);
}

bdd_ref
rules_pair_packets(struct rules_pair *pair, size_t index)
{
	const struct policy_rule *rule =
	    &pair->check->check->policy->rules.v[index];
	struct bdd *bdd = pair->space->bdd;
	bdd_ref talk, set;

	if (!(endpoint_set_has(&rule->from, pair->pair.from) &&
		endpoint_set_has(&rule->to, pair->pair.to)) &&
	    !(endpoint_set_has(&rule->from, pair->pair.to) &&
		endpoint_set_has(&rule->to, pair->pair.from)))
		return BDD_FALSE;
	talk = policy_rule_conversation(pair->model, &pair->pair, index);
	if (rule->verdict == VERDICT_ALLOW)
		talk = bdd_and(bdd, talk,
		    bdd_and(
			bdd, pair->pair.source_talks, pair->pair.target_own));
	set = bdd_or(
	    bdd, talk, policy_rule_exchange(pair->model, &pair->pair, rule));
	return bdd_and(bdd, known_of(pair, set), pair->domain);
}

static uint32_t
to_value(void *context, uint32_t value)
{
	(void)context;
	return value != 0 ? 0 : BOXES_NO_VALUE;
}

const char *
rules_pair_witness(struct rules_pair *pair, bdd_ref packets)
{
	struct rules_check *check = pair->check;
	const struct policy *policy = check->check->policy;
	struct arena *arena = check->check->arena;
	struct boxes_cutter cutter = {
	    arena, pair->space, pair->slicer, &check->services};
	struct flow_place place = {
	    .from = policy_end_name(policy, pair->flow.from),
	    .to = policy_end_name(policy, pair->flow.to),
	};
	bdd_ref found = slice_map(pair->slicer, packets, to_value, NULL);
	bdd_ref none[2] = {found, found};
	flow_boxes boxes = {NULL, 0, 0};
	flow_rows rows = {NULL, 0, 0};

	place.from_word = place.from;
	place.to_word = place.to;
	place.source = place.all_source = boxes_addresses(&cutter,
	    known_of(pair, flows_sources(pair->flows, pair->flow.from, false)),
	    pair->space->source);
	place.target = place.all_target = boxes_addresses(&cutter,
	    known_of(pair, flows_targets(pair->flows, pair->flow.to, false)),
	    pair->space->target);
	boxes_cut(&cutter, found, &boxes);
	rows_add(&cutter, &place, &boxes, none, &rows);
	return rows.n != 0 ? row_witness_text(arena, &rows.v[0]) : NULL;
}

/* Elsewhere nothing passes, whatever the rules say. */
static bdd_ref
decided_by_rules(const struct rules_pair *pair)
{
	const struct policy *policy = pair->check->check->policy;
	struct bdd *bdd = pair->space->bdd;
	bdd_ref set = bdd_and(
	    bdd, pair->pair.source_talks, pair->pair.target_own);

	for (size_t i = 0; i < policy->rules.n; i++)
		set = bdd_or(bdd, set,
		    policy_rule_exchange(
			pair->model, &pair->pair, &policy->rules.v[i]));
	return set;
}

/* What can come by FORWARD alone; all that can be, if it is NULL. */
static bdd_ref
domain_of(const struct rules_pair *pair, const struct policy_forward *forward)
{
	const struct space *space = pair->space;
	struct bdd *bdd = space->bdd;
	bdd_ref set = bdd_and(bdd, known_of(pair, pair->pair.admitted),
	    known_of(pair, decided_by_rules(pair)));
	struct addr_range target;

	if (forward == NULL)
		return set;
	target = (struct addr_range){forward->target, forward->target};
	set = bdd_and(
	    bdd, set, space_protocol(space, (unsigned)forward->protocol));
	set = bdd_and(bdd, set,
	    encode_range(bdd, space->target_port, forward->inside.lo,
		forward->inside.hi));
	return bdd_and(bdd, set, encode_ranges(bdd, space->target, &target, 1));
}

static void
visit_pair(struct rules_pair *pair, const struct policy_forward *forward,
    void (*visit)(struct rules_pair *pair))
{
	pair->pair = policy_pair_of(
	    pair->model, pair->flow.from, pair->flow.to, forward);
	pair->domain = domain_of(pair, forward);
	visit(pair);
}

static void
visit_forwards(struct rules_pair *pair, void (*visit)(struct rules_pair *pair))
{
	const struct policy *policy = pair->check->check->policy;

	for (size_t i = 0; i < policy->forwards.n; i++) {
		const struct policy_forward *f = policy->forwards.v[i];

		if (pair->space->family == FAMILY_4 &&
		    f->target_zone == pair->flow.to &&
		    policy_is_uplink(policy, pair->flow.from) &&
		    endpoint_set_has(&f->from, pair->flow.from))
			visit_pair(pair, f, visit);
	}
}

/* Both halves of this host's targets: its own, and groups. */
static void
visit_ends(struct rules_pair *pair, void (*visit)(struct rules_pair *pair))
{
	pair->flow.further = false;
	visit_pair(pair, NULL, visit);
	visit_forwards(pair, visit);
	if (pair->flow.to != ENDPOINT_SELF)
		return;
	pair->flow.further = true;
	visit_pair(pair, NULL, visit);
}

static void
run_family(struct rules_check *rules, enum family family,
    void (*visit)(struct rules_pair *pair))
{
	static const struct ipfw_ruleset no_rules;
	const struct check *check = rules->check;
	struct prove_request request = {
	    .arena = check->arena,
	    .policy = check->policy,
	    .ruleset = &no_rules,
	    .flavour = ipfw_flavour_find("freebsd"),
	    .services_first = true,
	};
	struct flow_side side = {.policy = check->policy};
	struct space space;
	struct slicer slicer;
	struct flows flows;
	struct rules_pair pair = {.check = rules};
	endpoint n = (endpoint)check->policy->zones.n;

	space_init(&space, &request, rules->bdd, family);
	slicer_init(&slicer, check->arena, rules->bdd);
	flow_side_init(&side, check->arena);
	flows_init(&flows, &side, &space, &slicer, false);
	pair.space = &flows.space;
	pair.slicer = &slicer;
	pair.model = &flows.model;
	pair.flows = &flows;
	for (endpoint from = 0; from <= n; from++)
		for (endpoint to = 0; to <= n; to++) {
			if (!flows_has_pair(&flows, from, to) ||
			    !policy_pair_asked(check->policy, from, to))
				continue;
			pair.flow = (struct flow_pair){.from = from,
			    .to = to,
			    .card_in = from != ENDPOINT_SELF,
			    .card_out = to != ENDPOINT_SELF};
			visit_ends(&pair, visit);
		}
	rules->failed |= slicer.failed || bdd_failed(rules->bdd);
}

void
rules_check_run(
    struct rules_check *rules, void (*visit)(struct rules_pair *pair))
{
	run_family(rules, FAMILY_4, visit);
	run_family(rules, FAMILY_6, visit);
}
