/*
 * Who is where on the stage: cards, addresses, routes.
 */
#include <string.h>

#include "eval/scene.h"

#define CARDS_TRIED 100
#define ADDRESSES_TRIED 1000

/* Documentation nets and one for benchmarks: RFC 5737, RFC 2544. */
static const char *const outside4[] = {
    "192.0.2.10", "198.51.100.10", "203.0.113.10", "198.18.0.10", NULL};

/* 2001:db8:ffff::/48, of RFC 3849. */
#define OUTSIDE6 UINT64_C(0x20010db8ffff0000)
#define LINK6 UINT64_C(0xfe80000000000000)

static const enum family families[] = {FAMILY_4, FAMILY_6};

/* One address, alone. */
static struct addr_set
address_set(struct arena *arena, enum family family, struct addr addr)
{
	return addr_set_of(arena, family, (struct addr_range){addr, addr});
}

static void
set_add(struct scene *scene, struct addr_set *set, enum family family,
    struct addr addr)
{
	struct addr_set one = address_set(scene->arena, family, addr);

	*set = addr_set_union(scene->arena, set, &one);
}

/* Beside the addresses that CARD has. */
static void
card_add(struct scene *scene, const char *card, enum family family,
    struct addr addr, unsigned length)
{
	const struct world_card *known = world_find_card(&scene->world, card);
	size_t n = known != NULL ? known->addresses.n : 0;
	struct world_address *list = arena_calloc(
	    scene->arena, n + 1, sizeof(*list));

	for (size_t i = 0; i < n; i++)
		list[i] = known->addresses.v[i];
	list[n] = (struct world_address){family, addr, length};
	world_set_card(&scene->world, card, list, n + 1);
	set_add(scene, &scene->locality.local, family, addr);
}

static bool
is_card_of(const struct scene *scene, size_t zone, const char *name)
{
	struct endpoint_set zones = policy_card_zones(scene->policy, name);

	return endpoint_set_has(&zones, ENDPOINT_OF_ZONE(zone));
}

static void
take_known_cards(struct scene *scene, size_t index)
{
	const struct host *host = scene->policy->host;

	for (size_t i = 0; host != NULL && i < host->cards.n; i++)
		if (is_card_of(scene, index, host->cards.v[i].name))
			vec_push(scene->arena, &scene->zones[index].cards,
			    host->cards.v[i].name);
}

/* A card of the name that PATTERN allows and no other zone has. */
static const char *
invent_card(struct scene *scene, size_t index, const struct zone_card *card)
{
	size_t stem = strlen(card->pattern) - 1;

	for (unsigned i = 0; card->wildcard && i < CARDS_TRIED; i++) {
		const char *name = arena_printf(
		    scene->arena, "%.*s%u", (int)stem, card->pattern, i);

		if (is_card_of(scene, index, name))
			return name;
	}
	return card->pattern;
}

static void
find_cards(struct scene *scene, size_t index)
{
	const struct zone *zone = &scene->policy->zones.v[index];
	struct scene_zone *out = &scene->zones[index];

	take_known_cards(scene, index);
	for (size_t i = 0; i < zone->cards.n && out->cards.n == 0; i++)
		vec_push(scene->arena, &out->cards,
		    invent_card(scene, index, &zone->cards.v[i]));
}

/* Is ADDR one that the policy or a test takes for a machine's? */
static bool
is_theirs(const struct scene *scene, enum family family, struct addr addr)
{
	const struct policy *policy = scene->policy;

	if (scene->hints != NULL &&
	    addr_set_contains(&scene->hints->theirs, family, addr))
		return true;
	for (size_t i = 0; i < policy->forwards.n; i++)
		if (family == FAMILY_4 &&
		    addr_compare(policy->forwards.v[i]->target, addr) == 0)
			return true;
	return false;
}

static bool
is_alone(const struct addr_set *set, enum family family, struct addr addr)
{
	const struct addr_ranges *ranges = addr_set_ranges(set, family);

	for (size_t i = 0; i < ranges->n; i++)
		if (addr_compare(ranges->v[i].lo, addr) == 0 &&
		    addr_compare(ranges->v[i].hi, addr) == 0)
			return true;
	return false;
}

/* Does a list of hosts hold ADDR by itself? */
static bool
is_listed(const struct scene *scene, enum family family, struct addr addr)
{
	for (size_t i = 0; i < scene->policy->rules.n; i++) {
		const struct policy_rule *rule = &scene->policy->rules.v[i];

		if (rule->has_source && is_alone(&rule->source, family, addr))
			return true;
		if (rule->has_target && is_alone(&rule->target, family, addr))
			return true;
	}
	return false;
}

