/*
 * What fits no state and is let through by rules without one: exchanges such
 * as DHCP, neighbour discovery, and the ICMP errors that path-MTU discovery
 * needs.
 */
#include "target/ipfw/lower/private.h"

static const char *const link_local[] = {"fe80::/10", NULL};
static const char *const unspecified[] = {"0.0.0.0", NULL};

static void
type_add(struct type_set *set, unsigned type)
{
	set->bits[type / 64] |= (uint64_t)1 << type % 64;
}

/*
 * RFC 4861: 133-136; RFC 2710 and 3810, multicast listening: 130-132, 143.
 */
struct type_set
neighbour_types(void)
{
	struct type_set set = {{0}};

	for (unsigned type = 130; type <= 136; type++)
		type_add(&set, type);
	type_add(&set, 143);
	return set;
}

void
neighbours_put(struct lower *l, enum section_id section)
{
	struct match match = match_any();

	match.protocol = PROTOCOL_ICMP6;
	match.direction = DIRECTION_IN;
	match.has_types = true;
	match.types = neighbour_types();
	match.target = side_me();
	match.target.has_set = true;
	match.target.set = lower_nets(l, lower_link_scope);
	lower_put(
	    l, section, verb_plain(IPFW_ALLOW), &match, NULL, "neighbours");
}

/* Unreachable, time exceeded, parameter problem: RFC 792. */
static struct type_set
error_types(void)
{
	struct type_set set = {{0}};

	type_add(&set, 3);
	type_add(&set, 11);
	type_add(&set, 12);
	return set;
}

/* RFC 4443: 1-4. */
static struct type_set
error6_types(void)
{
	struct type_set set = {{0}};

	for (unsigned type = 1; type <= 4; type++)
		type_add(&set, type);
	return set;
}

void
errors_put(struct lower *l, enum section_id section, enum family families,
    const struct match *base, struct verb verb)
{
	struct match match = *base;

	match.has_types = true;
	if (families & FAMILY_4) {
		match.families = FAMILY_4;
		match.protocol = PROTOCOL_ICMP;
		match.types = error_types();
		lower_put(l, section, verb, &match, NULL, "errors");
	}
	if (families & FAMILY_6) {
		match.families = FAMILY_6;
		match.protocol = PROTOCOL_ICMP6;
		match.types = error6_types();
		lower_put(l, section, verb, &match, NULL, "errors");
	}
}

/* The rule is written towards this host; out of it, its ends are swapped. */
static struct endpoint_set
far_ends(const struct ir_rule *rule, const struct context *context)
{
	return endpoint_set_intersect(&rule->from,
	    context->direction == DIRECTION_OUT ? &context->to
						: &context->from);
}

static enum family
context_families(const struct context *context)
{
	return context->families == FAMILY_NONE ? FAMILY_BOTH
						: context->families;
}

bool
exchange_applies(const struct ir_rule *rule, const struct context *context)
{
	const struct endpoint_set *here = context->direction == DIRECTION_OUT
	    ? &context->from
	    : &context->to;
	struct endpoint_set far = far_ends(rule, context);

	if (rule->way ==
	    (context->direction == DIRECTION_OUT ? IR_INWARDS : IR_OUTWARDS))
		return false;
	return endpoint_set_has(here, ENDPOINT_SELF) &&
	    !endpoint_set_empty(&far) &&
	    (rule->match.families & context_families(context)) != 0;
}

/* The addresses beside the host's own that the packets are sent to. */
static struct addr_set
group_addresses(struct lower *l, const struct ir_rule *rule, endpoint far,
    enum family family)
{
	struct addr_set set = {0};

	if (rule->groups != NULL)
		set = *rule->groups;
	if (rule->broadcast) {
		struct addr_set all = lower_broadcasts(l, far);

		set = addr_set_union(l->arena, &set, &all);
	}
	if (family == FAMILY_4)
		set.v6.n = 0;
	else
		set.v4.n = 0;
	return set;
}

