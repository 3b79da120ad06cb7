/*
 * Drop rules that one earlier rule already decides.
 *
 * Earlier rules are looked up by protocol and first target port, so a policy
 * of many single ports costs one look a rule; only rules without a port, or
 * with several, are compared with each later one, and of those no more than
 * WIDE_MAX are kept.  A rule hidden by several earlier ones together stays:
 * it is harmless.
 *
 * A line of the policy whose every rule is dropped never decides anything;
 * its author is told.
 */
#include "opt/opt.h"

#define WIDE_MAX 64
#define BUCKETS_FIRST 16
#define CHAIN_MAX 64

struct index {
	uint32_t *next; /* rule + 1, chained */
	uint32_t *keys; /* of a rule: see key_of() */
	uint32_t *heads;
	size_t mask; /* a power of two, less one */
	size_t wide[WIDE_MAX];
	size_t n_wide;
};

static bool
single_port(const struct ir_rule *rule)
{
	const struct port_set *ports = &rule->match.target_ports;

	return ports->n == 1 && ports->v[0].lo == ports->v[0].hi;
}

/*
 * Hosts take part, or a server farm would be one long chain; a rule that
 * covers another may name fewer of them.
 */
static uint32_t
key_of(const struct ir_rule *rule, bool source, bool target)
{
	const struct ir_match *match = &rule->match;
	uint64_t hash = match->target_ports.v[0].lo;

	hash = hash * 31 + (uint64_t)match->protocol;
	if (target && match->target.v4.n != 0)
		hash = hash * 1000003 + match->target.v4.v[0].lo.lo;
	if (target && match->target.v6.n != 0)
		hash = hash * 1000003 + match->target.v6.v[0].lo.lo;
	if (source && match->source.v4.n != 0)
		hash = hash * 999983 + match->source.v4.v[0].lo.lo;
	return (uint32_t)(hash * UINT64_C(0x9e3779b97f4a7c15) >> 20);
}

static const struct ir_rule *
chain_find(const struct ir *ir, const struct index *index, uint32_t key,
    const struct ir_rule *rule)
{
	size_t steps = 0;

	for (size_t at = index->heads[key & index->mask];
	     at != 0 && steps < CHAIN_MAX; at = index->next[at - 1], steps++)
		if (index->keys[at - 1] == key &&
		    ir_rule_covers(&ir->rules.v[at - 1], rule))
			return &ir->rules.v[at - 1];
	return NULL;
}

static const struct ir_rule *
cover_find(
    const struct ir *ir, const struct index *index, const struct ir_rule *rule)
{
	const struct ir_match *match = &rule->match;

	for (size_t i = 0; i < index->n_wide; i++)
		if (ir_rule_covers(&ir->rules.v[index->wide[i]], rule))
			return &ir->rules.v[index->wide[i]];
	for (unsigned named = 0; single_port(rule) && named < 4; named++) {
		bool source = named & 1, target = named & 2;
		const struct ir_rule *cover;

		if ((source && !match->has_source) ||
		    (target && !match->has_target))
			continue;
		cover = chain_find(
		    ir, index, key_of(rule, source, target), rule);
		if (cover != NULL)
			return cover;
	}
	return NULL;
}

static void
index_add(struct index *index, const struct ir *ir, size_t at)
{
	const struct ir_rule *rule = &ir->rules.v[at];
	uint32_t key, *head;

	if (!single_port(rule)) {
		if (index->n_wide < WIDE_MAX)
			index->wide[index->n_wide++] = at;
		return;
	}
	key = key_of(rule, rule->match.has_source, rule->match.has_target);
	head = &index->heads[key & index->mask];
	index->keys[at] = key;
	index->next[at] = *head;
	*head = (uint32_t)at + 1;
}

/* Each line once, after all its rules have been seen. */
static void
report(struct opt *opt, struct span line, struct span by)
{
	struct diag *diag = diag_add(
	    opt->diags, W_SHADOWED, line, "this rule never decides anything");

	diag_label(opt->diags, diag, by, "this one matches all of it first");
	diag_help(opt->diags, diag, "take it out, or put it before the other");
}

static bool
same_line(struct span a, struct span b)
{
	return a.file == b.file && a.at == b.at;
}

/* The rules of a line stand together, for ir_build() made them in order. */
static size_t
shadow_line(struct opt *opt, struct ir *ir, struct index *index, size_t from,
    size_t *kept)
{
	struct span line = ir->rules.v[from].origins.v[0];
	const struct ir_rule *last = NULL;
	size_t i, first_kept = *kept;

	for (i = from; i < ir->rules.n; i++) {
		const struct ir_rule *rule = &ir->rules.v[i], *by;

		if (!same_line(rule->origins.v[0], line))
			break;
		by = cover_find(ir, index, rule);
		if (by != NULL && !same_line(by->origins.v[0], line)) {
			last = by;
			continue;
		}
		if (i != *kept)
			ir->rules.v[*kept] = *rule;
		index_add(index, ir, (*kept)++);
	}
	if (*kept == first_kept && last != NULL &&
	    !ir->rules.v[from].is_default)
		report(opt, line, last->origins.v[0]);
	return i;
}

static struct index *
index_create(struct arena *arena, size_t n)
{
	struct index *index = arena_new(arena, struct index);

	index->mask = BUCKETS_FIRST - 1;
	while (index->mask < n)
		index->mask = index->mask * 2 + 1;
	index->heads = arena_reserve(
	    arena, index->mask + 1, sizeof(*index->heads));
	index->next = arena_reserve(arena, n + 1, sizeof(*index->next));
	index->keys = arena_reserve(arena, n + 1, sizeof(*index->keys));
	return index;
}

void
opt_shadow(struct opt *opt, struct ir *ir)
{
	struct index *index = index_create(opt->arena, ir->rules.n);
	size_t kept = 0;

	for (size_t i = 0; i < ir->rules.n;)
		i = shadow_line(opt, ir, index, i, &kept);
	ir->rules.n = kept;
}
