/*
 * What compiling costs, what the rulesets cost a packet, and what loading
 * them costs.
 *
 *	bench [--quick] [--counts] [--json] [--baseline FILE] [--more FILE]
 *	      FOLDER POLICIES
 *	bench --write KIND N FOLDER
 *	bench --stages FILE
 *	bench --time COMMAND...
 *	bench --looked POLICY CARD FLAVOUR
 *
 * FOLDER takes generated policies, POLICIES is the folder of those that are
 * shipped.  --more adds the measures of another program.  --quick leaves the
 * large sizes out.  --counts is for tests: only counts, which are the same on
 * every machine, decide; otherwise the exit code is 1 if a bound is not kept.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench/compile.h"
#include "bench/host.h"
#include "bench/looked.h"
#include "bench/packet.h"
#include "bench/pipeline.h"
#include "bench/policies.h"
#include "bench/report.h"

#define ROUNDS 5

struct request {
	bool quick, counts, json;
	const char *baseline, *more, *folder, *policies;
};

static const struct compile_bench benches[] = {
    {GENERATE_PAIRS, {1000, 10000, 100000, 1000000}, 100000, 200, 1000, 10000},
    {GENERATE_MIXED, {1000, 10000, 100000, 1000000}, 10000, 0, 0, 0},
    {GENERATE_PREFIXES, {1000, 10000, 100000}, 10000, 0, 0, 0},
    {GENERATE_RANGES, {1000, 10000, 100000}, 10000, 0, 0, 0},
    {GENERATE_SOURCES, {1000, 10000, 100000, 1000000}, 100000, 0, 0, 0},
    {GENERATE_INLINE, {1000, 10000, 100000, 1000000}, 10000, 0, 0, 0},
    {GENERATE_FILE, {1000, 10000, 100000, 1000000}, 10000, 0, 0, 0},
    {GENERATE_ZONES, {10, 20, 40, 80}, 80, 0, 0, 0},
};

static const struct compile_bench quick_benches[] = {
    {GENERATE_PAIRS, {1000, 10000}, 1000, 0, 0, 0},
    {GENERATE_MIXED, {1000}, 1000, 0, 0, 0},
    {GENERATE_PREFIXES, {300}, 300, 0, 0, 0},
    {GENERATE_RANGES, {300}, 300, 0, 0, 0},
    {GENERATE_SOURCES, {1000, 10000}, 1000, 0, 0, 0},
    {GENERATE_FILE, {1000, 10000}, 1000, 0, 0, 0},
    {GENERATE_ZONES, {10}, 10, 0, 0, 0},
};

static bool
read_request(struct request *request, int argc, char **argv)
{
	int i = 1;

	*request = (struct request){.quick = false};
	for (; i < argc && argv[i][0] == '-'; i++) {
		if (strcmp(argv[i], "--quick") == 0)
			request->quick = true;
		else if (strcmp(argv[i], "--counts") == 0)
			request->counts = true;
		else if (strcmp(argv[i], "--json") == 0)
			request->json = true;
		else if (strcmp(argv[i], "--baseline") == 0 && i + 1 < argc)
			request->baseline = argv[++i];
		else if (strcmp(argv[i], "--more") == 0 && i + 1 < argc)
			request->more = argv[++i];
		else
			return false;
	}
	if (argc - i != 2)
		return false;
	request->folder = argv[i];
	request->policies = argv[i + 1];
	return true;
}

static void
measure_compile(struct metrics *metrics, const struct request *request)
{
	size_t n = sizeof(benches) / sizeof(benches[0]);
	size_t quick = sizeof(quick_benches) / sizeof(quick_benches[0]);

	for (size_t i = 0; i < (request->quick ? quick : n); i++)
		compile_measure(metrics,
		    request->quick ? &quick_benches[i] : &benches[i],
		    request->folder, request->quick ? 1 : 3);
	if (!request->quick)
		compile_compare_nft(metrics, 100000, request->folder);
}

static void
measure_lines(struct metrics *metrics, const struct request *request, size_t n)
{
	static const enum generate_kind kinds[] = {
	    GENERATE_PAIRS, GENERATE_MIXED, GENERATE_PREFIXES, GENERATE_RANGES};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		bool exact = kinds[i] == GENERATE_PAIRS ||
		    kinds[i] == GENERATE_MIXED;
		char path[256];

		compile_write(path, sizeof(path), request->folder, kinds[i], n);
		looked_lines(
		    metrics, kinds[i], n, path, "freebsd", exact ? 12 : 0);
		looked_lines(
		    metrics, kinds[i], n, path, "darwin", exact ? 24 : 0);
		remove(path);
	}
}

static void
measure_zones(struct metrics *metrics, const struct request *request, size_t n)
{
	char path[256];

	compile_write(path, sizeof(path), request->folder, GENERATE_ZONES, n);
	looked_zones(metrics, n, path, "freebsd");
	looked_zones(metrics, n, path, "darwin");
	remove(path);
}

static void
measure_more(struct metrics *metrics, const char *path)
{
	FILE *in = path != NULL ? fopen(path, "r") : NULL;

	if (in == NULL)
		return;
	metrics_read(metrics, in);
	fclose(in);
}

static int
judge(const struct request *request, const struct metrics *metrics,
    const struct metrics *before)
{
	size_t worse;

	if (!request->counts)
		return report_bounds(metrics) != 0;
	worse = report_counts(metrics, before);
	printf("%zu passed, %zu failed\n", metrics->n - worse, worse);
	return worse != 0;
}

/* bench --write KIND N FOLDER: a generated policy; prints its path. */
static int
write_policy(char **words)
{
	enum generate_kind kind = GENERATE_PAIRS;
	char path[256];

	while (
	    kind < GENERATE_KINDS && strcmp(generate_name(kind), words[0]) != 0)
		kind++;
	if (kind == GENERATE_KINDS)
		return 2;
	compile_write(path, sizeof(path), words[2], kind,
	    (size_t)strtoul(words[1], NULL, 10));
	puts(path);
	return 0;
}

