/*
 * Blocks come from calloc and are never used twice, so memory that has been
 * handed out is zero without being cleared.  Blocks double in size up to a
 * bound; an allocation that would leave most of a new block unused gets a
 * block of its own, and the current block stays current.
 *
 * Under AddressSanitizer what has not been handed out is poisoned and every
 * allocation is followed by a gap, so that an overrun is seen at once.
 */
#include <assert.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/pages.h"

#ifndef __has_feature
#define __has_feature(feature) 0
#endif
#if defined(__SANITIZE_ADDRESS__) || __has_feature(address_sanitizer)
#include <sanitizer/asan_interface.h>
#define POISON(p, n) ASAN_POISON_MEMORY_REGION((p), (n))
#define UNPOISON(p, n) ASAN_UNPOISON_MEMORY_REGION((p), (n))
#define GAP ((size_t)16)
#else
#define POISON(p, n) ((void)(p), (void)(n))
#define UNPOISON(p, n) ((void)(p), (void)(n))
#define GAP ((size_t)0)
#endif

#define ALIGNMENT _Alignof(max_align_t)
#define BLOCK_FIRST ((size_t)16 * 1024)
#define BLOCK_MAX ((size_t)4 * 1024 * 1024)
#define BLOCK_LARGE ((size_t)1024 * 1024)
#define CAPACITY_FIRST 1

struct block {
	struct block *next;
	size_t size, used;
	_Alignas(max_align_t) unsigned char data[];
};

struct arena {
	struct block *blocks; /* the current one first */
	unsigned char *last;  /* the latest allocation in the current block */
	size_t block_size;    /* of the next block */
	size_t limit, reserved, used;
	arena_exhausted handler;
	void *context;
};

