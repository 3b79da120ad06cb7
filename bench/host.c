/*
 * The evaluator as a host for measures.
 */
#include "bench/host.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WORDS_MAX 16

void
bench_die(const char *text)
{
	fprintf(stderr, "bench: %s\n", text);
	exit(3);
}

static void
exhausted(void *context)
{
	(void)context;
	bench_die("out of memory");
}

void
host_open(struct bench_host *host, bool darwin)
{
	host->arena = arena_create(0, exhausted, NULL);
	world_init(&host->world, host->arena);
	host->engine = ipfw_engine_create(
	    darwin ? &run_darwin : &run_freebsd, NULL);
	host->fragments = ipfw_fragments_create(0);
	if (host->engine == NULL || host->fragments == NULL)
		exhausted(NULL);
	ipfw_engine_settings(host->engine)->states_max = UINT32_MAX;
	ipfw_engine_settings(host->engine)->one_pass = false;
}

void
host_close(struct bench_host *host)
{
	ipfw_engine_destroy(host->engine);
	ipfw_fragments_destroy(host->fragments);
	world_free(&host->world);
	arena_destroy(host->arena);
}

void
host_add_card(struct bench_host *host, const char *card, const char *address)
{
	struct world_address parsed;

	if (!world_parse_address(address, &parsed) ||
	    !world_set_card(&host->world, card, &parsed, 1))
		bench_die(card);
}

void
host_add_natd(struct bench_host *host, const char *address)
{
	struct nat_config config = {.same_ports = true};
	struct world_address alias;

	if (!world_parse_address(address, &alias))
		bench_die(address);
	config.alias = alias.addr;
	world_set_handler(&host->world, false, 8668, WORLD_TRANSLATE, &config);
}

void
host_load(struct bench_host *host, const struct ipfw_ruleset *ruleset)
{
	if (ipfw_engine_load(host->engine, ruleset) != IPFW_OK)
		bench_die("the ruleset cannot be loaded");
}

struct bench_packet
host_packet(struct bench_host *host, const char *text)
{
	struct bench_packet out;
	const char *words[WORDS_MAX];
	size_t n = 0;
	enum packet_way way;
	char *copy = arena_strdup(host->arena, text);

	for (char *at = copy; *at != '\0' && n < WORDS_MAX;) {
		words[n++] = at;
		at += strcspn(at, " ");
		if (*at == ' ')
			*at++ = '\0';
	}
	if (packet_parse(host->arena, words, n, false, &way, &out.packet) !=
	    NULL)
		bench_die(text);
	out.forward = way == PACKET_FORWARD;
	return out;
}

uint64_t
host_play(struct bench_host *host, const struct bench_packet *packet,
    enum walk_verdict *verdict)
{
	struct walk_host walker = {host->engine, &host->world, host->fragments};
	struct arena *arena = arena_create(0, exhausted, NULL);
	struct walk walk;

	walk_packet(&walker, arena, &packet->packet, packet->forward, &walk);
	*verdict = walk.end.verdict;
	arena_destroy(arena);
	return walk.looked;
}
