/*
 * NAT: inbound before the lookup of states, outbound after the policy, so
 * that a state always holds the private addresses.
 */
#include <string.h>

#include "target/ipfw/lower/private.h"
#include "target/ipfw/rules.h"

#define DIVERT_PORT 8668 /* natd(8): the service `natd` */
#define NAT_IN_NUMBER 10000
#define HAIRPIN_NUMBER (ANCHOR_NAT_OUT + POLICY_NATED_UPLINKS_MAX)
#define HAIRPINS_MAX 40
#define DIVERT_NAME_MAX 7 /* divert(4) hands back so much of a name */

/*
 * Which of the NATed uplinks it is, counting those that are away: their
 * instances and ports keep their numbers when they come back.
 */
static unsigned
nat_index(const struct lower *l, endpoint uplink)
{
	unsigned index = 0;

	for (endpoint e = 1; e < uplink; e++)
		if (!endpoint_set_empty(&lower_zone(l, e)->nat_from))
			index++;
	return index;
}

static bool
divert(const struct lower *l)
{
	return l->policy->options.nat == NAT_DIVERT;
}

static struct verb
nat_verb(const struct lower *l, endpoint uplink)
{
	struct verb verb = {.verb = IPFW_NAT};

	verb.argument = nat_index(l, uplink) + 1;
	if (divert(l)) {
		verb.verb = IPFW_DIVERT;
		verb.argument = DIVERT_PORT + nat_index(l, uplink);
	}
	return verb;
}

/* Fix the number of the rules that SECTION has from FIRST on. */
static void
fix_numbers(struct lower *l, enum section_id id, size_t first, unsigned number)
{
	struct section *section = &l->sections[id];

	for (size_t i = first; i < section->rules.n; i++)
		section->rules.v[i].fixed = (uint16_t)number;
}

static struct spans
nat_origin(struct lower *l, endpoint uplink)
{
	return lower_origin(l, lower_zone(l, uplink)->nat_span);
}

void
lower_deny_own(struct lower *l, enum section_id section,
    const struct endpoint_set *uplinks, enum family families)
{
	struct match match = match_any();
	struct spans origins = {0};

	for (endpoint e = 1; e <= l->policy->zones.n; e++)
		if (endpoint_set_has(uplinks, e))
			vec_push(l->arena, &origins, lower_zone(l, e)->span);
	match.families = families;
	match.direction = DIRECTION_IN;
	match.recv = *uplinks;
	match.source = side_me();
	lower_put(l, section, verb_deny(l->ir->fallback_log), &match, &origins,
	    "own address");
}

/*
 * A packet that comes back from the divert goes on at the next number, so the
 * deny that shares the divert's number costs only what did not match the
 * divert: what bears our own source.  Were the number examined again, the
 * deny would still be right.
 */
static void
nat_in(struct lower *l, endpoint e)
{
	size_t first = section_size(l, SECTION_NAT_IN);
	struct endpoint_set uplink = end_only(e);
	struct addr_set keep = lower_untranslated(l, e);
	struct match match = match_any();
	struct spans origins = nat_origin(l, e);

	match.families = FAMILY_4;
	match.direction = DIRECTION_IN;
	match.recv = uplink;
	if (!addr_set_empty(&keep))
		match.target = side_not(keep);
	if (divert(l) && l->flavour->lists) {
		match.source = side_me();
		match.source.negated = true;
	}
	lower_put(l, SECTION_NAT_IN, nat_verb(l, e), &match, &origins, "in");
	if (divert(l) && l->flavour->lists)
		lower_deny_own(l, SECTION_NAT_IN, &uplink, FAMILY_BOTH);
	fix_numbers(l, SECTION_NAT_IN, first, NAT_IN_NUMBER + nat_index(l, e));
}

/* The uplinks whose own check does not stand beside their divert. */
static struct endpoint_set
checked_before(const struct lower *l)
{
	struct endpoint_set set = {{0, 0}};

	for (endpoint e = 1; e <= l->policy->zones.n; e++)
		if (endpoint_set_has(&l->uplinks, e) &&
		    !(lower_nated(l, e) && divert(l)))
			endpoint_set_add(&set, e);
	return set;
}

