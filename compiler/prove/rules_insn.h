/*
 * One instruction of a rule as a set of packets.
 */
#ifndef PROVE_RULES_INSN_H
#define PROVE_RULES_INSN_H

#include "prove/rules_model.h"

/* The rule that it is of, and the pass that is asked about. */
struct rules_insn {
	struct rules_model *model;
	struct space *space;
	const struct rules_pass *pass;
	const struct ipfw_rule *rule;
};

/*
 * Without regard to a negation.  Of ports that stand alone it is not said that
 * the packet has them.
 */
bdd_ref rules_insn_match(
    const struct rules_insn *m, const struct ipfw_insn *insn);
/* Is INSN a condition by itself, neither negated nor of an or-block? */
bool rules_insn_alone(
    const struct ipfw_rule *rule, const struct ipfw_insn *insn);
/* Say so, and match nothing. */
bdd_ref rules_insn_unknown(const struct rules_insn *m);

#endif
