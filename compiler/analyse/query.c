/*
 * Each pair of ends is a view of the policy, cut down to what is asked about.
 */
#include <string.h>

#include "analyse/query.h"

struct asking {
	struct query *query;
	struct space space;
	struct slicer slicer;
	struct flows flows;
	struct boxes_cutter cutter;
	bdd_ref services;    /* that are asked about */
	const size_t *cards; /* of each end */
	bool by_forward;     /* of this pair only what is forwarded counts */
};

static bool
has_verdict(enum query_verdict verdict, const struct flow_outcome *o)
{
	bool allowed = o->verdict == VERDICT_ALLOW;

	switch (verdict) {
	case QUERY_ALLOWED:
		return allowed;
	case QUERY_REFUSED:
		return !allowed;
	case QUERY_DENIED:
		return o->verdict == VERDICT_DENY;
	case QUERY_REJECTED:
		return o->verdict == VERDICT_REJECT;
	case QUERY_LOGGED:
		return o->log;
	case QUERY_LIMITED:
		return allowed && o->limit != 0;
	case QUERY_FORWARDED:
		return allowed && o->forward != NULL;
	case QUERY_TRANSLATED:
		break;
	}
	return allowed && (o->nat != FLOW_NAT_NONE || o->forward != NULL);
}

/* Does the forward lead to what is asked about, by a service of it? */
static bool
leads_there(const struct asking *a, const struct policy_forward *f)
{
	const struct query *query = a->query;
	struct bdd *bdd = a->space.bdd;
	bdd_ref ports = bdd_and(bdd,
	    space_protocol(&a->space, (unsigned)f->protocol),
	    encode_range(
		bdd, a->space.target_port, f->inside.lo, f->inside.hi));

	return endpoint_set_has(&query->to.ends, f->target_zone) &&
	    (!query->to.has_hosts ||
		addr_set_contains(&query->to.hosts, FAMILY_4, f->target)) &&
	    bdd_and(bdd, ports, a->services) != BDD_FALSE;
}

/* The number of an outcome that reads alike; NAT is told if it is asked for. */
static uint32_t
number_of(const struct query *query, uint32_t value)
{
	const struct flow_outcome *o = flow_outcome_of(&query->side, value);

	for (uint32_t i = 0; i < value; i++) {
		const struct flow_outcome *other = flow_outcome_of(
		    &query->side, i);

		if (o->rule == other->rule && o->verdict == other->verdict &&
		    o->reason == other->reason && o->log == other->log &&
		    o->limit == other->limit && o->forward == other->forward &&
		    (query->verdict != QUERY_TRANSLATED ||
			o->nat == other->nat))
			return i;
	}
	return value;
}

static uint32_t
filter(void *context, uint32_t value)
{
	const struct asking *a = context;
	const struct flow_outcome *o = flow_outcome_of(&a->query->side, value);

	if (!has_verdict(a->query->verdict, o) ||
	    (o->reason == FLOW_PASSES && !a->query->has_services))
		return BOXES_NO_VALUE;
	if (a->by_forward &&
	    (o->forward == NULL || !leads_there(a, o->forward)))
		return BOXES_NO_VALUE;
	return number_of(a->query, value);
}

static bdd_ref
hosts_of(
    const struct asking *a, const struct query_end *end, struct field field)
{
	if (!end->has_hosts)
		return BDD_TRUE;
	return encode_addresses(
	    a->space.bdd, field, &end->hosts, a->space.family);
}

static bdd_ref
known_of(struct asking *a, const struct flow_pair *pair, bdd_ref set)
{
	struct slice_known known;

	flows_know(&a->flows, pair, &known);
	return slice_fix(&a->slicer, set, &known);
}

