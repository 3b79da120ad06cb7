/*
 * Tables in a proof: which packets are in one, and where it sends them.
 */
#ifndef PROVE_RULES_TABLE_H
#define PROVE_RULES_TABLE_H

#include "prove/rules_model.h"

/* NULL if there is no table of that name. */
const struct ipfw_table *rules_table_find(
    const struct ipfw_ruleset *ruleset, const char *name);

/* The packets whose flow is in the table that INSN of RULE names. */
bdd_ref rules_table_flows(struct rules_model *model,
    const struct rules_pass *pass, const struct ipfw_rule *rule,
    const struct ipfw_insn *insn);

/*
 * The table that RULE, a skipto tablearg, takes its number from; NULL and a
 * finding if the proof does not know it.
 */
const struct ipfw_table *rules_table_of_jump(
    struct rules_model *model, const struct ipfw_rule *rule);
/* The index of the rule that a jump from RULE to NUMBER lands at. */
size_t rules_model_jump(
    struct rules_model *model, const struct ipfw_rule *rule, uint32_t number);
/*
 * What becomes of packets that match RULE, a skipto tablearg.  FROM says what
 * becomes of packets at each rule.
 */
bdd_ref rules_table_jump(struct rules_model *model,
    const struct rules_pass *pass, const struct ipfw_rule *rule,
    const bdd_ref *from, bdd_ref next);

#endif
