/*
 * The host around the engine: its cards and addresses, its routes, the
 * processes behind divert sockets, its translators.  All of it is told, none
 * is looked up.
 */
#ifndef EVAL_WORLD_H
#define EVAL_WORLD_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "eval/nat.h"
#include "target/ipfw/engine/run.h"

#define WORLD_CARDS_MAX 4096
#define WORLD_ADDRESSES_MAX 65536
#define WORLD_ROUTES_MAX 65536
#define WORLD_HANDLERS_MAX 4096

struct world_address {
	enum family family;
	struct addr addr;
	unsigned length;
};

/* What answers at a divert port, or as a nat instance. */
enum world_answer {
	WORLD_NONE, /* nobody: the packet is lost */
	WORLD_PASS, /* the packet comes back as it was */
	WORLD_TRANSLATE,
};

struct world_handler {
	bool kernel; /* an instance; else a divert port */
	uint32_t id;
	enum world_answer answer;
	struct nat *nat;
};

struct world_card {
	const char *name;
	VEC(struct world_address) addresses;
};

struct world_route {
	enum family family;
	struct prefix prefix;
	const char *card;
};

struct world {
	struct arena *arena;
	VEC(struct world_card) cards;
	VEC(struct world_route) routes;
	VEC(struct world_address) me;
	bool has_me; /* the list of local IPv4 addresses is given */
	VEC(struct world_handler) handlers;
	size_t n_addresses;
};

/* With the card lo0, which has 127.0.0.1/8 until other addresses are told. */
void world_init(struct world *world, struct arena *arena);
/* Frees the translators; the rest is the arena's. */
void world_free(struct world *world);

/* "192.0.2.1/24" or "192.0.2.1" */
bool world_parse_address(const char *text, struct world_address *address);
/* Replaces the addresses of the card NAME; false: a bound is reached. */
bool world_set_card(struct world *world, const char *name,
    const struct world_address *addresses, size_t n);
/* The local addresses, instead of those of the cards. */
bool world_set_me(
    struct world *world, const struct world_address *addresses, size_t n);
/* PREFIX is a prefix or "default", which is both families'. */
bool world_add_route(struct world *world, const char *prefix, const char *card);
/* CONFIG is for WORLD_TRANSLATE: a known translator keeps its flows. */
bool world_set_handler(struct world *world, bool kernel, uint32_t id,
    enum world_answer answer, const struct nat_config *config);
void world_remove_handler(struct world *world, bool kernel, uint32_t id);
/* NULL if nothing was said of it. */
struct world_handler *world_find_handler(
    struct world *world, bool kernel, uint32_t id);
const struct world_card *world_find_card(
    const struct world *world, const char *name);
/* The engine's view; valid as long as WORLD. */
struct ipfw_host world_host(const struct world *world);

#endif