/* Those of other zones on the card are not the zone's. */
static struct addr_set
own_groups(struct lower *l, const struct ir_rule *rule, endpoint far,
    enum family family)
{
	struct addr_set set = group_addresses(l, rule, far, family);

	for (endpoint e = 1; e <= l->policy->zones.n; e++)
		if (e != far && endpoint_set_has(&l->inners, e))
			set = addr_set_subtract(
			    l->arena, &set, &lower_zone(l, e)->own);
	return set;
}

/*
 * From an uplink a DHCP answer is sent to an address that is not ours yet, so
 * it has no condition but to be for none of the zones that are routed.
 */
static struct side
target_in4(struct lower *l, const struct ir_rule *rule, endpoint far)
{
	struct side side = side_me();
	struct addr_set routed;

	if (rule->exchange != EXCHANGE_CLIENT ||
	    lower_zone(l, far)->role != ZONE_UPLINK) {
		side.has_set = true;
		side.set = group_addresses(l, rule, far, FAMILY_4);
		return side;
	}
	routed = lower_untranslated(l, far);
	return addr_set_empty(&routed) ? (struct side){0} : side_not(routed);
}

/* An answer to a client comes to its address on the link, and to no group. */
static struct side
target_in6(struct lower *l, const struct ir_rule *rule, endpoint far)
{
	struct addr_set groups = group_addresses(l, rule, far, FAMILY_6);
	struct addr_set link = lower_nets(l, link_local);
	struct side side = side_me();

	if (rule->exchange == EXCHANGE_CLIENT)
		return side_of(link);
	side.has_set = true;
	side.set = addr_set_union(l->arena, &link, &groups);
	return side;
}

static struct side
target_out(struct lower *l, const struct ir_rule *rule, endpoint far,
    enum family family)
{
	struct addr_set groups = own_groups(l, rule, far, family);
	struct addr_set link = lower_nets(l, link_local);
	struct addr_set set = lower_family(lower_zone(l, far)->own, family);

	if (family == FAMILY_6)
		set = addr_set_union(l->arena, &set, &link);
	if (lower_zone(l, far)->role == ZONE_UPLINK) {
		if (!rule->match.has_source)
			return (struct side){0};
		set = lower_family(rule->match.source, family);
	} else if (rule->match.has_source) {
		set = addr_set_intersect(l->arena, &set, &rule->match.source);
	}
	return side_of(addr_set_union(l->arena, &set, &groups));
}

/*
 * What a client asks goes to a group that it is not in itself, such as
 * ff02::1:2 of DHCPv6 (RFC 8415).
 */
static struct side
target_out6(struct lower *l, const struct ir_rule *rule, endpoint far)
{
	struct addr_set link = lower_nets(l, lower_link_scope);
	struct side side;

	if (rule->exchange != EXCHANGE_CLIENT)
		return target_out(l, rule, far, FAMILY_6);
	if (!rule->match.has_source)
		return side_of(link);
	side = target_out(l, rule, far, FAMILY_6);
	return side_of(addr_set_intersect(l->arena, &side.set, &link));
}

/* The source of what this host sends; it may have no address yet. */
static void
born_here(struct lower *l, const struct ir_rule *rule, struct match *match)
{
	if (l->flavour->born_here) {
		match->born = BORN_HERE;
		return;
	}
	match->source = side_me();
	if (rule->exchange == EXCHANGE_CLIENT) {
		match->source.has_set = true;
		match->source.set = lower_nets(l, unspecified);
	}
}

static bool
has_all_cards_of(const struct zone *zone, const struct zone *other)
{
	for (size_t i = 0; i < other->cards.n; i++)
		if (!lower_has_card(zone, &other->cards.v[i]))
			return false;
	return true;
}

/*
 * Do packets for FAR leave by all cards of the context, or is what else leaves
 * there for zones that the rule is about as well?
 */