/*
 * An address of SET for this host, near its beginning, that is nobody else's
 * as far as we know.
 */
static bool
choose_address(const struct scene *scene, const struct addr_set *set,
    enum family family, struct addr *addr)
{
	const struct addr_ranges *ranges = addr_set_ranges(set, family);

	if (ranges->n == 0)
		return false;
	*addr = ranges->v[0].lo;
	for (unsigned i = 0; i < ADDRESSES_TRIED; i++) {
		if (addr_compare(*addr, ranges->v[0].hi) >= 0)
			break;
		*addr = addr_next(*addr);
		if (!is_theirs(scene, family, *addr) &&
		    !is_listed(scene, family, *addr))
			break;
	}
	return true;
}

static bool
choose_outside(const struct scene *scene, size_t index, struct addr *addr)
{
	for (size_t i = 0; outside4[i] != NULL; i++) {
		struct addr_set own = scene->policy->zones.v[index].own;
		struct world_address address;

		if (!world_parse_address(outside4[i], &address))
			continue;
		*addr = address.addr;
		addr->lo += index;
		if (addr_set_contains(&own, FAMILY_4, *addr) &&
		    !is_theirs(scene, FAMILY_4, *addr) &&
		    !is_listed(scene, FAMILY_4, *addr))
			return true;
	}
	return false;
}

/* The length of the zone's net that ADDR is in. */
static unsigned
net_length(const struct scene *scene, const struct zone *zone,
    enum family family, struct addr addr)
{
	struct prefixes list = addr_set_prefixes(
	    scene->arena, &zone->nets, family);

	for (size_t i = 0; i < list.n; i++) {
		struct addr_range range = prefix_range(family, list.v[i]);

		if (addr_compare(range.lo, addr) <= 0 &&
		    addr_compare(addr, range.hi) <= 0)
			return list.v[i].length;
	}
	return family == FAMILY_4 ? 24 : 64;
}

static void
settle(struct scene *scene, size_t index, enum family family, struct addr addr)
{
	const struct zone *zone = &scene->policy->zones.v[index];
	struct scene_zone *out = &scene->zones[index];

	if (family == FAMILY_4 && !out->has4) {
		out->has4 = true;
		out->local4 = addr;
	} else if (family == FAMILY_6 && !out->has6) {
		out->has6 = true;
		out->local6 = addr;
	}
	if (!addr_set_contains(&scene->locality.local, family, addr))
		card_add(scene, out->cards.v[0], family, addr,
		    net_length(scene, zone, family, addr));
}

/* Nobody's address alone: a group's, or everybody's on the net. */
static bool
is_group(const struct scene *scene, enum family family, struct addr addr)
{
	if (family == FAMILY_6)
		return addr.hi >> 56 == 0xff;
	return addr.lo >> 29 == 7 ||
	    addr_set_contains(&scene->locality.broadcast, family, addr);
}

static void
settle_range(struct scene *scene, size_t index, enum family family,
    struct addr_range range)
{
	struct addr addr = range.lo;

	for (unsigned i = 0; i < ADDRESSES_TRIED; i++) {
		if (!is_group(scene, family, addr) &&
		    !addr_set_contains(&scene->locality.local, family, addr))
			settle(scene, index, family, addr);
		if (addr_compare(addr, range.hi) == 0)
			return;
		addr = addr_next(addr);
	}
}

/* What tests call ours is ours, on the first card whose zone has it. */
static void
settle_hints(struct scene *scene, size_t index)
{
	struct addr_set ours = {0};

	if (scene->hints != NULL)
		ours = addr_set_intersect(scene->arena, &scene->hints->ours,
		    &scene->policy->zones.v[index].own);
	for (size_t f = 0; f < 2; f++) {
		const struct addr_ranges *ranges = addr_set_ranges(
		    &ours, families[f]);

		for (size_t i = 0; i < ranges->n; i++)
			settle_range(scene, index, families[f], ranges->v[i]);
	}
}

static void
invent_addresses(struct scene *scene, size_t index)
{
	const struct zone *zone = &scene->policy->zones.v[index];
	const struct scene_zone *out = &scene->zones[index];
	struct addr addr;

	settle_hints(scene, index);
	if (zone->role == ZONE_INNER) {
		for (size_t f = 0; f < 2; f++)
			if (choose_address(
				scene, &zone->own, families[f], &addr))
				settle(scene, index, families[f], addr);
		return;
	}
	if (!out->has4 && choose_outside(scene, index, &addr))
		settle(scene, index, FAMILY_4, addr);
	addr = (struct addr){OUTSIDE6 + index, 0x10};
	settle(scene, index, FAMILY_6, addr);
}

