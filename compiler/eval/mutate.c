/*
 * Which changes a rule allows, and making them.
 */
#include "eval/mutate.h"

#define TYPES 256
#define ITEMS_MAX 64 /* of a list: its first and its last ones suffice */

struct lister {
	struct arena *arena;
	const struct policy *policy;
	const struct policy_rule *rule;
	size_t index;
	mutations *out;
};

static void
add(const struct lister *l, enum mutation_kind kind, size_t part, size_t item)
{
	struct mutation mutation = {kind, l->index, part, item};

	vec_push(l->arena, l->out, mutation);
}

static size_t
n_ranges(const struct addr_set *set)
{
	return set->v4.n + set->v6.n;
}

static size_t
n_ends(const struct policy *policy, const struct endpoint_set *set)
{
	size_t n = 0;

	for (endpoint e = 0; e <= policy->zones.n; e++)
		n += endpoint_set_has(set, e);
	return n;
}

static bool
has_type(const struct service_part *part, unsigned type)
{
	return (part->types.bits[type / 64] >> type % 64 & 1) != 0;
}

static bool
has_bounds(const struct service_part *part)
{
	return part->exchange == EXCHANGE_NONE &&
	    (part->target.n != 0 || part->has_types);
}

static void
list_types(const struct lister *l, size_t index)
{
	const struct service_part *part = &l->rule->parts.v[index];
	size_t n = 0;

	for (unsigned type = 0; type < TYPES; type++)
		n += has_type(part, type);
	for (unsigned type = 0; n > 1 && type < TYPES; type++)
		if (has_type(part, type))
			add(l, MUTATE_NO_TYPE, index, type);
}

static void
list_part(const struct lister *l, size_t index)
{
	const struct service_part *part = &l->rule->parts.v[index];

	if (l->rule->parts.n > 1)
		add(l, MUTATE_NO_PART, index, 0);
	if (!has_bounds(part) || l->rule->forward != NULL)
		return;
	add(l, MUTATE_ANY_PORT, index, 0);
	if (part->has_types)
		list_types(l, index);
	for (size_t i = 0; part->target.n > 1 && i < part->target.n; i++)
		add(l, MUTATE_NO_PORTS, index, i);
}

/* Each address range of a list; of a long one those at its ends. */
static void
list_hosts(
    const struct lister *l, enum mutation_kind kind, const struct addr_set *set)
{
	size_t n = n_ranges(set);

	for (size_t i = 0; i < n; i++)
		if (n <= ITEMS_MAX || i == 0 || i == n - 1)
			add(l, kind, 0, i);
}

static void
list_ends(const struct lister *l)
{
	const struct policy_rule *rule = l->rule;

	for (endpoint e = 0; e <= l->policy->zones.n; e++) {
		if (endpoint_set_has(&rule->from, e) &&
		    n_ends(l->policy, &rule->from) > 1)
			add(l, MUTATE_NO_FROM, 0, e);
		if (endpoint_set_has(&rule->to, e) &&
		    n_ends(l->policy, &rule->to) > 1)
			add(l, MUTATE_NO_TO, 0, e);
	}
}

/* A forward keeps its target: with another it would be another forward. */
static void
list_widened(const struct lister *l)
{
	const struct policy_rule *rule = l->rule;

	if (rule->has_source)
		add(l, MUTATE_ANY_SOURCE, 0, 0);
	else if (rule->forward == NULL)
		add(l, MUTATE_ANY_FROM, 0, 0);
	if (rule->forward != NULL)
		return;
	add(l, rule->has_target ? MUTATE_ANY_TARGET : MUTATE_ANY_TO, 0, 0);
}

