/*
 * Running the tests of a policy: each expectation is held against the emitted
 * ruleset, on a stage of its own, and against the policy's own meaning.
 */
#ifndef EVAL_POLICY_TEST_H
#define EVAL_POLICY_TEST_H

#include "base/arena.h"
#include "base/buf.h"
#include "eval/meaning.h"
#include "eval/scene.h"
#include "eval/walk.h"
#include "sema/policy.h"
#include "target/ipfw/ipfw.h"
#include "target/ipfw/engine/flavour.h"

/* Of one packet of a step. */
struct step_result {
	const struct test_step *step;
	bool passed;
	const char *wrong; /* what is wrong, in a sentence; or NULL */
	bool has_packet;   /* else the rest says nothing */
	struct flow flow;
	bool has_meaning; /* replies and lone fragments have none */
	struct meaning meaning;
	struct walk walk;
};

struct test_result {
	const struct policy_test *test;
	bool passed;
	/*
	 * For each step the first packet; and of the further kinds of
	 * addresses, those that failed.
	 */
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

typedef VEC(struct flow) policy_flows;

/* What TEST takes for this host's addresses and for others'. */
struct scene_hints policy_test_hints(
    struct arena *arena, const struct policy_test *test);
/* The packets that STEP, which expects, stands for. */
void policy_test_flows(
    const struct scene *scene, const struct test_step *step, policy_flows *out);
/* Send the packet of FLOW as STEP says, to REACHED. */
void policy_test_send(struct scene *scene, const struct test_step *step,
    const struct flow *flow, endpoint reached, struct walk *walk);
/* Whom a packet of FLOW gets to. */
endpoint policy_test_reached(
    const struct meaning *meaning, const struct flow *flow);

/* "allow", "deny" or "reject": how a walk ended, in the policy's words. */
enum verdict walk_verdict(const struct walk *walk);
/* Does the walk end otherwise than by a verdict (held, nobody there)? */
bool walk_unfinished(const struct walk *walk);
bool walk_translated(const struct walk *walk);
/* The rule that decided: the one that made the state, else the last. */
const struct ipfw_rule *walk_decider(const struct walk *walk);

#endif