/* From outside this host is seen by its outer addresses. */
static bdd_ref
targets_of(struct asking *a, const struct flow_pair *pair)
{
	const struct policy *policy = a->query->side.policy;
	bdd_ref set = flows_targets(&a->flows, pair->to, pair->further);

	if (pair->to == ENDPOINT_SELF && !pair->further &&
	    policy_is_uplink(policy, pair->from))
		set = bdd_and(a->space.bdd, set,
		    flows_targets(&a->flows, pair->from, false));
	return set;
}

static unsigned
rank_of(const struct policy *policy, const struct flow_pair *pair)
{
	unsigned to = pair->to == ENDPOINT_SELF ? 0
	    : policy_is_inner(policy, pair->to) ? 1
						: 2;

	if (pair->from == ENDPOINT_SELF)
		return 6 + to;
	return policy_is_uplink(policy, pair->from) ? to : 3 + to;
}

static enum family
families_of(const struct policy *policy, endpoint e)
{
	return e == ENDPOINT_SELF
	    ? FAMILY_BOTH
	    : addr_set_families(&policy_zone(policy, e)->own);
}

static struct flow_place
place_of(struct asking *a, const struct flow_pair *pair, bdd_ref sources,
    bdd_ref targets, bool further)
{
	const struct policy *policy = a->query->side.policy;
	struct flow_place place = {
	    .from = policy_end_name(policy, pair->from),
	    .to = policy_end_name(policy, pair->to),
	    .from_word = policy_end_name(policy, pair->from),
	    .to_word = policy_end_name(policy, pair->to),
	    .families = (enum family)(families_of(policy, pair->from) &
		families_of(policy, pair->to)),
	    .rank = rank_of(policy, pair),
	    .further = further,
	};

	place.source = boxes_addresses(
	    &a->cutter, known_of(a, pair, sources), a->space.source);
	place.target = boxes_addresses(
	    &a->cutter, known_of(a, pair, targets), a->space.target);
	place.all_source = place.source;
	place.all_target = place.target;
	return place;
}

static void
ask(struct asking *a, struct flow_pair *pair, bool further_source)
{
	struct query *query = a->query;
	struct bdd *bdd = a->space.bdd;
	bdd_ref sources = flows_sources(&a->flows, pair->from, further_source);
	bdd_ref targets = targets_of(a, pair), domain, found, decided[2];
	struct flow_place place;
	flow_boxes boxes = {NULL, 0, 0};

	if (sources == BDD_FALSE || targets == BDD_FALSE)
		return;
	domain = bdd_and(
	    bdd, known_of(a, pair, sources), known_of(a, pair, targets));
	domain = bdd_and(
	    bdd, domain, hosts_of(a, &query->from, a->space.source));
	if (!a->by_forward) {
		domain = bdd_and(
		    bdd, domain, hosts_of(a, &query->to, a->space.target));
		domain = bdd_and(bdd, domain, a->services);
	}
	decided[0] = flows_between(&a->flows, pair).decided;
	decided[1] = bdd_value(bdd, BOXES_NO_VALUE);
	found = bdd_choose(bdd, domain,
	    slice_map(&a->slicer, decided[0], filter, a), decided[1]);
	if (found == decided[1])
		return;
	place = place_of(
	    a, pair, sources, targets, further_source || pair->further);
	boxes_cut(&a->cutter, found, &boxes);
	rows_add(&a->cutter, &place, &boxes, decided, &query->rows);
}

/* What is refused on the link and in groups is too much to tell. */
static void
ask_pair(struct asking *a, endpoint from, endpoint to)
{
	struct flow_pair pair = {
	    .from = from,
	    .to = to,
	    .card_in = a->cards[from],
	    .card_out = a->cards[to],
	};
	bool refused = a->query->verdict == QUERY_REFUSED ||
	    a->query->verdict == QUERY_DENIED ||
	    a->query->verdict == QUERY_REJECTED ||
	    a->query->verdict == QUERY_LOGGED;

	ask(a, &pair, false);
	if (refused || a->by_forward)
		return;
	ask(a, &pair, true);
	pair.further = true;
	ask(a, &pair, false);
	ask(a, &pair, true);
}

