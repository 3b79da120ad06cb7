/*
 * Where a pair's boxes lie: names, addresses, and how much it matters.
 */
#include "analyse/diff_private.h"

static unsigned
rank_of(const struct diff *diff, const struct pair_diff *p)
{
	static const unsigned ranks[3][3] = {
	    /* to:       self uplink inner */
	    /* self */ {9, 6, 5},
	    /* uplink */ {0, 9, 1},
	    /* inner */ {2, 4, 3},
	};
	unsigned kinds[2];

	for (int i = 0; i < 2; i++) {
		const struct end *end = i == 0 ? p->from : p->to;
		int side = end->ends[DIFF_NEW] != DIFF_NOBODY ? DIFF_NEW
							      : DIFF_OLD;

		kinds[i] = 1;
		if (end->card == 0)
			kinds[i] = 0;
		else if (end->ends[side] != DIFF_NOBODY &&
		    policy_is_inner(diff->sides[side].policy, end->ends[side]))
			kinds[i] = 2;
	}
	return ranks[kinds[0]][kinds[1]];
}

/* The families that the zones of an end have addresses of. */
static enum family
families_of(const struct pair_diff *p, const struct end *end)
{
	unsigned families = FAMILY_NONE;

	if (end->card == 0)
		return FAMILY_BOTH;
	for (int side = 0; side < 2; side++)
		if (end->ends[side] != DIFF_NOBODY)
			families |= addr_set_families(
			    &policy_zone(p->family->diff->sides[side].policy,
				end->ends[side])
				 ->own);
	return (enum family)families;
}

/* The proof leaves open what becomes of addresses that nobody has. */
static struct addr_set
without_nobody(const struct pair_diff *p, const struct addr_set *set)
{
	struct addr_range four[] = {{{0, 0}, {0, 0x00ffffff}},
	    {{0, 0x7f000000}, {0, 0x7fffffff}},
	    {{0, 0xe0000000}, {0, 0xffffffff}}};
	struct addr_range six[] = {{{0, 0}, {0, 1}},
	    {{UINT64_C(0xfe80) << 48, 0},
		{UINT64_C(0xfebfffffffffffff), UINT64_MAX}},
	    {{UINT64_C(0xff) << 56, 0}, {UINT64_MAX, UINT64_MAX}}};
	struct arena *arena = p->family->diff->arena;
	struct addr_set nobody = addr_set_build(arena, four, 3, six, 3);

	return addr_set_subtract(arena, set, &nobody);
}

/* What the zone has, of which the end may be a part; of this host, PART. */
static struct addr_set
all_of(const struct pair_diff *p, const struct end *end,
    const struct addr_set *part)
{
	struct family_diff *f = p->family;
	int side = end->ends[DIFF_NEW] != DIFF_NOBODY ? DIFF_NEW : DIFF_OLD;
	struct addr_set all;
	bool alone = end->ends[0] == DIFF_NOBODY || end->ends[1] == DIFF_NOBODY;

	if (end->card == 0 || end->ends[side] == DIFF_NOBODY || !alone)
		return *part;
	all = policy_zone(f->diff->sides[side].policy, end->ends[side])->own;
	if (f->space.family == FAMILY_4)
		all.v6 = (struct addr_ranges){NULL, 0};
	else
		all.v4 = (struct addr_ranges){NULL, 0};
	return addr_set_union(f->diff->arena, &all, part);
}

struct flow_place
diff_place_of(const struct pair_diff *p)
{
	const struct boxes_cutter *cutter = &p->family->cutter;
	struct flow_place place = {
	    .from = p->from->name,
	    .to = p->outer ? "self by its outer address" : p->to->name,
	    .from_word = p->from->word,
	    .to_word = p->to->word,
	    .families = (enum family)(
		families_of(p, p->from) & families_of(p, p->to)),
	    .rank = rank_of(p->family->diff, p),
	    .further = p->further_source || p->further_target,
	    .midway = p->midway,
	};

	place.source = boxes_addresses(cutter,
	    diff_seen(p, p->from->source[p->further_source]),
	    cutter->space->source);
	place.target = boxes_addresses(
	    cutter, diff_seen(p, diff_targets_of(p)), cutter->space->target);
	if (p->family->rulesets && !place.further) {
		place.source = without_nobody(p, &place.source);
		place.target = without_nobody(p, &place.target);
	}
	place.all_source = all_of(p, p->from, &place.source);
	place.all_target = all_of(p, p->to, &place.target);
	return place;
}
