/*
 * Two decisions for each packet, held against each other.
 */
#ifndef PROVE_COMPARE_H
#define PROVE_COMPARE_H

#include "prove/space.h"

/*
 * Add to RESULT a witness for each kind of difference between the decisions
 * and each pair of cards.  FORWARD: the packets came by it, from FROM.
 */
void compare(const struct space *space, bdd_ref policy, bdd_ref rules,
    const struct policy_forward *forward, endpoint from,
    struct prove_result *result);
/* The same for packets of the set WRONG, all of one kind. */
void compare_set(const struct space *space, bdd_ref wrong, enum prove_kind kind,
    const struct policy_forward *forward, endpoint from,
    struct prove_result *result);

#endif
