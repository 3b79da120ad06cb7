/*
 * The stage for a policy's conversations: a host with the cards and addresses
 * that the policy speaks of, its ruleset loaded, its translators running.
 *
 * Where the host's facts are not known, each zone gets a card of the name
 * that its pattern allows and an address of its own: what holds for the
 * policy must hold for any such host.
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
	const char *card;		/* the one that packets use */
	bool has4, has6;
	struct addr local4, local6;	/* this host's addresses on it */
};

struct scene {
	struct arena *arena;
	const struct policy *policy;
	const struct ipfw_ruleset *ruleset;
	const struct run_flavour *flavour;
	struct scene_zone zones[POLICY_ZONES_MAX];
	struct world world;
	struct ipfw_engine *engine;
	struct ipfw_fragments *fragments;
};

/* False if there is no memory for an engine. */
bool scene_open(struct scene *scene, struct arena *arena,
    const struct policy *policy, const struct ipfw_ruleset *ruleset,
    const struct run_flavour *flavour);
void scene_close(struct scene *scene);

/* This host's address towards END, in FAMILY; false if it has none. */
bool scene_local(const struct scene *scene, endpoint end, enum family family,
    struct addr *addr);
/*
 * Addresses of END that the policy's rules tell apart, one of each kind, but
 * no more than SAMPLES_MAX.  END is a zone.
 */
struct samples scene_samples(const struct scene *scene, endpoint end,
    enum family family);

/* The packet of FLOW on this host; FLAGS is 0 for the usual ones. */
struct ipfw_packet scene_packet(const struct scene *scene,
    const struct flow *flow, unsigned flags);
/* Play PACKET: MEANING says whether it is forwarded, and to which zone. */
void scene_play(struct scene *scene, const struct flow *flow,
    const struct ipfw_packet *packet, endpoint reached, struct walk *walk);
/* The answer to a packet that left as WALK says; played the other way. */
void scene_reply(struct scene *scene, const struct flow *flow,
    const struct walk *walk, endpoint reached, struct walk *reply);

#endif
