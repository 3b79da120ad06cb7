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

static const char *const nobody[] = {
    "0.0.0.0/8", "127.0.0.0/8", "224.0.0.0/3", "::", "::1", "ff00::/8", NULL};
static const char *const not_sent_to[] = {
    "0.0.0.0/8", "127.0.0.0/8", "::", "::1", NULL};
static const char *const unspecified[] = {"0.0.0.0", "::", NULL};
static const char *const link_only[] = {"fe80::/10", "::", NULL};
static const char *const not_delivered[] = {
    "0.0.0.0/8", "127.0.0.0/8", "224.0.0.0/3", NULL};

static bdd_ref
loopback_cards(const struct space *space, struct field field)
{
	bdd_ref set = BDD_FALSE;

	for (size_t i = 1; i < space->cards.n; i++)
		if (policy_card_is_loopback(space->policy, space->cards.v[i]))
			set = bdd_or(
			    space->bdd, set, space_card(space, field, i));
	return set;
}

/* Addresses that no host has as its own. */
static bdd_ref
never_local(const struct space *space)
{
	struct bdd *bdd = space->bdd;
	bdd_ref set = bdd_or(bdd,
	    bdd_and(bdd, space_bit(space, space->target_local),
		space_prefixes(space, space->target, nobody)),
	    bdd_and(bdd, space_bit(space, space->source_local),
		space_prefixes(space, space->source, nobody)));

	for (size_t i = 0; i < space->policy->forwards.n; i++) {
		struct addr target = space->policy->forwards.v[i]->target;
		struct addr_range one = {target, target};

		if (space->family != FAMILY_4)
			break;
		set = bdd_or(bdd, set,
		    bdd_and(bdd, space_bit(space, space->target_local),
			encode_ranges(bdd, space->target, &one, 1)));
		set = bdd_or(bdd, set,
		    bdd_and(bdd, space_bit(space, space->source_local),
			encode_ranges(bdd, space->source, &one, 1)));
	}
	return set;
}

/* The protocol of the other family's control messages. */
static bdd_ref
foreign_protocol(const struct space *space)
{
	return space_protocol(
	    space, space->family == FAMILY_6 ? PROTOCOL_ICMP : PROTOCOL_ICMP6);
}

bdd_ref
policy_domain_common(const struct policy_model *model)
{
	const struct space *space = model->space;
	struct bdd *bdd = space->bdd;
	size_t n = space->cards.n;
	bdd_ref known = bdd_and(bdd, encode_range(bdd, space->recv, 0, n - 1),
	    encode_range(bdd, space->xmit, 0, n - 1));
	bdd_ref never = bdd_or(
	    bdd, never_local(space), foreign_protocol(space));

	return bdd_choose(bdd, never, BDD_FALSE, known);
}

static const struct policy_ends *
ends_of(const struct policy_model *model, endpoint e)
{
	return &model->ends[ENDPOINT_ZONE(e)];
}

/* What a zone of the card has, in FIELD by which packets come or go. */
static bdd_ref
homes(const struct policy_model *model, struct field field, bool own)
{
	const struct space *space = model->space;
	struct bdd *bdd = space->bdd;
	bdd_ref set = BDD_FALSE;

	for (size_t i = 1; i < space->cards.n; i++) {
		const struct endpoint_set *zones = &space->zones[i];

		for (endpoint e = 1; e <= space->policy->zones.n; e++)
			if (endpoint_set_has(zones, e) &&
			    policy_is_inner(space->policy, e))
				set = bdd_or(bdd, set,
				    bdd_and(bdd, space_card(space, field, i),
					own ? ends_of(model, e)->target_own
					    : ends_of(model, e)->target_nets));
	}
	return set;
}

/*
 * What is for an address of an inner zone leaves by the zone's own cards, not
 * by those of another: routes agree with zones.  A card that no zone has is
 * not trusted with anything.
 */
static bdd_ref
strays(const struct policy_model *model)
{
	const struct space *space = model->space;
	struct bdd *bdd = space->bdd;
	bdd_ref named = BDD_FALSE, inner = BDD_FALSE;

	for (size_t i = 1; i < space->cards.n; i++) {
		const struct endpoint_set *zones = &space->zones[i];

		if (!endpoint_set_empty(zones))
			named = bdd_or(
			    bdd, named, space_card(space, space->xmit, i));
	}
	for (endpoint e = 1; e <= space->policy->zones.n; e++)
		if (policy_is_inner(space->policy, e) &&
		    policy_zone(space->policy, e)->present)
			inner = bdd_or(bdd, inner,
			    model->ends[ENDPOINT_ZONE(e)].target_nets);
	return bdd_and(bdd, named,
	    bdd_choose(bdd, homes(model, space->xmit, true), BDD_FALSE, inner));
}

