/*
 * The stages of a compilation with a clock beside them.
 */
#include "bench/pipeline.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "opt/opt.h"
#include "target/ipfw/lower/lower.h"
#include "target/ipfw/rules.h"

#define MEBIBYTE (1024.0 * 1024.0)

static const char *const names[STAGES] = {
    [STAGE_PARSE] = "parse",
    [STAGE_RESOLVE] = "resolve",
    [STAGE_OPTIMISE] = "optimise",
    [STAGE_LOWER] = "lower",
    [STAGE_WRITE] = "write",
    [STAGE_PROVE] = "prove",
};

const char *
stage_name(enum stage stage)
{
	return names[stage];
}

static double
clock_read(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

double
clock_ms(void)
{
	return clock_read(CLOCK_MONOTONIC);
}

/* Of this process alone: a stage costs the same whatever else runs. */
static double
cpu_ms(void)
{
	return clock_read(CLOCK_PROCESS_CPUTIME_ID);
}

/* Where the clock and the arena stood when the stage began. */
struct watch {
	struct arena *arena;
	struct pipeline_cost *cost;
	double started;
	size_t used;
};

static void
watch_stop(struct watch *watch, enum stage stage)
{
	double now = cpu_ms();
	size_t used = arena_used(watch->arena);

	watch->cost->ms[stage] = now - watch->started;
	watch->cost->mb[stage] = (double)(used - watch->used) / MEBIBYTE;
	watch->started = cpu_ms();
	watch->used = used;
}

static bool
lower(struct session *s)
{
	struct lower_request request = {
	    .arena = s->arena,
	    .diags = &s->diags,
	    .sources = &s->sources,
	    .flavour = s->flavour,
	    .ir = s->ir,
	    .level = 2,
	    .table_prefix = "akin_",
	};

	s->ruleset = ipfw_lower(&request);
	if (s->ruleset != NULL)
		ipfw_rules_sign(s->arena, s->ruleset, s->flavour);
	return s->ruleset != NULL;
}

static bool
optimise(struct session *s)
{
	struct opt opt = {.arena = s->arena, .diags = &s->diags, .level = 2};

	s->ir = ir_build(s->arena, s->policy);
	return opt_run(&opt, s->ir) == NULL;
}

static bool
write_rules(struct session *s)
{
	struct buf text;

	buf_init(&text, s->arena);
	ipfw_rules_write(&text, s->ruleset, s->flavour, -1);
	return text.n != 0;
}

static void
prove_rules(struct session *s, struct watch *watch)
{
	struct prove_result result;

	watch->cost->proved = session_prove(s, &result);
	watch_stop(watch, STAGE_PROVE);
	watch->cost->mb[STAGE_PROVE] += (double)result.bytes / MEBIBYTE;
}

static bool
run(struct session *s, const char *path, bool prove, struct watch *watch)
{
	if (!session_load_catalogue(s) || !session_load_host(s, false))
		return false;
	watch->started = cpu_ms();
	watch->used = arena_used(s->arena);
	if (!session_parse(s, path))
		return false;
	watch_stop(watch, STAGE_PARSE);
	if (!session_resolve(s, true))
		return false;
	watch_stop(watch, STAGE_RESOLVE);
	if (!optimise(s))
		return false;
	watch_stop(watch, STAGE_OPTIMISE);
	if (!lower(s))
		return false;
	watch->cost->rules = s->ruleset->rules.n;
	watch_stop(watch, STAGE_LOWER);
	if (!write_rules(s))
		return false;
	watch_stop(watch, STAGE_WRITE);
	if (prove)
		prove_rules(s, watch);
	return true;
}

const struct session *
pipeline_run(struct arena *arena, const char *path, const char *nic,
    const char *flavour, bool prove, struct pipeline_cost *cost)
{
	struct options *options = arena_new(arena, struct options);
	struct session *session = arena_new(arena, struct session);
	struct watch watch = {.arena = arena, .cost = cost};

	*cost = (struct pipeline_cost){.rules = 0};
	options->nic = nic;
	options->flavour = flavour;
	options->level = 2;
	session_init(session, options, arena);
	session->flavour = ipfw_flavour_find(flavour);
	if (run(session, path, prove, &watch))
		return session;
	session_report_text(session);
	return NULL;
}

static void
exhausted(void *context)
{
	(void)context;
	_exit(3);
}

static void
child(const char *path, const char *flavour, bool prove, int out)
{
	struct arena *arena = arena_create(0, exhausted, NULL);
	struct pipeline_cost cost;

	if (arena == NULL ||
	    pipeline_run(arena, path, "em0", flavour, prove, &cost) == NULL ||
	    write(out, &cost, sizeof(cost)) != (ssize_t)sizeof(cost))
		_exit(1);
	_exit(0);
}

static bool
measure_once(const char *path, const char *flavour, bool prove,
    struct pipeline_cost *cost)
{
	int ends[2], status;
	ssize_t n;
	pid_t pid;

	if (pipe(ends) != 0)
		return false;
	fflush(stdout);
	pid = fork();
	if (pid == 0) {
		close(ends[0]);
		child(path, flavour, prove, ends[1]);
	}
	close(ends[1]);
	n = read(ends[0], cost, sizeof(*cost));
	close(ends[0]);
	return pid > 0 && waitpid(pid, &status, 0) == pid && status == 0 &&
	    n == (ssize_t)sizeof(*cost);
}

bool
pipeline_measure(const char *path, const char *flavour, bool prove,
    unsigned rounds, struct pipeline_cost *cost)
{
	for (unsigned round = 0; round < rounds; round++) {
		struct pipeline_cost one;

		if (!measure_once(path, flavour, prove, &one))
			return false;
		for (enum stage s = STAGE_PARSE; round > 0 && s < STAGES; s++)
			if (cost->ms[s] < one.ms[s])
				one.ms[s] = cost->ms[s];
		*cost = one;
	}
	return true;
}
