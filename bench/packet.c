/*
 * Nanoseconds a packet in the evaluator: the best of many rounds.
 */
#include "bench/packet.h"

#include <string.h>

#include "bench/host.h"
#include "bench/pipeline.h"
#include "target/ipfw/text/read.h"

#define LINEAR_RULES 1000
#define LINEAR_BOUND 10000 /* nanoseconds */
#define LAPTOP_BOUND 1000
#define ROUNDS 200
#define PACKETS 1000 /* a round */

static const struct {
	const char *name, *packet;
} rows[] = {
    {"known-out", "out en1 tcp 192.0.2.10 4000 198.51.100.7 443"},
    {"machine-both-passes",
	"fwd vboxnet0 en1 tcp 192.168.56.10 4001 198.51.100.7 443"},
    {"refused-in", "in en1 tcp 203.0.113.9 4000 192.0.2.10 445"},
    {"refused-out", "out en1 tcp 192.0.2.10 4000 198.51.100.7 3389"},
};

static void
exhausted(void *context)
{
	(void)context;
	bench_die("out of memory");
}

static void
add_rule(struct bench_host *host, const char *text)
{
	const char *words[32];
	size_t n = 0;
	char *copy = arena_strdup(host->arena, text);
	struct ipfw_reader reader;
	struct ipfw_rule rule;

	for (char *at = copy; *at != '\0' && n < 32;) {
		words[n++] = at;
		at += strcspn(at, " ");
		if (*at == ' ')
			*at++ = '\0';
	}
	ipfw_reader_init(&reader, host->arena);
	if (!ipfw_read_rule(&reader, words, n, &rule) ||
	    ipfw_engine_add(host->engine, &rule, NULL, NULL, NULL) != IPFW_OK)
		bench_die(text);
}

/* Rules that all have to be looked at. */
static void
load_linear(struct bench_host *host)
{
	for (unsigned i = 1; i < LINEAR_RULES; i++)
		add_rule(host,
		    arena_printf(host->arena,
			"%u deny tcp from 10.%u.%u.0/24 to any dst-port %u", i,
			i / 250, i % 250, i));
	add_rule(host, "2000 allow ip from any to any");
}

/* The walks of a round go with its arena. */
static double
play_round(struct bench_host *host, const struct bench_packet *packet)
{
	struct walk_host walker = {host->engine, &host->world, host->fragments};
	struct arena *arena = arena_create(0, exhausted, NULL);
	struct walk walk;
	double start = clock_ms();

	for (unsigned i = 0; i < PACKETS; i++)
		walk_packet(
		    &walker, arena, &packet->packet, packet->forward, &walk);
	start = (clock_ms() - start) * 1e6 / PACKETS;
	arena_destroy(arena);
	return start;
}

static double
best_round(struct bench_host *host, const char *text)
{
	struct bench_packet packet = host_packet(host, text);
	double best = play_round(host, &packet);

	for (unsigned i = 1; i < ROUNDS; i++) {
		double cost = play_round(host, &packet);

		best = cost < best ? cost : best;
	}
	return best;
}

static void
measure_linear(struct metrics *metrics)
{
	struct bench_host host;

	host_open(&host, false);
	host_add_card(&host, "em0", "192.0.2.1/24");
	load_linear(&host);
	metric_add(metrics,
	    best_round(&host, "in em0 tcp 192.0.2.1 4000 198.51.100.7 80"),
	    METRIC_NS, LINEAR_BOUND, "packet/1000-rules-one-by-one");
	host_close(&host);
}

void
packet_measure(struct metrics *metrics, const char *policies)
{
	struct arena *arena = arena_create(0, exhausted, NULL);
	struct pipeline_cost cost;
	struct bench_host host;
	const struct session *session;
	char path[256];

	measure_linear(metrics);
	snprintf(path, sizeof(path), "%s/laptop.akp", policies);
	session = pipeline_run(arena, path, "en1", "freebsd", false, &cost);
	if (session == NULL)
		bench_die(path);
	host_open(&host, false);
	host_add_card(&host, "en1", "192.0.2.10/24");
	host_add_card(&host, "vboxnet0", "192.168.56.1/24");
	host_add_natd(&host, "192.0.2.10");
	host_load(&host, session->ruleset);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		metric_add(metrics, best_round(&host, rows[i].packet),
		    METRIC_NS, LAPTOP_BOUND, "packet/laptop/%s", rows[i].name);
	host_close(&host);
	arena_destroy(arena);
}
