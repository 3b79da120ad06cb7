/*
 * Do two rulesets do the same?
 */
#ifndef ALTER_SAME_H
#define ALTER_SAME_H

#include "eval/scene.h"

/*
 * Whether the rulesets of the two open scenes, which differ in rule A of the
 * one and B of the other alone, let the same packets of all kinds through in
 * the same form, and their answers, and what follows these.  B may be NULL: the
 * other has no such rule.  MOST is how many packets to try, about, spread over
 * the kinds; 0: all.  One on which they differ goes to *DIFFERS.
 */
bool same_for_all(struct scene *one, struct scene *other,
    const struct ipfw_rule *a, const struct ipfw_rule *b, size_t most,
    struct ipfw_packet *differs);

#endif
