/*
 * Ends of conversations and sets of them, which are asked for in the innermost
 * loops.
 */
#ifndef SEMA_ENDPOINT_SET_H
#define SEMA_ENDPOINT_SET_H

#include <assert.h>
#include <stdbool.h>
#include <stdint.h>

#define POLICY_ZONES_MAX 120

/*
 * An end of a conversation: this host, or a zone.  ENDPOINT_SELF is 0, the
 * zone with index I is I + 1.
 */
typedef unsigned endpoint;
#define ENDPOINT_SELF 0u
#define ENDPOINT_OF_ZONE(index) ((endpoint)(index) + 1u)
#define ENDPOINT_ZONE(e) ((size_t)(e)-1u)
#define ENDPOINT_WORD_BITS 64u

struct endpoint_set {
	uint64_t bits[2]; /* POLICY_ZONES_MAX + 1 ends at most */
};

static inline void
endpoint_set_add(struct endpoint_set *set, endpoint e)
{
	assert(e <= POLICY_ZONES_MAX);
	set->bits[e / ENDPOINT_WORD_BITS] |= UINT64_C(1)
	    << e % ENDPOINT_WORD_BITS;
}

static inline void
endpoint_set_remove(struct endpoint_set *set, endpoint e)
{
	assert(e <= POLICY_ZONES_MAX);
	set->bits[e / ENDPOINT_WORD_BITS] &= ~(
	    UINT64_C(1) << e % ENDPOINT_WORD_BITS);
}

static inline bool
endpoint_set_has(const struct endpoint_set *set, endpoint e)
{
	return e <= POLICY_ZONES_MAX &&
	    (set->bits[e / ENDPOINT_WORD_BITS] >> e % ENDPOINT_WORD_BITS & 1) !=
	    0;
}

static inline bool
endpoint_set_empty(const struct endpoint_set *set)
{
	return set->bits[0] == 0 && set->bits[1] == 0;
}

static inline bool
endpoint_set_equal(const struct endpoint_set *a, const struct endpoint_set *b)
{
	return a->bits[0] == b->bits[0] && a->bits[1] == b->bits[1];
}

static inline bool
endpoint_set_meets(const struct endpoint_set *a, const struct endpoint_set *b)
{
	return (a->bits[0] & b->bits[0]) != 0 || (a->bits[1] & b->bits[1]) != 0;
}

static inline struct endpoint_set
endpoint_set_intersect(
    const struct endpoint_set *a, const struct endpoint_set *b)
{
	return (struct endpoint_set){
	    {a->bits[0] & b->bits[0], a->bits[1] & b->bits[1]}};
}

static inline struct endpoint_set
endpoint_set_union(const struct endpoint_set *a, const struct endpoint_set *b)
{
	return (struct endpoint_set){
	    {a->bits[0] | b->bits[0], a->bits[1] | b->bits[1]}};
}

static inline bool
endpoint_set_covers(
    const struct endpoint_set *outer, const struct endpoint_set *inner)
{
	return (inner->bits[0] & ~outer->bits[0]) == 0 &&
	    (inner->bits[1] & ~outer->bits[1]) == 0;
}

#endif
