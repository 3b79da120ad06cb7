/*
 * Rules of one effect that differ in one field become one rule.
 *
 * Three passes share one loop: each names the field that may differ.  The
 * candidates of a run are found by a hash of all other fields and chained in
 * text order; each chain is united once, by one sort, so that a pass costs no
 * more than sorting the policy.
 */
#include <stdlib.h>
#include <string.h>

#include "opt/merge.h"
#include "opt/opt.h"
#include "opt/run.h"

#define LABELS_MAX 60

/* The hash is beside the leader, which is far off and rarely looked at. */
struct slot {
	uint32_t leader; /* + 1; 0 if the slot is free */
	uint32_t hash;
};

/* The rules of a run, chained to the one that they join. */
struct groups {
	struct slot *slots;
	size_t mask;
	uint32_t *next; /* member + 1, in text order; 0 ends */
	uint32_t *last; /* of a leader: its last member */
	bool *joins;	/* is no leader */
	size_t n_joins;
};

/* A leader and its members, while they are united. */
struct chain {
	struct arena *arena;
	struct ir_rule *rules; /* of the run */
	const uint32_t *next;
	size_t leader;
};

static void
groups_create(struct arena *arena, size_t n, struct groups *groups)
{
	*groups = (struct groups){.mask = 15};
	while (groups->mask + 1 < 2 * n)
		groups->mask = groups->mask * 2 + 1;
	groups->slots = arena_reserve(
	    arena, groups->mask + 1, sizeof(*groups->slots));
	groups->next = arena_reserve(arena, n, sizeof(*groups->next));
	groups->last = arena_reserve(arena, n, sizeof(*groups->last));
	groups->joins = arena_reserve(arena, n, sizeof(*groups->joins));
}

/* The slot of a rule that RULE can join, or the free slot where it belongs. */
static struct slot *
groups_find(struct groups *groups, const struct ir_rule *rules,
    const struct ir_rule *rule, uint32_t hash, enum merge_field field)
{
	size_t at = hash & groups->mask;

	while (groups->slots[at].leader != 0 &&
	    (groups->slots[at].hash != hash ||
		!merge_fits(&rules[groups->slots[at].leader - 1], rule, field)))
		at = (at + 1) & groups->mask;
	return &groups->slots[at];
}

static void
groups_add(struct groups *groups, const struct ir_rule *rules, size_t i,
    enum merge_field field)
{
	uint32_t hash = (uint32_t)merge_hash(&rules[i], field);
	struct slot *slot = groups_find(groups, rules, &rules[i], hash, field);
	size_t leader;

	if (slot->leader == 0) {
		*slot = (struct slot){(uint32_t)i + 1, hash};
		groups->last[i] = (uint32_t)i;
		return;
	}
	leader = slot->leader - 1;
	groups->next[groups->last[leader]] = (uint32_t)i + 1;
	groups->last[leader] = (uint32_t)i;
	groups->joins[i] = true;
	groups->n_joins++;
}

static const struct ir_rule *
chain_next(const struct chain *chain, size_t *at)
{
	const struct ir_rule *rule;

	if (*at == 0)
		return NULL;
	rule = &chain->rules[*at - 1];
	*at = chain->next[*at - 1];
	return rule;
}

static size_t
chain_first(const struct chain *chain)
{
	return chain->leader + 1;
}

static int
compare_ports(const void *a, const void *b)
{
	const struct port_range *p = a, *q = b;

	return (p->lo > q->lo) - (p->lo < q->lo);
}

static void
unite_ports(const struct chain *chain, struct ir_match *match)
{
	const struct ir_rule *rule;
	struct port_range *all;
	size_t at = chain_first(chain), n = 0;

	while ((rule = chain_next(chain, &at)) != NULL)
		n += rule->match.target_ports.n;
	all = arena_calloc(chain->arena, n, sizeof(*all));
	n = 0;
	at = chain_first(chain);
	while ((rule = chain_next(chain, &at)) != NULL) {
		for (size_t i = 0; i < rule->match.target_ports.n; i++)
			all[n++] = rule->match.target_ports.v[i];
	}
	qsort(all, n, sizeof(*all), compare_ports);
	match->target_ports = port_set_join(all, n);
}

static void
unite_types(const struct chain *chain, struct ir_match *match)
{
	const struct ir_rule *rule;
	struct type_set *all;
	size_t at = chain_first(chain);

	if (match->types == NULL)
		return;
	all = arena_new(chain->arena, struct type_set);
	while ((rule = chain_next(chain, &at)) != NULL)
		for (size_t i = 0; i < 4; i++)
			all->bits[i] |= rule->match.types->bits[i];
	match->types = all;
}

static const struct addr_set *
side_of(const struct ir_rule *rule, enum merge_field field)
{
	return field == MERGE_SOURCE ? &rule->match.source
				     : &rule->match.target;
}

static struct addr_range *
gather(const struct chain *chain, enum merge_field field, enum family family,
    size_t *n)
{
	const struct ir_rule *rule;
	struct addr_range *all;
	size_t at = chain_first(chain);

	*n = 0;
	while ((rule = chain_next(chain, &at)) != NULL)
		*n += addr_set_ranges(side_of(rule, field), family)->n;
	all = arena_calloc(chain->arena, *n, sizeof(*all));
	*n = 0;
	at = chain_first(chain);
	while ((rule = chain_next(chain, &at)) != NULL) {
		const struct addr_ranges *ranges = addr_set_ranges(
		    side_of(rule, field), family);

		for (size_t i = 0; i < ranges->n; i++)
			all[(*n)++] = ranges->v[i];
	}
	return all;
}

