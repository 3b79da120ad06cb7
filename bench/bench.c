/*
 * What a packet costs in the evaluator.
 *
 *	bench RULES [--json]
 *
 * RULES is the ruleset of policies/laptop.akp for FreeBSD and the card en1,
 * as `akinc --emit=rules` prints it.  Each row has a bound; the exit code is 1
 * if one is not kept.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "eval/packet.h"
#include "eval/walk.h"
#include "target/ipfw/text/read.h"
#include "target/ipfw/engine/flavour.h"

#define LINEAR_RULES 1000
#define LINEAR_BOUND 10000 /* nanoseconds */
#define LAPTOP_BOUND 1000
#define ROUNDS 200
#define PACKETS 1000 /* a round; the best round counts */

struct machine {
	struct arena *arena;
	struct world world;
	struct ipfw_engine *engine;
	struct ipfw_fragments *fragments;
};

struct row {
	const char *name;
	const char *packet;
	double bound;
	/* Measured: */
	double nanoseconds;
	unsigned long long looked;
};

static void
die(const char *text)
{
	fprintf(stderr, "bench: %s\n", text);
	exit(3);
}

static void
exhausted(void *context)
{
	(void)context;
	die("out of memory");
}

static double
now(void)
{
	struct timespec t;

	if (clock_gettime(CLOCK_MONOTONIC, &t) != 0)
		die("no clock");
	return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static void
add_address(struct machine *m, const char *card, const char *text)
{
	struct world_address address;

	if (!world_parse_address(text, &address) ||
	    !world_set_card(&m->world, card, &address, 1))
		die("a card");
}

static void
open_machine(struct machine *m)
{
	struct nat_config config = {.same_ports = true};
	struct world_address alias;

	m->arena = arena_create(0, exhausted, NULL);
	world_init(&m->world, m->arena);
	add_address(m, "en1", "192.0.2.10/24");
	add_address(m, "vboxnet0", "192.168.56.1/24");
	world_parse_address("192.0.2.10", &alias);
	config.alias = alias.addr;
	world_set_handler(&m->world, false, 8668, WORLD_TRANSLATE, &config);
	m->engine = ipfw_engine_create(&run_freebsd, NULL);
	m->fragments = ipfw_fragments_create(0);
	if (m->engine == NULL || m->fragments == NULL)
		exhausted(NULL);
}

static void
close_machine(struct machine *m)
{
	ipfw_engine_destroy(m->engine);
	ipfw_fragments_destroy(m->fragments);
	world_free(&m->world);
	arena_destroy(m->arena);
}

static void
load_words(struct machine *m, const char *text)
{
	const char *words[32];
	size_t n = 0;
	char *copy = arena_strdup(m->arena, text);
	struct ipfw_reader reader;
	struct ipfw_rule rule;

	for (char *at = copy; *at != '\0' && n < 32;) {
		words[n++] = at;
		at += strcspn(at, " ");
		if (*at == ' ')
			*at++ = '\0';
	}
	ipfw_reader_init(&reader, m->arena);
	if (!ipfw_read_rule(&reader, words, n, &rule) ||
	    ipfw_engine_add(m->engine, &rule, NULL, NULL, NULL) != IPFW_OK)
		die(text);
}

/* Rules that all have to be looked at. */
static void
load_linear(struct machine *m)
{
	for (unsigned i = 1; i < LINEAR_RULES; i++)
		load_words(m,
		    arena_printf(m->arena,
			"%u deny tcp from 10.%u.%u.0/24 to any dst-port %u", i,
			i / 250, i % 250, i));
	load_words(m, "2000 allow ip from any to any");
}

static void
load_file(struct machine *m, const char *path)
{
	struct ipfw_ruleset *ruleset = arena_new(m->arena, struct ipfw_ruleset);
	struct ipfw_reader reader;
	struct sources sources;
	struct diags diags;
	uint32_t file;

	sources_init(&sources, m->arena);
	diags_init(&diags, m->arena, &sources);
	ipfw_reader_init(&reader, m->arena);
	if (sources_read(&sources, path, &file) != 0 ||
	    !ipfw_read_file(&reader, &diags, file, ruleset) ||
	    ipfw_engine_load(m->engine, ruleset) != IPFW_OK)
		die(path);
}

static struct ipfw_packet
read_packet(struct machine *m, const char *text, bool *forward)
{
	const char *words[16];
	size_t n = 0;
	char *copy = arena_strdup(m->arena, text);
	struct ipfw_packet packet;
	enum packet_way way;

	for (char *at = copy; *at != '\0' && n < 16;) {
		words[n++] = at;
		at += strcspn(at, " ");
		if (*at == ' ')
			*at++ = '\0';
	}
	if (packet_parse(m->arena, words, n, false, &way, &packet) != NULL)
		die(text);
	*forward = way == PACKET_FORWARD;
	return packet;
}

/* The walks of a round go with its arena. */
static double
play_round(struct machine *m, const struct ipfw_packet *packet, bool forward,
    unsigned long long *looked)
{
	struct walk_host host = {m->engine, &m->world, m->fragments};
	struct arena *arena = arena_create(0, exhausted, NULL);
	struct walk walk;
	double start = now();

	for (unsigned i = 0; i < PACKETS; i++)
		walk_packet(&host, arena, packet, forward, &walk);
	*looked = (unsigned long long)walk.looked;
	start = (now() - start) / PACKETS;
	arena_destroy(arena);
	return start;
}

static void
measure(struct machine *m, struct row *row)
{
	bool forward;
	struct ipfw_packet packet = read_packet(m, row->packet, &forward);

	row->nanoseconds = 0;
	for (unsigned i = 0; i < ROUNDS; i++) {
		double cost = play_round(m, &packet, forward, &row->looked);

		if (i == 0 || cost < row->nanoseconds)
			row->nanoseconds = cost;
	}
}

static void
print_table(const struct row *rows, size_t n)
{
	printf("%-44s %10s %8s %10s\n", "packet", "ns", "rules", "bound");
	for (size_t i = 0; i < n; i++)
		printf("%-44s %10.0f %8llu %10.0f%s\n", rows[i].name,
		    rows[i].nanoseconds, rows[i].looked, rows[i].bound,
		    rows[i].nanoseconds > rows[i].bound ? "  over" : "");
}

static void
print_json(const struct row *rows, size_t n)
{
	puts("[");
	for (size_t i = 0; i < n; i++)
		printf("  {\"packet\": \"%s\", \"nanoseconds\": %.0f, "
		       "\"rules\": %llu, \"bound\": %.0f}%s\n",
		    rows[i].name, rows[i].nanoseconds, rows[i].looked,
		    rows[i].bound, i + 1 < n ? "," : "");
	puts("]");
}

int
main(int argc, char **argv)
{
	struct row rows[] = {
	    {"1000 rules one after the other",
		"in em0 tcp 192.0.2.1 4000 198.51.100.7 80", LINEAR_BOUND, 0,
		0},
	    {"laptop: known conversation, out",
		"out en1 tcp 192.0.2.10 4000 198.51.100.7 443", LAPTOP_BOUND, 0,
		0},
	    {"laptop: a machine's conversation, both passes",
		"fwd vboxnet0 en1 tcp 192.168.56.10 4001 198.51.100.7 443",
		LAPTOP_BOUND, 0, 0},
	    {"laptop: refused, in",
		"in en1 tcp 203.0.113.9 4000 192.0.2.10 445", LAPTOP_BOUND, 0,
		0},
	    {"laptop: refused, out",
		"out en1 tcp 192.0.2.10 4000 198.51.100.7 3389", LAPTOP_BOUND,
		0, 0},
	};
	size_t n = sizeof(rows) / sizeof(rows[0]);
	struct machine m;
	int code = 0;

	if (argc < 2)
		die("usage: bench RULES [--json]");
	open_machine(&m);
	load_linear(&m);
	measure(&m, &rows[0]);
	close_machine(&m);
	open_machine(&m);
	load_file(&m, argv[1]);
	for (size_t i = 1; i < n; i++)
		measure(&m, &rows[i]);
	close_machine(&m);
	if (argc > 2 && strcmp(argv[2], "--json") == 0)
		print_json(rows, n);
	else
		print_table(rows, n);
	for (size_t i = 0; i < n; i++)
		if (rows[i].nanoseconds > rows[i].bound)
			code = 1;
	return code;
}