static size_t
round_up(size_t size)
{
	return (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
}

static _Noreturn void
arena_exhaust(struct arena *arena)
{
	if (arena->handler != NULL)
		arena->handler(arena->context);
	abort();
}

/* NULL if the system or the limit refuses. */
static struct block *
block_create(struct arena *arena, size_t size)
{
	struct block *block;
	size_t total = sizeof(*block) + size;

	if (total < size)
		return NULL;
	if (arena->limit != 0 && total > arena->limit - arena->reserved)
		return NULL;
	block = calloc(1, total);
	if (block == NULL)
		return NULL;
	block->size = size;
	arena->reserved += total;
	POISON(block->data, block->size);
	return block;
}

struct arena *
arena_create(size_t limit, arena_exhausted handler, void *context)
{
	struct arena *arena = calloc(1, sizeof(*arena));

	if (arena == NULL)
		return NULL;
	arena->limit = limit;
	arena->handler = handler;
	arena->context = context;
	arena->block_size = BLOCK_FIRST;
	arena->blocks = block_create(arena, limit == 0 ? BLOCK_FIRST : 0);
	if (arena->blocks == NULL) {
		free(arena);
		return NULL;
	}
	return arena;
}

void
arena_destroy(struct arena *arena)
{
	struct block *next;

	if (arena == NULL)
		return;
	for (struct block *b = arena->blocks; b != NULL; b = next) {
		next = b->next;
		UNPOISON(b->data, b->size);
		free(b);
	}
	free(arena);
}

static void *
block_take(struct arena *arena, struct block *block, size_t size, size_t room)
{
	unsigned char *p = block->data + block->used;

	block->used += room;
	arena->used += size;
	UNPOISON(p, size);
	return p;
}

static void
block_populate(struct block *block)
{
	if (block->size >= BLOCK_LARGE)
		pages_populate(block, sizeof(*block) + block->size);
}

/* A block for one allocation goes behind the current one. */
static void *
alloc_alone(struct arena *arena, size_t size, size_t room, bool fills)
{
	struct block *block = block_create(arena, room);

	if (block == NULL)
		arena_exhaust(arena);
	if (fills)
		block_populate(block);
	block->next = arena->blocks->next;
	arena->blocks->next = block;
	return block_take(arena, block, size, room);
}

/* Near the limit there is no room for a whole block: take what is needed. */
static void
block_push(struct arena *arena, size_t room)
{
	struct block *block = block_create(arena, arena->block_size);

	if (block == NULL)
		block = block_create(arena, room);
	if (block == NULL)
		arena_exhaust(arena);
	block_populate(block);
	block->next = arena->blocks;
	arena->blocks = block;
	if (arena->block_size < BLOCK_MAX)
		arena->block_size *= 2;
}

/* FILLS: all of it will soon be written. */
static void *
alloc(struct arena *arena, size_t size, bool fills)
{
	size_t room;

	if (size > SIZE_MAX - ALIGNMENT - GAP)
		arena_exhaust(arena);
	room = round_up(size == 0 ? 1 : size) + GAP;
	if (room > arena->blocks->size - arena->blocks->used) {
		if (room > arena->block_size / 4)
			return alloc_alone(arena, size, room, fills);
		block_push(arena, room);
	}
	arena->last = block_take(arena, arena->blocks, size, room);
	return arena->last;
}

void *
arena_alloc(struct arena *arena, size_t size)
{
	return alloc(arena, size, false);
}

static size_t
product(struct arena *arena, size_t count, size_t size)
{
	if (size != 0 && count > SIZE_MAX / size)
		arena_exhaust(arena);
	return count * size;
}

void *
arena_calloc(struct arena *arena, size_t count, size_t size)
{
	return alloc(arena, product(arena, count, size), false);
}

void *
arena_reserve(struct arena *arena, size_t count, size_t size)
{
	return alloc(arena, product(arena, count, size), true);
}

char *
arena_strdup(struct arena *arena, const char *text)
{
	return arena_strndup(arena, text, strlen(text));
}

char *
arena_strndup(struct arena *arena, const char *text, size_t length)
{
	char *copy;

	if (length == SIZE_MAX)
		arena_exhaust(arena);
	copy = arena_alloc(arena, length + 1);
	if (length > 0)
		memcpy(copy, text, length);
	return copy;
}

char *
arena_printf(struct arena *arena, const char *format, ...)
{
	va_list args;
	int length;
	char *text;

	va_start(args, format);
	length = vsnprintf(NULL, 0, format, args);
	va_end(args);
	assert(length >= 0);
	text = arena_alloc(arena, (size_t)length + 1);
	va_start(args, format);
	vsnprintf(text, (size_t)length + 1, format, args);
	va_end(args);
	return text;
}

size_t
arena_used(const struct arena *arena)
{
	return arena->used;
}

/* Extend the latest allocation where it stands, if its block has room. */
static bool
extend(struct arena *arena, const void *old, size_t size)
{
	struct block *block = arena->blocks;
	size_t start, room;

	if (old == NULL || old != arena->last)
		return false;
	start = (size_t)(arena->last - block->data);
	if (size > SIZE_MAX - ALIGNMENT - GAP)
		return false;
	room = round_up(size) + GAP;
	if (room > block->size - start)
		return false;
	arena->used += size;
	block->used = start + room;
	UNPOISON(arena->last, size);
	return true;
}

void *
arena_grow(
    struct arena *arena, void *old, size_t count, size_t *capacity, size_t size)
{
	size_t wanted = CAPACITY_FIRST;
	void *grown;

	if (*capacity > SIZE_MAX / 2)
		arena_exhaust(arena);
	if (*capacity * 2 > wanted)
		wanted = *capacity * 2;
	if (wanted > SIZE_MAX / size)
		arena_exhaust(arena);
	*capacity = wanted;
	if (extend(arena, old, wanted * size))
		return old;
	grown = alloc(arena, wanted * size, true);
	if (count > 0)
		memcpy(grown, old, count * size);
	return grown;
}
