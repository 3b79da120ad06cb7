/*
 * Trusted zones: their machines and this host talk among themselves without
 * states.  What they send elsewhere is judged in the out pass.
 */
#include "target/ipfw/lower/private.h"

static const char *const link_sources[] = {"fe80::/10", "::", NULL};
static const char *const every4[] = {"224.0.0.0/4", "255.255.255.255", NULL};
static const char *const nobody[] = {"0.0.0.0", NULL};
static const char *const everybody[] = {"255.255.255.255", NULL};

/*
 * Towards a trusted zone everything may leave if nothing but this host, the
 * zone itself and what an uplink rule let in can get that far: no other inner
 * zone is let on (tests/vectors/lowering/S20), or shares its card.
 */
bool
lower_trust_short(const struct lower *l, endpoint zone)
{
	for (endpoint e = 1; e <= l->policy->zones.n; e++) {
		if (e == zone || !lower_zone(l, e)->present)
			continue;
		if (lower_share_card(l, e, zone) ||
		    (endpoint_set_has(&l->inners, e) && lower_gate_open(l, e)))
			return false;
	}
	return true;
}

static void
put_allow(
    struct lower *l, const struct match *match, endpoint zone, const char *note)
{
	struct spans origins = lower_origin(l, lower_zone(l, zone)->trust_span);

	lower_put(
	    l, SECTION_DISPATCH, verb_plain(IPFW_ALLOW), match, &origins, note);
}

static void
trust_in(struct lower *l, endpoint e, enum family family)
{
	struct match match = match_any();
	struct spans origins = lower_origin(l, lower_zone(l, e)->trust_span);

	match.families = family;
	match.source = side_of(lower_family(lower_zone(l, e)->own, family));
	if (addr_set_empty(&match.source.set))
		return;
	match.direction = DIRECTION_IN;
	match.recv = end_only(e);
	if (family == FAMILY_4 && l->flavour->reass && lower_talks(l, e))
		lower_put(l, SECTION_DISPATCH, verb_plain(IPFW_REASS), &match,
		    &origins, "fragments");
	put_allow(l, &match, e, "trusted");
}

static void
trust_out(struct lower *l, endpoint e, enum family family)
{
	struct match match = match_any();
	struct addr_set own = lower_family(lower_zone(l, e)->own, family);

	if (addr_set_empty(&own))
		return;
	match.families = family;
	match.direction = DIRECTION_OUT;
	match.xmit = end_only(e);
	match.target = side_of(lower_join(l, own,
	    lower_nets(l, family == FAMILY_4 ? every4 : lower_link_scope)));
	put_allow(l, &match, e, "trusted");
}

/* On the link a zone that is not trusted has the same addresses. */
bool
lower_shares_link(const struct lower *l, endpoint zone)
{
	for (endpoint e = 1; e <= l->policy->zones.n; e++)
		if (e != zone && lower_zone(l, e)->present &&
		    !lower_zone(l, e)->trusted && lower_share_card(l, e, zone))
			return true;
	return false;
}

/* A machine without an address asks for one; the link talks to itself. */
static void
trust_link(struct lower *l, endpoint e)
{
	struct match match = match_any();
	struct addr_set own6 = lower_family(lower_zone(l, e)->own, FAMILY_6);

	match.protocol = PROTOCOL_UDP;
	match.source = side_of(lower_nets(l, nobody));
	match.source_ports = port_set_of(l->arena, 68, 68);
	match.target = side_of(lower_nets(l, everybody));
	match.target_ports = port_set_of(l->arena, 67, 67);
	match.direction = DIRECTION_IN;
	match.recv = end_only(e);
	if (lower_zone(l, e)->nets.v4.n != 0)
		put_allow(l, &match, e, "DHCP");
	match = match_any();
	match.families = FAMILY_6;
	if (lower_shares_link(l, e)) {
		match.protocol = PROTOCOL_ICMP6;
		match.has_types = true;
		match.types = neighbour_types();
	}
	match.source = side_of(lower_nets(l, link_sources));
	match.target = side_of(
	    lower_join(l, own6, lower_nets(l, lower_link_scope)));
	match.target.me = !addr_set_empty(&own6);
	match.via = end_only(e);
	put_allow(l, &match, e, "link");
}

/* No card brings in what bears this host's own address as its source. */
void
lower_refuse_own(struct lower *l)
{
	struct match match = match_any();

	if (endpoint_set_empty(&l->inners))
		return;
	match.direction = DIRECTION_IN;
	match.recv = l->inners;
	match.source = side_me();
	lower_put(l, SECTION_DISPATCH, verb_deny(l->ir->fallback_log), &match,
	    NULL, "own address");
}

void
lower_trust(struct lower *l)
{
	for (endpoint e = 1; e <= l->policy->zones.n; e++) {
		if (!endpoint_set_has(&l->trusted, e))
			continue;
		lower_no_route(l, SECTION_DISPATCH, e);
		trust_in(l, e, FAMILY_4);
		trust_in(l, e, FAMILY_6);
		if (lower_trust_short(l, e)) {
			trust_out(l, e, FAMILY_4);
			trust_out(l, e, FAMILY_6);
		}
		trust_link(l, e);
	}
}
