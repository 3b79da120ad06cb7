/*
 * A packet's whole way through one host: the passes over the rules, and what
 * happens to it between them at diverts, translators and reassembly.
 */
#ifndef EVAL_WALK_H
#define EVAL_WALK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "eval/world.h"
#include "target/ipfw/engine/run.h"
#include "target/ipfw/engine/fragment.h"

enum walk_verdict {
	WALK_ALLOW,
	WALK_DENY,
	WALK_RESET,
	WALK_UNREACH, /* code */
	WALK_UNREACH6,
	WALK_HELD,    /* a fragment that waits for the rest */
	WALK_LOST,    /* nobody at the divert port */
	WALK_FOREIGN, /* a rule that is listed but never run */
};

/* What happened to the packet, in order. */
struct walk_event {
	enum {
		WALK_DIVERTED,
		WALK_TEED,
		WALK_TRANSLATED, /* by a nat instance */
		WALK_REASSEMBLED,
		WALK_RESET_SENT,
		WALK_ERROR_SENT, /* ICMP of the packet's family */
	} kind;
	uint32_t id;	    /* port, instance, length or ICMP type */
	unsigned number;    /* of the rule; or the ICMP code */
	const void *source; /* of the rule */
	enum family family;
	enum {
		WALK_AS_IT_WAS,
		WALK_NEW_SOURCE,
		WALK_NEW_TARGET,
		WALK_UNBOUND,
		WALK_DROPPED,
	} change;
	struct addr addr;
	uint16_t port;
	size_t steps; /* how many steps came before it */
};

/* What the rules did, in order. */
struct walk_step {
	enum ipfw_event event;
	unsigned number;
	const void *source; /* of the rule */
};

/* How a way, or one pass of it, ended. */
struct walk_end {
	enum walk_verdict verdict;
	uint32_t code;
	unsigned number, copy;
	bool shared;
	const void *source;
};

struct walk {
	struct walk_end end;
	bool forwarded; /* has an in pass, and, if let on, an out one */
	bool has_out;
	struct walk_end in, out;
	VEC(struct walk_event) events;
	VEC(struct walk_step) steps;
	size_t in_events, in_steps; /* those of the in pass, if forwarded */
	uint64_t looked;	    /* rules, in all passes */
	struct ipfw_packet packet;  /* as it left */
};

struct walk_host {
	struct ipfw_engine *engine;
	struct world *world;
	struct ipfw_fragments *fragments;
};

/* The events and steps of *OUT are in ARENA. */
void walk_packet(struct walk_host *host, struct arena *arena,
    const struct ipfw_packet *packet, bool forward, struct walk *out);

/*
 * The answer line of a session:
 * "accept rule=N[/k] [in=V@N out=V@N] [ev=…] [path=…] vis=N"
 */
void walk_write(struct buf *out, const struct walk *walk);

#endif
