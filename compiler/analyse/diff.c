/*
 * Packets are matched by cards and addresses, not by the names of zones: a zone
 * that is only renamed changes nothing, and one that has moved to another card
 * changes what both cards may.
 */
#include "analyse/diff_private.h"

/* Both policies' zones, for the cards that they name. */
static const struct policy *
all_zones(struct diff *diff)
{
	struct policy *all = arena_new(diff->arena, struct policy);

	for (int side = 0; side < 2; side++) {
		const struct policy *policy = diff->sides[side].policy;

		for (size_t i = 0; i < policy->zones.n; i++)
			vec_push(diff->arena, &all->zones, policy->zones.v[i]);
	}
	return all;
}

static const struct ipfw_ruleset *
all_rules(struct diff *diff)
{
	struct ipfw_ruleset *all = arena_new(diff->arena, struct ipfw_ruleset);

	for (int side = 0; side < 2; side++) {
		const struct ipfw_ruleset *ruleset = diff->sides[side].ruleset;

		for (size_t i = 0; ruleset != NULL && i < ruleset->rules.n; i++)
			vec_push(diff->arena, &all->rules, ruleset->rules.v[i]);
	}
	return all;
}

static void
compare_family(struct diff *diff, enum family family)
{
	struct prove_request request = {
	    .arena = diff->arena,
	    .policy = all_zones(diff),
	    .ruleset = all_rules(diff),
	    /* Of later fragments nothing is told, so any will do. */
	    .flavour = ipfw_flavour_find("freebsd"),
	    .services_first = true,
	    .logs = true,
	};
	struct family_diff f = {.diff = diff};

	f.rulesets = request.ruleset->rules.n != 0;
	space_init(&f.space, &request, diff->bdd, family);
	slicer_init(&f.slicer, diff->arena, diff->bdd);
	for (int side = 0; side < 2; side++)
		flows_init(&f.flows[side], &diff->sides[side], &f.space,
		    &f.slicer, f.rulesets);
	f.cutter = (struct boxes_cutter){
	    diff->arena, &f.space, &f.slicer, &diff->services};
	diff_find_ends(&f);
	for (size_t i = 0; i < f.ends.n; i++)
		for (size_t j = 0; j < f.ends.n; j++)
			if (f.ends.v[i].card + f.ends.v[j].card != 0 &&
			    !diff->exhausted)
				diff_compare_ends(
				    &f, &f.ends.v[i], &f.ends.v[j]);
	diff->exhausted |= f.slicer.failed;
}

static bool
is_minor(const struct diff *diff, const struct flow_row *row)
{
	return diff->changes.v[row->value].minor;
}

/* Errors that pass follow from conversations that do. */
static void
drop_minor(struct diff *diff)
{
	size_t kept = 0;

	for (size_t i = 0; i < diff->rows.n; i++)
		if (!is_minor(diff, &diff->rows.v[i]))
			diff->rows.v[kept++] = diff->rows.v[i];
	if (kept != 0)
		diff->rows.n = kept;
}

/* What kind of change it is comes before who is concerned. */
static void
rank_by_kind(struct diff *diff)
{
	for (size_t i = 0; i < diff->rows.n; i++) {
		struct flow_row *row = &diff->rows.v[i];

		row->rank += 16 * diff->changes.v[row->value].kind;
	}
}

/* Does the rule say the other way alone?  Then its service is an exchange. */
static bool
says_back(const struct policy *policy, const struct policy_rule *rule,
    const struct flow_row *row)
{
	endpoint from = diff_find_zone(policy, row->from.v[0]);
	endpoint to = diff_find_zone(policy, row->to.v[0]);

	return rule != NULL && from != DIFF_NOBODY && to != DIFF_NOBODY &&
	    (!endpoint_set_has(&rule->from, from) ||
		!endpoint_set_has(&rule->to, to));
}

static bool
is_back(void *context, const struct flow_row *row)
{
	const struct diff *diff = context;

	for (int side = 0; side < 2; side++) {
		const row_outcomes *ids = side == DIFF_OLD ? &row->before
							   : &row->after;

		for (size_t i = 0; i < ids->n; i++)
			if (says_back(diff->sides[side].policy,
				flow_outcome_of(&diff->sides[side], ids->v[i])
				    ->rule,
				row))
				return true;
	}
	return false;
}

static bool
sees_ipv6(const struct flow_side *side)
{
	return side->ruleset == NULL || side->flavour->ipv6;
}

/* A packet filter that sees no IPv6 lets all of it through. */
static bool
covers_ipv6(struct diff *diff)
{
	static const char *const words[] = {"not filtered", "filtered"};
	bool before = sees_ipv6(&diff->sides[DIFF_OLD]);
	bool after = sees_ipv6(&diff->sides[DIFF_NEW]);
	struct diff_option option = {"IPv6", words[before], words[after]};

	if (before != after)
		vec_push(diff->arena, &diff->options, option);
	return before && after;
}

void
diff_run(struct diff *diff)
{
	const struct policy *policies[] = {
	    diff->sides[DIFF_NEW].policy, diff->sides[DIFF_OLD].policy};

	diff->bdd = bdd_create(diff->nodes_max);
	if (diff->bdd == NULL) {
		diff->exhausted = true;
		return;
	}
	services_init(&diff->services, diff->arena, diff->bdd);
	services_learn(
	    &diff->services, policies, 2, diff->catalogues[DIFF_NEW]);
	diff_compare_options(diff);
	compare_family(diff, FAMILY_4);
	if (covers_ipv6(diff))
		compare_family(diff, FAMILY_6);
	drop_minor(diff);
	rank_by_kind(diff);
	rows_join(diff->arena, &diff->services, &diff->rows, is_back, diff);
	diff->exhausted |= bdd_failed(diff->bdd) ||
	    diff->services.slicer.failed;
}

void
diff_close(struct diff *diff)
{
	bdd_destroy(diff->bdd);
	diff->bdd = NULL;
}
