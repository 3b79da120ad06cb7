/*
 * The ruleset as a rules file for `ipfw FILE`, and its digest.
 */
#ifndef TARGET_IPFW_RULES_H
#define TARGET_IPFW_RULES_H

#include "base/buf.h"
#include "target/ipfw/flavour.h"
#include "target/ipfw/ipfw.h"

/*
 * Bytes in a line of a rules file, its newline included.  ipfw(8) reads 4,095
 * at once and takes the rest for another command.
 */
#define IPFW_LINE_MAX 4000

/*
 * Lines of at most IPFW_LINE_MAX bytes: "table NAME create" and "table NAME
 * add" for the tables, "nat N config" for in-kernel NAT, and an "add" line a
 * rule.  SET < 0: the rules name no set but the lifeline's 31.
 *
 * No line is broken: of an in-kernel NAT that does not fit (ipfw_nat_fits)
 * there must be a diagnostic before.
 */
void ipfw_rules_write(struct buf *out, const struct ipfw_ruleset *ruleset,
    const struct ipfw_flavour *flavour, int set);

/*
 * The digest of all that the ruleset says, tables and NAT included, in
 * hexadecimal.  The comment at the last anchor does not count: it may hold the
 * digest itself.
 */
const char *ipfw_rules_digest(struct arena *arena,
    const struct ipfw_ruleset *ruleset, const struct ipfw_flavour *flavour);

/*
 * Write the digest into the comment of the rule at the last anchor: "akin
 * 0123456789abcdef".  By it a loaded ruleset is known for ours.  Nothing is
 * done where the flavour keeps no comments.
 */
void ipfw_rules_sign(struct arena *arena, struct ipfw_ruleset *ruleset,
    const struct ipfw_flavour *flavour);

/* "if em0 same_ports redirect_port tcp 192.0.2.1:22 2222", without a shell:
 * the words of `ipfw nat N config`. */
void ipfw_nat_config(struct buf *out, const struct ipfw_nat *nat);
/* Does `nat N config …` fit a line of a rules file? */
bool ipfw_nat_fits(struct arena *arena, const struct ipfw_nat *nat);
/* The options of natd(8), a word a vector entry, ends with NULL. */
const char *const *ipfw_natd_arguments(
    struct arena *arena, const struct ipfw_nat *nat);

#endif
