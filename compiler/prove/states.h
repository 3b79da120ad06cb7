/*
 * What a state is good for: the rest of a conversation, both ways.
 */
#ifndef PROVE_STATES_H
#define PROVE_STATES_H

#include "prove/policy_model.h"
#include "prove/rules_model.h"

/*
 * Add to RESULT a witness for packets of a conversation that has a state and
 * does not pass, or not by the NAT that it needs.
 */
void states_check(const struct policy_model *policy, struct rules_model *rules,
    struct prove_result *result);

#endif
