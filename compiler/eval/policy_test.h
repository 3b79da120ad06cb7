/*
 * Running the tests of a policy: each expectation is held against the emitted
 * ruleset, on a stage of its own, and against the policy's own meaning.
 */
#ifndef EVAL_POLICY_TEST_H
#define EVAL_POLICY_TEST_H

#include "base/arena.h"
#include "base/buf.h"
#include "eval/meaning.h"
#include "eval/walk.h"
#include "sema/policy.h"
#include "target/ipfw/ipfw.h"
#include "target/ipfw/run_flavour.h"

struct step_result {
	const struct test_step *step;
	bool passed;
	const char *wrong;	/* what is wrong, in a sentence; or NULL */
	/* The packet that showed it, and both answers. */
	struct flow flow;
	bool has_meaning;
	struct meaning meaning;
	struct walk walk;
};

struct test_result {
	const struct policy_test *test;
	bool passed;
	VEC(struct step_result) steps;
};

struct policy_test_run {
	struct arena *arena;
	const struct sources *sources;
	const struct policy *policy;
	const struct ipfw_ruleset *ruleset;
	const struct run_flavour *flavour;
};

/*
 * Run TEST.  A step without addresses is played with an address of each kind
 * that the policy's rules tell apart, and all must agree.  Returns false if
 * there is no memory for an engine.
 */
bool policy_test_play(const struct policy_test_run *run,
    const struct policy_test *test, struct test_result *result);

/* "allow", "deny" or "reject": how a walk ended, in the policy's words. */
enum verdict walk_verdict(const struct walk *walk);
/* Does the walk end otherwise than by a verdict (held, nobody there)? */
bool walk_unfinished(const struct walk *walk);
bool walk_translated(const struct walk *walk);
/* The rule that decided: the one that made the state, else the last. */
const struct ipfw_rule *walk_decider(const struct walk *walk);

#endif