/* bench --stages FILE: what each stage takes to compile it, at the best. */
static int
time_stages(const char *path)
{
	struct pipeline_cost cost;
	double total = 0;

	if (!pipeline_measure(path, "freebsd", false, ROUNDS, &cost))
		return 1;
	for (enum stage s = STAGE_PARSE; s < STAGE_PROVE; s++) {
		printf("%-9s %9.2f ms %9.2f MB\n", stage_name(s), cost.ms[s],
		    cost.mb[s]);
		total += cost.ms[s];
	}
	printf("%-9s %9.2f ms\n", "total", total);
	return 0;
}

/* bench --time COMMAND...: prints how many milliseconds it took. */
static int
time_command(char **words)
{
	double start = clock_ms();
	int status = -1;
	pid_t pid = fork();

	if (pid == 0) {
		execvp(words[0], words);
		_exit(127);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		return 3;
	printf("%.3f\n", clock_ms() - start);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 3;
}

int
main(int argc, char **argv)
{
	struct metrics metrics = {0}, before = {0};
	struct request request;

	if (argc == 5 && strcmp(argv[1], "--write") == 0)
		return write_policy(argv + 2);
	if (argc == 3 && strcmp(argv[1], "--stages") == 0)
		return time_stages(argv[2]);
	if (argc > 2 && strcmp(argv[1], "--time") == 0)
		return time_command(argv + 2);
	if (argc == 5 && strcmp(argv[1], "--looked") == 0)
		return policies_show(argv[2], argv[3], argv[4]);
	if (!read_request(&request, argc, argv)) {
		fputs("usage: bench [--quick] [--counts] [--json] [--baseline "
		      "FILE] [--more FILE] FOLDER POLICIES\n",
		    stderr);
		return 2;
	}
	if (request.baseline != NULL)
		report_read(request.baseline, &before);
	looked_laptop(&metrics, request.folder, request.policies);
	policies_measure(&metrics, request.policies);
	measure_lines(&metrics, &request, 1000);
	measure_zones(&metrics, &request, 20);
	if (!request.quick)
		measure_zones(&metrics, &request, 80);
	if (!request.quick)
		measure_lines(&metrics, &request, 10000);
	measure_compile(&metrics, &request);
	if (!request.counts)
		packet_measure(&metrics, request.policies);
	measure_more(&metrics, request.more);
	if (request.json)
		report_json(&metrics);
	else if (!request.counts)
		report_table(&metrics, &before);
	return judge(&request, &metrics, &before);
}
