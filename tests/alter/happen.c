/*
 * The kernel drops the rest before a rule sees it, or never makes it.
 */
#include <string.h>

#include "tests/alter/happen.h"

static bool
is_loopback(enum family family, struct addr addr)
{
	return family == FAMILY_4 ? addr.lo >> 24 == 127
				  : addr.hi == 0 && addr.lo == 1;
}

static bool
is_nobody(enum family family, struct addr addr)
{
	return family == FAMILY_4 ? addr.lo >> 24 == 0
				  : addr.hi == 0 && addr.lo == 0;
}

static bool
is_group(enum family family, struct addr addr)
{
	return family == FAMILY_4 ? addr.lo >> 29 == 7 : addr.hi >> 56 == 0xff;
}

static bool
is_of_link(enum family family, struct addr addr)
{
	return family == FAMILY_6 && addr.hi >> 54 == 0xfe80 >> 6;
}

static bool
is_local(const struct scene *scene, enum family family, struct addr addr)
{
	return is_loopback(family, addr) ||
	    addr_set_contains(&scene->locality.local, family, addr);
}

/* The last address of a zone's net is everybody there. */
static bool
is_everybody(const struct scene *scene, enum family family, struct addr addr)
{
	const struct policy *policy = scene->policy;

	if (addr_set_contains(&scene->locality.broadcast, family, addr))
		return true;
	for (size_t i = 0; i < policy->zones.n && family == FAMILY_4; i++) {
		const struct addr_ranges *nets = &policy->zones.v[i].nets.v4;

		for (size_t j = 0; j < nets->n; j++)
			if (addr_compare(nets->v[j].hi, addr) == 0)
				return true;
	}
	return false;
}

/* Who has no address yet asks for one, or whether somebody has it. */
static bool
is_asking(const struct ipfw_tuple *t)
{
	if (!is_nobody(t->family, t->source))
		return false;
	if (t->family == FAMILY_6)
		return t->protocol == PROTOCOL_ICMP6;
	return t->protocol == PROTOCOL_UDP && t->source_port == 68 &&
	    t->target_port == 67 && t->target.lo == UINT32_MAX;
}

/* Does what is for a zone's net leave by a card of the zone? */
static bool
is_routed(const struct scene *scene, const struct ipfw_packet *packet)
{
	const struct policy *policy = scene->policy;
	const struct ipfw_tuple *t = &packet->tuple;
	struct endpoint_set there = policy_card_zones(policy, packet->card_out);
	bool home = false, at_home = false;

	for (size_t i = 0; i < policy->zones.n; i++)
		if (policy->zones.v[i].role == ZONE_INNER &&
		    addr_set_contains(
			&policy->zones.v[i].nets, t->family, t->target)) {
			home = true;
			at_home |= endpoint_set_has(
			    &there, ENDPOINT_OF_ZONE(i));
		}
	return !home || at_home;
}

/* For this host, or the answer that brings it an address. */
static bool
is_taken(const struct scene *scene, const struct ipfw_tuple *t)
{
	if (is_loopback(t->family, t->target) ||
	    is_nobody(t->family, t->target))
		return false;
	return is_local(scene, t->family, t->target) ||
	    is_group(t->family, t->target) ||
	    is_everybody(scene, t->family, t->target) ||
	    (t->protocol == PROTOCOL_UDP &&
		(t->target_port == 68 || t->target_port == 546));
}

static bool
is_sent(const struct scene *scene, const struct ipfw_tuple *t)
{
	return !is_local(scene, t->family, t->target) &&
	    !is_nobody(t->family, t->target) &&
	    (is_asking(t) || is_of_link(t->family, t->source) ||
		(is_local(scene, t->family, t->source) &&
		    !is_loopback(t->family, t->source)));
}

static bool
is_forwarded(const struct scene *scene, const struct ipfw_tuple *t)
{
	enum family family = t->family;

	return !is_local(scene, family, t->target) &&
	    !is_nobody(family, t->target) && !is_group(family, t->target) &&
	    !is_of_link(family, t->target) &&
	    !is_everybody(scene, family, t->target) &&
	    !is_nobody(family, t->source) && !is_of_link(family, t->source);
}

bool
can_happen(const struct scene *scene, const struct ipfw_packet *packet)
{
	const struct ipfw_tuple *t = &packet->tuple;
	const char *in = packet->card_in, *out = packet->card_out;

	if ((in != NULL && strcmp(in, "lo0") == 0) ||
	    (out != NULL && strcmp(out, "lo0") == 0))
		return packet->offset == 0 && (in == NULL || out == NULL) &&
		    is_local(scene, t->family, t->source) &&
		    is_local(scene, t->family, t->target);
	if (out == NULL)
		return is_taken(scene, t);
	if (!is_routed(scene, packet))
		return false;
	return in == NULL ? is_sent(scene, t) : is_forwarded(scene, t);
}
