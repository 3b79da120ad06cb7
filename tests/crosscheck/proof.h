/*
 * The proof of a random policy's ruleset.
 */
#ifndef CROSSCHECK_PROOF_H
#define CROSSCHECK_PROOF_H

#include "prove/prove.h"
#include "tests/crosscheck/compile.h"

/* The ruleset, written and read; NULL if it cannot be read. */
struct ipfw_ruleset *proof_read_back(
    const struct compiled *compiled, const struct ipfw_flavour *flavour);
/*
 * Read the ruleset back from its text and prove it.  Returns what is wrong, or
 * NULL; RESULT has the witnesses.
 */
const char *proof_try(const struct compiled *compiled,
    const struct ipfw_flavour *flavour, struct prove_result *result);

#endif