/* The broadcasts of the nets that each card of the host is in. */
static bdd_ref
connected(const struct policy_model *model, struct field field)
{
	const struct space *space = model->space;
	const struct host *host = space->policy->host;
	bdd_ref set = BDD_FALSE;

	for (size_t i = 1; host != NULL && i < space->cards.n; i++) {
		const struct host_card *card = host_card_find(
		    host, space->cards.v[i]);
		struct addr_set nets = {.v4 = {NULL, 0}};

		if (card != NULL)
			policy_add_connected(space->arena, card, &nets);
		set = bdd_or(space->bdd, set,
		    bdd_and(space->bdd, space_card(space, field, i),
			encode_addresses(
			    space->bdd, space->target, &nets, space->family)));
	}
	return set;
}

/* Broadcasts of a net that is not on the card are no broadcasts there. */
static bdd_ref
far_broadcasts(const struct policy_model *model, struct field field)
{
	const struct space *space = model->space;
	struct bdd *bdd = space->bdd;
	bdd_ref near = bdd_or(bdd, homes(model, field, false),
	    space_prefix(space, space->target, "255.255.255.255"));

	return bdd_choose(bdd, bdd_or(bdd, near, connected(model, field)),
	    BDD_FALSE, model->target_everybody);
}

/* What cannot be forwarded. */
bdd_ref
policy_stays(const struct policy_model *model)
{
	const struct space *space = model->space;
	struct bdd *bdd = space->bdd;
	bdd_ref set = bdd_or(
	    bdd, space_bit(space, space->target_local), model->target_group);

	set = bdd_or(bdd, set, space_prefixes(space, space->target, nobody));
	set = bdd_or(bdd, set, model->target_link);
	set = bdd_or(bdd, set, strays(model));
	return bdd_or(
	    bdd, set, space_prefixes(space, space->source, link_only));
}

/* The source is an address that the zones of the card have. */
static bdd_ref
at_home(const struct policy_model *model)
{
	const struct space *space = model->space;
	struct bdd *bdd = space->bdd;
	bdd_ref set = BDD_FALSE;

	for (size_t i = 1; i < space->cards.n; i++) {
		const struct endpoint_set *zones = &space->zones[i];

		for (endpoint e = 1; e <= space->policy->zones.n; e++)
			if (endpoint_set_has(zones, e))
				set = bdd_or(bdd, set,
				    bdd_and(bdd,
					space_card(space, space->xmit, i),
					model->ends[ENDPOINT_ZONE(e)]
					    .source_own));
	}
	return set;
}

/*
 * Who has no address yet asks for one by DHCP, or looks whether somebody has
 * it by ICMPv6.  What is for the link is sent from an address of the link (RFC
 * 6724, 5), but for solicitations of neighbours (RFC 4861, 7.2.2).
 */
static bdd_ref
senders(const struct policy_model *model)
{
	const struct space *space = model->space;
	struct bdd *bdd = space->bdd;
	bdd_ref icmp6 = space_protocol(space, PROTOCOL_ICMP6);
	bdd_ref dhcp = bdd_and(bdd, space_protocol(space, PROTOCOL_UDP),
	    bdd_and(bdd, encode_number(bdd, space->target_port, 67),
		encode_number(bdd, space->source_port, 68)));
	bdd_ref everybody = space_prefix(
	    space, space->target, "255.255.255.255");
	bdd_ref asks = bdd_and(bdd,
	    space->family == FAMILY_4 ? bdd_and(bdd, dhcp, everybody) : icmp6,
	    space_prefixes(space, space->source, unspecified));
	bdd_ref seeks = bdd_and(bdd, at_home(model),
	    bdd_and(bdd, icmp6, encode_range(bdd, space->type, 133, 136)));
	bdd_ref fits = bdd_or(bdd,
	    space_prefixes(space, space->source, link_only),
	    bdd_or(bdd, seeks, bdd_not(bdd, model->target_in_link)));

	return bdd_or(bdd, asks,
	    bdd_and(bdd, fits, space_bit(space, space->source_local)));
}

/* What this host does not send. */
static bdd_ref
unsent(const struct policy_model *model)
{
	const struct space *space = model->space;
	struct bdd *bdd = space->bdd;
	bdd_ref set = bdd_or(bdd, bdd_not(bdd, senders(model)),
	    space_prefixes(space, space->target, not_sent_to));

	set = bdd_or(bdd, set, strays(model));
	set = bdd_or(bdd, set, far_broadcasts(model, space->xmit));
	return bdd_or(bdd, set, space_bit(space, space->target_local));
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

		set = bdd_or(bdd, set,
		    bdd_and(bdd, space_protocol(space, (unsigned)f->protocol),
			encode_range(bdd, space->target_port, f->outside.lo,
			    f->outside.hi)));
	}
	if (space->family != FAMILY_4)
		return BDD_FALSE;
	return bdd_and(bdd, set, space_bit(space, space->target_local));
}

