/*
 * What the list of rules decides between two ends: the first one, or else the
 * default.
 */
#include "prove/policy_columns.h"

#define CLASSES_MAX 8

/* An exchange of this host needs no translator, and must not wait for one. */
static bdd_ref
allow_exchange(const struct policy_model *model)
{
	return space_verdict(model->space, DECISION_ALLOW);
}

/*
 * Between two ends that can have no conversation to deny is to reject.  Nor is
 * an error answered with another one (RFC 1122, 3.2.2).
 */
static bdd_ref
refuse(const struct policy_model *model, const struct policy_pair *pair,
    enum verdict verdict, bool log)
{
	const struct space *space = model->space;
	struct bdd *bdd = space->bdd;
	bdd_ref plain = bdd_and(bdd, pair->source_talks, pair->target_own);
	struct decision refused = {
	    .verdict = verdict == VERDICT_REJECT ? DECISION_REJECT
						 : DECISION_DENY,
	    .log = space->logs && log,
	};

	if (verdict == VERDICT_REJECT)
		plain = bdd_choose(
		    bdd, policy_error_types(model), BDD_FALSE, plain);
	return bdd_choose(bdd, plain, space_decision(space, refused),
	    space_verdict(space, DECISION_CLOSED));
}

/*
 * TCP in mid-conversation is let go on by the option alone, and outwards; a
 * limit counts from the first packet.
 */
static bdd_ref
begin(const struct policy_model *model, const struct policy_pair *pair,
    unsigned limit)
{
	const struct policy *policy = model->space->policy;
	bdd_ref decided = policy_allow(model, pair, true, limit);

	if (model->later ||
	    (policy->options.pickup && limit == 0 &&
		policy_is_uplink(policy, pair->to)))
		return decided;
	return bdd_choose(model->space->bdd,
	    bdd_choose(
		model->space->bdd, model->setup, BDD_FALSE, model->is_tcp),
	    policy_refusal(model), decided);
}

static bdd_ref
by_default(const struct policy_model *model, const struct policy_pair *pair)
{
	const struct policy *policy = model->space->policy;
	struct bdd *bdd = model->space->bdd;
	bdd_ref plain = bdd_and(bdd, pair->source_talks, pair->target_own);
	bdd_ref decided;

	if (policy->fallback != VERDICT_ALLOW)
		decided = refuse(
		    model, pair, policy->fallback, policy->fallback_log);
	else if (pair->hidden)
		decided = policy_refusal(model);
	else
		decided = begin(model, pair, 0);
	return bdd_choose(bdd, plain, decided, policy_refusal(model));
}

/* Rules that decide alike, where they have a say. */
struct alike {
	bdd_ref within, decision;
};

/*
 * Neighbours in the list, from the last rule on.  Those of the usual shape are
 * put together whatever they decide; others only if all decide alike.
 */
struct list {
	const struct policy_model *model;
	const struct policy_pair *pair;
	bdd_ref plain; /* what a conversation is between */
	struct policy_columns columns;
	struct bdd_union packets;
	bool has_packets;
	struct alike classes[CLASSES_MAX]; /* the first is number 1 */
	uint32_t n_classes;
	bool exchanges;	 /* behind them, some are decided */
	bdd_ref decided; /* by the list behind them */
};

static uint32_t
is_class(uint32_t value, uint32_t class)
{
	return value == class;
}

static const struct bdd_op op_is_class = {SPACE_OP_IS_CLASS, is_class};

static bdd_ref
list_decided(struct list *list)
{
	struct bdd *bdd = list->model->space->bdd;
	bdd_ref classes = bdd_or(bdd, bdd_union_all(bdd, &list->packets),
	    policy_columns_take(list->model, &list->columns));

	for (uint32_t i = 0; i < list->n_classes; i++) {
		const struct alike *alike = &list->classes[i];
		bdd_ref packets = list->n_classes == 1
		    ? classes
		    : bdd_apply(
			  bdd, &op_is_class, classes, bdd_value(bdd, i + 1));

		packets = bdd_and(bdd, alike->within, packets);
		list->decided = bdd_choose(
		    bdd, packets, alike->decision, list->decided);
	}
	list->packets = (struct bdd_union){{BDD_FALSE}};
	list->has_packets = false;
	list->n_classes = 0;
	return list->decided;
}

/*
 * The class of a rule, which is a number from 1.  Where a rule has no say all
 * is refused, unless there are exchanges behind it: so classes stand beside one
 * another only without them.
 */
static uint32_t
class_of(struct list *list, struct alike alike, bool usual)
{
	for (uint32_t i = 0; i < list->n_classes; i++)
		if (list->classes[i].within == alike.within &&
		    list->classes[i].decision == alike.decision &&
		    (usual || list->n_classes == 1))
			return i + 1;
	if (list->n_classes == CLASSES_MAX ||
	    (list->n_classes != 0 &&
		(!usual || list->has_packets || list->exchanges)))
		list_decided(list);
	list->classes[list->n_classes] = alike;
	return ++list->n_classes;
}

static void
add_packets(struct list *list, struct alike alike, bdd_ref packets)
{
	class_of(list, alike, false);
	bdd_union_add(list->model->space->bdd, &list->packets, packets);
	list->has_packets = true;
}

static void
decide_exchange(struct list *list, const struct policy_rule *rule)
{
	const struct policy_model *model = list->model;
	bdd_ref packets = policy_rule_exchange(model, list->pair, rule);
	bdd_ref decision;

	if (packets == BDD_FALSE)
		return;
	decision = rule->verdict == VERDICT_ALLOW
	    ? allow_exchange(model)
	    : refuse(model, list->pair, rule->verdict, rule->log);
	add_packets(list, (struct alike){BDD_TRUE, decision}, packets);
	list->exchanges = true;
}

static void
decide_conversation(struct list *list, size_t index)
{
	const struct policy_model *model = list->model;
	const struct policy_rule *rule = &model->space->policy->rules.v[index];
	bool allows = rule->verdict == VERDICT_ALLOW;
	bool usual = policy_columns_fit(model, rule, &list->columns);
	struct alike alike = {.within = allows ? list->plain : BDD_TRUE};

	/* A later fragment has no ports that it could be refused for. */
	if (!policy_rule_speaks(model, list->pair, rule) ||
	    (model->later && usual && !allows))
		return;
	alike.decision = allows
	    ? begin(model, list->pair, rule->limit)
	    : refuse(model, list->pair, rule->verdict, rule->log);
	if (usual)
		policy_columns_add(
		    model, index, class_of(list, alike, true), &list->columns);
	else
		add_packets(list, alike,
		    policy_rule_conversation(model, list->pair, index));
}

bdd_ref
policy_list_decision(
    const struct policy_model *model, const struct policy_pair *pair)
{
	const struct space *space = model->space;
	policy_indices rules = policy_index_pair(
	    space->arena, &model->index, space->policy, pair->from, pair->to);
	struct list list = {
	    .model = model,
	    .pair = pair,
	    .plain = bdd_and(space->bdd, pair->source_talks, pair->target_own),
	    .decided = by_default(model, pair),
	};
	/* What trust has decided no rule is asked about, groups included. */
	bool asked = policy_pair_asked(space->policy, pair->from, pair->to);

	for (size_t i = asked ? rules.n : 0; i-- > 0;) {
		decide_exchange(&list, &space->policy->rules.v[rules.v[i]]);
		decide_conversation(&list, rules.v[i]);
	}
	return list_decided(&list);
}
