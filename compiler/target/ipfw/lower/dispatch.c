/*
 * The first rules a packet meets: by card and direction to its section, its
 * source checked against the card on the way.
 */
#include "target/ipfw/lower/private.h"

static const char *const loopback4[] = {"127.0.0.0/8", NULL};
static const char *const loopback6[] = {"::1", NULL};
static const char *const no_source4[] = {"224.0.0.0/3", NULL};
static const char *const no_source6[] = {"ff00::/8", NULL};

struct addr_set
lower_family(struct addr_set set, enum family family)
{
	if (!(family & FAMILY_4))
		set.v4.n = 0;
	if (!(family & FAMILY_6))
		set.v6.n = 0;
	return set;
}

/* Sources that never come in by an uplink. */
struct addr_set
lower_spoofed(struct lower *l, enum family family)
{
	struct addr_set inner = lower_family(l->inner_nets, family);

	if (family == FAMILY_4)
		return lower_join(l,
		    lower_join(l, lower_nets(l, loopback4), inner),
		    lower_nets(l, no_source4));
	return lower_join(l, lower_join(l, lower_nets(l, loopback6), inner),
	    lower_nets(l, no_source6));
}

/* Targets that are refused before the NAT. */
struct addr_set
lower_hidden(struct lower *l, endpoint uplink)
{
	return lower_join(l, lower_nets(l, loopback4),
	    lower_family(lower_translated(l, uplink), FAMILY_4));
}

/* Uplinks before E that hide the same nets share its rule. */
bool
lower_hidden_alike(struct lower *l, endpoint e, struct endpoint_set *group)
{
	struct addr_set mine = lower_hidden(l, e);
	bool earlier = false;

	for (endpoint u = 1; u <= l->policy->zones.n; u++) {
		struct addr_set other;

		if (!endpoint_set_has(&l->uplinks, u))
			continue;
		other = lower_hidden(l, u);
		if (!addr_set_equal(&mine, &other))
			continue;
		earlier = earlier || u < e;
		endpoint_set_add(group, u);
	}
	return earlier;
}

static void
dispatch_uplink4(struct lower *l, endpoint e, const struct label *to)
{
	struct endpoint_set group = {{0, 0}};
	struct match match = match_any();
	struct spans origins = lower_origin(l, lower_zone(l, e)->span);

	if (lower_hidden_alike(l, e, &group))
		return;
	match.direction = DIRECTION_IN;
	match.recv = group;
	match.families = FAMILY_4;
	if (l->flavour->lists) {
		match.source = side_not(lower_spoofed(l, FAMILY_4));
		match.target = side_not(lower_hidden(l, e));
	}
	lower_put(l, SECTION_DISPATCH, verb_jump(to), &match, &origins,
	    "in from outside");
}

static void
dispatch_uplinks6(struct lower *l, const struct label *to)
{
	struct match match = match_any();
	struct spans origins = {0};

	if (!l->flavour->ipv6 || endpoint_set_empty(&l->uplinks))
		return;
	for (endpoint e = 1; e <= l->policy->zones.n; e++)
		if (endpoint_set_has(&l->uplinks, e))
			vec_push(l->arena, &origins, lower_zone(l, e)->span);
	match.families = FAMILY_6;
	match.direction = DIRECTION_IN;
	match.recv = l->uplinks;
	match.source = side_not(lower_spoofed(l, FAMILY_6));
	match.target = side_not(lower_nets(l, loopback6));
	lower_put(l, SECTION_DISPATCH, verb_jump(to), &match, &origins,
	    "in from outside");
}

static void
dispatch_out(struct lower *l, const struct label *to)
{
	struct match match = match_any();
	struct spans origins = {0};

	match.direction = DIRECTION_OUT;
	match.xmit = lower_out_zones(l);
	if (endpoint_set_empty(&match.xmit))
		return;
	for (endpoint e = 1; e <= l->policy->zones.n; e++)
		if (endpoint_set_has(&match.xmit, e))
			vec_push(l->arena, &origins, lower_zone(l, e)->span);
	lower_put(l, SECTION_DISPATCH, verb_jump(to), &match, &origins, "out");
}

/* What stays on the host is always open. */
void
lower_loopback(struct lower *l, enum section_id section)
{
	struct match match = match_any();
	struct ipfw_insn via = {.op = IPFW_VIA, .text = "lo0"};
	struct ipfw_rule rule = {.verb = IPFW_ALLOW};
	bool named = false;

	for (endpoint e = 1; e <= l->policy->zones.n; e++) {
		struct spans origins = lower_origin(l, lower_zone(l, e)->span);

		if (lower_zone(l, e)->role != ZONE_LOOPBACK)
			continue;
		match.via = end_only(e);
		lower_put(l, section, verb_plain(IPFW_ALLOW), &match, &origins,
		    "loopback");
		named = true;
	}
	if (named)
		return;
	vec_push(l->arena, &rule.insns, via);
	if (l->flavour->comments)
		rule.comment = "loopback";
	section_append(l, section, &rule, NULL, 0);
}

/*
 * Where the uplink's rule cannot leave the inner nets out, a zone on the same
 * card is told from it before.
 */
static void
dispatch_beside(struct lower *l, endpoint e, const struct label *inner)
{
	struct match match = match_any();
	struct spans origins = lower_origin(l, lower_zone(l, e)->span);

	for (endpoint u = 1; u <= l->policy->zones.n; u++) {
		if (!endpoint_set_has(&l->uplinks, u) ||
		    !lower_share_card(l, e, u))
			continue;
		match.families = FAMILY_4;
		match.source = side_of(lower_zone(l, e)->nets);
		match.direction = DIRECTION_IN;
		match.recv = end_only(e);
		lower_put(l, SECTION_DISPATCH, verb_jump(inner), &match,
		    &origins, "in");
		return;
	}
}

void
lower_dispatch(struct lower *l, const struct label *uplink4,
    const struct label *uplink6, const struct label *out)
{
	struct label *inner = arena_new(l->arena, struct label);

	lower_clients(l, SECTION_DISPATCH, true);
	for (endpoint e = 1; e <= l->policy->zones.n; e++)
		if (!l->flavour->lists && endpoint_set_has(&l->inners, e))
			dispatch_beside(l, e, inner);
	for (endpoint e = 1; e <= l->policy->zones.n; e++)
		if (endpoint_set_has(&l->uplinks, e))
			dispatch_uplink4(l, e, uplink4);
	dispatch_out(l, out);
	dispatch_uplinks6(l, uplink6);
	label_place(l, SECTION_DISPATCH, inner);
}

void
lower_lifeline(struct lower *l)
{
	const struct policy_options *options = &l->policy->options;
	struct spans origins = lower_origin(l, options->lifeline_span);
	struct match match = match_any();

	if (!options->has_lifeline)
		return;
	lower_loopback(l, SECTION_LIFELINE);
	match.protocol = PROTOCOL_TCP;
	match.direction = DIRECTION_IN;
	match.source = side_of(options->lifeline);
	match.target = side_me();
	match.target_ports = port_set_of(l->arena, 22, 22);
	lower_put(l, SECTION_LIFELINE, verb_plain(IPFW_ALLOW), &match, &origins,
	    "lifeline");
	match.direction = DIRECTION_OUT;
	match.target = match.source;
	match.source = side_me();
	match.source_ports = match.target_ports;
	match.target_ports = (struct port_set){0};
	lower_put(l, SECTION_LIFELINE, verb_plain(IPFW_ALLOW), &match, &origins,
	    "lifeline");
}
