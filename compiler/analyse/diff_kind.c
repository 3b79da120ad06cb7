/*
 * Two outcomes of one conversation: do they differ, and how?
 */
#include "analyse/diff.h"

static bool
refuses(const struct flow_outcome *o)
{
	return o->verdict != VERDICT_ALLOW;
}

/* A ruleset's model knows what is logged of refusals alone. */
static bool
has_line(const struct flow_outcome *o)
{
	return o->reason == FLOW_RULE || o->reason == FLOW_DEFAULT ||
	    (o->reason == FLOW_RULESET && refuses(o));
}

static bool
logs_differ(const struct flow_outcome *a, const struct flow_outcome *b)
{
	return has_line(a) && has_line(b) && a->log != b->log;
}

static bool
same_forward(const struct policy_forward *a, const struct policy_forward *b)
{
	if (a == NULL || b == NULL)
		return a == b;
	return addr_compare(a->target, b->target) == 0 &&
	    a->inside.lo - a->outside.lo == b->inside.lo - b->outside.lo;
}

static bool
has_reason(const struct flow_outcome *o)
{
	return o->reason != FLOW_CLOSED && o->reason != FLOW_NOWHERE;
}

/* How it is refused where no rule is asked does not matter. */
static bool
refusals_differ(const struct flow_outcome *a, const struct flow_outcome *b,
    enum diff_kind *kind)
{
	if (!has_reason(a) || !has_reason(b))
		return false;
	*kind = a->verdict != b->verdict ? DIFF_REFUSES : DIFF_LOG;
	return a->verdict != b->verdict || logs_differ(a, b);
}

static bool
passes_differ(const struct flow_outcome *a, const struct flow_outcome *b,
    enum diff_kind *kind)
{
	if (!same_forward(a->forward, b->forward))
		*kind = DIFF_FORWARDS;
	else if (a->nat != b->nat)
		*kind = DIFF_NAT;
	else if (a->reason == FLOW_PASSES || b->reason == FLOW_PASSES)
		return false;
	else if (a->stateless != b->stateless && !a->any_state && !b->any_state)
		*kind = DIFF_STATE;
	else if (a->limit != b->limit)
		*kind = DIFF_LIMIT;
	else if (logs_differ(a, b))
		*kind = DIFF_LOG;
	else
		return false;
	return true;
}

static bool
differ(const struct flow_outcome *a, const struct flow_outcome *b,
    enum diff_kind *kind)
{
	if (refuses(a) && refuses(b))
		return refusals_differ(a, b, kind);
	if (!refuses(a) && !refuses(b))
		return passes_differ(a, b, kind);
	*kind = refuses(a) ? DIFF_OPENS : DIFF_CLOSES;
	return true;
}

/* Would one say the same of both?  The line that decides is told apart. */
static bool
reads_alike(const struct flow_outcome *a, const struct flow_outcome *b)
{
	return a->verdict == b->verdict && a->log == b->log &&
	    a->limit == b->limit && same_forward(a->forward, b->forward) &&
	    (a->reason == FLOW_UNFILTERED) == (b->reason == FLOW_UNFILTERED);
}

static bool
is_minor(const struct flow_outcome *a, const struct flow_outcome *b)
{
	return (!refuses(a) && a->reason == FLOW_PASSES) ||
	    (!refuses(b) && b->reason == FLOW_PASSES);
}

uint32_t
diff_change_of(struct diff *diff, uint32_t before, uint32_t after)
{
	const struct flow_side *old = &diff->sides[DIFF_OLD];
	const struct flow_side *new = &diff->sides[DIFF_NEW];
	const struct flow_outcome *a = flow_outcome_of(old, before);
	const struct flow_outcome *b = flow_outcome_of(new, after);
	struct diff_change change = {.before = before, .after = after};

	if (!differ(a, b, &change.kind))
		return BOXES_NO_VALUE;
	change.minor = is_minor(a, b);
	for (size_t i = 0; i < diff->changes.n; i++) {
		const struct diff_change *known = &diff->changes.v[i];

		if (known->kind == change.kind &&
		    known->minor == change.minor &&
		    (change.kind == DIFF_OPENS ||
			reads_alike(flow_outcome_of(old, known->before), a)) &&
		    (change.kind == DIFF_CLOSES ||
			reads_alike(flow_outcome_of(new, known->after), b)))
			return (uint32_t)i;
	}
	vec_push(diff->arena, &diff->changes, change);
	return (uint32_t)diff->changes.n - 1;
}
