/*
 * The optimiser: passes over the flows, each of which keeps their meaning.
 */
#ifndef OPT_OPT_H
#define OPT_OPT_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"
#include "ir/ir.h"
#include "sema/profile.h"

struct opt {
	struct arena *arena;
	struct diags *diags;
	int level;		       /* 0 or 2 */
	const struct profile *profile; /* what is asked how often, or NULL */
	/*
	 * Called after each pass that ran, for --dump-after; may be NULL.
	 */
	void (*after)(void *context, const char *pass, const struct ir *ir);
	void *context;
};

struct opt_pass {
	const char *name;
	const char *about;
	int level; /* runs at this level and above */
	void (*run)(struct opt *opt, struct ir *ir);
};

/* The passes in the order in which they run; ends with a NULL name. */
const struct opt_pass *opt_passes(void);

/*
 * Run the passes of the level.  Returns NULL, or a text that names the pass
 * which broke an invariant: a bug of ours.
 */
const char *opt_run(struct opt *opt, struct ir *ir);

/* Report lines of the policy that earlier lines decide, and drop them. */
void opt_shadow(struct opt *opt, struct ir *ir);
/* Rules that differ only in their ends become one. */
void opt_merge_ends(struct opt *opt, struct ir *ir);
/* Rules that differ only in ports or ICMP types become one. */
void opt_merge_ports(struct opt *opt, struct ir *ir);
/* Rules that differ only in their hosts become one. */
void opt_merge_hosts(struct opt *opt, struct ir *ir);
/* What is asked most comes first, where the order is free. */
void opt_order(struct opt *opt, struct ir *ir);

#endif
