/*
 * All pairs of ends put together, each where its cards and addresses are.
 */
#include "prove/policy_model.h"
#include "target/ipfw/flavour.h"

static const char *const no_senders4[] = {"127.0.0.0/8", "224.0.0.0/3", NULL};
static const char *const no_senders6[] = {"::1", "ff00::/8", NULL};
static const char *const links[] = {"fe80::/10", NULL};
static const char *const link_senders[] = {"fe80::/10", "::", NULL};
static const char *const in_links[] = {"fe80::/10", "ff02::/16", NULL};
static const char *const zeros[] = {"0.0.0.0", NULL};
static const char *const groups[] = {
    "224.0.0.0/4", "255.255.255.255", "ff00::/8", NULL};

/* The last address of NET, which means everybody there. */
static void
add_last(struct arena *arena, struct addr_set *set, struct prefix net)
{
	struct addr_range last = prefix_range(FAMILY_4, net);
	struct addr_set one;

	if (net.length >= 31)
		return;
	last.lo = last.hi;
	one = addr_set_of(arena, FAMILY_4, last);
	*set = addr_set_union(arena, set, &one);
}

void
policy_add_connected(
    struct arena *arena, const struct host_card *card, struct addr_set *set)
{
	for (size_t i = 0; i < card->addresses.n; i++) {
		const struct host_address *a = &card->addresses.v[i];

		if (a->family == FAMILY_4 && a->addr.lo >> 24 != 127)
			add_last(
			    arena, set, (struct prefix){a->addr, a->length});
	}
}

struct addr_set
policy_connected(struct arena *arena, const struct policy *policy)
{
	const struct host *host = policy->host;
	struct addr_set set = {.v4 = {NULL, 0}};

	for (size_t i = 0; host != NULL && i < host->cards.n; i++)
		policy_add_connected(arena, &host->cards.v[i], &set);
	return set;
}

/* Everybody, on the nets that a zone or a card of the host is in. */
static bdd_ref
broadcasts(const struct space *space)
{
	const struct policy *policy = space->policy;
	struct addr_set set = policy_connected(space->arena, policy);

	for (size_t i = 0; i < policy->zones.n; i++) {
		const struct zone *zone = &policy->zones.v[i];
		struct prefixes nets;

		if (!zone->present || zone->role == ZONE_LOOPBACK)
			continue;
		nets = addr_set_prefixes(space->arena, &zone->nets, FAMILY_4);
		for (size_t j = 0; j < nets.n; j++)
			add_last(space->arena, &set, nets.v[j]);
	}
	return bdd_or(space->bdd,
	    space_prefix(space, space->target, "255.255.255.255"),
	    encode_addresses(space->bdd, space->target, &set, FAMILY_4));
}

static void
init_ends(struct policy_model *model)
{
	const struct space *space = model->space;
	const struct policy *policy = space->policy;

	model->ends = arena_calloc(
	    space->arena, policy->zones.n + 1, sizeof(*model->ends));
	for (size_t i = 0; i < policy->zones.n; i++) {
		const struct zone *zone = &policy->zones.v[i];

		model->ends[i] = (struct policy_ends){
		    encode_addresses(
			space->bdd, space->source, &zone->own, space->family),
		    encode_addresses(
			space->bdd, space->target, &zone->own, space->family),
		    encode_addresses(
			space->bdd, space->target, &zone->nets, space->family),
		};
	}
}

static void
init_parts(struct policy_model *model)
{
	const struct policy *policy = model->space->policy;

	model->parts = arena_calloc(
	    model->space->arena, policy->rules.n + 1, sizeof(*model->parts));
	for (size_t i = 0; i < policy->rules.n; i++)
		model->parts[i] = POLICY_PARTS_UNKNOWN;
}

static size_t
zones_on(const struct space *space, size_t card)
{
	const struct endpoint_set *zones = &space->zones[card];
	size_t n = 0;

	for (endpoint e = 1; e <= space->policy->zones.n; e++)
		n += endpoint_set_has(zones, e);
	return n;
}