static void
list_rule(const struct lister *l)
{
	const struct policy_rule *rule = l->rule;

	add(l, MUTATE_DELETE, 0, 0);
	if (rule->verdict != VERDICT_ALLOW)
		add(l, MUTATE_ALLOW, 0, 0);
	list_widened(l);
	for (size_t i = 0; i < rule->parts.n; i++)
		list_part(l, i);
	if (rule->has_source)
		list_hosts(l, MUTATE_LESS_SOURCE, &rule->source);
	if (rule->has_target && rule->forward == NULL)
		list_hosts(l, MUTATE_LESS_TARGET, &rule->target);
	list_ends(l);
	add(l, MUTATE_NO_IPV4, 0, 0);
	add(l, MUTATE_NO_IPV6, 0, 0);
}

void
mutations_list(struct arena *arena, const struct policy *policy, mutations *out)
{
	struct mutation fallback = {.kind = MUTATE_DEFAULT};

	*out = (mutations){NULL, 0, 0};
	for (size_t i = 0; i < policy->rules.n; i++) {
		struct lister l = {arena, policy, &policy->rules.v[i], i, out};

		list_rule(&l);
	}
	vec_push(arena, out, fallback);
}

struct span
mutation_span(const struct policy *policy, const struct mutation *mutation)
{
	if (mutation->kind == MUTATE_DEFAULT)
		return policy->fallback_span;
	return policy->rules.v[mutation->rule].span;
}

/* The range number ITEM of SET, as a set. */
static struct addr_set
range_at(struct arena *arena, const struct addr_set *set, size_t item,
    enum family *family)
{
	*family = item < set->v4.n ? FAMILY_4 : FAMILY_6;
	return addr_set_of(arena, *family,
	    *family == FAMILY_4 ? set->v4.v[item]
				: set->v6.v[item - set->v4.n]);
}

static struct addr_set
less(struct arena *arena, const struct addr_set *set, size_t item)
{
	enum family family;
	struct addr_set one = range_at(arena, set, item, &family);

	return addr_set_subtract(arena, set, &one);
}

/* Parts are shared with the policy, so the one to change is copied. */
static struct service_part *
own_part(struct arena *arena, struct policy_rule *rule, size_t index)
{
	struct service_part *parts = arena_calloc(
	    arena, rule->parts.n, sizeof(*parts));

	for (size_t i = 0; i < rule->parts.n; i++)
		parts[i] = rule->parts.v[i];
	rule->parts.v = parts;
	rule->parts.cap = rule->parts.n;
	return &parts[index];
}

static void
drop_part(struct arena *arena, struct policy_rule *rule, size_t index)
{
	own_part(arena, rule, index);
	for (size_t i = index; i + 1 < rule->parts.n; i++)
		rule->parts.v[i] = rule->parts.v[i + 1];
	rule->parts.n--;
}

static void
drop_ports(struct arena *arena, struct service_part *part, size_t item)
{
	struct port_range range = part->target.v[item];
	struct port_set one = port_set_of(arena, range.lo, range.hi);

	part->target = port_set_subtract(arena, &part->target, &one);
}

/* The rule of one family is one with that family's addresses alone. */
static void
keep_family(struct arena *arena, struct policy_rule *rule, enum family family)
{
	struct addr_set all = addr_set_all(arena, family);

	if (!rule->has_source)
		rule->source = all;
	else
		rule->source = addr_set_intersect(arena, &rule->source, &all);
	rule->has_source = true;
	for (size_t i = 0; i < rule->parts.n; i++)
		own_part(arena, rule, i)->families &= family;
}

static void
change_part(
    struct arena *arena, struct policy_rule *rule, const struct mutation *m)
{
	struct service_part *part = own_part(arena, rule, m->part);

