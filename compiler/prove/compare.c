/*
 * A difference is a set of packets.  It is cut by the cards that they come and
 * leave by, and of each piece one packet is taken that looks as usual as it
 * can: a SYN for port 80 between addresses that the zones have.
 */
#include "prove/compare.h"
#include "sema/host.h"

#define USUAL_PORT 80
#define USUAL_SOURCE_PORT 40000
#define USUAL_TYPE 8
#define SYN 0x02

static bool
nat_differs(unsigned wanted, unsigned found, enum prove_kind *kind)
{
	if (wanted == DECISION_NAT_FREE ? found != DECISION_NAT_TWICE
					: wanted == found)
		return false;
	*kind = wanted == DECISION_NAT_NONE || found == DECISION_NAT_TWICE
	    ? PROVE_NAT_EXTRA
	    : PROVE_NAT_MISSING;
	return true;
}

/* Both let the packet through. */
static enum prove_kind
how_allowed(struct decision policy, struct decision rules)
{
	enum prove_kind kind = PROVE_SAME;

	if (policy.stateful != rules.stateful &&
	    policy.parent != DECISION_PARENT_FREE)
		return policy.stateful ? PROVE_STATE_MISSING
				       : PROVE_STATE_EXTRA;
	if (rules.stateful && policy.limit != rules.limit)
		return PROVE_LIMIT;
	nat_differs(policy.nat, rules.nat, &kind);
	return kind;
}

static uint32_t
difference(uint32_t policy_value, uint32_t rules_value)
{
	struct decision policy = decision_unpack(policy_value);
	struct decision rules = decision_unpack(rules_value);
	bool through = rules.verdict == DECISION_ALLOW;

	if (policy.verdict == DECISION_FREE)
		return PROVE_SAME;
	if (rules.verdict == DECISION_DEFAULT)
		return PROVE_DEFAULT_RULE;
	if (policy.verdict == DECISION_HELD)
		return through || rules.verdict == DECISION_HELD
		    ? PROVE_SAME
		    : PROVE_FRAGMENT;
	if (policy.verdict == DECISION_CLOSED)
		return through ? PROVE_OPENS : PROVE_SAME;
	if (policy.verdict != DECISION_ALLOW && through)
		return PROVE_OPENS;
	if (policy.verdict == DECISION_ALLOW && !through)
		return PROVE_CLOSES;
	if (through)
		return how_allowed(policy, rules);
	if (policy.verdict != rules.verdict)
		return PROVE_REFUSES_ELSE;
	return policy.log == rules.log ? PROVE_SAME : PROVE_LOG;
}

static uint32_t
is(uint32_t value, uint32_t wanted)
{
	return value == wanted;
}

static const struct bdd_op op_compare = {SPACE_OP_COMPARE, difference};
static const struct bdd_op op_is = {SPACE_OP_IS, is};

static void
write_number(struct field field, uint64_t number, uint8_t *bits)
{
	field_write(field, (struct addr){0, number}, bits);
}

static void
usual(const struct space *space, uint8_t *bits)
{
	write_number(space->protocol, PROTOCOL_TCP, bits);
	write_number(space->target_port, USUAL_PORT, bits);
	write_number(space->source_port, USUAL_SOURCE_PORT, bits);
	write_number(space->type, USUAL_TYPE, bits);
	write_number(space->flags, SYN, bits);
}

static size_t
card_read(struct field field, const uint8_t *bits)
{
	return (size_t)field_read(field, bits).lo;
}

/* The zone of CARD that has ADDR; else any of the card; self: no such. */
static endpoint
zone_of(const struct space *space, const char *card, struct addr addr)
{
	struct endpoint_set zones = policy_card_zones(space->policy, card);
	endpoint found = ENDPOINT_SELF;

	for (endpoint e = 1; e <= space->policy->zones.n; e++) {
		if (!endpoint_set_has(&zones, e))
			continue;
		if (addr_set_contains(&policy_zone(space->policy, e)->own,
			space->family, addr))
			return e;
		if (found == ENDPOINT_SELF ||
		    policy_zone(space->policy, e)->role == ZONE_UPLINK)
			found = e;
	}
	return found;
}

/* An address that the zones of CARD have. */
static void
usual_address(const struct space *space, const char *card, struct field field,
    uint64_t host, uint8_t *bits)
{
	struct addr addr = {0, UINT64_C(0xc6336400) + host};
	struct endpoint_set zones = {{0, 0}};

	if (space->family == FAMILY_6)
		addr = (struct addr){UINT64_C(0x20010db800090000), host};
	if (card != NULL)
		zones = policy_card_zones(space->policy, card);
	for (endpoint e = 1; e <= space->policy->zones.n; e++) {
		const struct zone *zone = policy_zone(space->policy, e);
		const struct addr_ranges *own = addr_set_ranges(
		    &zone->own, space->family);

		if (!endpoint_set_has(&zones, e) || zone->role != ZONE_INNER ||
		    own->n == 0)
			continue;
		addr = own->v[0].lo;
		addr.lo |= host;
	}
	field_write(field, addr, bits);
}

