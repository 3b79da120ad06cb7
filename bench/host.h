/*
 * A host in the evaluator, with a ruleset loaded, that packets are played on.
 */
#ifndef BENCH_HOST_H
#define BENCH_HOST_H

#include <stdbool.h>
#include <stdint.h>

#include "eval/packet.h"
#include "eval/walk.h"

struct bench_host {
	struct arena *arena;
	struct world world;
	struct ipfw_engine *engine;
	struct ipfw_fragments *fragments;
};

/* Exits if there is no memory. */
void host_open(struct bench_host *host, bool darwin);
void host_close(struct bench_host *host);
void host_add_card(
    struct bench_host *host, const char *card, const char *address);
/* A natd at port 8668 that gives out ADDRESS. */
void host_add_natd(struct bench_host *host, const char *address);
void host_load(struct bench_host *host, const struct ipfw_ruleset *ruleset);

struct bench_packet {
	struct ipfw_packet packet;
	bool forward;
};

/* TEXT as sessions have it; exits if it is none. */
struct bench_packet host_packet(struct bench_host *host, const char *text);
/* How many rules all passes of the packet looked at. */
uint64_t host_play(struct bench_host *host, const struct bench_packet *packet,
    enum walk_verdict *verdict);
void bench_die(const char *text);

#endif
