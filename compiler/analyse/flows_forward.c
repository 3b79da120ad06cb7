/*
 * What a forward sends on, told by the port that it came for: the decision for
 * the inner address and port, carried over to the outer ones.
 */
#include "analyse/flows.h"

/* A forward, and the pair behind it. */
struct carry {
	struct flows *flows;
	const struct policy_forward *forward;
	struct flow_pair inner;
};

/* The first card of a zone; what is forwarded leaves by it. */
static size_t
card_of(const struct flows *flows, endpoint zone)
{
	const struct space *space = &flows->space;

	for (size_t i = 1; i < space->cards.n; i++) {
		struct endpoint_set zones = policy_card_zones(
		    space->policy, space->cards.v[i]);

		if (endpoint_set_has(&zones, zone))
			return i;
	}
	return 0;
}

static bdd_ref
decided_inside(const struct carry *carry)
{
	struct flows *flows = carry->flows;
	const struct policy_forward *f = carry->forward;
	struct slice_known known;

	flows_know(flows, &carry->inner, &known);
	slice_know(&known, flows->space.protocol, (unsigned)f->protocol);
	slice_know_addr(&known, flows->space.target, f->target);
	if (flows->side->ruleset != NULL)
		return flows_by_ruleset(flows,
		    flows_redirected(flows, &carry->inner, f), &carry->inner, f,
		    &known);
	return slice_fix(
	    flows->slicer, flows_by_policy(flows, &carry->inner, f), &known);
}

/* The numbers of PIECE that lie inside, moved to the outside. */
static bdd_ref
ports_outside(const struct carry *carry, const struct slice_piece *piece)
{
	const struct policy_forward *f = carry->forward;
	const struct space *space = &carry->flows->space;
	bdd_ref set = BDD_FALSE;

	for (size_t i = 0; i < piece->ranges.n; i++) {
		uint64_t lo = piece->ranges.v[i].lo.lo;
		uint64_t hi = piece->ranges.v[i].hi.lo;

		lo = lo > f->inside.lo ? lo : f->inside.lo;
		hi = hi < f->inside.hi ? hi : f->inside.hi;
		if (lo > hi)
			continue;
		lo = lo - f->inside.lo + f->outside.lo;
		hi = hi - f->inside.lo + f->outside.lo;
		set = bdd_or(space->bdd, set,
		    encode_range(space->bdd, space->target_port, lo, hi));
	}
	return set;
}

static struct flow_view
lay_forward(const struct carry *carry, struct flow_view view)
{
	struct flows *flows = carry->flows;
	struct bdd *bdd = flows->space.bdd;
	bdd_ref inside = decided_inside(carry), protocol;
	slice_pieces pieces;

	protocol = space_protocol(
	    &flows->space, (unsigned)carry->forward->protocol);
	slice_cut(flows->slicer, inside, flows->space.target_port, &pieces);
	for (size_t i = 0; i < pieces.n; i++) {
		bdd_ref here = bdd_and(
		    bdd, protocol, ports_outside(carry, &pieces.v[i]));

		view.decided = bdd_choose(
		    bdd, here, pieces.v[i].rest, view.decided);
		view.asked = bdd_or(bdd, view.asked, here);
	}
	return view;
}

static bool
is_from(const struct flows *flows, const struct policy_forward *forward,
    const struct flow_pair *pair)
{
	return pair->from <= flows->side->policy->zones.n &&
	    endpoint_set_has(&forward->from, pair->from) &&
	    (pair->outer ||
		policy_is_uplink(flows->side->policy, pair->from)) &&
	    flows_has_pair(flows, pair->from, forward->target_zone);
}

bool
flows_has_outer(const struct flows *flows, endpoint from)
{
	const struct policy *policy = flows->side->policy;

	if (flows->space.family != FAMILY_4 || from == ENDPOINT_SELF ||
	    policy_is_uplink(policy, from))
		return false;
	for (size_t i = 0; i < policy->forwards.n; i++)
		if (endpoint_set_has(&policy->forwards.v[i]->from, from))
			return true;
	return false;
}

struct flow_view
flows_with_forwards(
    struct flows *flows, const struct flow_pair *pair, struct flow_view view)
{
	const struct policy *policy = flows->side->policy;

	for (size_t i = 0; i < policy->forwards.n; i++) {
		struct carry carry = {flows, policy->forwards.v[i], *pair};

		if (!is_from(flows, carry.forward, pair))
			continue;
		carry.inner.to = carry.forward->target_zone;
		carry.inner.card_out = card_of(flows, carry.inner.to);
		view = lay_forward(&carry, view);
	}
	return view;
}
