/*
 * Where the order of rules is free.
 */
#include "opt/run.h"

/*
 * Rules of one effect in a row may be ordered at will: whichever of them
 * matches a packet, the same happens to it.  An exchange is no such rule,
 * since it reaches group addresses as well.
 */
size_t
opt_run_end(const struct ir *ir, size_t from)
{
	const struct ir_rule *first = &ir->rules.v[from];
	size_t i = from + 1;

	if (first->kind != IR_CONVERSATION || first->limit != 0)
		return i;
	while (i < ir->rules.n && ir_rule_same_effect(first, &ir->rules.v[i]))
		i++;
	return i;
}

static bool
span_before(struct span a, struct span b)
{
	return a.file != b.file ? a.file < b.file : a.at < b.at;
}

void
opt_origins_join(
    struct arena *arena, struct ir_rule *to, const struct ir_rule *from)
{
	struct spans joined = {0};
	size_t i = 0, j = 0;

	while (i < to->origins.n || j < from->origins.n) {
		struct span next;

		if (j == from->origins.n ||
		    (i < to->origins.n &&
			!span_before(from->origins.v[j], to->origins.v[i])))
			next = to->origins.v[i++];
		else
			next = from->origins.v[j++];
		if (joined.n == 0 || span_before(joined.v[joined.n - 1], next))
			vec_push(arena, &joined, next);
	}
	to->origins = joined;
}
