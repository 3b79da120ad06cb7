/*
 * Open addressing with linear probing, at most three quarters full.  The hash
 * and length are kept beside each text: a probe rarely has to read the text,
 * and growing the table never does.
 *
 * The texts stand side by side, apart from what else is in the arena: they are
 * read again and again, and few pages are found faster than many.  What is not
 * interned stands apart from what is, for the same reason.
 */
#include <assert.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/sym.h"

#define CAPACITY_FIRST 256
#define TEXTS_BLOCK ((size_t)4096)

struct sym_slot {
	const char *text; /* NULL if the slot is free */
	uint32_t length, hash;
};

/* Room for the next texts. */
struct texts {
	char *p;
	size_t room;
};

struct sym_table {
	struct arena *arena;
	struct sym_slot *slots;
	size_t n, cap; /* CAP is a power of two */
	struct texts interned, others;
};

struct sym_table *
sym_table_create(struct arena *arena)
{
	struct sym_table *table = arena_new(arena, struct sym_table);

	table->arena = arena;
	table->cap = CAPACITY_FIRST;
	table->slots = arena_reserve(arena, table->cap, sizeof(*table->slots));
	return table;
}

/* FNV-1a, with the high bits folded in because the low ones pick the slot. */
static uint32_t
hash_bytes(const char *text, size_t length)
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325);

	for (size_t i = 0; i < length; i++) {
		hash ^= (unsigned char)text[i];
		hash *= UINT64_C(0x100000001b3);
	}
	return (uint32_t)(hash ^ hash >> 32);
}

static bool
slot_holds(
    const struct sym_slot *slot, const char *text, size_t length, uint32_t hash)
{
	if (slot->hash != hash || slot->length != length)
		return false;
	return length == 0 || memcmp(slot->text, text, length) == 0;
}

static void
table_grow(struct sym_table *table)
{
	struct sym_slot *old = table->slots;
	size_t old_cap = table->cap;

	table->cap = old_cap * 2;
	table->slots = arena_reserve(
	    table->arena, table->cap, sizeof(*table->slots));
	for (size_t i = 0; i < old_cap; i++) {
		size_t at = old[i].hash & (table->cap - 1);

		if (old[i].text == NULL)
			continue;
		while (table->slots[at].text != NULL)
			at = (at + 1) & (table->cap - 1);
		table->slots[at] = old[i];
	}
}

static const char *
texts_add(
    struct texts *texts, struct arena *arena, const char *text, size_t length)
{
	char *added = texts->p;

	if (length >= TEXTS_BLOCK)
		return arena_strndup(arena, text, length);
	if (length >= texts->room) {
		added = arena_alloc(arena, TEXTS_BLOCK);
		texts->room = TEXTS_BLOCK;
	}
	if (length > 0)
		memcpy(added, text, length);
	texts->p = added + length + 1;
	texts->room -= length + 1;
	return added;
}

const char *
sym_keep(struct sym_table *table, const char *text, size_t length)
{
	return texts_add(&table->others, table->arena, text, length);
}

const char *
sym_intern(struct sym_table *table, const char *text, size_t length)
{
	uint32_t hash = hash_bytes(text, length);
	struct sym_slot *slot;
	size_t at;

	assert(length <= UINT32_MAX);
	if (table->n >= table->cap / 4 * 3)
		table_grow(table);
	at = hash & (table->cap - 1);
	while (table->slots[at].text != NULL) {
		if (slot_holds(&table->slots[at], text, length, hash))
			return table->slots[at].text;
		at = (at + 1) & (table->cap - 1);
	}
	slot = &table->slots[at];
	slot->text = texts_add(&table->interned, table->arena, text, length);
	slot->length = (uint32_t)length;
	slot->hash = hash;
	table->n++;
	return slot->text;
}

const char *
sym_intern_string(struct sym_table *table, const char *text)
{
	return sym_intern(table, text, strlen(text));
}
