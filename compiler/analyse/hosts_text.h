/*
 * The words for a set of hosts.
 */
#ifndef ANALYSE_HOSTS_TEXT_H
#define ANALYSE_HOSTS_TEXT_H

#include "sema/policy.h"

/*
 * SET, which lies in ALL (the addresses that its end has), in the words of
 * POLICY: "admins, 192.0.2.7", "all but printers"; NULL if it is all of them.
 * Of families outside FAMILIES nothing is said.
 */
const char *hosts_text(struct arena *arena, const struct policy *policy,
    const struct addr_set *set, const struct addr_set *all,
    enum family families);

#endif
