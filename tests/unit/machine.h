/*
 * A machine of the emulator for tests: steps of a session in, answers out.
 */
#ifndef MACHINE_H
#define MACHINE_H

#include <string.h>

#include "eval/emu/machine.h"
#include "eval/emu/step.h"
#include "tests/unit/unit.h"

struct bench {
	struct arena *arena; /* holds the answers */
	struct machine *machine;
};

static inline struct bench
bench_open(const struct run_flavour *flavour)
{
	struct bench bench = {unit_arena(), machine_create(flavour)};

	ck_assert_ptr_nonnull(bench.machine);
	return bench;
}

static inline void
bench_close(struct bench *bench)
{
	machine_destroy(bench->machine);
	arena_destroy(bench->arena);
}

/* The answer to STEP, which must be one, without its last newline. */
static inline const char *
bench_ask(struct bench *bench, const char *text)
{
	struct step step;

	step_run(bench->machine, bench->arena, text, true, &step);
	ck_assert_msg(
	    step.error == NULL, "%s: %s", text, step.error ? step.error : "");
	if (step.answer.n > 0)
		step.answer.p[step.answer.n - 1] = '\0';
	return step.answer.p;
}

/* A step that must succeed, and whose answer does not matter. */
static inline void
bench_do(struct bench *bench, const char *text)
{
	struct step step;

	step_run(bench->machine, bench->arena, text, true, &step);
	ck_assert_msg(step.error == NULL && step.code == 0, "%s: %s", text,
	    step.answer.p);
}

static inline int
bench_code(struct bench *bench, const char *text)
{
	struct step step;

	step_run(bench->machine, bench->arena, text, true, &step);
	ck_assert_ptr_null(step.error);
	return step.code;
}

#define bench_expect(bench, text, answer)                                      \
	ck_assert_str_eq(bench_ask((bench), (text)), (answer))

#endif
