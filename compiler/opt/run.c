/*
 * Where the order of rules is free.
 */
#include <stdlib.h>

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

static int
compare_spans(const void *left, const void *right)
{
	const struct span *a = left, *b = right;

	if (a->file != b->file)
		return a->file < b->file ? -1 : 1;
	return (a->at > b->at) - (a->at < b->at);
}

void
opt_origins_sort(struct spans *origins)
{
	size_t kept = 0;

	qsort(origins->v, origins->n, sizeof(*origins->v), compare_spans);
	for (size_t i = 0; i < origins->n; i++)
		if (kept == 0 ||
		    compare_spans(&origins->v[kept - 1], &origins->v[i]) != 0)
			origins->v[kept++] = origins->v[i];
	origins->n = kept;
}
