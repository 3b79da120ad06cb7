/*
 * The stage for a policy's conversations: a host with the cards and addresses
 * that the policy speaks of, its ruleset loaded, its translators running.
 *
 * Where the host's facts are not known, each zone gets a card for each name
 * that it is on, and an address of its own: what holds for the policy must
 * hold for any such host.
 */
#ifndef EVAL_SCENE_H
#define EVAL_SCENE_H

#include <stdbool.h>

#include "base/arena.h"
#include "eval/meaning.h"
#include "eval/walk.h"
#include "sema/policy.h"
#include "target/ipfw/ipfw.h"

#define SAMPLES_MAX 32

struct samples {
	struct addr v[SAMPLES_MAX];
	size_t n;
};

struct scene_zone {
	VEC(const char *) cards; /* packets use the first */
	bool has4, has6;
	struct addr local4, local6; /* this host's addresses there */
};

/*
 * Addresses that a test takes for this host's own, and for others', and such
 * as are everybody's on a net.
 */
struct scene_hints {
	struct addr_set ours, theirs, broadcast;
};

struct scene {
	struct arena *arena;
	const struct policy *policy;
	const struct ipfw_ruleset *ruleset;
	const struct run_flavour *flavour;
	const struct scene_hints *hints; /* or NULL */
	struct scene_zone zones[POLICY_ZONES_MAX];
	struct locality locality;
	struct world world;
	struct ipfw_engine *engine;
	struct ipfw_fragments *fragments;
};

/*
 * HINTS may be NULL.  False if the ruleset cannot be loaded, for want of memory
 * say; SCENE is to be closed in any case.
 */
bool scene_open(struct scene *scene, struct arena *arena,
    const struct policy *policy, const struct scene_hints *hints,
    const struct ipfw_ruleset *ruleset, const struct run_flavour *flavour);
void scene_close(struct scene *scene);
/* No packet has been played: no states, no translations, no fragments. */
bool scene_reset(struct scene *scene);
/* The cards and addresses; a part of scene_open(). */
void scene_place(struct scene *scene);

/* The card that packets of END use; NULL for this host. */
const char *scene_card(const struct scene *scene, endpoint end);
/* This host's address towards END, in FAMILY; false if it has none. */
bool scene_local(const struct scene *scene, endpoint end, enum family family,
    struct addr *addr);
/*
 * Addresses of END that the policy's rules tell apart, one of each kind, but
 * no more than SAMPLES_MAX.  END is a zone.
 */
struct samples scene_samples(
    const struct scene *scene, endpoint end, enum family family);
/* What the policy says of FLOW on this stage. */
struct meaning scene_meaning(
    const struct scene *scene, const struct flow *flow);

/*
 * The flow of PACKET, whose cards are set, between the zones that these and
 * its addresses tell.  False if a card is in no zone.
 */
bool scene_flow(const struct scene *scene, const struct ipfw_packet *packet,
    struct flow *flow);
/*
 * What the policy says of PACKET on cards that no zone has: loopback and the
 * lifeline are open there, all else is refused.
 */
struct meaning scene_meaning_outside(
    const struct scene *scene, const struct ipfw_packet *packet);

/* The packet of FLOW; FLAGS of TCP are 0 for those of a first packet. */
struct ipfw_packet scene_packet(const struct flow *flow, unsigned flags);
/* Play PACKET, its cards set: in, out, or both. */
void scene_walk(
    struct scene *scene, const struct ipfw_packet *packet, struct walk *walk);
/* Play the packet of FLOW, which REACHED gets. */
void scene_play(struct scene *scene, const struct flow *flow,
    const struct ipfw_packet *packet, endpoint reached, struct walk *walk);
/* Has a packet like this an answer?  An ICMP error has none. */
bool scene_is_answered(const struct flow *flow);
/* The answer to a packet that left as SENT says; played the other way. */
void scene_reply(struct scene *scene, const struct flow *flow,
    const struct walk *sent, endpoint reached, struct walk *reply);

#endif