static uint32_t
allowed_only(uint32_t value, uint32_t otherwise)
{
	return decision_unpack(value).verdict == DECISION_ALLOW ? value
								: otherwise;
}

/* What must not pass, of all that is decided. */
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
 * Of a later fragment it is said that it must not pass, or, where it may be of
 * a conversation, OTHERWISE.
 */
static uint32_t
parts(uint32_t value, uint32_t otherwise)
{
	struct decision d = decision_unpack(value);

	if (d.verdict == DECISION_ALLOW)
		return d.stateful ? otherwise : (uint32_t)DECISION_FREE;
	return loosen(value, DECISION_FREE);
}

static const struct bdd_op op_parts = {SPACE_OP_PARTS, parts};

/* Only what comes in was put apart by others, and only IPv4 on the way. */
static bdd_ref
of_fragments(const struct policy_model *model, bdd_ref decided)
{
	const struct space *space = model->space;
	bdd_ref held = space_verdict(space,
	    space->reassembles && space->family == FAMILY_4 ? DECISION_HELD
							    : DECISION_FREE);

	held = bdd_choose(space->bdd, space_card(space, space->recv, 0),
	    space_verdict(space, DECISION_FREE), held);
	return bdd_apply(space->bdd, &op_parts, decided, held);
}

/* Of what comes in and does not go on, what nobody asks about. */
static bdd_ref
unasked_here(const struct policy_model *model, bdd_ref here)
{
	const struct space *space = model->space;
	struct bdd *bdd = space->bdd;

	return bdd_choose(bdd, here,
	    bdd_or(bdd, redirected(model), far_broadcasts(model, space->recv)),
	    space_prefixes(space, space->target, not_delivered));
}

/* VALUE for the packets of SET, and what OP makes of it. */
static bdd_ref
within_set(const struct space *space, const struct bdd_op *op, bdd_ref set,
    bdd_ref value)
{
	bdd_ref free = space_verdict(space, DECISION_FREE);
	bdd_ref part = bdd_choose(space->bdd, set, value, free);

	part = bdd_apply(space->bdd, op, part, free);
	return bdd_choose(space->bdd, set, part, value);
}

/* This host speaks with itself by the loopback card, and nobody else does. */
static bdd_ref
within(const struct policy_model *model, bdd_ref decided)
{
	const struct space *space = model->space;
	struct bdd *bdd = space->bdd;
	bdd_ref in = loopback_cards(space, space->recv);
	bdd_ref out = loopback_cards(space, space->xmit);
	bdd_ref both = bdd_and(bdd, model->source_here, model->target_here);
	struct decision pass = {
	    .verdict = DECISION_ALLOW, .nat = DECISION_NAT_NONE};
	bdd_ref one = bdd_or(bdd,
	    bdd_and(bdd, in, space_card(space, space->xmit, 0)),
	    bdd_and(bdd, out, space_card(space, space->recv, 0)));
	bdd_ref asked = bdd_choose(bdd, bdd_and(bdd, both, one),
	    space_decision(space, pass), space_verdict(space, DECISION_FREE));

	return bdd_choose(bdd, bdd_or(bdd, in, out), asked, decided);
}

/*
 * What comes in and is neither this host's nor a group's goes on to leave, and
 * is judged there; but who has no address yet is answered at one.
 */
bdd_ref
policy_domain(const struct policy_model *model, bdd_ref decided)
{
	const struct space *space = model->space;
	struct bdd *bdd = space->bdd;
	bdd_ref free = space_verdict(space, DECISION_FREE);
	bdd_ref no_recv = space_card(space, space->recv, 0);
	bdd_ref no_xmit = space_card(space, space->xmit, 0);
	bdd_ref here = bdd_or(bdd, model->target_here, model->target_group);
	bdd_ref unspoken = space->family == FAMILY_4
	    ? BDD_FALSE
	    : bdd_and(bdd, space_prefixes(space, space->source, unspecified),
		  bdd_not(bdd, space_protocol(space, PROTOCOL_ICMP6)));
	bdd_ref unasked = bdd_choose(bdd, no_recv,
	    bdd_or(bdd, no_xmit, unsent(model)),
	    bdd_choose(
		bdd, no_xmit, unasked_here(model, here), policy_stays(model)));
	bdd_ref passing = bdd_choose(
	    bdd, no_recv, BDD_FALSE, bdd_choose(bdd, here, BDD_FALSE, no_xmit));

	decided = bdd_choose(bdd, unasked, free, decided);
	decided = within_set(space, &op_allowed, passing, decided);
	decided = within_set(space, &op_loosen, unspoken, decided);
	decided = within(model, decided);
	decided = bdd_choose(bdd, policy_domain_common(model), decided, free);
	return model->later ? of_fragments(model, decided) : decided;
}