static void
init_addresses(struct policy_model *model)
{
	const struct space *space = model->space;
	struct bdd *bdd = space->bdd;
	bool four = space->family == FAMILY_4;
	bdd_ref loop = space_prefixes(space, space->target,
	    (const char *const[]){"127.0.0.0/8", "::1", NULL});

	model->no_sender = space_prefixes(
	    space, space->source, four ? no_senders4 : no_senders6);
	model->source_link = space_prefixes(space, space->source, link_senders);
	model->source_link_local = space_prefixes(
	    space, space->source, in_links);
	model->source_zero = space_prefixes(space, space->source, zeros);
	model->target_link = space_prefixes(space, space->target, links);
	model->target_in_link = space_prefixes(space, space->target, in_links);
	model->target_everybody = four ? broadcasts(space) : BDD_FALSE;
	model->target_group = bdd_or(bdd, model->target_everybody,
	    space_prefixes(space, space->target, groups));
	model->source_here = space_bit(space, space->source_local);
	model->target_here = bdd_choose(
	    bdd, loop, BDD_FALSE, space_bit(space, space->target_local));
}

void
policy_model_init(struct policy_model *model, struct space *space)
{
	*model = (struct policy_model){.space = space};
	model->is_tcp = space_protocol(space, PROTOCOL_TCP);
	model->setup = bdd_and(space->bdd, model->is_tcp, space_setup(space));
	model->has_ports = bdd_or(
	    space->bdd, model->is_tcp, space_protocol(space, PROTOCOL_UDP));
	model->index = policy_index_of(space->arena, space->policy);
	init_addresses(model);
	init_ends(model);
	init_parts(model);
	for (size_t i = 1; i < space->cards.n; i++)
		if (zones_on(space, i) > 1)
			model->shared = true;
}

void
policy_model_later(struct policy_model *model, const struct policy_model *whole)
{
	*model = *whole;
	model->later = true;
	init_parts(model);
}

/* The cards by which packets of FROM come in. */
bdd_ref
policy_cards_in(const struct policy_model *model, endpoint from)
{
	const struct space *space = model->space;
	bdd_ref set = BDD_FALSE;

	if (from == ENDPOINT_SELF)
		return space_card(space, space->recv, 0);
	for (size_t i = 1; i < space->cards.n; i++) {
		const struct endpoint_set *zones = &space->zones[i];

		if (endpoint_set_has(zones, from))
			set = bdd_or(
			    space->bdd, set, space_card(space, space->recv, i));
	}
	return set;
}

/* What of a card's packets is for TO and for no other zone there. */
static bdd_ref
share_of(const struct policy_model *model, const struct endpoint_set *zones,
    endpoint to)
{
	struct bdd *bdd = model->space->bdd;
	bdd_ref set = BDD_TRUE;

	for (endpoint e = 1; e <= model->space->policy->zones.n; e++)
		if (e != to && endpoint_set_has(zones, e) &&
		    policy_is_inner(model->space->policy, e))
			set = bdd_choose(bdd,
			    model->ends[ENDPOINT_ZONE(e)].target_own, BDD_FALSE,
			    set);
	return set;
}

bdd_ref
policy_cards_out(const struct policy_model *model, endpoint to)
{
	const struct space *space = model->space;
	bdd_ref set = BDD_FALSE;

	if (to == ENDPOINT_SELF)
		return space_card(space, space->xmit, 0);
	for (size_t i = 1; i < space->cards.n; i++) {
		const struct endpoint_set *zones = &space->zones[i];

		if (endpoint_set_has(zones, to))
			set = bdd_or(space->bdd, set,
			    bdd_and(space->bdd,
				space_card(space, space->xmit, i),
				share_of(model, zones, to)));
	}
	return set;
}

static const uint32_t unset = DECISION_UNSET;

/* Where two zones on one card could both be meant, they must agree. */
static uint32_t
merge(uint32_t a, uint32_t b)
{
	if (a == unset || a == b)
		return b;
	return b == unset ? a : (uint32_t)DECISION_FREE;
}

static uint32_t
settle(uint32_t a, uint32_t otherwise)
{
	return a == unset ? otherwise : a;
}

static const struct bdd_op op_merge = {SPACE_OP_MERGE, merge};
static const struct bdd_op op_settle = {SPACE_OP_SETTLE, settle};

static bool
is_asked(const struct policy *policy, endpoint e)
{
	return e == ENDPOINT_SELF ||
	    (policy_zone(policy, e)->present &&
		policy_zone(policy, e)->role != ZONE_LOOPBACK);
}

bdd_ref
policy_hairpin_answers(
    const struct policy_model *model, endpoint from, endpoint to)
{
	const struct space *space = model->space;
	const struct policy *policy = space->policy;
	struct bdd *bdd = space->bdd;
	bdd_ref set = BDD_FALSE;

	for (size_t i = 0; i < policy->forwards.n; i++) {
		const struct policy_forward *f = policy->forwards.v[i];
		struct addr_range one = {f->target, f->target};
		bdd_ref answer;

		if (space->family != FAMILY_4 || f->target_zone != from ||
		    !policy_is_inner(policy, to) ||
		    !endpoint_set_has(&f->from, to))
			continue;
		answer = bdd_and(bdd,
		    space_protocol(space, (unsigned)f->protocol),
		    encode_ranges(bdd, space->source, &one, 1));
		set = bdd_or(bdd, set,
		    bdd_and(bdd, answer,
			encode_range(bdd, space->source_port, f->inside.lo,
			    f->inside.hi)));
	}
	return set;
}