/* A packet of SET that looks usual. */
static bool
choose(const struct space *space, bdd_ref set, uint8_t *bits)
{
	uint8_t first[BDD_VARIABLES_MAX] = {0};
	const char *in, *out;

	usual(space, first);
	if (!bdd_satisfy(space->bdd, set, first))
		return false;
	set = bdd_and(space->bdd, set,
	    space_card(space, space->recv, card_read(space->recv, first)));
	set = bdd_and(space->bdd, set,
	    space_card(space, space->xmit, card_read(space->xmit, first)));
	in = space->cards.v[card_read(space->recv, first)];
	out = space->cards.v[card_read(space->xmit, first)];
	usual(space, bits);
	usual_address(space, in != NULL ? in : out, space->source,
	    in != NULL ? 7 : 2, bits);
	usual_address(space, out != NULL ? out : in, space->target,
	    out != NULL ? 9 : 2, bits);
	write_number(space->source_local, in == NULL, bits);
	write_number(space->target_local, out == NULL, bits);
	return bdd_satisfy(space->bdd, set, bits);
}

static bool
is_loopback(const struct space *space, const char *card)
{
	return card != NULL && policy_card_is_loopback(space->policy, card);
}

static void
read_ends(const struct space *space, struct prove_witness *w)
{
	struct flow *flow = &w->flow;

	flow->from = flow->to = ENDPOINT_SELF;
	if (is_loopback(space, w->card_in) || is_loopback(space, w->card_out))
		return;
	if (w->card_in != NULL) {
		flow->from = zone_of(space, w->card_in, flow->source);
		w->no_zone |= flow->from == ENDPOINT_SELF;
	}
	if (w->card_out != NULL) {
		flow->to = zone_of(space, w->card_out, flow->target);
		w->no_zone |= flow->to == ENDPOINT_SELF;
	}
}

static void
read_flow(
    const struct space *space, const uint8_t *bits, struct prove_witness *w)
{
	struct flow *flow = &w->flow;
	unsigned flags = (unsigned)field_read(space->flags, bits).lo;

	flow->family = space->family;
	flow->protocol = (int)field_read(space->protocol, bits).lo;
	flow->source = field_read(space->source, bits);
	flow->target = field_read(space->target, bits);
	if (flow->protocol == PROTOCOL_TCP || flow->protocol == PROTOCOL_UDP) {
		flow->source_port =
		    (uint16_t)field_read(space->source_port, bits).lo;
		flow->target_port =
		    (uint16_t)field_read(space->target_port, bits).lo;
	}
	if (flow->protocol == PROTOCOL_ICMP || flow->protocol == PROTOCOL_ICMP6)
		flow->type = (unsigned)field_read(space->type, bits).lo;
	if (flow->protocol != PROTOCOL_TCP)
		return;
	w->tcp_flags = flags;
	flow->midway = (flags & SYN) == 0 || (flags & 0x10) != 0;
}

static struct prove_witness
read_witness(const struct space *space, const uint8_t *bits)
{
	struct prove_witness w = {.later = bits[space->later.first] != 0};

	w.card_in = space->cards.v[card_read(space->recv, bits)];
	w.card_out = space->cards.v[card_read(space->xmit, bits)];
	w.source_local = bits[space->source_local.first] != 0;
	w.target_local = bits[space->target_local.first] != 0;
	read_flow(space, bits, &w);
	read_ends(space, &w);
	return w;
}

void
compare_set(const struct space *space, bdd_ref wrong, enum prove_kind kind,
    const struct policy_forward *forward, endpoint from,
    struct prove_result *result)
{
	struct bdd *bdd = space->bdd;

	while (wrong != BDD_FALSE && !bdd_failed(bdd)) {
		uint8_t bits[BDD_VARIABLES_MAX] = {0};
		struct prove_witness w;
		bdd_ref there;

		if (result->witnesses.n == PROVE_WITNESSES_MAX) {
			result->more = true;
			return;
		}
		if (!choose(space, wrong, bits))
			return;
		w = read_witness(space, bits);
		w.kind = kind;
		w.redirect = forward;
		if (forward != NULL)
			w.flow.from = from;
		vec_push(space->arena, &result->witnesses, w);
		there = bdd_and(bdd,
		    space_card(
			space, space->recv, card_read(space->recv, bits)),
		    space_card(
			space, space->xmit, card_read(space->xmit, bits)));
		wrong = bdd_choose(bdd, there, BDD_FALSE, wrong);
	}
}

void
compare(const struct space *space, bdd_ref policy, bdd_ref rules,
    const struct policy_forward *forward, endpoint from,
    struct prove_result *result)
{
	struct bdd *bdd = space->bdd;
	bdd_ref all = bdd_apply(bdd, &op_compare, policy, rules);

	for (uint32_t kind = PROVE_OPENS; kind <= PROVE_DEFAULT_RULE; kind++)
		compare_set(space,
		    bdd_apply(bdd, &op_is, all, bdd_value(bdd, kind)),
		    (enum prove_kind)kind, forward, from, result);
}