static const size_t *
find_cards(struct asking *a)
{
	const struct policy *policy = a->query->side.policy;
	size_t *cards = arena_calloc(
	    a->query->arena, policy->zones.n + 1, sizeof(*cards));

	for (size_t i = a->space.cards.n; i-- > 1;) {
		struct endpoint_set zones = policy_card_zones(
		    policy, a->space.cards.v[i]);

		for (endpoint e = 1; e <= policy->zones.n; e++)
			if (endpoint_set_has(&zones, e))
				cards[e] = i;
	}
	return cards;
}

static void
ask_all(struct asking *a)
{
	const struct query *query = a->query;
	endpoint n = (endpoint)query->side.policy->zones.n;

	for (endpoint from = 0; from <= n; from++)
		for (endpoint to = 0; to <= n; to++) {
			if (!endpoint_set_has(&query->from.ends, from) ||
			    !flows_has_pair(&a->flows, from, to))
				continue;
			a->by_forward = !endpoint_set_has(&query->to.ends, to);
			if (!a->by_forward || to == ENDPOINT_SELF)
				ask_pair(a, from, to);
		}
}

/* The services as packets; how they travel does not matter here. */
static bdd_ref
services_of(struct asking *a)
{
	const struct query *query = a->query;
	struct policy_rule rule = {.verdict = VERDICT_ALLOW};

	if (!query->has_services || query->any)
		return BDD_TRUE;
	for (size_t i = 0; i < query->parts.n; i++) {
		struct service_part part = query->parts.v[i];

		part.exchange = EXCHANGE_NONE;
		vec_push(query->arena, &rule.parts, part);
	}
	return policy_rule_parts(&a->flows.model, &rule);
}

static void
ask_family(struct query *query, enum family family)
{
	static const struct ipfw_ruleset no_rules;
	struct prove_request request = {
	    .arena = query->arena,
	    .policy = query->side.policy,
	    .ruleset = &no_rules,
	    .flavour = ipfw_flavour_find("freebsd"),
	    .services_first = true,
	};
	struct asking a = {.query = query};

	space_init(&a.space, &request, query->bdd, family);
	slicer_init(&a.slicer, query->arena, query->bdd);
	flows_init(&a.flows, &query->side, &a.space, &a.slicer, false);
	a.cutter = (struct boxes_cutter){
	    query->arena, &a.space, &a.slicer, &query->services};
	a.services = services_of(&a);
	a.cards = find_cards(&a);
	ask_all(&a);
	query->exhausted |= a.slicer.failed;
}

/* The way back of an exchange, which is told with the way there. */
static bool
is_back(void *context, const struct flow_row *row)
{
	const struct query *query = context;
	const struct flow_outcome *o = flow_outcome_of(
	    &query->side, row->value);
	const struct policy *policy = query->side.policy;

	if (o->rule == NULL)
		return false;
	for (endpoint e = 0; e <= policy->zones.n; e++)
		if (strcmp(policy_end_name(policy, e), row->from.v[0]) == 0)
			return !endpoint_set_has(&o->rule->from, e);
	return false;
}

void
query_run(struct query *query)
{
	if (query->bdd == NULL) {
		query->bdd = bdd_create(0);
		if (query->bdd == NULL) {
			query->exhausted = true;
			return;
		}
		services_init(&query->services, query->arena, query->bdd);
		services_learn(
		    &query->services, &query->side.policy, 1, query->catalogue);
	}
	query->rows.n = 0;
	ask_family(query, FAMILY_4);
	ask_family(query, FAMILY_6);
	rows_join(query->arena, &query->services, &query->rows, is_back, query);
	query->exhausted |= bdd_failed(query->bdd) ||
	    query->services.slicer.failed;
}

void
query_close(struct query *query)
{
	bdd_destroy(query->bdd);
	query->bdd = NULL;
}
