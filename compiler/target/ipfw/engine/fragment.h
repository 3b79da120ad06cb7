/*
 * Reassembly of IPv4 fragments, as reass does it and divert for itself.
 */
#ifndef TARGET_IPFW_ENGINE_FRAGMENT_H
#define TARGET_IPFW_ENGINE_FRAGMENT_H

#include "target/ipfw/engine/run.h"

struct ipfw_fragments;

/* LIMIT fragments may wait at a time, 0 for the default.  NULL: no memory. */
struct ipfw_fragments *ipfw_fragments_create(size_t limit);
void ipfw_fragments_destroy(struct ipfw_fragments *fragments);

/*
 * Take the fragment PACKET, which came at NOW.  True if it was the last that
 * was missing: *PACKET is then the whole packet, with the ports and flags of
 * its first fragment.  False: it waits, or was dropped.
 */
bool ipfw_fragments_take(
    struct ipfw_fragments *fragments, uint64_t now, struct ipfw_packet *packet);

#endif