/* One address an operand, so what FreeBSD asks in the dispatch comes here. */
static void
checks_without_lists(struct lower *l)
{
	static const struct match any = {.protocol = PROTOCOL_ANY};
	struct match match = any;
	struct endpoint_set left = l->uplinks;

	match.source = side_me();
	match.source.has_set = true;
	match.source.set = lower_spoofed(l, FAMILY_4);
	lower_put(l, SECTION_UPLINK_CHECKS, verb_deny(l->ir->fallback_log),
	    &match, NULL, NULL);
	for (endpoint e = 1; e <= l->policy->zones.n; e++) {
		struct endpoint_set group = {{0, 0}};

		if (!endpoint_set_has(&left, e))
			continue;
		lower_hidden_alike(l, e, &group);
		match = any;
		match.target = side_of(lower_hidden(l, e));
		if (!endpoint_set_equal(&group, &l->uplinks))
			match.recv = group;
		lower_put(l, SECTION_UPLINK_CHECKS,
		    verb_deny(l->ir->fallback_log), &match, NULL, NULL);
		for (endpoint o = e; o <= l->policy->zones.n; o++)
			if (endpoint_set_has(&group, o))
				endpoint_set_remove(&left, o);
	}
}

/*
 * Divert puts fragments together by itself; in-kernel nat and states need
 * them whole.
 */
static void
checks_reass(struct lower *l, const struct endpoint_set *uplinks)
{
	struct match match = match_any();

	match.families = FAMILY_4;
	match.direction = DIRECTION_IN;
	if (!endpoint_set_covers(uplinks, &l->uplinks))
		match.recv = *uplinks;
	lower_put(l, SECTION_UPLINK_CHECKS, verb_plain(IPFW_REASS), &match,
	    NULL, "fragments");
}

/* What the divert leaves alone it does not put together either. */
static void
checks_kept(struct lower *l)
{
	for (endpoint e = 1; e <= l->policy->zones.n; e++) {
		struct addr_set keep;
		struct match match = match_any();

		if (!endpoint_set_has(&l->uplinks, e) || !lower_nated(l, e) ||
		    !divert(l) || !l->flavour->reass)
			continue;
		keep = lower_untranslated(l, e);
		if (addr_set_empty(&keep))
			continue;
		match.families = FAMILY_4;
		match.direction = DIRECTION_IN;
		match.recv = end_only(e);
		match.target = side_of(keep);
		lower_put(l, SECTION_UPLINK_CHECKS, verb_plain(IPFW_REASS),
		    &match, NULL, "fragments");
	}
}

void
lower_nat_in(struct lower *l, struct label *uplink4, struct label *uplink6)
{
	struct endpoint_set before = checked_before(l);

	label_place(l, SECTION_UPLINK_CHECKS, uplink4);
	if (!l->flavour->lists && !endpoint_set_empty(&l->uplinks)) {
		checks_without_lists(l);
	} else if (!endpoint_set_empty(&before)) {
		checks_reass(l, &before);
		if (!l->families_apart)
			label_place(l, SECTION_UPLINK_CHECKS, uplink6);
		lower_deny_own(l, SECTION_UPLINK_CHECKS, &before, FAMILY_BOTH);
	}
	checks_kept(l);
	for (endpoint e = 1; e <= l->policy->zones.n; e++)
		if (endpoint_set_has(&l->uplinks, e))
			lower_no_route(l, SECTION_UPLINK_CHECKS, e);
	for (endpoint e = 1; e <= l->policy->zones.n; e++)
		if (endpoint_set_has(&l->uplinks, e) && lower_nated(l, e))
			nat_in(l, e);
	if (!uplink6->placed && !l->families_apart)
		*uplink6 = *uplink4;
}

/*
 * The inside by the outside's address: NAT in on the inner card for the
 * forwarded port, NAT out there for the server's answers
 * (tests/vectors/lowering/C2).
 */
static endpoint
forward_uplink(const struct lower *l, const struct policy_forward *forward)
{
	for (endpoint e = 1; e <= l->policy->zones.n; e++)
		if (endpoint_set_has(&forward->from, e) &&
		    endpoint_set_has(&l->uplinks, e))
			return e;
	return ENDPOINT_SELF;
}

static void
hairpin_in(struct lower *l, const struct policy_forward *forward,
    endpoint uplink, endpoint inner, unsigned index)
{
	size_t first = section_size(l, SECTION_DISPATCH);
	struct match match = match_any();
	struct spans origins = lower_origin(l, forward->span);

	match.protocol = forward->protocol;
	match.families = FAMILY_4;
	match.source = side_of(
	    lower_family(lower_zone(l, inner)->own, FAMILY_4));
	match.target = side_me();
	match.target_ports = port_set_of(
	    l->arena, forward->outside.lo, forward->outside.hi);
	match.direction = DIRECTION_IN;
	match.recv = end_only(inner);
	lower_put(l, SECTION_DISPATCH, nat_verb(l, uplink), &match, &origins,
	    "from inside");
	for (size_t i = first; i < section_size(l, SECTION_DISPATCH); i++)
		l->sections[SECTION_DISPATCH].rules.v[i].alone = true;
	(void)index;
}

