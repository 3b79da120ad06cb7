/*
 * What the kernel must be set to for a ruleset to mean what it says: known to
 * the script and to the runtime alike.
 */
#ifndef TARGET_IPFW_NEEDS_H
#define TARGET_IPFW_NEEDS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "target/ipfw/flavour.h"
#include "target/ipfw/ipfw.h"

/* A setting of sysctl(8). */
struct ipfw_setting {
	const char *name;
	uint32_t value;
	bool exactly; /* else at least */
};

typedef VEC(struct ipfw_setting) ipfw_settings;

struct ipfw_needs {
	VEC(const char *) modules; /* kldload(8), in this order */
	ipfw_settings before;	   /* before the rules are in force */
	ipfw_settings after;	   /* what waits until they are */
};

struct ipfw_needs_request {
	const struct ipfw_ruleset *ruleset;
	const struct ipfw_flavour *flavour;
	bool forwards4, forwards6; /* packets are routed between cards */
};

struct ipfw_needs ipfw_needs(
    struct arena *arena, const struct ipfw_needs_request *request);

#endif
