/*
 * Numbers that look random and are the same for the same seed.
 */
#ifndef CROSSCHECK_RANDOM_H
#define CROSSCHECK_RANDOM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct chance {
	uint64_t state;
};

/* xorshift64; a few rounds part the sequences of neighbouring seeds. */
static inline uint64_t
chance_next(struct chance *chance)
{
	chance->state ^= chance->state << 13;
	chance->state ^= chance->state >> 7;
	chance->state ^= chance->state << 17;
	return chance->state >> 11;
}

static inline struct chance
chance_seed(uint64_t seed)
{
	struct chance chance = {(seed + 1) * 0x9e3779b97f4a7c15u};

	for (int i = 0; i < 8; i++)
		chance_next(&chance);
	return chance;
}

/* Below N, which is not 0. */
static inline size_t
chance_below(struct chance *chance, size_t n)
{
	return (size_t)(chance_next(chance) % n);
}

static inline bool
chance_percent(struct chance *chance, unsigned percent)
{
	return chance_next(chance) % 100 < percent;
}

#endif
