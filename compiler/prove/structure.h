/*
 * What must hold of a ruleset's build, beside its verdicts.
 */
#ifndef PROVE_STRUCTURE_H
#define PROVE_STRUCTURE_H

#include "prove/prove.h"

void structure_check(
    const struct prove_request *request, struct prove_result *result);

#endif
