/*
 * Rules and tables in their order, as a file or a listing puts them together.
 *
 * Numbers may repeat, and sets do not part the order: a new rule goes behind
 * all that have its number or a lower one.  Pointers to rules are good until
 * the next one is inserted; an id lasts.
 */
#ifndef TARGET_IPFW_RULESET_H
#define TARGET_IPFW_RULESET_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "target/ipfw/ipfw.h"

#define IPFW_NUMBER_STEP 100

/*
 * Insert a copy of RULE and give it an id.  Number 0 becomes that of the last
 * rule and a step, or the last rule's own where that would pass 65534.
 */
struct ipfw_rule *ipfw_ruleset_insert(struct arena *arena,
    struct ipfw_ruleset *ruleset, const struct ipfw_rule *rule);
/* Index of the first rule whose number is NUMBER or higher. */
size_t ipfw_ruleset_find(const struct ipfw_ruleset *ruleset, unsigned number);
/* Remove all rules but those of set 31. */
void ipfw_ruleset_flush(struct ipfw_ruleset *ruleset);
bool ipfw_ruleset_enabled(const struct ipfw_ruleset *ruleset, unsigned set);

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
