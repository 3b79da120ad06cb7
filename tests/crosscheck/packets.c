/*
 * Cards and addresses are drawn apart, so that strange pairs occur; then the
 * card and the address say which zone an end is in.
 */
#include <string.h>

#include "tests/crosscheck/packets.h"

static const char *const strange4[] = {"127.0.0.1", "224.0.0.251",
    "224.0.0.252", "255.255.255.255", "0.0.0.0", "8.8.8.8", "198.51.100.7",
    "172.31.0.1", "240.0.0.1", "10.200.0.1"};
static const char *const strange6[] = {"::1", "::", "ff02::fb", "ff02::1:2",
    "ff02::1:3", "ff02::1", "ff05::1:3", "fe80::5", "2001:db8:bad::7",
    "2001:db8:dead::1"};

static const unsigned icmp_types[] = {8, 8, 0, 3, 11, 13, 5};
static const unsigned icmp6_types[] = {128, 128, 129, 1, 2, 135, 136, 143, 139};
static const uint16_t some_ports[] = {22, 80, 443, 53, 67, 68, 137, 546, 547,
    5353, 5355, 4789, 8080, 2222, 1, 1024, 9999, 65535};

/* GRE over IPv6 is refused as an unknown header: ipfw(8), BUGS. */
#define GRE 47

#define COUNT(list) (sizeof(list) / sizeof((list)[0]))
#define PICK(maker, list) ((list)[chance_below((maker)->chance, COUNT(list))])

static bool
percent(struct packet_maker *maker, unsigned n)
{
	return chance_percent(maker->chance, n);
}

static void
pool_add(struct packet_maker *maker, enum family family, struct addr addr)
{
	if (family == FAMILY_4 && maker->n4 < PACKETS_POOL_MAX)
		maker->pool4[maker->n4++] = addr;
	if (family == FAMILY_6 && maker->n6 < PACKETS_POOL_MAX)
		maker->pool6[maker->n6++] = addr;
}

static void
pool_add_texts(struct packet_maker *maker, const char *const *texts, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct world_address address;

		if (world_parse_address(texts[i], &address))
			pool_add(maker, address.family, address.addr);
	}
}

static void
pool_add_set(struct packet_maker *maker, const struct addr_set *set)
{
	for (size_t i = 0; i < set->v4.n; i++)
		pool_add(maker, FAMILY_4, set->v4.v[i].lo);
	for (size_t i = 0; i < set->v6.n; i++)
		pool_add(maker, FAMILY_6, set->v6.v[i].lo);
}

static bool
is_live(const struct scene *scene, endpoint e)
{
	const struct zone *zone = policy_zone(scene->policy, e);

	return zone->present && zone->role != ZONE_LOOPBACK;
}

void
packets_init(struct packet_maker *maker, struct chance *chance,
    const struct scene *scene)
{
	*maker = (struct packet_maker){.chance = chance, .scene = scene};
	pool_add_texts(maker, strange4, COUNT(strange4));
	pool_add_texts(maker, strange6, COUNT(strange6));
	pool_add_set(maker, &scene->locality.local);
	pool_add_set(maker, &scene->locality.broadcast);
	for (endpoint e = 1; e <= scene->policy->zones.n; e++) {
		struct samples four = scene_samples(scene, e, FAMILY_4);
		struct samples six = scene_samples(scene, e, FAMILY_6);

		for (size_t i = 0; i < four.n; i++)
			pool_add(maker, FAMILY_4, four.v[i]);
		for (size_t i = 0; i < six.n; i++)
			pool_add(maker, FAMILY_6, six.v[i]);
	}
}

static struct addr
any_address(struct packet_maker *maker, enum family family)
{
	if (family == FAMILY_4)
		return maker->pool4[chance_below(maker->chance, maker->n4)];
	return maker->pool6[chance_below(maker->chance, maker->n6)];
}

/* One of END's own, if it has any. */
static struct addr
own_address(struct packet_maker *maker, endpoint end, endpoint other,
    enum family family)
{
	struct samples samples;
	struct addr addr;