static struct addr_set
target_set(struct lower *l, const struct policy_forward *forward)
{
	struct addr_range one = {forward->target, forward->target};

	return addr_set_of(l->arena, FAMILY_4, one);
}

static void
hairpin_out(struct lower *l, const struct policy_forward *forward,
    endpoint uplink, endpoint inner, unsigned index)
{
	size_t first = section_size(l, SECTION_NAT_OUT);
	struct match match = match_any();
	struct spans origins = lower_origin(l, forward->span);

	match.protocol = forward->protocol;
	match.families = FAMILY_4;
	match.source = side_of(target_set(l, forward));
	match.source_ports = port_set_of(
	    l->arena, forward->inside.lo, forward->inside.hi);
	match.target = side_of(
	    lower_family(lower_zone(l, inner)->own, FAMILY_4));
	match.direction = DIRECTION_OUT;
	match.xmit = end_only(inner);
	lower_put(l, SECTION_NAT_OUT, nat_verb(l, uplink), &match, &origins,
	    "answers inside");
	fix_numbers(l, SECTION_NAT_OUT, first, HAIRPIN_NUMBER + index);
}

/* Puts each forward for each inner zone that it serves; returns how many. */
static unsigned
each_hairpin(struct lower *l,
    void (*put)(struct lower *, const struct policy_forward *, endpoint,
	endpoint, unsigned))
{
	unsigned index = 0;

	for (size_t i = 0; i < l->policy->forwards.n; i++) {
		const struct policy_forward *forward = l->policy->forwards.v[i];
		endpoint uplink = forward_uplink(l, forward);

		for (endpoint e = 1; e <= l->policy->zones.n; e++)
			if (uplink != ENDPOINT_SELF &&
			    endpoint_set_has(&forward->from, e) &&
			    endpoint_set_has(&l->inners, e))
				put(l, forward, uplink, e, index++);
	}
	return index;
}

static void
hairpin_over(struct lower *l, const struct policy_forward *forward,
    endpoint uplink, endpoint inner, unsigned index)
{
	struct diag *diag;

	(void)uplink;
	if (index != HAIRPINS_MAX)
		return;
	diag = diag_add(l->diags, E_TOO_MANY, forward->span,
	    "more than %d forwards for zones inside", HAIRPINS_MAX);
	diag_label(l->diags, diag, lower_zone(l, inner)->span,
	    "each such zone counts");
	diag_help(l->diags, diag, "forward ranges of ports");
	l->failed = true;
}

void
lower_hairpins(struct lower *l)
{
	each_hairpin(l, hairpin_over);
	if (!l->failed)
		each_hairpin(l, hairpin_in);
}

/* Inner zones on the card of an uplink are not behind it. */
static struct addr_set
inner_beside(struct lower *l, endpoint uplink)
{
	struct endpoint_set zones = {{0, 0}};

	for (endpoint e = 1; e <= l->policy->zones.n; e++)
		if (endpoint_set_has(&l->inners, e) &&
		    lower_share_card(l, e, uplink))
			endpoint_set_add(&zones, e);
	return lower_family(lower_own(l, &zones), FAMILY_4);
}

static void
nat_out(struct lower *l, endpoint e)
{
	size_t first = section_size(l, SECTION_NAT_OUT);
	struct addr_set keep = lower_untranslated(l, e);
	struct addr_set beside = inner_beside(l, e);
	struct match match = match_any();
	struct spans origins = nat_origin(l, e);

	match.families = FAMILY_4;
	match.direction = DIRECTION_OUT;
	match.xmit = end_only(e);
	if (!addr_set_empty(&keep))
		match.source = side_not(keep);
	if (!addr_set_empty(&beside))
		match.target = side_not(beside);
	lower_put(l, SECTION_NAT_OUT, nat_verb(l, e), &match, &origins, "out");
	fix_numbers(
	    l, SECTION_NAT_OUT, first, ANCHOR_NAT_OUT + nat_index(l, e));
}

void
lower_nat_out(struct lower *l)
{
	struct match match = match_any();
	struct verb allow = verb_plain(IPFW_ALLOW);

	for (endpoint e = 1; e <= l->policy->zones.n; e++)
		if (endpoint_set_has(&l->uplinks, e) && lower_nated(l, e))
			nat_out(l, e);
	each_hairpin(l, hairpin_out);
	lower_put(l, SECTION_ALLOW, allow, &match, NULL, "anchor");
}

