/*
 * The gates of the inner zones: a packet is taken for a zone's only if both
 * its card and its source are.
 */
#include "target/ipfw/lower/private.h"

static const char *const link_sources[] = {"fe80::/10", "::", NULL};
static const char *const nobody[] = {"0.0.0.0", NULL};
static const char *const everybody[] = {"255.255.255.255", NULL};

/* How many zones hold the nets of this one: the narrower is asked first. */
static size_t
depth(const struct lower *l, endpoint e)
{
	size_t n = 0;

	for (endpoint o = 1; o <= l->policy->zones.n; o++)
		if (o != e && lower_zone(l, o)->role == ZONE_INNER &&
		    addr_set_covers(
			&lower_zone(l, o)->nets, &lower_zone(l, e)->nets))
			n++;
	return n;
}

static bool
shares_uplink_card(const struct lower *l, endpoint e)
{
	for (endpoint u = 1; u <= l->policy->zones.n; u++)
		if (endpoint_set_has(&l->uplinks, u) &&
		    lower_share_card(l, e, u))
			return true;
	return false;
}

/*
 * The nets of a zone, without those of a narrower zone that has its own gate
 * on some of the cards, but not on all of them.
 */
static struct addr_set
gate_nets(struct lower *l, endpoint e)
{
	const struct zone *zone = lower_zone(l, e);
	struct addr_set nets = zone->nets;

	for (endpoint o = 1; o <= l->policy->zones.n; o++) {
		bool everywhere = lower_zone(l, o)->present;

		if (o == e || lower_zone(l, o)->role != ZONE_INNER)
			continue;
		for (size_t i = 0; i < zone->cards.n; i++)
			everywhere = everywhere &&
			    lower_has_card(lower_zone(l, o), &zone->cards.v[i]);
		if (!everywhere &&
		    addr_set_covers(&zone->nets, &lower_zone(l, o)->nets))
			nets = addr_set_subtract(
			    l->arena, &nets, &lower_zone(l, o)->nets);
	}
	return nets;
}

static void
gate_nets_put(struct lower *l, endpoint e, const struct label *block)
{
	struct match match = match_any();
	struct spans origins = lower_origin(l, lower_zone(l, e)->span);
	struct addr_set nets = gate_nets(l, e);

	if (!l->flavour->ipv6)
		nets = lower_family(nets, FAMILY_4);
	else if (lower_zone(l, e)->nets.v6.n != 0)
		nets = lower_join(l, nets, lower_nets(l, link_sources));
	if (addr_set_empty(&nets))
		return;
	match.source = side_of(nets);
	match.direction = DIRECTION_IN;
	match.recv = end_only(e);
	lower_put(
	    l, SECTION_INNER_GATES, verb_jump(block), &match, &origins, "in");
}

/* A zone without IPv6 nets has no IPv6 but what keeps the link alive. */
static void
gate_neighbours(struct lower *l, const struct endpoint_set *zones)
{
	struct match match = match_any();
	struct spans origins = {0};

	for (endpoint e = 1; e <= l->policy->zones.n; e++) {
		if (!endpoint_set_has(zones, e) ||
		    lower_zone(l, e)->nets.v6.n != 0)
			continue;
		vec_push(l->arena, &origins, lower_zone(l, e)->span);
		endpoint_set_add(&match.recv, e);
	}
	if (!l->flavour->ipv6 || origins.n == 0)
		return;

	match.protocol = PROTOCOL_ICMP6;
	match.source = side_of(lower_nets(l, link_sources));
	match.target = side_of(lower_nets(l, lower_link_scope));
	match.direction = DIRECTION_IN;
	match.has_types = true;
	match.types = neighbour_types();
	lower_put(l, SECTION_INNER_GATES, verb_plain(IPFW_ALLOW), &match,
	    &origins, "neighbours");
}

/*
 * Who has no address yet, or speaks on the link alone, has no route back: a
 * client of DHCP, duplicate address detection (RFC 4862).
 */
void
lower_no_route(struct lower *l, enum section_id section, endpoint e)
{
	static const enum family families[] = {FAMILY_4, FAMILY_6};
	struct match match = match_any();
	struct spans origins = lower_origin(l, lower_zone(l, e)->span);

	if (!lower_zone(l, e)->verrevpath)
		return;
	match.direction = DIRECTION_IN;
	match.recv = end_only(e);
	match.verrevpath_fails = true;
	for (size_t f = 0; f < 2; f++) {
		match.families = families[f];
		match.source = side_not(lower_nets(
		    l, families[f] == FAMILY_4 ? nobody : link_sources));
		lower_put(l, section, verb_deny(l->ir->fallback_log), &match,
		    &origins, "no route back");
	}
}

static void
gate(struct lower *l, endpoint e, const struct label *block)
{
	lower_no_route(l, SECTION_INNER_GATES, e);
	gate_nets_put(l, e, block);
}

