/*
 * One run over the rules; a pair is what two lists have of each other.
 */
#include "prove/policy_index.h"

static bool
has_conversation(const struct policy_rule *rule)
{
	for (size_t i = 0; i < rule->parts.n; i++)
		if (rule->parts.v[i].exchange == EXCHANGE_NONE)
			return true;
	return rule->any_service;
}

static void
add(struct endpoint_set *set, const struct endpoint_set *more)
{
	*set = endpoint_set_union(set, more);
}

static void
index_rule(struct arena *arena, struct policy_index *index,
    const struct policy *policy, size_t number)
{
	const struct policy_rule *rule = &policy->rules.v[number];
	bool allows = rule->verdict == VERDICT_ALLOW;
	bool converses = allows && has_conversation(rule);

	for (endpoint from = 0; from <= policy->zones.n; from++) {
		if (!endpoint_set_has(&rule->from, from))
			continue;
		vec_push(arena, &index->rules[from], (uint32_t)number);
		if (allows)
			add(&index->allowed[from], &rule->to);
		if (converses)
			add(&index->conversing[from], &rule->to);
		if (converses && rule->forward != NULL)
			add(&index->forwarded[from], &rule->to);
	}
}

struct policy_index
policy_index_of(struct arena *arena, const struct policy *policy)
{
	size_t ends = policy->zones.n + 1;
	struct policy_index index = {
	    .rules = arena_calloc(arena, ends, sizeof(*index.rules)),
	    .allowed = arena_calloc(arena, ends, sizeof(*index.allowed)),
	    .conversing = arena_calloc(arena, ends, sizeof(*index.conversing)),
	    .forwarded = arena_calloc(arena, ends, sizeof(*index.forwarded)),
	};

	for (size_t i = 0; i < policy->rules.n; i++)
		index_rule(arena, &index, policy, i);
	return index;
}

/* The next rule to TO, at *AT or behind it; the number of all: none. */
static uint32_t
next_rule(const policy_indices *rules, const struct policy *policy, endpoint to,
    size_t *at)
{
	for (; *at < rules->n; ++*at)
		if (endpoint_set_has(&policy->rules.v[rules->v[*at]].to, to))
			return rules->v[*at];
	return (uint32_t)policy->rules.n;
}

policy_indices
policy_index_pair(struct arena *arena, const struct policy_index *index,
    const struct policy *policy, endpoint a, endpoint b)
{
	policy_indices found = {0};
	size_t there = 0, back = 0;

	for (;;) {
		uint32_t i = next_rule(&index->rules[a], policy, b, &there);
		uint32_t j = next_rule(&index->rules[b], policy, a, &back);

		if (i == policy->rules.n && j == policy->rules.n)
			return found;
		vec_push(arena, &found, i < j ? i : j);
		there += i <= j;
		back += j <= i;
	}
}