static void
add_redirects(struct lower *l, endpoint uplink, struct ipfw_nat *nat)
{
	for (size_t i = 0; i < l->policy->forwards.n; i++) {
		const struct policy_forward *forward = l->policy->forwards.v[i];
		struct ipfw_redirect redirect = {
		    .protocol = forward->protocol,
		    .target = forward->target,
		    .inside = forward->inside,
		    .outside = forward->outside,
		    .origin = forward->span,
		};

		if (endpoint_set_has(&forward->from, uplink))
			vec_push(l->arena, &nat->redirects, redirect);
	}
}

/* NAT takes its address from one card, known by its whole name. */
static bool
one_card(struct lower *l, endpoint e)
{
	const struct zone *zone = lower_zone(l, e);
	struct diag *diag;

	if (zone->cards.n == 1 && !zone->cards.v[0].wildcard)
		return true;
	diag = diag_add(l->diags, E_NAT_CARD, zone->span,
	    "NAT goes out by '%s', which is not one card", zone->name);
	diag_help(l->diags, diag,
	    "make each card a zone of its own, by its whole name");
	l->failed = true;
	return false;
}

/* ipfw(8) reads lines of a certain length, and this one cannot be divided. */
static void
check_line(struct lower *l, const struct ipfw_nat *nat)
{
	struct diag *diag;

	if (!nat->kernel || ipfw_nat_fits(l->arena, nat))
		return;
	diag = diag_add(l->diags, E_TOO_MANY, nat->origin,
	    "%zu forwards by one uplink; in-kernel NAT holds fewer",
	    nat->redirects.n);
	diag_help(l->diags, diag,
	    "forward ranges of ports, or translate by `option nat divert`");
	l->failed = true;
}

void
lower_nat_instances(struct lower *l)
{
	for (endpoint e = 1; e <= l->policy->zones.n; e++) {
		struct ipfw_nat nat = {.kernel = !divert(l)};

		if (!endpoint_set_has(&l->uplinks, e) || !lower_nated(l, e) ||
		    !one_card(l, e))
			continue;
		nat.id = nat_verb(l, e).argument;
		nat.card = lower_zone(l, e)->cards.v[0].pattern;
		nat.origin = lower_zone(l, e)->nat_span;
		add_redirects(l, e, &nat);
		check_line(l, &nat);
		vec_push(l->arena, &l->ruleset->nats, nat);
	}
}

/* Does a rule behind the divert ask by which card a packet came? */
static bool
asks_card(const struct lower *l, enum section_id id)
{
	const struct section *section = &l->sections[id];

	for (size_t i = 0; i < section->rules.n; i++) {
		const struct ipfw_rule *rule = &section->rules.v[i].rule;

		for (size_t j = 0; j < rule->insns.n; j++)
			if (rule->insns.v[j].op == IPFW_RECV)
				return true;
	}
	return false;
}

static void
check_name(struct lower *l, const char *name, struct span at)
{
	size_t n = strlen(name);
	struct diag *diag;

	if (n <= DIVERT_NAME_MAX)
		return;
	diag = diag_add(l->diags, E_DIVERT_NAME, at,
	    "divert hands back %d characters of a card's name, and '%s' has "
	    "%zu",
	    DIVERT_NAME_MAX, name, n);
	diag_help(l->diags, diag,
	    "translate in the kernel: "
	    "`option nat kernel`");
	l->failed = true;
}

static void
check_hairpin(struct lower *l, const struct policy_forward *forward,
    endpoint uplink, endpoint inner, unsigned index)
{
	const struct zone *zone = lower_zone(l, inner);

	for (size_t i = 0; i < zone->cards.n; i++)
		check_name(l, zone->cards.v[i].pattern, forward->span);
	(void)uplink;
	(void)index;
}

/*
 * A divert clears the receiving card and restores it from what natd(8) hands
 * back, seven characters of its name; a rule that asks for the card then
 * never matches, or matches another, and one that asks for none always does.
 * With two instances the second one's rules ask, behind the first.
 */
void
lower_check_divert(struct lower *l)
{
	if (!divert(l))
		return;
	each_hairpin(l, check_hairpin);
	if (l->ruleset->nats.n < 2 && !asks_card(l, SECTION_OUT) &&
	    !asks_card(l, SECTION_UPLINK))
		return;
	for (size_t i = 0; i < l->ruleset->nats.n; i++)
		check_name(l, l->ruleset->nats.v[i].card,
		    l->ruleset->nats.v[i].origin);
}
