/*
 * Setting the stage.
 */
#include <string.h>

#include "eval/scene.h"

/* Documentation nets: RFC 5737, RFC 3849. */
static const char *const outside4[] = {"192.0.2.10/24", "198.51.100.10/24",
    "203.0.113.10/24", "198.18.0.10/15", NULL};

static bool
card_fits(const struct zone *zone, const char *name)
{
	for (size_t i = 0; i < zone->cards.n; i++) {
		const char *pattern = zone->cards.v[i].pattern;

		if (zone->cards.v[i].wildcard ? strncmp(pattern, name,
		    strlen(pattern) - 1) == 0 : strcmp(pattern, name) == 0)
			return true;
	}
	return false;
}

static const struct host_card *
known_card(const struct scene *scene, const struct zone *zone)
{
	const struct host *host = scene->policy->host;

	for (size_t i = 0; host != NULL && i < host->cards.n; i++)
		if (card_fits(zone, host->cards.v[i].name))
			return &host->cards.v[i];
	return NULL;
}

/* A card of the name that the first pattern allows. */
static const char *
likely_card(struct scene *scene, const struct zone *zone)
{
	const char *pattern;

	if (zone->cards.n == 0)
		return "none0";
	pattern = zone->cards.v[0].pattern;
	if (!zone->cards.v[0].wildcard)
		return pattern;
	return arena_printf(scene->arena, "%.*s0", (int)strlen(pattern) - 1,
	    pattern);
}

static bool
first_host(const struct addr_set *set, enum family family, struct addr *addr)
{
	const struct addr_ranges *ranges = addr_set_ranges(set, family);

	if (ranges->n == 0)
		return false;
	*addr = ranges->v[0].lo;
	if (addr_compare(ranges->v[0].lo, ranges->v[0].hi) < 0)
		*addr = addr_next(ranges->v[0].lo);
	return true;
}

/* An address for an uplink that no inner zone has. */
static void
invent_outside(struct scene *scene, const struct zone *zone, size_t index,
    struct scene_zone *out)
{
	for (size_t i = 0; outside4[i] != NULL && !out->has4; i++) {
		struct world_address address;

		if (!world_parse_address(outside4[i], &address))
			continue;
		address.addr.lo += index;
		out->has4 = addr_set_contains(&zone->own, FAMILY_4,
		    address.addr);
		out->local4 = address.addr;
	}
	out->has6 = true;
	out->local6 = (struct addr){0x20010db8ffff0000u + index, 0x10};
	(void)scene;
}

static void
invent(struct scene *scene, const struct zone *zone, size_t index,
    struct scene_zone *out)
{
	out->card = likely_card(scene, zone);
	if (zone->role == ZONE_INNER) {
		out->has4 = first_host(&zone->own, FAMILY_4, &out->local4);
		out->has6 = first_host(&zone->own, FAMILY_6, &out->local6);
	} else {
		invent_outside(scene, zone, index, out);
	}
}

static void
take_known(const struct host_card *card, struct scene_zone *out)
{
	out->card = card->name;
	for (size_t i = 0; i < card->addresses.n; i++) {
		const struct host_address *a = &card->addresses.v[i];

		if (a->family == FAMILY_4 && !out->has4) {
			out->has4 = true;
			out->local4 = a->addr;
		} else if (a->family == FAMILY_6 && !out->has6) {
			out->has6 = true;
			out->local6 = a->addr;
		}
	}
}

static void
place_card(struct scene *scene, const struct scene_zone *zone)
{
	struct world_address addresses[2];
	size_t n = 0;

	if (zone->has4)
		addresses[n++] = (struct world_address){FAMILY_4,
		    zone->local4, 24};
	if (zone->has6)
		addresses[n++] = (struct world_address){FAMILY_6,
		    zone->local6, 64};
	world_set_card(&scene->world, zone->card, addresses, n);
}