	if (end == ENDPOINT_SELF && other != ENDPOINT_SELF &&
	    scene_local(maker->scene, other, family, &addr))
		return addr;
	if (end == ENDPOINT_SELF)
		return any_address(maker, family);
	samples = scene_samples(maker->scene, end, family);
	if (samples.n == 0)
		return any_address(maker, family);
	return samples.v[chance_below(maker->chance, samples.n)];
}

static const char *
any_card(struct packet_maker *maker, endpoint end)
{
	const struct scene_zone *zone;

	if (end == ENDPOINT_SELF)
		return NULL;
	if (percent(maker, 2))
		return "zz9";
	zone = &maker->scene->zones[ENDPOINT_ZONE(end)];
	if (zone->cards.n == 0)
		return NULL;
	/* The way back to the zone's nets is by its first card. */
	if (policy_zone(maker->scene->policy, end)->verrevpath)
		return zone->cards.v[0];
	return zone->cards.v[chance_below(maker->chance, zone->cards.n)];
}

/* Ports and types that the policy speaks of. */
static void
take_part(struct packet_maker *maker, const struct service_part *part,
    struct flow *flow)
{
	flow->protocol = part->protocol;
	if (part->source.n != 0)
		flow->source_port = part->source.v[0].lo;
	if (part->target.n != 0) {
		struct port_range range =
		    part->target.v[chance_below(maker->chance, part->target.n)];

		flow->target_port = percent(maker, 50) ? range.lo : range.hi;
		if (percent(maker, 15))
			flow->target_port++;
	}
	for (unsigned type = 0; part->has_types && type < 256; type++)
		if (part->types.bits[type / 64] >> type % 64 & 1) {
			flow->type = type;
			break;
		}
	if (part->exchange != EXCHANGE_NONE && percent(maker, 50)) {
		uint16_t port = flow->source_port;

		flow->source_port = flow->target_port;
		flow->target_port = port;
	}
}

static void
any_service(struct packet_maker *maker, struct flow *flow)
{
	static const int protocols[] = {6, 6, 6, 17, 17, 1, 58, 47, 50};

	flow->protocol = PICK(maker, protocols);
	flow->target_port = PICK(maker, some_ports);
	if (percent(maker, 30))
		flow->source_port = PICK(maker, some_ports);
	flow->type = flow->protocol == PROTOCOL_ICMP6 ? PICK(maker, icmp6_types)
						      : PICK(maker, icmp_types);
}

/* Whether a limited rule lets others pick up what it does not is not said. */
static bool
has_limit(const struct policy *policy)
{
	for (size_t i = 0; i < policy->rules.n; i++)
		if (policy->rules.v[i].limit != 0)
			return true;
	return false;
}

static void
choose_service(struct packet_maker *maker, struct flow *flow)
{
	const struct policy *policy = maker->scene->policy;
	const struct policy_rule *rule;

	any_service(maker, flow);
	if (policy->forwards.n != 0 && percent(maker, 10)) {
		const struct policy_forward *f = policy->forwards.v[0];

		flow->protocol = f->protocol;
		flow->target_port = f->outside.lo;
	} else if (policy->rules.n != 0 && percent(maker, 70)) {
		rule = &policy->rules
			    .v[chance_below(maker->chance, policy->rules.n)];
		if (rule->parts.n != 0)
			take_part(maker,
			    &rule->parts
				 .v[chance_below(maker->chance, rule->parts.n)],
			    flow);
	}
	if (flow->protocol == PROTOCOL_ICMP6)
		flow->family = FAMILY_6;
	if (flow->protocol == PROTOCOL_ICMP)
		flow->family = FAMILY_4;
	if (flow->protocol != PROTOCOL_TCP && flow->protocol != PROTOCOL_UDP)
		flow->source_port = flow->target_port = 0;
	flow->midway = flow->protocol == PROTOCOL_TCP && percent(maker, 8) &&
	    !(policy->options.pickup && has_limit(policy));
}

static bool
holds(const struct addr_set *set, enum family family, struct addr addr)
{
	return addr_set_contains(set, family, addr);
}

