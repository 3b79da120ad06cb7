/*
 * What is decided between two ends: what always holds, and then the list.
 */
#include "prove/policy_model.h"

#define SSH_PORT 22
#define DHCP_CLIENT 68
#define DHCP_SERVER 67

bool
policy_is_uplink(const struct policy *policy, endpoint e)
{
	return e != ENDPOINT_SELF &&
	    policy_zone(policy, e)->role == ZONE_UPLINK;
}

bool
policy_is_inner(const struct policy *policy, endpoint e)
{
	return e != ENDPOINT_SELF && policy_zone(policy, e)->role == ZONE_INNER;
}

static bdd_ref
minus(struct bdd *bdd, bdd_ref a, bdd_ref b)
{
	return bdd_choose(bdd, b, BDD_FALSE, a);
}

static void
set_source(const struct policy_model *model, struct policy_pair *pair)
{
	struct bdd *bdd = model->space->bdd;
	bdd_ref never = bdd_or(bdd, model->no_sender, model->source_here);
	const struct zone *zone;

	if (pair->from == ENDPOINT_SELF) {
		pair->source_own = pair->admitted = BDD_TRUE;
		pair->source_talks = BDD_TRUE;
		return;
	}
	zone = policy_zone(model->space->policy, pair->from);
	pair->source_own = minus(
	    bdd, model->ends[ENDPOINT_ZONE(pair->from)].source_own, never);
	if (policy_is_inner(model->space->policy, pair->from)) {
		pair->source_link = minus(bdd, model->source_link,
		    bdd_or(bdd, never, pair->source_own));
		if (zone->nets.v4.n != 0)
			pair->source_zero = minus(bdd, model->source_zero,
			    bdd_or(bdd, never, pair->source_own));
	}
	pair->admitted = bdd_or(bdd, pair->source_own,
	    bdd_or(bdd, pair->source_link, pair->source_zero));
	pair->source_talks = pair->source_own;
	if (pair->to == ENDPOINT_SELF && zone->nets.v6.n != 0 &&
	    !(zone->trusted &&
		policy_shares_link(model->space->policy, pair->from)))
		pair->source_talks = bdd_or(
		    bdd, pair->source_own, pair->source_link);
}

/* Whatever leaves by an uplink is for somebody elsewhere. */
static void
set_target(const struct policy_model *model, struct policy_pair *pair)
{
	struct bdd *bdd = model->space->bdd;

	if (policy_is_uplink(model->space->policy, pair->to)) {
		pair->target_own = BDD_TRUE;
		return;
	}
	pair->target_own = pair->to == ENDPOINT_SELF
	    ? model->target_here
	    : model->ends[ENDPOINT_ZONE(pair->to)].target_own;
	pair->target_group = minus(bdd, model->target_group, pair->target_own);
	pair->target_link = minus(bdd, model->target_link,
	    bdd_or(bdd, pair->target_own, pair->target_group));
}

struct policy_pair
policy_pair_of(const struct policy_model *model, endpoint from, endpoint to,
    const struct policy_forward *forward)
{
	struct policy_pair pair = {.from = from, .to = to, .forward = forward};

	set_source(model, &pair);
	set_target(model, &pair);
	pair.hidden = model->space->family == FAMILY_4 &&
	    policy_is_uplink(model->space->policy, from) &&
	    endpoint_set_has(
		&policy_zone(model->space->policy, from)->nat_from, to);
	return pair;
}

/* Behind NAT only a forward leads to a machine by its own address. */
static bdd_ref
hidden(const struct policy_model *model, const struct policy_pair *pair)
{
	const struct space *space = model->space;
	const struct policy *policy = space->policy;
	const struct endpoint_set *nat;
	bdd_ref set = BDD_FALSE;

	if (pair->forward != NULL || space->family != FAMILY_4 ||
	    !policy_is_uplink(policy, pair->from))
		return BDD_FALSE;
	if (pair->to != ENDPOINT_SELF)
		return pair->hidden ? BDD_TRUE : BDD_FALSE;
	nat = &policy_zone(policy, pair->from)->nat_from;
	for (endpoint e = 1; e <= policy->zones.n; e++)
		if (endpoint_set_has(nat, e))
			set = bdd_or(space->bdd, set,
			    model->ends[ENDPOINT_ZONE(e)].target_own);
	return set;
}

static bdd_ref
ports(const struct policy_model *model, unsigned protocol, unsigned source,
    unsigned target)
{
	const struct space *space = model->space;
	bdd_ref set = space_protocol(space, protocol);

	if (model->later)
		return set;
	if (source != 0)
		set = bdd_and(space->bdd, set,
		    encode_number(space->bdd, space->source_port, source));
	if (target != 0)
		set = bdd_and(space->bdd, set,
		    encode_number(space->bdd, space->target_port, target));
	return set;
}

