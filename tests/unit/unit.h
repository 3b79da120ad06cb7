/*
 * What every unit test shares: running a suite, and numbers that look random
 * but are the same in every run.
 */
#ifndef UNIT_H
#define UNIT_H

#include <check.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/arena.h"

/* The exit status for main.  CK_FORK and CK_VERBOSITY are obeyed. */
static inline int
unit_run(Suite *suite)
{
	SRunner *runner = srunner_create(suite);
	int failed;

	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

static inline struct arena *
unit_arena(void)
{
	struct arena *arena = arena_create(0, NULL, NULL);

	ck_assert_ptr_nonnull(arena);
	return arena;
}

/* xorshift64; STATE must not be 0. */
static inline uint64_t
unit_random(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state >> 11;
}

#endif
