/*
 * The two ends of a flow: is the source an address that the zone may send
 * from, and whom is the target for?
 */
#include "eval/meaning_private.h"

bool
end_is_uplink(const struct look *look, endpoint e)
{
	return e != ENDPOINT_SELF &&
	    policy_zone(look->policy, e)->role == ZONE_UPLINK;
}

bool
end_is_inner(const struct look *look, endpoint e)
{
	return e != ENDPOINT_SELF &&
	    policy_zone(look->policy, e)->role == ZONE_INNER;
}

bool
flow_with_self(const struct flow *flow)
{
	return flow->from == ENDPOINT_SELF || flow->to == ENDPOINT_SELF;
}

bool
flow_behind_nat(const struct look *look)
{
	const struct flow *flow = &look->flow;

	return flow->family == FAMILY_4 && end_is_uplink(look, flow->from) &&
	    endpoint_set_has(
		&policy_zone(look->policy, flow->from)->nat_from, flow->to);
}

/* A zone without IPv6 nets has no more of it than the link. */
bool
end_has_ipv6(const struct look *look, endpoint e)
{
	return !end_is_inner(look, e) ||
	    policy_zone(look->policy, e)->nets.v6.n != 0;
}

/* And one without IPv4 nets has nothing of it at all. */
bool
end_has_ipv4(const struct look *look, endpoint e)
{
	return !end_is_inner(look, e) ||
	    policy_zone(look->policy, e)->nets.v4.n != 0;
}

static bool
is_zero(struct addr addr)
{
	return addr.hi == 0 && addr.lo == 0;
}

static bool
is_link_local(struct addr addr)
{
	return addr.hi >> 54 == 0xfe80u >> 6;
}

bool
addr_from_link(struct addr addr)
{
	return is_link_local(addr) || is_zero(addr);
}

bool
addr_in_link(struct addr addr)
{
	return is_link_local(addr) || addr.hi >> 48 == 0xff02u;
}

static bool
is_loopback(enum family family, struct addr addr)
{
	if (family == FAMILY_4)
		return addr.lo >> 24 == 127;
	return addr.hi == 0 && addr.lo == 1;
}

static bool
is_multicast(enum family family, struct addr addr)
{
	if (family == FAMILY_4)
		return addr.lo >> 28 == 0xe;
	return addr.hi >> 56 == 0xff;
}

/* Addresses that are never a sender's: RFC 1122, 3.2.1.3; RFC 4291, 2.7. */
static bool
is_no_sender(enum family family, struct addr addr)
{
	return is_loopback(family, addr) || is_multicast(family, addr) ||
	    (family == FAMILY_4 && addr.lo >> 28 == 0xf);
}

static bool
is_group(const struct look *look, struct addr addr)
{
	enum family family = look->flow.family;

	return is_multicast(family, addr) ||
	    (family == FAMILY_4 && addr.lo == UINT32_MAX) ||
	    addr_set_contains(&look->locality->broadcast, family, addr);
}

static bool
is_local(const struct look *look, struct addr addr)
{
	return addr_set_contains(
	    &look->locality->local, look->flow.family, addr);
}

static bool
is_own(const struct look *look, endpoint e, struct addr addr)
{
	return addr_set_contains(
	    &policy_zone(look->policy, e)->own, look->flow.family, addr);
}

/* What this host sends bears an address of its own, or none yet. */
enum source_kind
end_source(const struct look *look)
{
	const struct flow *flow = &look->flow;
	bool inner = end_is_inner(look, flow->from);

	if (flow->from == ENDPOINT_SELF)
		return SOURCE_OWN;
	if (is_no_sender(flow->family, flow->source) ||
	    is_local(look, flow->source))
		return SOURCE_SPOOFED;
	if (is_own(look, flow->from, flow->source))
		return SOURCE_OWN;
	if (inner && flow->family == FAMILY_6 && addr_from_link(flow->source))
		return SOURCE_LINK;
	if (inner && flow->family == FAMILY_4 && is_zero(flow->source) &&
	    end_has_ipv4(look, flow->from))
		return SOURCE_NOBODY;
	return SOURCE_SPOOFED;
}

/*
 * Whatever leaves by an uplink is for somebody elsewhere; a zone's broadcasts
 * are its own, but for this host those of a group.
 */
enum target_kind
end_target(const struct look *look)
{
	const struct flow *flow = &look->flow;

	if (end_is_uplink(look, flow->to))
		return TARGET_OWN;
	if (flow->to == ENDPOINT_SELF && is_local(look, flow->target))
		return TARGET_OWN;
	if (end_is_inner(look, flow->to) &&
	    is_own(look, flow->to, flow->target))
		return TARGET_OWN;
	if (is_group(look, flow->target))
		return TARGET_GROUP;
	if (flow->family == FAMILY_6 && is_link_local(flow->target))
		return TARGET_LINK;
	return TARGET_OTHER;
}
