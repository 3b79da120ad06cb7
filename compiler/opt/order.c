/*
 * Where the order is free, put what is asked most first: a rule costs each
 * packet that passes it by.  A profile says what that is; without one most new
 * flows are TCP, then UDP.
 */
#include <stdlib.h>

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

struct place {
	unsigned long weight;
	unsigned rank;
	size_t at;
};

/* What the profile knows of comes first, the heavier before the lighter. */
static int
compare_places(const void *left, const void *right)
{
	const struct place *a = left, *b = right;

	if (a->weight != b->weight)
		return a->weight > b->weight ? -1 : 1;
	if (a->rank != b->rank)
		return a->rank < b->rank ? -1 : 1;
	return (a->at > b->at) - (a->at < b->at);
}

static struct place
place_of(const struct opt *opt, const struct ir *ir, size_t at)
{
	const struct ir_match *match = &ir->rules.v[at].match;

	return (struct place){
	    .weight = opt->profile == NULL
		? 0
		: profile_weight(
		      opt->profile, match->protocol, &match->target_ports),
	    .rank = rank(&ir->rules.v[at]),
	    .at = at,
	};
}

static bool
is_ordered(const struct opt *opt, const struct ir *ir, size_t from, size_t end)
{
	struct place last = place_of(opt, ir, from);

	for (size_t i = from + 1; i < end; i++) {
		struct place next = place_of(opt, ir, i);

		if (compare_places(&last, &next) > 0)
			return false;
		last = next;
	}
	return true;
}

static void
order_run(struct opt *opt, struct ir *ir, size_t from, size_t end)
{
	size_t n = end - from;
	struct place *places = arena_calloc(opt->arena, n, sizeof(*places));
	struct ir_rule *sorted = arena_calloc(opt->arena, n, sizeof(*sorted));

	for (size_t i = 0; i < n; i++)
		places[i] = place_of(opt, ir, from + i);
	qsort(places, n, sizeof(*places), compare_places);
	for (size_t i = 0; i < n; i++)
		sorted[i] = ir->rules.v[places[i].at];
	for (size_t i = 0; i < n; i++)
		ir->rules.v[from + i] = sorted[i];
}

void
opt_order(struct opt *opt, struct ir *ir)
{
	for (size_t i = 0; i < ir->rules.n;) {
		size_t end = opt_run_end(ir, i);

		if (!is_ordered(opt, ir, i, end))
			order_run(opt, ir, i, end);
		i = end;
	}
}
