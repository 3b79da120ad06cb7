/*
 * One pair of ends: what each side decides, and where the two differ.
 */
#include "analyse/diff_private.h"

#define HALF 16

/* Between ends that one side does not know passes the lifeline alone. */
static struct flow_view
closed(struct flows *flows, const struct flow_pair *pair)
{
	static const struct flow_outcome shut = {
	    .verdict = VERDICT_DENY, .reason = FLOW_NOWHERE};
	struct flow_view view = {.asked = BDD_TRUE};

	view.decided = bdd_value(flows->space.bdd,
	    flow_outcome_intern(&flows->side->outcomes,
		flows->side->policy->rules.n + 2, &shut));
	view.decided = flows_with_lifeline(flows, pair, view.decided);
	return view;
}

struct flow_view
view_of(const struct pair_diff *p, int side)
{
	struct flows *flows = &p->family->flows[side];
	struct flow_pair pair = {
	    .from = p->from->ends[side],
	    .to = p->to->ends[side],
	    .card_in = p->from->card,
	    .card_out = p->to->card,
	    .outer = p->outer,
	    .midway = p->midway,
	    .further = p->further_target,
	};
	bool unknown = pair.from == DIFF_NOBODY || pair.to == DIFF_NOBODY;

	if (unknown && flows->side->ruleset == NULL)
		return closed(flows, &pair);
	return flows_between(flows, &pair);
}

static uint32_t
pack(uint32_t before, uint32_t after)
{
	return before << HALF | after;
}

static const struct bdd_op op_change = {FLOW_OP_CHANGE, pack};

static uint32_t
change_of(void *context, uint32_t value)
{
	return diff_change_of(
	    context, value >> HALF, value & DIFF_OUTCOMES_MAX);
}

static bool
is_uplink(const struct family_diff *f, const struct end *end)
{
	for (int side = 0; side < 2; side++)
		if (end->ends[side] != DIFF_NOBODY &&
		    !policy_is_uplink(
			f->diff->sides[side].policy, end->ends[side]))
			return false;
	return end->ends[0] != DIFF_NOBODY || end->ends[1] != DIFF_NOBODY;
}

/* From outside this host is seen by its outer addresses. */
bdd_ref
diff_targets_of(const struct pair_diff *p)
{
	const struct family_diff *f = p->family;
	bdd_ref set = p->to->target[p->further_target];

	if (p->to->card != 0 || f->rulesets || !is_uplink(f, p->from))
		return set;
	return bdd_and(f->space.bdd, set, p->from->target[0]);
}

/* SET of addresses alone, as the pair's packets have them. */
bdd_ref
diff_seen(const struct pair_diff *p, bdd_ref set)
{
	struct family_diff *f = p->family;
	struct slice_known known;
	struct flow_pair pair = {
	    .from = p->from->card == 0 ? ENDPOINT_SELF : DIFF_NOBODY,
	    .to = p->to->card == 0 ? ENDPOINT_SELF : DIFF_NOBODY,
	    .further = p->further_target,
	};

	flows_know(&f->flows[0], &pair, &known);
	return slice_fix(&f->slicer, set, &known);
}

static uint32_t
differs(void *context, uint32_t value)
{
	(void)context;
	return value >> HALF != (value & DIFF_OUTCOMES_MAX);
}

/* What is decided for the outer address otherwise than for the inner one. */
static bdd_ref
only_outside(const struct pair_diff *p)
{
	struct family_diff *f = p->family;
	bdd_ref set = BDD_FALSE;

	if (!p->outer)
		return BDD_TRUE;
	for (int side = 0; side < 2; side++) {
		bdd_ref both = bdd_apply(f->space.bdd, &op_change,
		    p->views[side].decided, p->plain[side]);

		set = bdd_or(f->space.bdd, set,
		    slice_map(&f->slicer, both, differs, NULL));
	}
	return set;
}

static bdd_ref
domain_of(const struct pair_diff *p)
{
	struct bdd *bdd = p->family->space.bdd;
	bdd_ref set = bdd_and(
	    bdd, p->from->source[p->further_source], diff_targets_of(p));

	set = bdd_and(
	    bdd, set, bdd_and(bdd, p->views[0].asked, p->views[1].asked));
	if (p->midway)
		set = bdd_and(
		    bdd, set, space_protocol(&p->family->space, PROTOCOL_TCP));
	return bdd_and(bdd, only_outside(p), diff_seen(p, set));
}

static void
compare_pair(struct pair_diff *p)
{
	struct family_diff *f = p->family;
	struct diff *diff = f->diff;
	struct bdd *bdd = f->space.bdd;
	struct flow_place place;
	flow_boxes boxes = {NULL, 0, 0};
	bdd_ref changes, decided[2];

	for (int side = 0; side < 2; side++) {
		p->views[side] = view_of(p, side);
		decided[side] = p->views[side].decided;
		if (diff->sides[side].outcomes.list.n > DIFF_OUTCOMES_MAX)
			diff->exhausted = true;
	}
	if (diff->exhausted)
		return;
	changes = bdd_apply(bdd, &op_change, decided[0], decided[1]);
	changes = slice_map(&f->slicer, changes, change_of, diff);
	changes = bdd_choose(
	    bdd, domain_of(p), changes, bdd_value(bdd, BOXES_NO_VALUE));
	if (changes == bdd_value(bdd, BOXES_NO_VALUE))
		return;
	place = diff_place_of(p);
	boxes_cut(&f->cutter, changes, &boxes);
	rows_add(&f->cutter, &place, &boxes, decided, &diff->rows);
}

static bool
has_outer(const struct family_diff *f, const struct end *from)
{
	for (int side = 0; side < 2; side++)
		if (from->ends[side] != DIFF_NOBODY &&
		    flows_has_outer(&f->flows[side], from->ends[side]))
			return true;
	return false;
}

void
diff_compare_ends(
    struct family_diff *f, const struct end *from, const struct end *to)
{
	struct pair_diff p = {.family = f, .from = from, .to = to};

	for (int i = 0; i < 4; i++) {
		p.further_source = (i & 1) != 0;
		p.further_target = (i & 2) != 0;
		if (from->source[p.further_source] != BDD_FALSE &&
		    to->target[p.further_target] != BDD_FALSE)
			compare_pair(&p);
	}
	p.further_source = p.further_target = false;
	p.midway = f->rulesets;
	if (p.midway && from->source[0] != BDD_FALSE &&
	    to->target[0] != BDD_FALSE)
		compare_pair(&p);
	p.midway = false;
	if (to->card != 0 || !has_outer(f, from))
		return;
	for (int side = 0; side < 2; side++)
		p.plain[side] = view_of(&p, side).decided;
	p.outer = true;
	compare_pair(&p);
}