	switch (m->kind) {
	case MUTATE_ANY_PORT:
		part->target = (struct port_set){NULL, 0};
		part->has_types = false;
		break;
	case MUTATE_NO_PORTS:
		drop_ports(arena, part, m->item);
		break;
	case MUTATE_NO_TYPE:
		part->types.bits[m->item / 64] &= ~(
		    UINT64_C(1) << m->item % 64);
		break;
	case MUTATE_DELETE:
	case MUTATE_ALLOW:
	case MUTATE_ANY_SOURCE:
	case MUTATE_ANY_TARGET:
	case MUTATE_ANY_FROM:
	case MUTATE_ANY_TO:
	case MUTATE_NO_PART:
	case MUTATE_LESS_SOURCE:
	case MUTATE_LESS_TARGET:
	case MUTATE_NO_FROM:
	case MUTATE_NO_TO:
	case MUTATE_NO_IPV4:
	case MUTATE_NO_IPV6:
	case MUTATE_DEFAULT:
		break;
	}
}

static void
change_rule(struct arena *arena, const struct policy *policy,
    struct policy_rule *rule, const struct mutation *m)
{
	switch (m->kind) {
	case MUTATE_ALLOW:
		rule->verdict = VERDICT_ALLOW;
		break;
	case MUTATE_ANY_SOURCE:
		rule->has_source = false;
		break;
	case MUTATE_ANY_TARGET:
		rule->has_target = false;
		break;
	case MUTATE_ANY_FROM:
		rule->from = policy_live_ends(policy);
		break;
	case MUTATE_ANY_TO:
		rule->to = policy_live_ends(policy);
		break;
	case MUTATE_ANY_PORT:
	case MUTATE_NO_PORTS:
	case MUTATE_NO_TYPE:
		change_part(arena, rule, m);
		break;
	case MUTATE_NO_PART:
		drop_part(arena, rule, m->part);
		break;
	case MUTATE_LESS_SOURCE:
		rule->source = less(arena, &rule->source, m->item);
		break;
	case MUTATE_LESS_TARGET:
		rule->target = less(arena, &rule->target, m->item);
		break;
	case MUTATE_NO_FROM:
		endpoint_set_remove(&rule->from, (endpoint)m->item);
		break;
	case MUTATE_NO_TO:
		endpoint_set_remove(&rule->to, (endpoint)m->item);
		break;
	case MUTATE_NO_IPV4:
		keep_family(arena, rule, FAMILY_6);
		break;
	case MUTATE_NO_IPV6:
		keep_family(arena, rule, FAMILY_4);
		break;
	case MUTATE_DELETE:
	case MUTATE_DEFAULT:
		break;
	}
}

/* Forwards go with their rules. */
static void
drop_rule(struct arena *arena, struct policy *policy, size_t index)
{
	const struct policy_forward *gone = policy->rules.v[index].forward;
	size_t n = policy->forwards.n, kept = 0;
	struct policy_forward **forwards = arena_calloc(
	    arena, n + 1, sizeof(*forwards));

	for (size_t i = index; i + 1 < policy->rules.n; i++)
		policy->rules.v[i] = policy->rules.v[i + 1];
	policy->rules.n--;
	for (size_t i = 0; i < n; i++)
		if (policy->forwards.v[i] != gone)
			forwards[kept++] = policy->forwards.v[i];
	policy->forwards.v = forwards;
	policy->forwards.n = policy->forwards.cap = kept;
}

const struct policy *
mutation_apply(struct arena *arena, const struct policy *policy,
    const struct mutation *mutation)
{
	struct policy *mutant = arena_new(arena, struct policy);
	struct policy_rule *rules = arena_calloc(
	    arena, policy->rules.n + 1, sizeof(*rules));

	*mutant = *policy;
	for (size_t i = 0; i < policy->rules.n; i++)
		rules[i] = policy->rules.v[i];
	mutant->rules.v = rules;
	mutant->rules.cap = policy->rules.n;
	if (mutation->kind == MUTATE_DELETE)
		drop_rule(arena, mutant, mutation->rule);
	else if (mutation->kind == MUTATE_DEFAULT)
		mutant->fallback = policy->fallback == VERDICT_ALLOW
		    ? VERDICT_DENY
		    : VERDICT_ALLOW;
	else
		change_rule(arena, policy, &rules[mutation->rule], mutation);
	return mutant;
}
