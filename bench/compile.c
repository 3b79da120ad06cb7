/*
 * Times and memory of the stages over sizes, and the exponents that fit them.
 */
#include "bench/compile.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "bench/host.h"
#include "bench/pipeline.h"

/* Below this much a stage is not the same twice. */
#define FIT_MS_MIN 2.0
#define EXPONENT_MAX 1.1
#define SEED 1

static FILE *
create(const char *path)
{
	FILE *out = fopen(path, "w");

	if (out == NULL)
		bench_die(path);
	return out;
}

static void
finish(FILE *out, const char *path)
{
	if (fclose(out) != 0)
		bench_die(path);
}

void
compile_write(char *path, size_t size, const char *folder,
    enum generate_kind kind, size_t n)
{
	FILE *out;

	if (kind == GENERATE_FILE) {
		snprintf(path, size, "%s/%zu.hosts", folder, n);
		out = create(path);
		generate_hosts(out, n, SEED);
		finish(out, path);
	}
	snprintf(path, size, "%s/%s-%zu.akp", folder, generate_name(kind), n);
	out = create(path);
	if (kind == GENERATE_FILE) {
		char hosts[64];

		snprintf(hosts, sizeof(hosts), "%zu.hosts", n);
		generate_policy(out, kind, n, SEED, hosts);
	} else {
		generate_policy(out, kind, n, SEED, NULL);
	}
	finish(out, path);
}

/* Least squares of the logarithms, over what is long enough to time. */
static double
fit(const size_t *sizes, const double *ms, size_t n)
{
	double sx = 0, sy = 0, sxx = 0, sxy = 0, count = 0;

	for (size_t i = 0; i < n; i++) {
		double x = log((double)sizes[i]), y = log(ms[i]);

		if (ms[i] < FIT_MS_MIN)
			continue;
		sx += x;
		sy += y;
		sxx += x * x;
		sxy += x * y;
		count++;
	}
	if (count < 2)
		return 0;
	return (count * sxy - sx * sy) / (count * sxx - sx * sx);
}

static void
add_stage(struct metrics *metrics, const char *name, size_t n,
    const struct pipeline_cost *cost, enum stage stage, double bound)
{
	metric_add(metrics, cost->ms[stage], METRIC_MS, bound,
	    "compile/%s/%zu/%s", name, n, stage_name(stage));
	metric_add(metrics, cost->mb[stage], METRIC_MB, 0, "memory/%s/%zu/%s",
	    name, n, stage_name(stage));
}

static double
add_cost(struct metrics *metrics, const struct compile_bench *bench, size_t n,
    const struct pipeline_cost *cost, bool prove)
{
	const char *name = generate_name(bench->kind);
	bool bound = n == bench->bound_size;
	double total = 0, mb = 0;

	for (enum stage s = STAGE_PARSE; s < STAGES; s++) {
		if (s == STAGE_PROVE && !prove)
			continue;
		add_stage(metrics, name, n, cost, s,
		    s == STAGE_PROVE && bound ? bench->prove_bound : 0);
		if (s == STAGE_PROVE)
			continue;
		total += cost->ms[s];
		mb += cost->mb[s];
	}
	metric_add(metrics, total, METRIC_MS, bound ? bench->total_bound : 0,
	    "compile/%s/%zu/total", name, n);
	metric_add(
	    metrics, mb, METRIC_MB, 4096, "memory/%s/%zu/total", name, n);
	return total;
}

void
compile_measure(struct metrics *metrics, const struct compile_bench *bench,
    const char *folder, unsigned rounds)
{
	const char *name = generate_name(bench->kind);
	double totals[6] = {0};
	size_t lines[6] = {0};
	size_t n = 0;

	for (; n < 6 && bench->sizes[n] != 0; n++) {
		bool prove = bench->sizes[n] <= bench->prove_max;
		struct pipeline_cost cost;
		char path[256];

		compile_write(
		    path, sizeof(path), folder, bench->kind, bench->sizes[n]);
		if (!pipeline_measure(path, "freebsd", prove,
			bench->sizes[n] >= 100000 ? 1 : rounds, &cost))
			bench_die(path);
		if (prove && !cost.proved)
			metric_add(metrics, (double)bench->sizes[n],
			    METRIC_RULES, 0, "unproved/%s/%zu", name,
			    bench->sizes[n]);
		lines[n] = bench->kind == GENERATE_ZONES
		    ? bench->sizes[n] * (bench->sizes[n] - 1)
		    : bench->sizes[n];
		totals[n] = add_cost(metrics, bench, bench->sizes[n], &cost,
		    prove && cost.proved);
		remove(path);
	}
	if (n > 1)
		metric_add(metrics, fit(lines, totals, n), METRIC_EXPONENT,
		    bench->sizes[2] != 0 ? EXPONENT_MAX : 0, "growth/%s", name);
}
