/*
 * What is odd about a policy though it can be compiled: warnings that need to
 * know what the rules together mean.
 */
#ifndef ANALYSE_CHECK_H
#define ANALYSE_CHECK_H

#include "analyse/flows.h"
#include "analyse/rows.h"

struct check {
	struct arena *arena;
	struct diags *diags;
	const struct policy *policy;
	const struct catalogue *catalogue;
};

/* Nothing is said of a policy that is too large to be looked through. */
void check_policy(const struct check *check);

/* check_lists.c: services that stand in a list twice, in other words. */
void check_lists(const struct check *check);
/* check_hosts.c: who gets in, and by a port that he chooses himself. */
void check_source_ports(const struct check *check);
void check_admin(const struct check *check, const bool *alive);

#endif