static bool
asks_everybody(const struct ir_rule *rule)
{
	static const struct addr everybody4 = {0, UINT32_MAX};

	return rule->broadcast ||
	    (rule->groups != NULL &&
		addr_set_contains(rule->groups, FAMILY_4, everybody4));
}

/*
 * A client without an address asks everybody: the net check would refuse it,
 * and 0.0.0.0 must not pass that for anything else.
 */
static void
gate_clients(struct lower *l, const struct ir_rule *rule,
    enum section_id section, struct endpoint_set *decided)
{
	struct match match = match_any();
	struct endpoint_set zones = {{0, 0}};

	if (rule->kind != IR_EXCHANGE || rule->way == IR_OUTWARDS ||
	    rule->exchange != EXCHANGE_SERVER || rule->match.has_source ||
	    !asks_everybody(rule) || !(rule->match.families & FAMILY_4))
		return;
	for (endpoint e = 1; e <= l->policy->zones.n; e++)
		if (endpoint_set_has(&rule->from, e) &&
		    endpoint_set_has(&l->inners, e) &&
		    lower_zone(l, e)->nets.v4.n != 0 &&
		    !endpoint_set_has(decided, e))
			endpoint_set_add(&zones, e);
	*decided = endpoint_set_union(decided, &zones);
	if (endpoint_set_empty(&zones) || rule->verdict != VERDICT_ALLOW)
		return;
	match.protocol = rule->match.protocol;
	match.source = side_of(lower_nets(l, nobody));
	match.source_ports = rule->match.source_ports;
	match.target = side_of(lower_nets(l, everybody));
	match.target_ports = rule->match.target_ports;
	match.direction = DIRECTION_IN;
	match.recv = zones;
	lower_put(l, section, verb_plain(IPFW_ALLOW), &match, &rule->origins,
	    rule->label);
}

void
lower_clients(struct lower *l, enum section_id section, bool beside)
{
	struct endpoint_set decided = l->trusted;

	for (endpoint e = 1; e <= l->policy->zones.n; e++)
		if (endpoint_set_has(&l->inners, e) &&
		    shares_uplink_card(l, e) != beside)
			endpoint_set_add(&decided, e);
	for (size_t i = 0; i < l->ir->rules.n; i++)
		gate_clients(l, &l->ir->rules.v[i], section, &decided);
}

static bool
has_gate(const struct lower *l, endpoint e)
{
	return endpoint_set_has(&l->inners, e) &&
	    !endpoint_set_has(&l->trusted, e);
}

static void
put_jump(struct lower *l, const struct label *to)
{
	struct match match = match_any();

	match.direction = DIRECTION_IN;
	lower_put(l, SECTION_INNER_GATES, verb_jump(to), &match, NULL, NULL);
}

/* Zones whose cards are no others', if they are many. */
static card_branches
find_branches(struct lower *l, struct endpoint_set *found)
{
	card_branches branches = {0}, none = {0};

	for (endpoint e = 1; e <= l->policy->zones.n; e++) {
		struct endpoint_set zone = end_only(e);

		if (has_gate(l, e) &&
		    card_branch_add(
			l, &branches, &zone, arena_new(l->arena, struct label)))
			endpoint_set_add(found, e);
	}
	if (cards_many(branches.n) && l->level > 0)
		return branches;
	*found = (struct endpoint_set){{0, 0}};
	return none;
}

static void
put_branches(
    struct lower *l, const card_branches *branches, const struct label *blocks)
{
	struct label *after = arena_new(l->arena, struct label);

	for (size_t i = 0; i < branches->n; i++) {
		endpoint e = 1;

		while (!endpoint_set_has(&branches->v[i].zones, e))
			e++;
		put_jump(l, after);
		label_place(l, SECTION_INNER_GATES, branches->v[i].label);
		gate(l, e, &blocks[e]);
		gate_neighbours(l, &branches->v[i].zones);
	}
	label_place(l, SECTION_INNER_GATES, after);
}

bool
lower_gates(struct lower *l, const struct label *blocks)
{
	struct endpoint_set found = {{0, 0}}, gated = {{0, 0}};
	card_branches branches = find_branches(l, &found);

	card_branches_put(
	    l, SECTION_INNER_GATES, DIRECTION_IN, false, &branches);
	for (size_t d = l->policy->zones.n + 1; d-- > 0;)
		for (endpoint e = 1; e <= l->policy->zones.n; e++)
			if (has_gate(l, e) && !endpoint_set_has(&found, e) &&
			    depth(l, e) == d) {
				gate(l, e, &blocks[e]);
				endpoint_set_add(&gated, e);
			}
	gate_neighbours(l, &gated);
	if (branches.n != 0)
		put_branches(l, &branches, blocks);
	lower_clients(l, SECTION_INNER_GATES, false);
	return section_size(l, SECTION_INNER_GATES) != 0;
}

void
lower_closed(struct lower *l)
{
	struct match match = match_any();
	struct spans origins = lower_origin(l, l->policy->fallback_span);

	lower_put(l, SECTION_CLOSED, verb_deny(l->ir->fallback_log), &match,
	    &origins, "spoofed or an unknown card");
}