static bool
is_local(const struct scene *scene, enum family family, struct addr addr)
{
	return holds(&scene->locality.local, family, addr);
}

/* Multicast, broadcast, loopback, no address, or of the link alone. */
static bool
is_special(const struct scene *scene, enum family family, struct addr addr)
{
	if (family == FAMILY_4)
		return addr.lo >> 29 == 7 || addr.lo >> 24 == 127 ||
		    addr.lo >> 24 == 0 ||
		    holds(&scene->locality.broadcast, family, addr);
	return addr.hi >> 56 == 0xff || addr.hi >> 54 == 0xfe80 >> 6 ||
	    (addr.hi == 0 && addr.lo <= 1);
}

/* Addresses that say nothing of the zone, on a card that has several. */
static bool
is_ambiguous(const struct scene *scene, const char *card, enum family family,
    struct addr addr)
{
	struct endpoint_set zones = {{0, 0}};
	size_t n = 0;

	if (card == NULL || !is_special(scene, family, addr))
		return false;
	zones = policy_card_zones(scene->policy, card);
	for (endpoint e = 1; e <= scene->policy->zones.n; e++)
		n += endpoint_set_has(&zones, e) && is_live(scene, e);
	return n > 1;
}

static bool
resolve_ends(const struct scene *scene, struct trial *trial)
{
	struct ipfw_packet packet = scene_packet(&trial->flow, 0);
	struct flow told;

	packet.card_in = trial->card_in;
	packet.card_out = trial->card_out;
	trial->unknown_card = !scene_flow(scene, &packet, &told);
	trial->flow.from = told.from;
	trial->flow.to = told.to;
	if (trial->unknown_card && scene->policy->options.has_lifeline)
		return false;
	return !is_ambiguous(scene, trial->card_in, told.family, told.source) &&
	    !is_ambiguous(scene, trial->card_out, told.family, told.target);
}

static bool
in_inner_net(const struct scene *scene, enum family family, struct addr addr)
{
	for (endpoint e = 1; e <= scene->policy->zones.n; e++) {
		const struct zone *zone = policy_zone(scene->policy, e);

		if (zone->role == ZONE_INNER &&
		    holds(&zone->nets, family, addr))
			return true;
	}
	return false;
}

static bool
is_loopback(enum family family, struct addr addr)
{
	return family == FAMILY_4 ? addr.lo >> 24 == 127
				  : addr.hi == 0 && addr.lo <= 1;
}

/* Does what is for an inner net leave by a card of the zone? */
static bool
is_routed(const struct scene *scene, const struct trial *trial)
{
	const struct flow *flow = &trial->flow;

	if (!in_inner_net(scene, flow->family, flow->target))
		return true;
	return flow->to != ENDPOINT_SELF &&
	    holds(&policy_zone(scene->policy, flow->to)->own, flow->family,
		flow->target);
}

/* The broadcast of a net that is not on the card. */
static bool
is_foreign_broadcast(const struct scene *scene, const struct flow *flow)
{
	return holds(&scene->locality.broadcast, flow->family, flow->target) &&
	    (flow->to == ENDPOINT_SELF ||
		!holds(&policy_zone(scene->policy, flow->to)->own, flow->family,
		    flow->target));
}

/* Nobody sends without an address but to get one, or to find neighbours. */
static bool
is_from_nobody(const struct flow *flow)
{
	if (flow->family == FAMILY_4 && flow->from == ENDPOINT_SELF)
		return flow->source.lo == 0 &&
		    (flow->protocol != PROTOCOL_UDP ||
			flow->source_port != 68 || flow->target_port != 67 ||
			flow->target.lo != UINT32_MAX);
	return flow->family == FAMILY_6 && flow->source.hi == 0 &&
	    flow->source.lo == 0 && flow->protocol != PROTOCOL_ICMP6;
}

/*
 * A card that has no net of a family bears nothing of it, but what keeps the
 * link alive.
 */
