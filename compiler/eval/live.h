/*
 * A host in the middle of a change: the rules that are in force, and the
 * candidate that one command will put in their place.
 *
 * Before the switch packets meet the old rules and make states by them.  After
 * it the old sets are disabled, as the runtime parks them: their states live
 * on and run the old actions, at the anchors of the new rules.
 */
#ifndef EVAL_LIVE_H
#define EVAL_LIVE_H

#include "eval/scene.h"

struct live {
	struct scene scene;
	const struct ipfw_ruleset *candidate;
	const struct ipfw_ruleset *in_force; /* or NULL: nobody knows */
	struct ipfw_ruleset before;	     /* with the translators of both */
	struct ipfw_ruleset after;	     /* the candidate, in its set */
	bool switched;
};

struct live_request {
	struct arena *arena;
	const struct policy *policy;
	const struct scene_hints *hints; /* or NULL */
	const struct ipfw_ruleset *candidate;
	const struct ipfw_ruleset *in_force; /* or NULL */
	const struct run_flavour *flavour;
};

/*
 * Without rules in force the candidate alone is there, and the switch is
 * behind us.  False if there is no memory, or no set is free; LIVE is to be
 * closed in any case.
 */
bool live_open(struct live *live, const struct live_request *request);
void live_close(struct live *live);
/*
 * Enabled sets with a rule that could decide before ours, whether akin loaded
 * them or takes them over, are disabled, a former lifeline is deleted, and the
 * candidate is enabled.
 */
bool live_switch(struct live *live);

/* The card by which packets of this host leave for ADDR, or NULL. */
const char *live_route(
    const struct live *live, enum family family, struct addr addr);
/* The card that has ADDR, or NULL. */
const char *live_owner(
    const struct live *live, enum family family, struct addr addr);

#endif
