/*
 * A witness, played: what the policy means by its words and what the engine
 * does, packet by packet.
 */
#ifndef PROVE_CONFIRM_H
#define PROVE_CONFIRM_H

#include "eval/scene.h"
#include "prove/prove.h"

/* Fill in what WITNESS says of being played. */
void confirm(
    const struct prove_request *request, struct prove_witness *witness);
/*
 * The same on an open stage, for what does not pass though the packet before
 * it did: an answer, a later fragment.
 */
void confirm_conversation(struct scene *scene, struct prove_witness *witness);
/*
 * This host's address towards UPLINK, which NAT goes out with; false if there
 * is none.
 */
bool confirm_alias(
    const struct prove_request *request, endpoint uplink, struct addr *alias);

#endif
