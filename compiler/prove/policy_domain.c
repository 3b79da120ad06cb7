/*
 * Packets that cannot be, and packets that nobody asks about.
 *
 * A host forwards no packet that is for itself, for a group, for the link or
 * for nobody (RFC 1812, 5.3.7 and 4.2.2.11; RFC 4291, 2.5.6), drops what comes
 * by a wire and says it is from or for the loopback net (RFC 1122, 3.2.1.3),
 * and sends from an address of its own.
 */
#include "prove/policy_model.h"
#include "sema/host.h"

static const char *const nobody[] = {"0.0.0.0/8", "127.0.0.0/8",
    "224.0.0.0/3", "::", "::1", "ff00::/8", NULL};
static const char *const not_sent_to[] = {
    "0.0.0.0/8", "127.0.0.0/8", "::", "::1", NULL};
static const char *const unspecified[] = {"0.0.0.0", "::", NULL};
static const char *const link_only[] = {"fe80::/10", "::", NULL};

static bdd_ref
list(const struct space *space, struct field field, const char *const *texts)
{
	bdd_ref set = BDD_FALSE;

	for (; *texts != NULL; texts++)
		set = bdd_or(
		    space->bdd, set, space_prefix(space, field, *texts));
	return set;
}

static bdd_ref
loopback_cards(const struct space *space, struct field field)
{
	bdd_ref set = BDD_FALSE;

	for (size_t i = 1; i < space->cards.n; i++)
		if (host_card_is_loopback(space->cards.v[i]))
			set = bdd_or(space->bdd, set,
			    space_card(space, field, i));
	return set;
}

/* Addresses that no host has as its own. */
static bdd_ref
never_local(const struct space *space)
{
	struct bdd *bdd = space->bdd;
	bdd_ref set = bdd_or(bdd,
	    bdd_and(bdd, space_bit(space, space->target_local),
		list(space, space->target, nobody)),
	    bdd_and(bdd, space_bit(space, space->source_local),
		list(space, space->source, nobody)));

	for (size_t i = 0; i < space->policy->forwards.n; i++) {
		struct addr target = space->policy->forwards.v[i]->target;
		struct addr_range one = {target, target};

		if (space->family != FAMILY_4)
			break;
		set = bdd_or(bdd, set, bdd_and(bdd,
		    space_bit(space, space->target_local),
		    encode_ranges(bdd, space->target, &one, 1)));
		set = bdd_or(bdd, set, bdd_and(bdd,
		    space_bit(space, space->source_local),
		    encode_ranges(bdd, space->source, &one, 1)));
	}
	return set;
}

/* The protocol of the other family's control messages. */
static bdd_ref
foreign_protocol(const struct space *space)
{
	return space->family == FAMILY_6
	    ? space_protocol(space, PROTOCOL_ICMP)
	    : BDD_FALSE;
}

bdd_ref
policy_domain_common(const struct policy_model *model)
{
	const struct space *space = model->space;
	struct bdd *bdd = space->bdd;
	size_t n = space->cards.n;
	bdd_ref known = bdd_and(bdd,
	    encode_range(bdd, space->recv, 0, n - 1),
	    encode_range(bdd, space->xmit, 0, n - 1));
	bdd_ref never = bdd_or(bdd, never_local(space),
	    foreign_protocol(space));
	bdd_ref loop = bdd_or(bdd, loopback_cards(space, space->recv),
	    loopback_cards(space, space->xmit));

	return bdd_choose(
	    bdd, bdd_or(bdd, never, loop), BDD_FALSE, known);
}

/* What cannot be forwarded. */
static bdd_ref
stays(const struct policy_model *model)
{
	const struct space *space = model->space;
	struct bdd *bdd = space->bdd;
	bdd_ref set = bdd_or(bdd, space_bit(space, space->target_local),
	    model->target_group);

	set = bdd_or(bdd, set, list(space, space->target, nobody));
	set = bdd_or(bdd, set, model->target_link);
	return bdd_or(bdd, set, list(space, space->source, link_only));
}