static uint32_t
free_nat(uint32_t value, uint32_t nat)
{
	struct decision d = decision_unpack(value);

	d.nat = nat;
	return d.verdict == DECISION_ALLOW ? decision_pack(d) : value;
}

static const struct bdd_op op_free_nat = {SPACE_OP_FREE_NAT, free_nat};

static bdd_ref
free_answers(const struct policy_model *model, const struct policy_pair *pair,
    bdd_ref decided)
{
	struct bdd *bdd = model->space->bdd;
	bdd_ref answers = policy_hairpin_answers(model, pair->from, pair->to);

	if (answers == BDD_FALSE)
		return decided;
	return bdd_choose(bdd, answers,
	    bdd_apply(
		bdd, &op_free_nat, decided, bdd_value(bdd, DECISION_NAT_FREE)),
	    decided);
}

static bdd_ref
add_pair(struct policy_model *model, endpoint from, endpoint to, bdd_ref all)
{
	const struct space *space = model->space;
	struct bdd *bdd = space->bdd;
	struct policy_pair pair = policy_pair_of(model, from, to, NULL);
	bdd_ref decided = policy_pair_decision(model, &pair);
	bdd_ref where;

	decided = free_answers(model, &pair, decided);
	if (decided == policy_refusal(model) && !model->shared)
		return all;
	where = bdd_and(
	    bdd, policy_cards_in(model, from), policy_cards_out(model, to));
	where = bdd_and(bdd, where, pair.admitted);
	if (!model->shared)
		return bdd_choose(bdd, where, decided, all);
	decided = bdd_choose(
	    bdd, where, decided, space_verdict(space, DECISION_UNSET));
	return bdd_apply(bdd, &op_merge, all, decided);
}

bdd_ref
policy_model_whole(struct policy_model *model)
{
	const struct space *space = model->space;
	const struct policy *policy = space->policy;
	struct bdd *bdd = space->bdd;
	bdd_ref all = model->shared ? space_verdict(space, DECISION_UNSET)
				    : policy_refusal(model);
	struct decision life = {
	    .verdict = DECISION_ALLOW, .nat = DECISION_NAT_FREE};

	for (endpoint from = 0; from <= policy->zones.n; from++)
		for (endpoint to = 0; to <= policy->zones.n; to++)
			if (from + to != 0 && is_asked(policy, from) &&
			    is_asked(policy, to))
				all = add_pair(model, from, to, all);
	if (model->shared)
		all = bdd_apply(bdd, &op_settle, all, policy_refusal(model));
	all = bdd_choose(
	    bdd, policy_lifeline(model), space_decision(space, life), all);
	return policy_domain(model, all);
}

bdd_ref
policy_model_forward(struct policy_model *model,
    const struct policy_forward *forward, endpoint from)
{
	const struct space *space = model->space;
	struct bdd *bdd = space->bdd;
	struct policy_pair pair = policy_pair_of(
	    model, from, forward->target_zone, forward);
	struct addr_range target = {forward->target, forward->target};
	bdd_ref decided = policy_pair_decision(model, &pair);
	bdd_ref where = bdd_and(bdd, policy_cards_in(model, from),
	    policy_cards_out(model, forward->target_zone));

	decided = free_answers(model, &pair, decided);
	decided = bdd_choose(bdd,
	    model->shared ? pair.source_own : pair.admitted, decided,
	    space_verdict(
		space, model->shared ? DECISION_FREE : DECISION_CLOSED));
	where = bdd_and(
	    bdd, where, space_protocol(space, (unsigned)forward->protocol));
	where = bdd_and(bdd, where,
	    encode_range(bdd, space->target_port, forward->inside.lo,
		forward->inside.hi));
	where = bdd_and(
	    bdd, where, encode_ranges(bdd, space->target, &target, 1));
	where = bdd_and(bdd, where, policy_domain_common(model));
	where = bdd_choose(bdd,
	    bdd_or(bdd, space_bit(space, space->later),
		policy_lifeline_redirected(model, forward)),
	    BDD_FALSE, where);
	return bdd_choose(
	    bdd, where, decided, space_verdict(space, DECISION_FREE));
}
