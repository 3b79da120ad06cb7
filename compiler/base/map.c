/*
 * Open addressing with linear probing, at most three quarters full.  Entries
 * are never removed, so a free slot always ends a search.
 */
#include <assert.h>
#include <stdint.h>

#include "base/map.h"

#define CAPACITY_FIRST 16

void
map_init(struct map *map, struct arena *arena)
{
	map->arena = arena;
	map->slots = NULL;
	map->n = 0;
	map->cap = 0;
}

/* Addresses differ in their middle bits: multiply and take the high ones. */
static size_t
hash_address(const char *key)
{
	uint64_t bits = (uint64_t)(uintptr_t)key;

	return (size_t)(bits * UINT64_C(0x9e3779b97f4a7c15) >> 32);
}

/* The slot of KEY, or the free slot where it belongs. */
static struct map_slot *
slot_find(const struct map *map, const char *key)
{
	size_t at = hash_address(key) & (map->cap - 1);

	while (map->slots[at].key != NULL && map->slots[at].key != key)
		at = (at + 1) & (map->cap - 1);
	return &map->slots[at];
}

static void
map_grow(struct map *map)
{
	struct map old = *map;

	map->cap = old.cap == 0 ? CAPACITY_FIRST : old.cap * 2;
	map->slots = arena_calloc(map->arena, map->cap, sizeof(*map->slots));
	for (size_t i = 0; i < old.cap; i++) {
		if (old.slots[i].key != NULL)
			*slot_find(map, old.slots[i].key) = old.slots[i];
	}
}

void *
map_get(const struct map *map, const char *key)
{
	if (map->cap == 0)
		return NULL;
	return slot_find(map, key)->value;
}

void *
map_put(struct map *map, const char *key, void *value)
{
	struct map_slot *slot;
	void *before;

	assert(key != NULL);
	if (map->n >= map->cap / 4 * 3)
		map_grow(map);
	slot = slot_find(map, key);
	before = slot->value;
	if (slot->key == NULL)
		map->n++;
	slot->key = key;
	slot->value = value;
	return before;
}