/* What this host does not send. */
static bdd_ref
unsent(const struct policy_model *model)
{
	const struct space *space = model->space;
	struct bdd *bdd = space->bdd;
	bdd_ref sender = bdd_or(bdd, space_bit(space, space->source_local),
	    list(space, space->source, unspecified));

	return bdd_or(bdd, bdd_not(bdd, sender),
	    bdd_or(bdd, space_bit(space, space->target_local),
		list(space, space->target, not_sent_to)));
}

/*
 * A port that an uplink redirects: whether this host or a machine gets the
 * packet depends on which address it was for.  See policy_model_forward().
 */
static bdd_ref
redirected(const struct policy_model *model)
{
	const struct space *space = model->space;
	const struct policy *policy = space->policy;
	struct bdd *bdd = space->bdd;
	bdd_ref set = BDD_FALSE;

	for (size_t i = 0; i < policy->forwards.n; i++) {
		const struct policy_forward *f = policy->forwards.v[i];

		set = bdd_or(bdd, set, bdd_and(bdd,
		    space_protocol(space, (unsigned)f->protocol),
		    encode_range(bdd, space->target_port, f->outside.lo,
			f->outside.hi)));
	}
	if (space->family != FAMILY_4)
		return BDD_FALSE;
	return bdd_and(
	    bdd, set, space_bit(space, space->target_local));
}

static uint32_t
allowed_only(uint32_t value, uint32_t otherwise)
{
	return decision_unpack(value).verdict == DECISION_ALLOW ? value
								: otherwise;
}

/* Of a later fragment only that it must not pass is said. */
static uint32_t
loosen(uint32_t value, uint32_t otherwise)
{
	switch (decision_unpack(value).verdict) {
	case DECISION_DENY:
	case DECISION_REJECT:
		return DECISION_CLOSED;
	case DECISION_ALLOW:
	case DECISION_HELD:
	case DECISION_DEFAULT:
	case DECISION_FREE:
	case DECISION_CLOSED:
	case DECISION_UNSET:
		break;
	}
	return otherwise;
}

static const struct bdd_op op_allowed = {SPACE_OP_ALLOWED_ONLY, allowed_only};
static const struct bdd_op op_loosen = {SPACE_OP_LOOSEN, loosen};

/*
 * What comes in and is neither this host's nor a group's goes on to leave, and
 * is judged there; but who has no address yet is answered at one.
 */
static bdd_ref
arrived(const struct policy_model *model, bdd_ref decided, bdd_ref unasked)
{
	const struct space *space = model->space;
	struct bdd *bdd = space->bdd;
	bdd_ref here = bdd_or(bdd, model->target_here, model->target_group);

	decided = bdd_choose(bdd, redirected(model), unasked, decided);
	return bdd_choose(bdd, here, decided,
	    bdd_apply(bdd, &op_allowed, decided, unasked));
}

bdd_ref
policy_domain(const struct policy_model *model, bdd_ref decided)
{
	const struct space *space = model->space;
	struct bdd *bdd = space->bdd;
	bdd_ref unasked = space_verdict(space, DECISION_FREE);
	bdd_ref no_recv = space_card(space, space->recv, 0);
	bdd_ref no_xmit = space_card(space, space->xmit, 0);
	bdd_ref left = bdd_choose(bdd, unsent(model), unasked, decided);
	bdd_ref on = bdd_choose(bdd, stays(model), unasked, decided);
	bdd_ref all;

	left = bdd_choose(bdd, no_xmit, unasked, left);
	all = bdd_choose(bdd, no_recv, left,
	    bdd_choose(bdd, no_xmit, arrived(model, decided, unasked), on));
	all = bdd_choose(bdd, policy_domain_common(model), all, unasked);
	return model->later ? bdd_apply(bdd, &op_loosen, all, unasked) : all;
}
