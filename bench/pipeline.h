/*
 * One policy through the compiler, stage by stage.
 */
#ifndef BENCH_PIPELINE_H
#define BENCH_PIPELINE_H

#include <stdbool.h>
#include <stddef.h>

#include "cli/session.h"

enum stage {
	STAGE_PARSE,
	STAGE_RESOLVE,
	STAGE_OPTIMISE,
	STAGE_LOWER,
	STAGE_WRITE,
	STAGE_PROVE,
	STAGES
};

struct pipeline_cost {
	double ms[STAGES];
	double mb[STAGES]; /* memory that the stage took */
	size_t rules;	   /* emitted */
	bool proved;
};

const char *stage_name(enum stage stage);

/*
 * Compile PATH for --nic=em0, into ARENA.  Returns NULL, and says why, if it
 * does not compile.  With PROVE the ruleset is read back and proved.
 */
const struct session *pipeline_run(struct arena *arena, const char *path,
    const char *nic, const char *flavour, bool prove,
    struct pipeline_cost *cost);

/*
 * The same in a process of its own, so that no run leaves memory to the next;
 * the best of ROUNDS.  False if it failed.
 */
bool pipeline_measure(const char *path, const char *flavour, bool prove,
    unsigned rounds, struct pipeline_cost *cost);

double clock_ms(void);

#endif
