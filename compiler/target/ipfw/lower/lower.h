/*
 * From flows to a numbered ruleset.
 */
#ifndef TARGET_IPFW_LOWER_LOWER_H
#define TARGET_IPFW_LOWER_LOWER_H

#include "base/arena.h"
#include "base/diag.h"
#include "base/source.h"
#include "ir/ir.h"
#include "target/ipfw/flavour.h"
#include "target/ipfw/ipfw.h"

/* Numbers that never move between generations: live states jump there. */
#define ANCHOR_NAT_OUT 50000
#define ANCHOR_ALLOW 50100

struct lower_request {
	struct arena *arena;
	struct diags *diags;
	const struct sources *sources;
	const struct ipfw_flavour *flavour;
	const struct ir *ir;
	int level;		  /* of optimisation: 0 or 2 */
	const char *table_prefix; /* names are the prefix and a number */
};

/*
 * The ruleset of REQUEST.  Returns NULL after an error in the diagnostics:
 * what the target cannot say is never left out.
 */
struct ipfw_ruleset *ipfw_lower(const struct lower_request *request);

#endif
