/*
 * A hash table from interned strings to pointers, in an arena.  Keys are
 * compared by address: see sym.h.
 */
#ifndef BASE_MAP_H
#define BASE_MAP_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"

struct map {
	struct arena *arena;
	struct map_slot *slots;
	size_t n, cap;
};

struct map_slot {
	const char *key; /* NULL if the slot is free */
	void *value;
};

void map_init(struct map *map, struct arena *arena);
/* NULL if KEY is not there. */
void *map_get(const struct map *map, const char *key);
/* Returns the value that was there before, NULL if there was none. */
void *map_put(struct map *map, const char *key, void *value);

#endif
