/*
 * The rules of each pair of ends, one after another, with what each decides.
 */
#ifndef ANALYSE_CHECK_RULES_H
#define ANALYSE_CHECK_RULES_H

#include "analyse/check.h"

/* An entry of a rule's list. */
struct entry_state {
	bool matched, alive, same; /* SAME: a rule of its verdict has some */
};

struct rule_state {
	bool matched;	    /* there are packets for it */
	bool alive;	    /* and it decides some */
	VEC(size_t) before; /* rules that decide some of them first */
	struct entry_state *entries;
};

/* A refusal, and a rule before it that allows some of it. */
struct rule_conflict {
	size_t refusal, opening;
	bool refuses_more, opens_more; /* each has what the other has not */
	const char *witness;
};

struct rules_check {
	const struct check *check;
	struct bdd *bdd;
	struct services services;
	struct rule_state *rules;
	VEC(struct rule_conflict) conflicts;
	size_t budget; /* of comparisons of two rules */
	bool failed;   /* a bound was reached: nothing is known */
};

/* A pair of ends in one family; what a forward has sent there apart. */
struct rules_pair {
	struct rules_check *check;
	const struct space *space;
	struct slicer *slicer;
	struct policy_model *model;
	struct flows *flows;
	struct flow_pair flow;
	struct policy_pair pair;
	bdd_ref domain;
};

/* Go through all pairs of both families. */
void rules_check_run(
    struct rules_check *rules, void (*visit)(struct rules_pair *pair));
/* The packets of the pair that the rule matches. */
bdd_ref rules_pair_packets(struct rules_pair *pair, size_t rule);
/* One of PACKETS, for `akinc why`. */
const char *rules_pair_witness(struct rules_pair *pair, bdd_ref packets);

#endif
