/*
 * Which rules decide nothing, of which a part decides nothing, and which
 * refusals an earlier rule goes around.
 *
 * A refusal before a rule that allows more is an exception, as is a rule that
 * allows a part of what a later one refuses: of these nothing is said.
 */
#include "analyse/check_rules.h"

#define COMPARISONS_MAX ((size_t)2000000)
#define LABELS_MAX 4
#define CONFLICTS_MAX 64

/* What a rule of the pair decides. */
struct taken {
	size_t rule;
	bdd_ref packets;
};

struct taking {
	struct rules_pair *pair;
	VEC(struct taken) list;
	bdd_ref left; /* what no rule has decided yet */
};

static const struct policy_rule *
rule_at(const struct rules_check *check, size_t index)
{
	return &check->check->policy->rules.v[index];
}

static bool
is_opposite(const struct rules_check *check, size_t a, size_t b)
{
	return (rule_at(check, a)->verdict == VERDICT_ALLOW) !=
	    (rule_at(check, b)->verdict == VERDICT_ALLOW);
}

static void
note_before(struct rules_check *check, size_t rule, size_t earlier)
{
	struct rule_state *state = &check->rules[rule];

	for (size_t i = 0; i < state->before.n; i++)
		if (state->before.v[i] == earlier)
			return;
	vec_push(check->check->arena, &state->before, earlier);
}

static void
note_conflict(struct rules_check *check, size_t refusal, size_t opening)
{
	struct rule_conflict conflict = {
	    .refusal = refusal, .opening = opening};

	for (size_t i = 0; i < check->conflicts.n; i++)
		if (check->conflicts.v[i].refusal == refusal &&
		    check->conflicts.v[i].opening == opening)
			return;
	if (check->conflicts.n < CONFLICTS_MAX)
		vec_push(check->check->arena, &check->conflicts, conflict);
}

/* Who decides the packets of LOST, which RULE matches as well? */
static void
find_before(struct taking *t, size_t rule, bdd_ref lost)
{
	struct rules_check *check = t->pair->check;
	struct bdd *bdd = t->pair->space->bdd;

	for (size_t i = 0; i < t->list.n && lost != BDD_FALSE; i++) {
		const struct taken *taken = &t->list.v[i];

		if (check->budget == 0)
			return;
		check->budget--;
		if (bdd_and(bdd, lost, taken->packets) == BDD_FALSE)
			continue;
		lost = bdd_choose(bdd, taken->packets, BDD_FALSE, lost);
		note_before(check, rule, taken->rule);
		if (rule_at(check, rule)->verdict != VERDICT_ALLOW &&
		    is_opposite(check, rule, taken->rule))
			note_conflict(check, rule, taken->rule);
	}
}

static bdd_ref
entry_packets(struct rules_pair *pair, const struct service_entry *entry)
{
	struct policy_rule rule = {
	    .verdict = VERDICT_ALLOW, .any_service = entry->any};

	for (size_t i = 0; i < entry->parts.n; i++) {
		struct service_part part = entry->parts.v[i];

		part.exchange = EXCHANGE_NONE;
		vec_push(pair->space->arena, &rule.parts, part);
	}
	return policy_rule_parts(pair->model, &rule);
}

/* Does a rule with the verdict of RULE decide some of LOST? */
static bool
lost_to_friend(struct taking *t, size_t rule, bdd_ref lost)
{
	struct rules_check *check = t->pair->check;

	for (size_t i = 0; i < t->list.n; i++) {
		if (check->budget == 0)
			return true;
		check->budget--;
		if (!is_opposite(check, rule, t->list.v[i].rule) &&
		    bdd_and(t->pair->space->bdd, lost, t->list.v[i].packets) !=
			BDD_FALSE)
			return true;
	}
	return false;
}

static void
look_at_entries(struct taking *t, size_t index, bdd_ref packets, bdd_ref taken)
{
	const struct policy_rule *rule = rule_at(t->pair->check, index);
	struct entry_state *states = t->pair->check->rules[index].entries;
	struct bdd *bdd = t->pair->space->bdd;

	for (size_t i = 0; states != NULL && i < rule->entries->n; i++) {
		bdd_ref set;

		if (states[i].alive)
			continue;
		set = bdd_and(
		    bdd, packets, entry_packets(t->pair, &rule->entries->v[i]));
		if (set == BDD_FALSE)
			continue;
		states[i].matched = true;
		if (bdd_and(bdd, set, taken) != BDD_FALSE)
			states[i].alive = true;
		else if (lost_to_friend(t, index, set))
			states[i].same = true;
	}
}