static bdd_ref
trusted_in(const struct policy_model *model, const struct policy_pair *pair)
{
	const struct space *space = model->space;
	struct bdd *bdd = space->bdd;
	bdd_ref target = model->target_in_link, set = BDD_FALSE, asks;

	if (pair->to != ENDPOINT_SELF)
		return bdd_and(bdd, pair->source_own, pair->target_own);
	/* A zone without IPv6 has no more of it than the link. */
	if (policy_zone(space->policy, pair->from)->nets.v6.n != 0)
		target = bdd_or(bdd, target, pair->target_own);
	if (!policy_shares_link(space->policy, pair->from))
		set = bdd_and(bdd, pair->source_link, target);
	asks = bdd_and(bdd,
	    ports(model, PROTOCOL_UDP, DHCP_CLIENT, DHCP_SERVER),
	    space_prefix(space, space->target, "255.255.255.255"));
	set = bdd_or(bdd, set, bdd_and(bdd, pair->source_zero, asks));
	return bdd_or(bdd, set, pair->source_own);
}

static bdd_ref
trusted(const struct policy_model *model, const struct policy_pair *pair)
{
	struct bdd *bdd = model->space->bdd;
	bool with_self = pair->from == ENDPOINT_SELF ||
	    pair->to == ENDPOINT_SELF;
	endpoint zone = pair->from != ENDPOINT_SELF ? pair->from : pair->to;
	bdd_ref group = pair->target_group, link = pair->target_link;

	if (!policy_zone(model->space->policy, zone)->trusted ||
	    (pair->from != pair->to && !with_self))
		return BDD_FALSE;
	if (pair->from != ENDPOINT_SELF)
		return trusted_in(model, pair);
	if (policy_shares_link(model->space->policy, zone) &&
	    model->space->family == FAMILY_6)
		group = link = BDD_FALSE;
	else if (model->space->family == FAMILY_6)
		group = bdd_and(bdd, group, model->target_in_link);
	else if (policy_zone(model->space->policy, zone)->nets.v4.n == 0)
		group = BDD_FALSE;
	return bdd_or(bdd, group, bdd_or(bdd, pair->target_own, link));
}

static bdd_ref
types(const struct policy_model *model, unsigned protocol,
    const struct addr_range *ranges, size_t n)
{
	const struct space *space = model->space;
	bdd_ref set = space_protocol(space, protocol);

	if (model->later)
		return set;
	return bdd_and(
	    space->bdd, set, encode_ranges(space->bdd, space->type, ranges, n));
}

/* RFC 4861, 2710, 3810. */
static bdd_ref
neighbours(const struct policy_model *model, const struct policy_pair *pair)
{
	static const struct addr_range found[] = {
	    {{0, 130}, {0, 136}}, {{0, 143}, {0, 143}}};
	struct bdd *bdd = model->space->bdd;
	const struct policy *policy = model->space->policy;
	bdd_ref target = model->target_in_link;

	if (model->space->family != FAMILY_6 ||
	    (pair->from != ENDPOINT_SELF && pair->to != ENDPOINT_SELF))
		return BDD_FALSE;
	if (!policy_is_inner(policy, pair->from) ||
	    policy_zone(policy, pair->from)->nets.v6.n != 0)
		target = bdd_or(bdd, target, pair->target_own);
	return bdd_and(bdd, types(model, PROTOCOL_ICMP6, found, 2), target);
}

/* May A begin a conversation with B? */
static bool
begins(const struct policy_model *model, endpoint a, endpoint b)
{
	const struct policy *policy = model->space->policy;
	bool with_self = a == ENDPOINT_SELF || b == ENDPOINT_SELF;
	endpoint zone = a != ENDPOINT_SELF ? a : b;

	if (a == ENDPOINT_SELF && b == ENDPOINT_SELF)
		return true;
	if (policy_zone(policy, zone)->trusted && (a == b || with_self))
		return true;
	if (!policy_pair_asked(policy, a, b))
		return false;
	return policy->fallback == VERDICT_ALLOW ||
	    endpoint_set_has(with_self ? &model->index.allowed[a]
				       : &model->index.conversing[a],
		b);
}

static bool
talks(const struct policy_model *model, endpoint a, endpoint b)
{
	return begins(model, a, b) || begins(model, b, a);
}

/* RFC 792: 3, 11, 12; RFC 4443: 1 to 4. */
bdd_ref
policy_error_types(const struct policy_model *model)
{
	static const struct addr_range four[] = {
	    {{0, 3}, {0, 3}}, {{0, 11}, {0, 12}}};
	static const struct addr_range six[] = {{{0, 1}, {0, 4}}};

	return model->space->family == FAMILY_4
	    ? types(model, PROTOCOL_ICMP, four, 2)
	    : types(model, PROTOCOL_ICMP6, six, 1);
}

