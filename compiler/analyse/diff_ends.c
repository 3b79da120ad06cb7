/*
 * The ends of conversations: each card's zone before, its zone after, and the
 * addresses that belong to both.
 */
#include <string.h>

#include "analyse/diff_private.h"

static bool
is_zone(const struct policy *policy, endpoint e)
{
	return policy_zone(policy, e)->present &&
	    policy_zone(policy, e)->role != ZONE_LOOPBACK;
}

/* The zones of a card that have packets. */
static struct endpoint_set
zones_on(const struct policy *policy, const char *card)
{
	struct endpoint_set zones = policy_card_zones(policy, card);

	for (endpoint e = 1; e <= policy->zones.n; e++)
		if (endpoint_set_has(&zones, e) && !is_zone(policy, e))
			endpoint_set_remove(&zones, e);
	return zones;
}

static bool
is_loopback(const struct diff *diff, const char *card)
{
	return policy_card_is_loopback(diff->sides[0].policy, card) ||
	    policy_card_is_loopback(diff->sides[1].policy, card);
}

/* Groups and the link, but not what another zone of the card has. */
static bdd_ref
further_targets(const struct family_diff *f, int side,
    const struct endpoint_set *zones, endpoint e)
{
	const struct flows *flows = &f->flows[side];
	bdd_ref set = flows_targets(flows, e, true);

	for (endpoint z = 1; z <= flows->side->policy->zones.n; z++)
		if (z != e && endpoint_set_has(zones, z))
			set = bdd_choose(f->space.bdd,
			    flows_targets(flows, z, false), BDD_FALSE, set);
	return set;
}

/* What the zone of SIDE has; of nobody, what no zone of the card has. */
static bdd_ref
share(const struct family_diff *f, int side, const struct endpoint_set *zones,
    endpoint e, bool sources, bool further)
{
	const struct flows *flows = &f->flows[side];
	struct bdd *bdd = f->space.bdd;
	bdd_ref taken = BDD_FALSE;

	if (e != DIFF_NOBODY && (sources || !further))
		return sources ? flows_sources(flows, e, further)
			       : flows_targets(flows, e, false);
	if (e != DIFF_NOBODY)
		return further_targets(f, side, zones, e);
	if (further)
		return BDD_FALSE;
	for (endpoint z = 1; z <= flows->side->policy->zones.n; z++)
		for (int more = 0; more < 2 && endpoint_set_has(zones, z);
		     more++)
			taken = bdd_or(bdd, taken,
			    share(f, side, zones, z, sources, more != 0));
	return bdd_not(bdd, taken);
}

static void
set_shares(const struct family_diff *f, const struct endpoint_set zones[2],
    struct end *end)
{
	struct bdd *bdd = f->space.bdd;
	bdd_ref parts[2][2][2];

	for (int side = 0; side < 2; side++)
		for (int sources = 0; sources < 2; sources++)
			for (int further = 0; further < 2; further++)
				parts[sources][further][side] = share(f, side,
				    &zones[side], end->ends[side], sources != 0,
				    further != 0);
	end->source[0] = bdd_and(bdd, parts[1][0][0], parts[1][0][1]);
	end->source[1] = bdd_or(bdd, parts[1][1][0], parts[1][1][1]);
	end->target[0] = bdd_and(bdd, parts[0][0][0], parts[0][0][1]);
	end->target[1] = bdd_or(bdd, parts[0][1][0], parts[0][1][1]);
}

endpoint
diff_find_zone(const struct policy *policy, const char *name)
{
	for (endpoint e = 0; e <= policy->zones.n; e++)
		if (strcmp(policy_end_name(policy, e), name) == 0)
			return e;
	return DIFF_NOBODY;
}

/* Has one side the zone, but not this card of it? */
static bool
is_by_new_card(const struct family_diff *f, const struct end *end,
    const struct endpoint_set zones[2])
{
	for (int side = 0; side < 2; side++)
		if (end->ends[side] == DIFF_NOBODY &&
		    endpoint_set_empty(&zones[side]) &&
		    diff_find_zone(f->diff->sides[side].policy, end->word) !=
			DIFF_NOBODY)
			return true;
	return false;
}

static void
set_name(const struct family_diff *f, const struct endpoint_set zones[2],
    struct end *end)
{
	end->word = "(no zone)";
	for (int i = 0; i < 2; i++)
		if (end->ends[i] != DIFF_NOBODY)
			end->word = policy_end_name(
			    f->diff->sides[i].policy, end->ends[i]);
	end->name = end->word;
	if (is_by_new_card(f, end, zones))
		end->name = arena_printf(f->diff->arena, "%s by %s", end->word,
		    f->space.cards.v[end->card]);
}

static void
add_end(
    struct family_diff *f, const struct endpoint_set zones[2], struct end end)
{
	if (end.ends[0] == DIFF_NOBODY && end.ends[1] == DIFF_NOBODY &&
	    !f->rulesets)
		return;
	set_shares(f, zones, &end);
	set_name(f, zones, &end);
	if (end.source[0] != BDD_FALSE || end.target[0] != BDD_FALSE)
		vec_push(f->diff->arena, &f->ends, end);
}

/* The next of ZONES after E; DIFF_NOBODY comes last. */
static bool
next_zone(
    const struct policy *policy, const struct endpoint_set *zones, endpoint *e)
{
	if (*e == DIFF_NOBODY)
		return false;
	for (++*e; *e <= policy->zones.n; ++*e)
		if (endpoint_set_has(zones, *e))
			return true;
	*e = DIFF_NOBODY;
	return true;
}

static void
add_card(struct family_diff *f, size_t card, const struct endpoint_set zones[2])
{
	struct end end = {.card = card, .ends = {0, 0}};

	while (next_zone(
	    f->diff->sides[DIFF_OLD].policy, &zones[DIFF_OLD], &end.ends[0])) {
		end.ends[1] = 0;
		while (next_zone(f->diff->sides[DIFF_NEW].policy,
		    &zones[DIFF_NEW], &end.ends[1]))
			add_end(f, zones, end);
	}
}

/* Cards of the same zones are alike, but not to a ruleset. */
void
diff_find_ends(struct family_diff *f)
{
	const struct space *space = &f->space;
	struct endpoint_set here[2] = {{{0, 0}}, {{0, 0}}};
	struct endpoint_set(*seen)[2] = arena_calloc(
	    f->diff->arena, space->cards.n, sizeof(*seen));
	size_t n = 0;

	add_end(f, here, (struct end){.ends = {ENDPOINT_SELF, ENDPOINT_SELF}});
	for (size_t i = 1; i < space->cards.n; i++) {
		bool known = false;

		if (is_loopback(f->diff, space->cards.v[i]))
			continue;
		for (int side = 0; side < 2; side++)
			here[side] = zones_on(
			    f->diff->sides[side].policy, space->cards.v[i]);
		for (size_t j = 0; j < n && !known && !f->rulesets; j++)
			known = endpoint_set_equal(&here[0], &seen[j][0]) &&
			    endpoint_set_equal(&here[1], &seen[j][1]);
		if (known)
			continue;
		memcpy(seen[n++], here, sizeof(here));
		add_card(f, i, here);
	}
}