static void
take(struct taking *t, size_t index)
{
	struct rules_check *check = t->pair->check;
	struct rule_state *state = &check->rules[index];
	struct bdd *bdd = t->pair->space->bdd;
	bdd_ref packets = rules_pair_packets(t->pair, index);
	struct taken taken = {.rule = index};

	if (packets == BDD_FALSE)
		return;
	taken.packets = bdd_and(bdd, packets, t->left);
	state->matched = true;
	state->alive |= taken.packets != BDD_FALSE;
	if (taken.packets != packets)
		find_before(t, index,
		    bdd_choose(bdd, taken.packets, BDD_FALSE, packets));
	look_at_entries(t, index, packets, taken.packets);
	t->left = bdd_choose(bdd, packets, BDD_FALSE, t->left);
	vec_push(check->check->arena, &t->list, taken);
}

static void
visit_rules(struct rules_pair *pair)
{
	struct taking t = {.pair = pair, .left = pair->domain};

	for (size_t i = 0; i < pair->check->check->policy->rules.n; i++)
		take(&t, i);
}

/* Which of two rules has packets that the other has not? */
static void
visit_conflicts(struct rules_pair *pair)
{
	struct rules_check *check = pair->check;
	struct bdd *bdd = pair->space->bdd;

	for (size_t i = 0; i < check->conflicts.n; i++) {
		struct rule_conflict *c = &check->conflicts.v[i];
		bdd_ref refused = rules_pair_packets(pair, c->refusal);
		bdd_ref opened = rules_pair_packets(pair, c->opening);
		bdd_ref both = bdd_and(bdd, refused, opened);

		c->refuses_more |= refused != both;
		c->opens_more |= opened != both;
		if (both == BDD_FALSE || c->witness != NULL ||
		    pair->pair.forward != NULL || pair->flow.further)
			continue;
		for (size_t k = 0; k < c->opening; k++)
			both = bdd_choose(
			    bdd, rules_pair_packets(pair, k), BDD_FALSE, both);
		if (both != BDD_FALSE)
			c->witness = rules_pair_witness(pair, both);
	}
}

static bool
is_said(const struct diags *diags, enum diag_code code, struct span span)
{
	for (size_t i = 0; i < diags->list.n; i++)
		if (diags->list.v[i]->code == code &&
		    diags->list.v[i]->span.file == span.file &&
		    diags->list.v[i]->span.at == span.at)
			return true;
	return false;
}

static void
label_before(const struct rules_check *check, struct diag *diag,
    const struct rule_state *state)
{
	struct diags *diags = check->check->diags;

	for (size_t i = 0; i < state->before.n && i < LABELS_MAX; i++)
		diag_label(diags, diag,
		    rule_at(check, state->before.v[i])->span,
		    state->before.n == 1 ? "this one matches all of it first"
					 : "this one matches some of it first");
	if (state->before.n > LABELS_MAX)
		diag_help(diags, diag, "%zu more rules match some of it",
		    state->before.n - LABELS_MAX);
}

/* What one earlier rule covers the compiler has said already. */
static void
warn_dead(const struct rules_check *check, size_t index)
{
	struct diags *diags = check->check->diags;
	const struct rule_state *state = &check->rules[index];
	struct span span = rule_at(check, index)->span;
	struct diag *diag;

	if (!state->matched || state->alive || state->before.n == 0 ||
	    is_said(diags, W_SHADOWED, span))
		return;
	diag = diag_add(
	    diags, W_SHADOWED, span, "this rule never decides anything");
	label_before(check, diag, state);
	diag_help(diags, diag,
	    state->before.n == 1 ? "take it out, or put it before the other"
				 : "take it out, or put it before the others");
}

