/*
 * Where the order is free, put what is asked most first: a rule costs each
 * packet that passes it by, and most new flows are TCP, then UDP.
 */
#include "opt/opt.h"
#include "opt/run.h"

static unsigned
rank(const struct ir_rule *rule)
{
	switch (rule->match.protocol) {
	case PROTOCOL_TCP:
		return 0;
	case PROTOCOL_UDP:
		return 1;
	case PROTOCOL_ICMP:
		return 2;
	case PROTOCOL_ICMP6:
		return 3;
	case PROTOCOL_ANY:
		return 5;
	default:
		return 4;
	}
}

static bool
is_ordered(const struct ir *ir, size_t from, size_t end)
{
	for (size_t i = from + 1; i < end; i++)
		if (rank(&ir->rules.v[i - 1]) > rank(&ir->rules.v[i]))
			return false;
	return true;
}

/* Stable: a counting sort over the few ranks. */
static void
order_run(struct opt *opt, struct ir *ir, size_t from, size_t end)
{
	struct ir_rule *sorted = arena_calloc(
	    opt->arena, end - from, sizeof(*sorted));
	size_t n = 0;

	for (unsigned r = 0; r <= 5; r++)
		for (size_t i = from; i < end; i++)
			if (rank(&ir->rules.v[i]) == r)
				sorted[n++] = ir->rules.v[i];
	for (size_t i = 0; i < n; i++)
		ir->rules.v[from + i] = sorted[i];
}

void
opt_order(struct opt *opt, struct ir *ir)
{
	for (size_t i = 0; i < ir->rules.n;) {
		size_t end = opt_run_end(ir, i);

		if (!is_ordered(ir, i, end))
			order_run(opt, ir, i, end);
		i = end;
	}
}