static bool
is_without_net(const struct scene *scene, const struct flow *flow)
{
	const struct zone *zone;
	bool link = flow->source.hi >> 54 == 0xfe80 >> 6 ||
	    (flow->source.hi == 0 && flow->source.lo == 0);

	if (flow->to == ENDPOINT_SELF)
		return false;
	zone = policy_zone(scene->policy, flow->to);
	if (zone->role != ZONE_INNER)
		return false;
	if (flow->family == FAMILY_4)
		return zone->nets.v4.n == 0;
	return zone->nets.v6.n == 0 && !link;
}

/* In by a card, for this host. */
static bool
is_plausible_in(const struct scene *scene, const struct flow *flow)
{
	const struct zone *zone;

	if (is_loopback(flow->family, flow->target))
		return false;
	if (is_local(scene, flow->family, flow->target))
		return true;
	if (flow->from == ENDPOINT_SELF)
		return is_special(scene, flow->family, flow->target);
	zone = policy_zone(scene->policy, flow->from);
	if (holds(&scene->locality.broadcast, flow->family, flow->target))
		return holds(&zone->own, flow->family, flow->target) &&
		    flow->protocol != PROTOCOL_ICMP;
	return is_special(scene, flow->family, flow->target) ||
	    (zone->role == ZONE_UPLINK &&
		!in_inner_net(scene, flow->family, flow->target));
}

/* Would a host see such a packet, with these passes? */
static bool
is_plausible(const struct scene *scene, const struct trial *trial)
{
	const struct flow *flow = &trial->flow;
	bool local = is_local(scene, flow->family, flow->target);

	if (trial->card_out == NULL)
		return trial->card_in != NULL && is_plausible_in(scene, flow);
	if (trial->card_in != NULL)
		return !local &&
		    !is_special(scene, flow->family, flow->target) &&
		    !(flow->family == FAMILY_6 &&
			is_special(scene, flow->family, flow->source)) &&
		    is_routed(scene, trial);
	return !local && !is_loopback(flow->family, flow->target) &&
	    (is_routed(scene, trial) ||
		policy_zone(
		    scene->policy, flow->to == ENDPOINT_SELF ? 1 : flow->to)
			->role == ZONE_UPLINK) &&
	    !is_foreign_broadcast(scene, flow) &&
	    !is_without_net(scene, flow) &&
	    (is_local(scene, flow->family, flow->source) ||
		(flow->family == FAMILY_4 && flow->source.lo == 0));
}

/* An inner card's own address as the source, which nothing asks about. */
static bool
is_own_inside(const struct scene *scene, const struct flow *flow)
{
	return flow->from != ENDPOINT_SELF &&
	    policy_zone(scene->policy, flow->from)->role == ZONE_INNER &&
	    is_local(scene, flow->family, flow->source);
}

bool
packets_make(struct packet_maker *maker, struct trial *trial)
{
	const struct scene *scene = maker->scene;
	size_t n = scene->policy->zones.n + 1;
	endpoint from = (endpoint)chance_below(maker->chance, n);
	endpoint to = (endpoint)chance_below(maker->chance, n);
	struct flow *flow = &trial->flow;

	*trial = (struct trial){.flow = {.source_port = 40000}};
	if ((from != ENDPOINT_SELF && !is_live(scene, from)) ||
	    (to != ENDPOINT_SELF && !is_live(scene, to)))
		return false;
	flow->family = scene->flavour->ipv6 && percent(maker, 30) ? FAMILY_6
								  : FAMILY_4;
	choose_service(maker, flow);
	if (flow->family == FAMILY_6 && !scene->flavour->ipv6)
		return false;
	flow->source = percent(maker, 85)
	    ? own_address(maker, from, to, flow->family)
	    : any_address(maker, flow->family);
	flow->target = percent(maker, 80)
	    ? own_address(maker, to, from, flow->family)
	    : any_address(maker, flow->family);
	trial->card_in = any_card(maker, from);
	trial->card_out = any_card(maker, to);
	return resolve_ends(scene, trial) && !is_from_nobody(flow) &&
	    !(flow->family == FAMILY_6 && flow->protocol == GRE) &&
	    is_plausible(scene, trial) && !is_own_inside(scene, flow);
}
