/*
 * A ruleset that is loaded: rules in their order, sets that are on or off,
 * tables that rules name.
 *
 * Numbers may repeat, and sets do not part the order: a new rule goes behind
 * all that have its number or a lower one.  Pointers to rules and their
 * places are good until the next rule comes or goes; an id lasts.
 */
#ifndef TARGET_IPFW_RULESET_H
#define TARGET_IPFW_RULESET_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "target/ipfw/ipfw.h"

#define IPFW_NUMBER_STEP 100

/* Which rules a command is about; the default rule never is. */
struct ipfw_range {
	bool all; /* not those in set 31 */
	bool by_set;
	uint8_t set;
	bool by_number;
	uint16_t number;
};

/* Rule 65535 in set 31, with VERB (allow or deny) and no condition. */
void ipfw_ruleset_default(
    struct arena *arena, struct ipfw_ruleset *ruleset, enum ipfw_verb verb);

/*
 * Insert a copy of RULE and give it an id.  Number 0 becomes that of the last
 * rule and a step, or the last rule's own where that would pass 65534.
 */
struct ipfw_rule *ipfw_ruleset_insert(struct arena *arena,
    struct ipfw_ruleset *ruleset, const struct ipfw_rule *rule);

/* Index of the first rule whose number is NUMBER or higher. */
size_t ipfw_ruleset_find(const struct ipfw_ruleset *ruleset, unsigned number);
/* NULL if the rule with ID is not there, or not any more. */
struct ipfw_rule *ipfw_ruleset_by_id(
    const struct ipfw_ruleset *ruleset, uint64_t id);
bool ipfw_ruleset_enabled(const struct ipfw_ruleset *ruleset, unsigned set);

bool ipfw_range_holds(
    const struct ipfw_range *range, const struct ipfw_rule *rule);
/* Number of rules that went. */
size_t ipfw_ruleset_delete(
    struct ipfw_ruleset *ruleset, const struct ipfw_range *range);

/* Bit N is set N.  A set in both is enabled, and set 31 always is. */
void ipfw_ruleset_switch(
    struct ipfw_ruleset *ruleset, uint32_t disable, uint32_t enable);
void ipfw_ruleset_move(
    struct ipfw_ruleset *ruleset, const struct ipfw_range *range, unsigned set);
void ipfw_ruleset_move_set(
    struct ipfw_ruleset *ruleset, unsigned from, unsigned to);
void ipfw_ruleset_swap_sets(
    struct ipfw_ruleset *ruleset, unsigned a, unsigned b);

/* NULL if there is none. */
struct ipfw_table *ipfw_ruleset_table(
    const struct ipfw_ruleset *ruleset, const char *name);
struct ipfw_table *ipfw_ruleset_add_table(struct arena *arena,
    struct ipfw_ruleset *ruleset, const char *name, enum ipfw_table_type type);
/*
 * Create the tables that RULE names and that are not there, empty.  False if
 * one is there with another type: then the kernel refuses the rule.
 */
bool ipfw_ruleset_bind_tables(struct arena *arena, struct ipfw_ruleset *ruleset,
    const struct ipfw_rule *rule);

#endif
