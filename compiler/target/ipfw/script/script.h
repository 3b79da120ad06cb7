/*
 * The ruleset as a POSIX sh script that is safe to pipe to `sudo sh`.
 */
#ifndef TARGET_IPFW_SCRIPT_SCRIPT_H
#define TARGET_IPFW_SCRIPT_SCRIPT_H

#include <stdbool.h>

#include "base/buf.h"
#include "target/ipfw/flavour.h"
#include "target/ipfw/ipfw.h"

struct script_request {
	const struct ipfw_ruleset *ruleset;
	const struct ipfw_flavour *flavour;
	const char *policy;  /* name of the policy file, for the heading */
	const char *version; /* of akin */
	bool forwards4, forwards6; /* packets are routed between cards */
};

/*
 * The script: one function called on its last line, so that half of it does
 * nothing.
 */
void ipfw_script(const struct script_request *request, struct buf *out);

#endif
