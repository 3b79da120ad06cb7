/*
 * A net that a card is connected to is a route by that card, and of all routes
 * the longest prefix counts, the one that was told first among equals.
 */
#include <string.h>

#include "eval/world.h"

#define LOOPBACK "lo0"

void
world_init(struct world *world, struct arena *arena)
{
	static const struct world_address loopback = {
	    FAMILY_4, {0, 0x7f000001}, 8};

	memset(world, 0, sizeof(*world));
	world->arena = arena;
	world_set_card(world, LOOPBACK, &loopback, 1);
}

void
world_free(struct world *world)
{
	for (size_t i = 0; i < world->handlers.n; i++)
		nat_destroy(world->handlers.v[i].nat);
	world->handlers.n = 0;
}

bool
world_parse_address(const char *text, struct world_address *address)
{
	size_t plain = strcspn(text, "/");
	struct addr_range range;
	unsigned length = 0, max;
	int none;

	if (addr_parse(text, plain, &address->family, &range, &none) !=
		ADDR_OK ||
	    addr_compare(range.lo, range.hi) != 0)
		return false;
	address->addr = range.lo;
	max = address->family == FAMILY_4 ? 32 : 128;
	address->length = max;
	if (text[plain] == '\0')
		return true;
	for (text += plain + 1; *text >= '0' && *text <= '9' && length <= max;
	     text++)
		length = length * 10 + (unsigned)(*text - '0');
	address->length = length;
	return *text == '\0' && length <= max && text[-1] != '/';
}

static struct world_card *
find_card(const struct world *world, const char *name)
{
	for (size_t i = 0; i < world->cards.n; i++)
		if (strcmp(world->cards.v[i].name, name) == 0)
			return &world->cards.v[i];
	return NULL;
}

const struct world_card *
world_find_card(const struct world *world, const char *name)
{
	return find_card(world, name);
}

bool
world_set_card(struct world *world, const char *name,
    const struct world_address *addresses, size_t n)
{
	struct world_card *card = find_card(world, name);

	if (card == NULL) {
		struct world_card fresh = {.name = NULL};

		if (world->cards.n >= WORLD_CARDS_MAX)
			return false;
		fresh.name = arena_strdup(world->arena, name);
		vec_push(world->arena, &world->cards, fresh);
		card = &world->cards.v[world->cards.n - 1];
	}
	world->n_addresses -= card->addresses.n;
	card->addresses.n = 0;
	if (n > WORLD_ADDRESSES_MAX - world->n_addresses)
		return false;
	for (size_t i = 0; i < n; i++)
		vec_push(world->arena, &card->addresses, addresses[i]);
	world->n_addresses += n;
	return true;
}

bool
world_set_me(
    struct world *world, const struct world_address *addresses, size_t n)
{
	if (n > WORLD_ADDRESSES_MAX)
		return false;
	world->has_me = true;
	world->me.n = 0;
	for (size_t i = 0; i < n; i++)
		vec_push(world->arena, &world->me, addresses[i]);
	return true;
}

static bool
add_route(
    struct world *world, const struct world_address *net, const char *card)
{
	struct world_route route = {
	    .family = net->family,
	    .prefix = {net->addr, net->length},
	    .card = arena_strdup(world->arena, card),
	};

	if (world->routes.n >= WORLD_ROUTES_MAX)
		return false;
	vec_push(world->arena, &world->routes, route);
	return true;
}

bool
world_add_route(struct world *world, const char *prefix, const char *card)
{
	struct world_address net = {.family = FAMILY_4};

	if (strcmp(prefix, "default") != 0)
		return world_parse_address(prefix, &net) &&
		    add_route(world, &net, card);
	if (!add_route(world, &net, card))
		return false;
	net.family = FAMILY_6;
	return add_route(world, &net, card);
}

struct world_handler *
world_find_handler(struct world *world, bool kernel, uint32_t id)
{
	for (size_t i = 0; i < world->handlers.n; i++) {
		struct world_handler *handler = &world->handlers.v[i];

		if (handler->kernel == kernel && handler->id == id)
			return handler;
	}
	return NULL;
}

static struct world_handler *
claim_handler(struct world *world, bool kernel, uint32_t id)
{
	struct world_handler *handler = world_find_handler(world, kernel, id);
	struct world_handler fresh = {.kernel = kernel, .id = id};

	if (handler != NULL)
		return handler;
	if (world->handlers.n >= WORLD_HANDLERS_MAX)
		return NULL;
	vec_push(world->arena, &world->handlers, fresh);
	return &world->handlers.v[world->handlers.n - 1];
}