/* Routes, for the check of the way back. */
static void
place_routes(struct scene *scene, const struct zone *zone, const char *card)
{
	static const enum family families[] = {FAMILY_4, FAMILY_6};

	if (zone->role == ZONE_UPLINK) {
		world_add_route(&scene->world, "default", card);
		return;
	}
	for (size_t f = 0; f < 2; f++) {
		struct prefixes list = addr_set_prefixes(scene->arena,
		    &zone->own, families[f]);

		for (size_t i = 0; i < list.n; i++) {
			struct buf text;

			buf_init(&text, scene->arena);
			prefix_format(&text, families[f], list.v[i]);
			world_add_route(&scene->world, text.p, card);
		}
	}
}

static void
place_zone(struct scene *scene, size_t index)
{
	const struct zone *zone = &scene->policy->zones.v[index];
	struct scene_zone *out = &scene->zones[index];
	const struct host_card *card = known_card(scene, zone);

	if (!zone->present || zone->role == ZONE_LOOPBACK)
		return;
	if (card != NULL)
		take_known(card, out);
	else
		invent(scene, zone, index, out);
	place_card(scene, out);
	place_routes(scene, zone, out->card);
}

static void
place_nat(struct scene *scene, const struct ipfw_nat *nat)
{
	struct nat_redirect *redirects = arena_calloc(scene->arena,
	    nat->redirects.n + 1, sizeof(*redirects));
	struct nat_config config = {
	    .same_ports = true,
	    .redirects = redirects,
	    .n_redirects = nat->redirects.n,
	};

	for (size_t i = 0; i < scene->policy->zones.n; i++)
		if (scene->zones[i].card != NULL && scene->zones[i].has4 &&
		    strcmp(scene->zones[i].card, nat->card) == 0)
			config.alias = scene->zones[i].local4;
	for (size_t i = 0; i < nat->redirects.n; i++) {
		const struct ipfw_redirect *r = &nat->redirects.v[i];

		redirects[i] = (struct nat_redirect){
		    .kind = NAT_REDIRECT_PORT,
		    .protocol = (uint8_t)r->protocol,
		    .inside = r->target,
		    .inside_port = r->inside.lo,
		    .outside_port = r->outside.lo,
		    .n_ports = (uint16_t)(r->inside.hi - r->inside.lo + 1),
		};
	}
	world_set_handler(&scene->world, nat->kernel, nat->id,
	    WORLD_TRANSLATE, &config);
}

bool
scene_open(struct scene *scene, struct arena *arena,
    const struct policy *policy, const struct ipfw_ruleset *ruleset,
    const struct run_flavour *flavour)
{
	*scene = (struct scene){
	    .arena = arena,
	    .policy = policy,
	    .ruleset = ruleset,
	    .flavour = flavour,
	};
	world_init(&scene->world, arena);
	for (size_t i = 0; i < policy->zones.n; i++)
		place_zone(scene, i);
	for (size_t i = 0; i < ruleset->nats.n; i++)
		place_nat(scene, &ruleset->nats.v[i]);
	scene->fragments = ipfw_fragments_create(0);
	scene->engine = ipfw_engine_create(flavour, NULL);
	if (scene->engine == NULL || scene->fragments == NULL) {
		scene_close(scene);
		return false;
	}
	ipfw_engine_set_default(scene->engine, flavour->default_allow);
	ipfw_engine_settings(scene->engine)->one_pass = false;
	return ipfw_engine_load(scene->engine, ruleset) == IPFW_OK;
}

void
scene_close(struct scene *scene)
{
	if (scene->engine != NULL)
		ipfw_engine_destroy(scene->engine);
	if (scene->fragments != NULL)
		ipfw_fragments_destroy(scene->fragments);
	world_free(&scene->world);
	scene->engine = NULL;
	scene->fragments = NULL;
}

bool
scene_local(const struct scene *scene, endpoint end, enum family family,
    struct addr *addr)
{
	const struct scene_zone *zone = &scene->zones[ENDPOINT_ZONE(end)];

	*addr = family == FAMILY_4 ? zone->local4 : zone->local6;
	return family == FAMILY_4 ? zone->has4 : zone->has6;
}