static struct addr_set
unite_hosts(const struct chain *chain, enum merge_field field)
{
	size_t n4, n6;
	struct addr_range *v4 = gather(chain, field, FAMILY_4, &n4);
	struct addr_range *v6 = gather(chain, field, FAMILY_6, &n6);

	return addr_set_build(chain->arena, v4, n4, v6, n6);
}

static void
unite_ends(const struct chain *chain, enum merge_field field)
{
	struct ir_rule *leader = &chain->rules[chain->leader];
	const struct ir_rule *rule;
	size_t at = chain_first(chain);

	while ((rule = chain_next(chain, &at)) != NULL)
		if (field == MERGE_FROM)
			leader->from = endpoint_set_union(
			    &leader->from, &rule->from);
		else
			leader->to = endpoint_set_union(&leader->to, &rule->to);
}

static void
unite_origins(const struct chain *chain, struct spans *origins)
{
	const struct ir_rule *rule;
	struct spans all = {0};
	size_t at = chain_first(chain);

	while ((rule = chain_next(chain, &at)) != NULL)
		for (size_t i = 0; i < rule->origins.n; i++)
			vec_push(chain->arena, &all, rule->origins.v[i]);
	opt_origins_sort(&all);
	*origins = all;
}

/* Are the bytes of LABEL one of the texts between commas in LIST? */
static bool
is_listed(const char *list, const char *label)
{
	size_t n = strlen(label);

	for (const char *at = list; (at = strstr(at, label)) != NULL; at++)
		if ((at == list || at[-1] == ',') &&
		    (at[n] == '\0' || at[n] == ','))
			return true;
	return false;
}

/* The different labels of the chain, as many as a comment has room for. */
static const char *
unite_labels(const struct chain *chain)
{
	const struct ir_rule *rule;
	size_t at = chain_first(chain);
	const char *all = NULL;

	while ((rule = chain_next(chain, &at)) != NULL) {
		if (rule->label == NULL || rule->label == all)
			continue;
		if (all == NULL)
			all = rule->label;
		else if (strlen(all) < LABELS_MAX &&
		    !is_listed(all, rule->label))
			all = arena_printf(
			    chain->arena, "%s,%s", all, rule->label);
	}
	return all;
}

static void
chain_unite(const struct chain *chain, enum merge_field field)
{
	struct ir_rule *leader = &chain->rules[chain->leader];

	switch (field) {
	case MERGE_FROM:
	case MERGE_TO:
		unite_ends(chain, field);
		break;
	case MERGE_PORTS:
		unite_ports(chain, &leader->match);
		unite_types(chain, &leader->match);
		break;
	case MERGE_SOURCE:
		leader->match.source = unite_hosts(chain, field);
		break;
	case MERGE_TARGET:
		leader->match.target = unite_hosts(chain, field);
		break;
	}
	leader->label = unite_labels(chain);
	unite_origins(chain, &leader->origins);
}

/*
 * Rules of which no two differ in the field, or which have no condition there,
 * need no look: what is all the same is dropped as shadowed.
 */
static bool
may_join(const struct ir_rule *rules, size_t n, enum merge_field field)
{
	for (size_t i = 0; i < n; i++) {
		const struct ir_match *match = &rules[i].match;

		if ((field == MERGE_SOURCE && match->has_source) ||
		    (field == MERGE_TARGET && match->has_target) ||
		    (field == MERGE_FROM &&
			!endpoint_set_equal(&rules[0].from, &rules[i].from)) ||
		    (field == MERGE_TO &&
			!endpoint_set_equal(&rules[0].to, &rules[i].to)) ||
		    field == MERGE_PORTS)
			return true;
	}
	return false;
}

/* Unite the rules from FROM to END, and move what is left to KEPT. */
static size_t
merge_run(struct opt *opt, struct ir *ir, size_t from, size_t end, size_t kept,
    enum merge_field field)
{
	struct ir_rule *rules = ir->rules.v + from;
	size_t n = end - from;
	struct groups groups;

	groups_create(opt->arena, n, &groups);
	for (size_t i = 0; i < n; i++)
		groups_add(&groups, rules, i, field);
	for (size_t i = 0; i < n && groups.n_joins != 0; i++) {
		struct chain chain = {opt->arena, rules, groups.next, i};

		if (!groups.joins[i] && groups.next[i] != 0)
			chain_unite(&chain, field);
	}
	for (size_t i = 0; i < n; i++)
		if (!groups.joins[i])
			ir->rules.v[kept++] = rules[i];
	return kept;
}

/* Move the rules from FROM to END to KEPT; they may be there already. */
static size_t
keep(struct ir *ir, size_t from, size_t end, size_t kept)
{
	for (size_t i = from; i < end; i++, kept++)
		if (i != kept)
			ir->rules.v[kept] = ir->rules.v[i];
	return kept;
}

static void
merge(struct opt *opt, struct ir *ir, enum merge_field field)
{
	size_t kept = 0;

	for (size_t i = 0; i < ir->rules.n;) {
		size_t end = opt_run_end(ir, i);

		if (end - i == 1 || !may_join(&ir->rules.v[i], end - i, field))
			kept = keep(ir, i, end, kept);
		else
			kept = merge_run(opt, ir, i, end, kept, field);
		i = end;
	}
	ir->rules.n = kept;
}

void
opt_merge_ends(struct opt *opt, struct ir *ir)
{
	merge(opt, ir, MERGE_FROM);
	merge(opt, ir, MERGE_TO);
}

void
opt_merge_ports(struct opt *opt, struct ir *ir)
{
	merge(opt, ir, MERGE_PORTS);
}

void
opt_merge_hosts(struct opt *opt, struct ir *ir)
{
	merge(opt, ir, MERGE_SOURCE);
	merge(opt, ir, MERGE_TARGET);
}