static void
warn_entry(const struct rules_check *check, size_t index, size_t at)
{
	struct diags *diags = check->check->diags;
	const struct policy_rule *rule = rule_at(check, index);
	const struct service_entry *entry = &rule->entries->v[at];
	bool allows = rule->verdict == VERDICT_ALLOW;
	struct diag *diag;

	diag = diag_add(diags, W_PARTLY_DEAD, entry->span,
	    allows ? "this is never allowed here: a rule before this one "
		     "refuses all of it"
		   : "this is never refused here: a rule before this one "
		     "allows all of it");
	for (size_t i = 0, n = 0;
	     i < check->rules[index].before.n && n < LABELS_MAX; i++) {
		size_t earlier = check->rules[index].before.v[i];

		if (!is_opposite(check, index, earlier))
			continue;
		n++;
		diag_label(diags, diag, rule_at(check, earlier)->span,
		    allows ? "refused here" : "allowed here");
	}
	diag_help(diags, diag, "take it out, or put the rule before the other");
}

/* Is something of the rule's list decided before it? */
static bool
is_dead_entry(const struct entry_state *entry)
{
	return entry->matched && !entry->alive && !entry->same;
}

static bool
has_dead_entry(const struct rules_check *check, size_t index)
{
	const struct rule_state *state = &check->rules[index];

	for (size_t i = 0;
	     state->entries != NULL && i < rule_at(check, index)->entries->n;
	     i++)
		if (is_dead_entry(&state->entries[i]))
			return true;
	return false;
}

static void
warn_entries(const struct rules_check *check, size_t index)
{
	const struct rule_state *state = &check->rules[index];

	for (size_t i = 0; state->alive && state->entries != NULL &&
	     i < rule_at(check, index)->entries->n;
	     i++)
		if (is_dead_entry(&state->entries[i]))
			warn_entry(check, index, i);
}

static void
warn_conflict(const struct rules_check *check, const struct rule_conflict *c)
{
	struct diags *diags = check->check->diags;
	struct diag *diag;

	if (!c->refuses_more || !c->opens_more ||
	    !check->rules[c->refusal].alive ||
	    has_dead_entry(check, c->refusal) ||
	    is_said(diags, W_CONFLICT, rule_at(check, c->refusal)->span))
		return;
	diag = diag_add(diags, W_CONFLICT, rule_at(check, c->refusal)->span,
	    "some of what this refuses is allowed before");
	diag_label(diags, diag, rule_at(check, c->opening)->span,
	    "allowed here, though not all of this is refused there");
	if (c->witness != NULL)
		diag_help(diags, diag, "such as: %s", c->witness);
	diag_help(
	    diags, diag, "put the refusal first, or narrow one of the two");
}

static void
init_states(struct rules_check *check)
{
	const struct policy *policy = check->check->policy;
	struct arena *arena = check->check->arena;

	check->rules = arena_calloc(
	    arena, policy->rules.n + 1, sizeof(*check->rules));
	for (size_t i = 0; i < policy->rules.n; i++)
		if (policy->rules.v[i].entries != NULL)
			check->rules[i].entries = arena_calloc(arena,
			    policy->rules.v[i].entries->n,
			    sizeof(*check->rules[i].entries));
}

static void
warn(const struct rules_check *check)
{
	bool *alive = arena_calloc(check->check->arena,
	    check->check->policy->rules.n + 1, sizeof(*alive));

	for (size_t i = 0; i < check->check->policy->rules.n; i++) {
		alive[i] = check->rules[i].alive;
		warn_dead(check, i);
		warn_entries(check, i);
	}
	for (size_t i = 0; i < check->conflicts.n; i++)
		warn_conflict(check, &check->conflicts.v[i]);
	check_admin(check->check, alive);
}

void
check_policy(const struct check *check)
{
	struct rules_check rules = {.check = check, .budget = COMPARISONS_MAX};

	check_lists(check);
	check_source_ports(check);
	rules.bdd = bdd_create(0);
	if (rules.bdd == NULL)
		return;
	services_init(&rules.services, check->arena, rules.bdd);
	init_states(&rules);
	rules_check_run(&rules, visit_rules);
	if (rules.conflicts.n != 0)
		rules_check_run(&rules, visit_conflicts);
	if (!rules.failed && rules.budget != 0)
		warn(&rules);
	bdd_destroy(rules.bdd);
}
