/*
 * A block arena: everything a compilation allocates, freed at once.
 *
 * Allocation never fails from the caller's point of view: when the system or
 * the limit refuses memory, the handler given at creation is called and must
 * not return (the command line prints a message and exits with 3).
 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stddef.h>

struct arena;

typedef void (*arena_exhausted)(void *context);

/* LIMIT is in bytes, 0 for none.  Returns NULL if no block can be had. */
struct arena *arena_create(
    size_t limit, arena_exhausted handler, void *context);
void arena_destroy(struct arena *arena);

/* Zeroed memory, aligned for any type. */
void *arena_alloc(struct arena *arena, size_t size);
/* COUNT * SIZE bytes, the product checked for overflow. */
void *arena_calloc(struct arena *arena, size_t count, size_t size);
/* The same, where all of it will soon be written. */
void *arena_reserve(struct arena *arena, size_t count, size_t size);
char *arena_strdup(struct arena *arena, const char *text);
char *arena_strndup(struct arena *arena, const char *text, size_t length);
char *arena_printf(struct arena *arena, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* Bytes handed out so far. */
size_t arena_used(const struct arena *arena);

/* Used by vec_push: at least one more element than *CAPACITY. */
void *arena_grow(struct arena *arena, void *old, size_t count, size_t *capacity,
    size_t size);

#define arena_new(arena, type) ((type *)arena_alloc((arena), sizeof(type)))

/* A growable array in an arena: struct { T *v; size_t n, cap; }. */
#define VEC(type)                                                              \
	struct {                                                               \
		type *v;                                                       \
		size_t n, cap;                                                 \
	}

/* Room for N elements from the start, if it is known that so many come. */
#define vec_reserve(arena, vec, count)                                         \
	do {                                                                   \
		if ((vec)->cap == 0 && (count) > 0) {                          \
			(vec)->v = arena_reserve(                              \
			    (arena), (count), sizeof(*(vec)->v));              \
			(vec)->cap = (count);                                  \
		}                                                              \
	} while (0)

#define vec_push(arena, vec, item)                                             \
	do {                                                                   \
		if ((vec)->n == (vec)->cap)                                    \
			(vec)->v = arena_grow((arena), (vec)->v, (vec)->n,     \
			    &(vec)->cap, sizeof(*(vec)->v));                   \
		(vec)->v[(vec)->n++] = (item);                                 \
	} while (0)

#endif