/* Of an inner zone's card, only addresses of the zone count as its. */
static void
take_known_addresses(
    struct scene *scene, size_t index, const struct host_card *card)
{
	const struct zone *zone = &scene->policy->zones.v[index];
	struct scene_zone *out = &scene->zones[index];

	for (size_t i = 0; i < card->addresses.n; i++) {
		const struct host_address *a = &card->addresses.v[i];
		bool four = a->family == FAMILY_4;

		if (!addr_set_contains(
			&scene->locality.local, a->family, a->addr))
			card_add(
			    scene, card->name, a->family, a->addr, a->length);
		if ((four ? out->has4 : out->has6) ||
		    !addr_set_contains(&zone->own, a->family, a->addr))
			continue;
		*(four ? &out->has4 : &out->has6) = true;
		*(four ? &out->local4 : &out->local6) = a->addr;
	}
}

static bool
is_known(const struct scene *scene, size_t index)
{
	const struct host *host = scene->policy->host;
	bool found = false;

	for (size_t i = 0; host != NULL && i < host->cards.n; i++)
		if (is_card_of(scene, index, host->cards.v[i].name)) {
			found = true;
		}
	return found;
}

static void
find_addresses(struct scene *scene, size_t index)
{
	const struct host *host = scene->policy->host;

	if (!is_known(scene, index)) {
		invent_addresses(scene, index);
		return;
	}
	for (size_t i = 0; i < host->cards.n; i++)
		if (is_card_of(scene, index, host->cards.v[i].name))
			take_known_addresses(scene, index, &host->cards.v[i]);
}

/* Routes, for the check of the way back. */
static void
place_routes(struct scene *scene, const struct zone *zone, const char *card)
{
	if (zone->role == ZONE_UPLINK) {
		world_add_route(&scene->world, "default", card);
		return;
	}
	for (size_t f = 0; f < 2; f++) {
		struct prefixes list = addr_set_prefixes(
		    scene->arena, &zone->own, families[f]);

		for (size_t i = 0; i < list.n; i++) {
			struct buf text;

			buf_init(&text, scene->arena);
			prefix_format(&text, families[f], list.v[i]);
			world_add_route(&scene->world, text.p, card);
		}
	}
}

/* The last address of each net is everybody's. */
static void
note_broadcasts(struct scene *scene, const struct zone *zone)
{
	struct prefixes list = addr_set_prefixes(
	    scene->arena, &zone->nets, FAMILY_4);

	for (size_t i = 0; i < list.n; i++)
		if (list.v[i].length < 31)
			set_add(scene, &scene->locality.broadcast, FAMILY_4,
			    prefix_range(FAMILY_4, list.v[i]).hi);
}

/* The nets of cards that we have made up are nobody's. */
static void
note_connected(struct scene *scene)
{
	const struct host *host = scene->policy->host;

	for (size_t i = 0; host != NULL && i < host->cards.n; i++) {
		const struct host_card *card = &host->cards.v[i];

		for (size_t j = 0; j < card->addresses.n; j++) {
			const struct host_address *a = &card->addresses.v[j];
			struct prefix net = {a->addr, a->length};

			if (a->family == FAMILY_4 && a->length < 31 &&
			    a->addr.lo >> 24 != 127)
				set_add(scene, &scene->locality.broadcast,
				    FAMILY_4, prefix_range(FAMILY_4, net).hi);
		}
	}
}

static void
place_zone(struct scene *scene, size_t index)
{
	const struct zone *zone = &scene->policy->zones.v[index];
	struct scene_zone *out = &scene->zones[index];

	if (!zone->present || zone->role == ZONE_LOOPBACK)
		return;
	find_cards(scene, index);
	if (out->cards.n == 0)
		return;
	note_broadcasts(scene, zone);
	find_addresses(scene, index);
	for (size_t i = 0; i < out->cards.n; i++) {
		struct addr link = {LINK6, index << 8 | (i + 1)};

		card_add(scene, out->cards.v[i], FAMILY_6, link, 64);
		place_routes(scene, zone, out->cards.v[i]);
	}
	if (zone->role != ZONE_UPLINK || !out->has4)
		return;
	scene->locality.has_alias[index] = true;
	scene->locality.alias[index] = out->local4;
}

void
scene_place(struct scene *scene)
{
	if (scene->hints != NULL)
		scene->locality.broadcast = scene->hints->broadcast;
	for (size_t i = 0; i < scene->policy->zones.n; i++)
		place_zone(scene, i);
	note_connected(scene);
}