bool
world_set_handler(struct world *world, bool kernel, uint32_t id,
    enum world_answer answer, const struct nat_config *config)
{
	struct world_handler *handler = world_find_handler(world, kernel, id);
	struct nat *nat = handler != NULL ? handler->nat : NULL;

	if (answer == WORLD_TRANSLATE && nat != NULL &&
	    !nat_configure(nat, config))
		return false;
	if (answer == WORLD_TRANSLATE && nat == NULL) {
		nat = nat_create(config);
		if (nat == NULL)
			return false;
	}
	handler = claim_handler(world, kernel, id);
	if (handler == NULL) {
		nat_destroy(nat);
		return false;
	}
	handler->answer = answer;
	handler->nat = nat;
	return true;
}

void
world_remove_handler(struct world *world, bool kernel, uint32_t id)
{
	struct world_handler *handler = world_find_handler(world, kernel, id);

	if (handler == NULL)
		return;
	nat_destroy(handler->nat);
	*handler = world->handlers.v[--world->handlers.n];
}

static bool
same_address(
    const struct world_address *address, enum family family, struct addr addr)
{
	return address->family == family && address->addr.hi == addr.hi &&
	    address->addr.lo == addr.lo;
}

static bool
is_local(const void *context, enum family family, struct addr addr)
{
	const struct world *world = context;

	for (size_t i = 0; i < world->me.n; i++)
		if (same_address(&world->me.v[i], family, addr))
			return true;
	/* The cards' own IPv6 addresses are local in any case. */
	if (world->has_me && family == FAMILY_4)
		return false;
	for (size_t i = 0; i < world->cards.n; i++) {
		const struct world_card *card = &world->cards.v[i];

		for (size_t j = 0; j < card->addresses.n; j++)
			if (same_address(&card->addresses.v[j], family, addr))
				return true;
	}
	return false;
}

static bool
card_has(const void *context, const char *name, struct addr addr)
{
	const struct world_card *card = find_card(context, name);

	if (card == NULL)
		return false;
	for (size_t i = 0; i < card->addresses.n; i++)
		if (same_address(&card->addresses.v[i], FAMILY_4, addr))
			return true;
	return false;
}

static bool
holds(enum family family, struct prefix prefix, struct addr addr)
{
	struct addr_range range = prefix_range(family, prefix);

	return addr_compare(range.lo, addr) <= 0 &&
	    addr_compare(addr, range.hi) <= 0;
}

/* The network prefix of an address, host bits cleared. */
static struct prefix
net_of(const struct world_address *address)
{
	struct prefix prefix = {address->addr, address->length};
	unsigned width = address->family == FAMILY_4 ? 32 : 128;

	for (unsigned bit = 0; bit < width - address->length; bit++) {
		if (bit < 64)
			prefix.addr.lo &= ~(UINT64_C(1) << bit);
		else
			prefix.addr.hi &= ~(UINT64_C(1) << (bit - 64));
	}
	return prefix;
}

/* The card whose net holds ADDR by the longest prefix, of at least *LENGTH. */
static const char *
connected_card(const struct world *world, enum family family, struct addr addr,
    unsigned *length)
{
	const char *found = NULL;

	for (size_t i = 0; i < world->cards.n; i++) {
		const struct world_card *card = &world->cards.v[i];

		for (size_t j = 0; j < card->addresses.n; j++) {
			const struct world_address *own = &card->addresses.v[j];

			if (own->family != family ||
			    (found != NULL && own->length <= *length) ||
			    !holds(family, net_of(own), addr))
				continue;
			found = card->name;
			*length = own->length;
		}
	}
	return found;
}

static bool
is_connected(const void *context, enum family family, struct addr addr)
{
	unsigned length = 0;

	return connected_card(context, family, addr, &length) != NULL;
}

static const char *
route(
    const void *context, enum family family, struct addr addr, bool *is_default)
{
	const struct world *world = context;
	unsigned length = 0;
	const char *found = connected_card(world, family, addr, &length);

	for (size_t i = 0; i < world->routes.n; i++) {
		const struct world_route *way = &world->routes.v[i];
		struct world_address net = {
		    way->family, way->prefix.addr, way->prefix.length};

		if (way->family != family ||
		    (found != NULL && net.length <= length) ||
		    !holds(family, net_of(&net), addr))
			continue;
		found = way->card;
		length = net.length;
	}
	*is_default = found != NULL && length == 0;
	return found;
}

struct ipfw_host
world_host(const struct world *world)
{
	return (struct ipfw_host){
	    .context = world,
	    .is_local = is_local,
	    .card_has = card_has,
	    .is_connected = is_connected,
	    .route = route,
	};
}
