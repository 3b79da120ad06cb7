/*
 * The list of passes, and the loop that runs them and checks in between.
 */
#include "opt/opt.h"

static const struct opt_pass passes[] = {
    {"shadow", "drop what an earlier rule decides", 0, opt_shadow},
    {"merge-ends", "one rule for several pairs of zones", 2, opt_merge_ends},
    {"merge-ports", "one rule for several ports", 2, opt_merge_ports},
    {"merge-hosts", "one rule for several hosts", 2, opt_merge_hosts},
    {"order", "put what is asked most first", 2, opt_order},
    {NULL, NULL, 0, NULL},
};

const struct opt_pass *
opt_passes(void)
{
	return passes;
}

const char *
opt_run(struct opt *opt, struct ir *ir)
{
	const char *wrong = ir_check(opt->arena, ir);

	if (wrong != NULL)
		return arena_printf(opt->arena, "ir: %s", wrong);
	for (const struct opt_pass *pass = passes; pass->name; pass++) {
		if (pass->level > opt->level)
			continue;
		pass->run(opt, ir);
		if (opt->after != NULL)
			opt->after(opt->context, pass->name, ir);
		wrong = ir_check(opt->arena, ir);
		if (wrong != NULL)
			return arena_printf(
			    opt->arena, "%s: %s", pass->name, wrong);
	}
	return NULL;
}
