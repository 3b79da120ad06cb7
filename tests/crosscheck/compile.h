/*
 * From the text of a policy to a ruleset, without the command line.
 */
#ifndef CROSSCHECK_COMPILE_H
#define CROSSCHECK_COMPILE_H

#include "base/diag.h"
#include "base/sym.h"
#include "sema/sema.h"
#include "target/ipfw/flavour.h"
#include "target/ipfw/ipfw.h"

/* What all policies of a run share. */
struct compile_base {
	struct arena *arena;
	struct sym_table *syms;
	struct sources sources;
	struct diags diags;
	struct catalogue catalogue;
	const char *active; /* the card of the default route, or NULL */
};

struct compiled {
	struct arena *arena;
	struct sources sources;
	struct diags diags;
	struct host host;
	struct policy *policy;
	struct ipfw_ruleset *ruleset;
};

bool compile_base_init(
    struct compile_base *base, struct arena *arena, const char *catalogue);
/* FACTS is YAML about the host, or NULL.  False if the policy is refused. */
bool compile_policy(struct compile_base *base, struct arena *arena,
    const char *text, const char *facts, struct compiled *out);
/* The same policy for another target. */
bool compile_lower(struct compiled *compiled,
    const struct ipfw_flavour *flavour, enum nat_method nat, int level);
/* All that was said, as text. */
const char *compile_complaints(const struct compiled *compiled);

#endif
