/*
 * Where the order is free, put what is asked most first: a rule costs each
 * packet that passes it by.  A profile says what that is; without one most new
 * flows are TCP, then UDP.
 */
#include <stdlib.h>

#include "opt/opt.h"
#include "opt/run.h"

#define STRETCH_MAX 64

/* An exchange is rarer than any new flow. */
static unsigned
rank(const struct ir_rule *rule)
{
	if (rule->kind == IR_EXCHANGE)
		return 6;
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

/* May the two trade places? */
static bool
is_free(const struct ir_rule *a, const struct ir_rule *b)
{
	if (a->kind == IR_CONVERSATION && ir_rule_same_effect(a, b))
		return true;
	return ir_rules_disjoint(a, b);
}

/* Some rules in a row. */
struct stretch {
	struct place *places;
	size_t *held; /* by so many before it, not yet taken; or TAKEN */
	size_t n;
};

#define TAKEN SIZE_MAX

static void
count_held(const struct ir_rule *rules, struct stretch *s)
{
	for (size_t i = 0; i < s->n; i++)
		for (size_t j = 0; j < i; j++)
			s->held[i] += !is_free(&rules[j], &rules[i]);
}

/* Of those that may come next, what is asked most. */
static size_t
take_next(const struct ir_rule *rules, struct stretch *s)
{
	size_t best = s->n;

	for (size_t i = 0; i < s->n; i++)
		if (s->held[i] == 0 &&
		    (best == s->n ||
			compare_places(&s->places[i], &s->places[best]) < 0))
			best = i;
	s->held[best] = TAKEN;
	for (size_t i = best + 1; i < s->n; i++)
		if (s->held[i] != TAKEN && !is_free(&rules[best], &rules[i]))
			s->held[i]--;
	return best;
}

static bool
is_ordered(const struct stretch *s)
{
	for (size_t i = 1; i < s->n; i++)
		if (compare_places(&s->places[i - 1], &s->places[i]) > 0)
			return false;
	return true;
}

/* ALIKE: all may trade places. */
static void
order_stretch(struct opt *opt, struct ir *ir, size_t from, size_t n, bool alike)
{
	struct ir_rule *rules = &ir->rules.v[from];
	struct stretch s = {.n = n};
	struct ir_rule *sorted;

	s.places = arena_calloc(opt->arena, n, sizeof(*s.places));
	for (size_t i = 0; i < n; i++)
		s.places[i] = place_of(opt, ir, from + i);
	if (is_ordered(&s))
		return;
	sorted = arena_calloc(opt->arena, n, sizeof(*sorted));
	s.held = arena_calloc(opt->arena, n, sizeof(*s.held));
	if (alike)
		qsort(s.places, n, sizeof(*s.places), compare_places);
	else
		count_held(rules, &s);
	for (size_t i = 0; i < n; i++)
		sorted[i] = alike ? ir->rules.v[s.places[i].at]
				  : rules[take_next(rules, &s)];
	for (size_t i = 0; i < n; i++)
		rules[i] = sorted[i];
}

/*
 * A long row of one effect is sorted; else each rule is held against each, so
 * that a long policy is ordered in stretches.
 */
void
opt_order(struct opt *opt, struct ir *ir)
{
	for (size_t i = 0; i < ir->rules.n;) {
		size_t end = opt_run_end(ir, i);
		bool alike = end - i > STRETCH_MAX;

		if (!alike)
			end = i + STRETCH_MAX < ir->rules.n ? i + STRETCH_MAX
							    : ir->rules.n;
		order_stretch(opt, ir, i, end - i, alike);
		i = end;
	}
}
