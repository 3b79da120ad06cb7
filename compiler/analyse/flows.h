/*
 * What becomes of new conversations between two ends, and by which line of the
 * policy: a diagram whose values are outcomes.
 *
 * The verdict is the proof's; the line is found beside it, by going through the
 * rules once more.  A side may be a ruleset instead: it is then asked by the
 * cards of the policy's zones.
 */
#ifndef ANALYSE_FLOWS_H
#define ANALYSE_FLOWS_H

#include "analyse/slice.h"
#include "prove/policy_model.h"
#include "prove/rules_model.h"

enum flow_reason {
	FLOW_RULE,
	FLOW_DEFAULT,
	FLOW_TRUST,
	FLOW_PASSES, /* errors and neighbours are always let through */
	FLOW_LIFELINE,
	FLOW_CLOSED,	 /* no rule is asked: spoofed, hidden */
	FLOW_NOWHERE,	 /* no zone has it */
	FLOW_RULESET,	 /* a rule of a packet filter */
	FLOW_UNFILTERED, /* the packet filter does not see it */
};

enum flow_nat {
	FLOW_NAT_NONE,
	FLOW_NAT_UPLINK, /* of the uplink that it leaves by */
	FLOW_NAT_OTHER,
};

struct flow_outcome {
	enum verdict verdict;
	enum flow_reason reason;
	bool stateless, log;
	bool
	    any_state; /* with a state or without, as the packet filter likes */
	enum flow_nat nat;
	unsigned limit;
	const struct policy_rule *rule;	      /* of FLOW_RULE */
	const struct policy_forward *forward; /* that it goes by, or NULL */
};

/* The outcomes of one side, for both families. */
struct flow_outcomes {
	struct arena *arena;
	VEC(struct flow_outcome) list;
	VEC(struct flow_chain { VEC(uint32_t) ids; }) by_cause;
};

/* One side of a comparison, or all that there is. */
struct flow_side {
	const struct policy *policy; /* its zones */
	/* Not NULL: this decides, and not the policy's rules. */
	const struct ipfw_ruleset *ruleset;
	const struct ipfw_flavour *flavour; /* of the ruleset */
	struct flow_outcomes outcomes;
};

/* A side in one family. */
struct flows {
	struct flow_side *side;
	struct space space; /* its policy is the side's */
	struct policy_model model;
	struct slicer *slicer;
	bdd_ref whole; /* what the policy means; with a ruleset alone */
	/* Of a ruleset: */
	struct rules_model rules;
	struct prove_result result;
	bdd_ref way;
	const bdd_ref *behind;
};

/* Who asks whom: two ends of the side, and two of their cards. */
struct flow_pair {
	endpoint from, to;
	size_t card_in, card_out; /* numbers of the space; 0: this host */
	bool midway;		  /* TCP that begins nothing */
	bool outer;		  /* for this host's address on the uplink */
	bool further; /* to groups and the link, not to addresses of TO */
};

struct flow_view {
	bdd_ref decided; /* the outcome's number */
	bdd_ref asked;	 /* what can be */
};

void flow_side_init(struct flow_side *side, struct arena *arena);
const struct flow_outcome *flow_outcome_of(
    const struct flow_side *side, uint32_t id);

/*
 * SPACE holds the cards of all sides.  MASKED: fill in ASKED of each view, for
 * a comparison with a ruleset.
 */
void flows_init(struct flows *flows, struct flow_side *side,
    const struct space *space, struct slicer *slicer, bool masked);
/* Does the policy say anything of the pair?  Both ends must have cards. */
bool flows_has_pair(const struct flows *flows, endpoint from, endpoint to);
/* It asks for no card, flag or bit of an address's owner any more. */
struct flow_view flows_between(
    struct flows *flows, const struct flow_pair *pair);
/* Is a forward from the inner zone FROM as well? */
bool flows_has_outer(const struct flows *flows, endpoint from);

/* Sources that FROM has, and further ones that it may send from. */
bdd_ref flows_sources(const struct flows *flows, endpoint from, bool further);
/* Targets that TO has, and groups and the link. */
bdd_ref flows_targets(const struct flows *flows, endpoint to, bool further);
/* What is known of packets between the two. */
void flows_know(const struct flows *flows, const struct flow_pair *pair,
    struct slice_known *known);

bdd_ref flows_with_lifeline(
    struct flows *flows, const struct flow_pair *pair, bdd_ref decided);
/* flows_forward.c */
struct flow_view flows_with_forwards(
    struct flows *flows, const struct flow_pair *pair, struct flow_view view);
/* flows_policy.c: what the policy's rules make of a pair. */
bdd_ref flows_by_policy(struct flows *flows, const struct flow_pair *pair,
    const struct policy_forward *forward);
/* flows_ruleset.c */
void flows_load_ruleset(struct flows *flows);
bdd_ref flows_by_ruleset(struct flows *flows, bdd_ref way,
    const struct flow_pair *pair, const struct policy_forward *forward,
    const struct slice_known *known);
bdd_ref flows_redirected(struct flows *flows, const struct flow_pair *pair,
    const struct policy_forward *forward);

/* The number of OUTCOME; CAUSE is the rule's index, or beyond all rules. */
uint32_t flow_outcome_intern(struct flow_outcomes *outcomes, size_t cause,
    const struct flow_outcome *outcome);

enum flow_op {
	FLOW_OP_PAIR = 1000,
	FLOW_OP_CHANGE,
};

#endif