static bool
goes_by_all_cards(const struct lower *l, const struct ir_rule *rule,
    const struct context *context, endpoint far, enum family family)
{
	for (endpoint e = 1; e <= l->policy->zones.n; e++)
		if (endpoint_set_has(&context->to, e) &&
		    !(endpoint_set_has(&rule->from, e) &&
			(lower_end_families(l, e) & family) != 0) &&
		    !has_all_cards_of(lower_zone(l, far), lower_zone(l, e)))
			return false;
	return true;
}

static void
match_out(struct lower *l, const struct ir_rule *rule,
    const struct context *context, endpoint far, struct match *match)
{
	if (rule->exchange != EXCHANGE_PEER) {
		match->source_ports = rule->match.target_ports;
		match->target_ports = rule->match.source_ports;
	}
	match->target = match->families == FAMILY_6
	    ? target_out6(l, rule, far)
	    : target_out(l, rule, far, FAMILY_4);
	born_here(l, rule, match);
	if (rule->match.has_target)
		match->source = side_of(rule->match.target);
	if (!goes_by_all_cards(l, rule, context, far, match->families))
		match->xmit = end_only(far);
}

static void
match_in(struct lower *l, const struct ir_rule *rule,
    const struct context *context, endpoint far, struct match *match)
{
	bool link = match->families == FAMILY_6 &&
	    rule->exchange == EXCHANGE_CLIENT;
	struct addr_set source = rule->match.source;
	struct addr_set locals = lower_nets(l, link_local);

	if (link)
		source = rule->match.has_source
		    ? addr_set_intersect(l->arena, &source, &locals)
		    : locals;
	if (link || rule->match.has_source)
		match->source = side_of(source);
	match->target = match->families == FAMILY_6 ? target_in6(l, rule, far)
						    : target_in4(l, rule, far);
	if (!endpoint_set_covers(&rule->from, &context->reached))
		match->recv = end_only(far);
}

static struct verb
exchange_verb(const struct ir_rule *rule)
{
	struct verb unreach = {
	    .verb = IPFW_UNREACH, .argument = 3, .log = rule->log};

	if (rule->verdict == VERDICT_ALLOW)
		return verb_plain(IPFW_ALLOW);
	return rule->verdict == VERDICT_REJECT ? unreach : verb_deny(rule->log);
}

static void
exchange_far_put(struct lower *l, const struct ir_rule *rule,
    const struct context *context, endpoint far, enum family family)
{
	struct match match = {
	    .families = family,
	    .protocol = rule->match.protocol,
	    .source_ports = rule->match.source_ports,
	    .target_ports = rule->match.target_ports,
	    .direction = context->direction,
	};

	match_types(&match, &rule->match);
	if (context->direction == DIRECTION_IN && family == FAMILY_4 &&
	    (context->families == FAMILY_4 ||
		lower_end_families(l, far) == FAMILY_4))
		match.families = FAMILY_BOTH;
	if (context->direction == DIRECTION_OUT)
		match_out(l, rule, context, far, &match);
	else
		match_in(l, rule, context, far, &match);
	lower_put(l, context->section, exchange_verb(rule), &match,
	    &rule->origins, rule->label);
}

void
exchange_put(struct lower *l, const struct ir_rule *rule,
    const struct context *context, enum family families)
{
	struct endpoint_set far = far_ends(rule, context);

	for (endpoint e = 1; e <= l->policy->zones.n; e++) {
		enum family have = families & rule->match.families &
		    context_families(context);

		if (!endpoint_set_has(&far, e))
			continue;
		have &= lower_end_families(l, e);
		if (have & FAMILY_4)
			exchange_far_put(l, rule, context, e, FAMILY_4);
		if (l->flavour->ipv6 && have & FAMILY_6)
			exchange_far_put(l, rule, context, e, FAMILY_6);
	}
}