static bdd_ref
errors(const struct policy_model *model, const struct policy_pair *pair)
{
	struct bdd *bdd = model->space->bdd;

	if (pair->from != ENDPOINT_SELF && pair->to != ENDPOINT_SELF &&
	    !talks(model, pair->from, pair->to))
		return BDD_FALSE;
	return bdd_and(bdd, policy_error_types(model),
	    bdd_and(bdd, pair->source_talks, pair->target_own));
}

/* The uplink whose NAT the pair's packets must leave by. */
static unsigned
nat_of(const struct policy_model *model, const struct policy_pair *pair)
{
	const struct policy *policy = model->space->policy;

	if (model->space->family != FAMILY_4 ||
	    !policy_is_uplink(policy, pair->to))
		return DECISION_NAT_NONE;
	if (pair->from == ENDPOINT_SELF)
		return DECISION_NAT_FREE;
	return policy_is_inner(policy, pair->from) &&
		endpoint_set_has(
		    &policy_zone(policy, pair->to)->nat_from, pair->from)
	    ? pair->to
	    : DECISION_NAT_NONE;
}

bdd_ref
policy_allow(const struct policy_model *model, const struct policy_pair *pair,
    bool stateful, unsigned limit)
{
	struct decision d = {
	    .verdict = DECISION_ALLOW,
	    .stateful = stateful,
	    .nat = nat_of(model, pair),
	    .limit = limit,
	};

	return space_decision(model->space, d);
}

/* How it is refused does not matter where no rule is asked. */
bdd_ref
policy_refusal(const struct policy_model *model)
{
	return space_verdict(model->space, DECISION_CLOSED);
}

/* An error that a rule allows as well may go with its state or without. */
static uint32_t
either(uint32_t by_rule, uint32_t freely)
{
	struct decision d = decision_unpack(by_rule);

	if (d.verdict != DECISION_ALLOW || !d.stateful)
		return freely;
	d.parent = DECISION_PARENT_FREE;
	return decision_pack(d);
}

static const struct bdd_op op_either = {SPACE_OP_EITHER, either};

/* The packets of SET: cut out first, for they are few. */
static bdd_ref
pass_freely(const struct policy_model *model, bdd_ref set, bdd_ref free_pass,
    bdd_ref decided)
{
	struct bdd *bdd = model->space->bdd;
	bdd_ref part = bdd_choose(bdd, set, decided, free_pass);

	return bdd_choose(
	    bdd, set, bdd_apply(bdd, &op_either, part, free_pass), decided);
}

bdd_ref
policy_pair_decision(struct policy_model *model, const struct policy_pair *pair)
{
	const struct policy *policy = model->space->policy;
	struct bdd *bdd = model->space->bdd;
	bdd_ref free_pass = policy_allow(model, pair, false, 0);
	bdd_ref decided;

	if (policy_is_uplink(policy, pair->from) &&
	    policy_is_uplink(policy, pair->to))
		return policy_refusal(model);
	decided = policy_list_decision(model, pair);
	decided = pass_freely(model, errors(model, pair), free_pass, decided);
	decided = pass_freely(
	    model, neighbours(model, pair), free_pass, decided);
	decided = bdd_choose(bdd, trusted(model, pair), free_pass, decided);
	return bdd_choose(
	    bdd, hidden(model, pair), policy_refusal(model), decided);
}

/* The administrator's ssh, on whatever card. */
bdd_ref
policy_lifeline(const struct policy_model *model)
{
	const struct space *space = model->space;
	const struct policy_options *options = &space->policy->options;
	struct bdd *bdd = space->bdd;
	bdd_ref in, out;

	if (!options->has_lifeline)
		return BDD_FALSE;
	in = bdd_and(bdd, ports(model, PROTOCOL_TCP, 0, SSH_PORT),
	    bdd_and(bdd, model->target_here,
		encode_addresses(
		    bdd, space->source, &options->lifeline, space->family)));
	in = bdd_and(bdd, in, space_card(space, space->xmit, 0));
	out = bdd_and(bdd, ports(model, PROTOCOL_TCP, SSH_PORT, 0),
	    encode_addresses(
		bdd, space->target, &options->lifeline, space->family));
	out = bdd_and(bdd, out, space_card(space, space->recv, 0));
	return bdd_or(bdd, in, out);
}

bdd_ref
policy_lifeline_redirected(
    const struct policy_model *model, const struct policy_forward *forward)
{
	const struct space *space = model->space;
	const struct policy_options *options = &space->policy->options;
	bdd_ref sources;

	if (!options->has_lifeline || forward->protocol != PROTOCOL_TCP ||
	    forward->outside.lo > SSH_PORT || forward->outside.hi < SSH_PORT)
		return BDD_FALSE;
	sources = encode_addresses(
	    space->bdd, space->source, &options->lifeline, space->family);
	return bdd_and(space->bdd, sources,
	    encode_number(space->bdd, space->target_port,
		(uint64_t)SSH_PORT - forward->outside.lo + forward->inside.lo));
}
