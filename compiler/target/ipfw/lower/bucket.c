/*
 * Buckets: the rules about neighbouring addresses, found by the number that a
 * table holds for the packet's address.
 */
#include <stdlib.h>

#include "target/ipfw/lower/many.h"

/* A bucket's rules, at first; more if the section has no room for so many. */
#define RULES_FIRST 2

size_t
buckets_max(const struct many *many)
{
	return layout_labels_max(many->l, many->context->section);
}

bool
bucket_exceeds(const struct regions *regions, struct bucket bucket, size_t max,
    uint32_t *stamps, uint32_t stamp)
{
	size_t n = 0;

	for (size_t i = 0; i < bucket.n; i++)
		for (size_t j = 0; j < bucket.v[i].n; j++) {
			uint32_t rule = regions->lists.v[bucket.v[i].first + j];

			n += stamps[rule] != stamp;
			stamps[rule] = stamp;
			if (n > max)
				return true;
		}
	return false;
}

/* The ranges of SET that meet the bucket's addresses. */
static struct addr_set
near(struct arena *arena, const struct addr_set *set, struct bucket bucket)
{
	const struct region *first = &bucket.v[0];
	const struct region *last = &bucket.v[bucket.n - 1];
	struct addr_set result = *set;
	struct addr_ranges *ranges = first->family == FAMILY_4 ? &result.v4
							       : &result.v6;
	size_t kept = 0;

	if (first->family == FAMILY_4)
		result.v6.n = 0;
	else
		result.v4.n = 0;
	if (ranges->n <= 1)
		return result;
	ranges->v = arena_calloc(arena, ranges->n, sizeof(*ranges->v));
	for (size_t i = 0; i < ranges->n; i++) {
		struct addr_range range =
		    addr_set_ranges(set, first->family)->v[i];

		if (addr_compare(range.hi, first->range.lo) >= 0 &&
		    addr_compare(range.lo, last->range.hi) <= 0)
			ranges->v[kept++] = range;
	}
	ranges->n = kept;
	return result;
}

static void
put_rule(
    const struct many *many, const struct many_rule *rule, struct bucket bucket)
{
	struct flow flow;
	struct side *side;

	if (!flow_resolve(many->l, rule->rule, many->context, &flow))
		return;
	side = many->by_source ? &flow.match.source : &flow.match.target;
	side->set = near(many->l->arena, &rule->set, bucket);
	conversation_put(
	    many->l, many->context->section, rule->rule, &flow.match);
}

static void
put_jump(const struct many *many, const struct label *to)
{
	struct match match = match_any();

	match.direction = many->context->direction;
	lower_put(
	    many->l, many->context->section, verb_jump(to), &match, NULL, NULL);
}

static int
compare_indexes(const void *left, const void *right)
{
	const uint32_t *a = left, *b = right;

	return (*a > *b) - (*a < *b);
}

/* Families do not mix in a bucket, so the last region has the highest end. */
void
bucket_put(const struct many *many, const struct regions *regions,
    struct bucket bucket, const struct label *after)
{
	VEC(uint32_t) list = {0};

	for (size_t i = 0; i < bucket.n; i++)
		for (size_t j = 0; j < bucket.v[i].n; j++)
			vec_push(many->l->arena, &list,
			    regions->lists.v[bucket.v[i].first + j]);
	qsort(list.v, list.n, sizeof(*list.v), compare_indexes);
	for (size_t i = 0; i < list.n; i++)
		if (i == 0 || list.v[i] != list.v[i - 1])
			put_rule(many, &many->rules.v[list.v[i]], bucket);
	if (after != NULL)
		put_jump(many, after);
}

/* Regions side by side, as many as have no more than a few rules together. */
struct packer {
	const struct many *many;
	const struct regions *regions;
	uint32_t *stamps, stamp;
	size_t max;
};

static struct bucket
next_bucket(struct packer *packer, size_t *at)
{
	const struct regions *regions = packer->regions;
	struct bucket bucket = {&regions->v.v[*at], 1};

	while (*at + bucket.n < regions->v.n) {
		struct bucket more = {bucket.v, bucket.n + 1};

		if (bucket.v[0].family != bucket.v[bucket.n].family ||
		    bucket_exceeds(regions, more, packer->max, packer->stamps,
			++packer->stamp))
			break;
		bucket = more;
	}
	*at += bucket.n;
	return bucket;
}

static size_t
count_buckets(struct packer *packer)
{
	size_t n = 0;

	for (size_t at = 0; at < packer->regions->v.n; n++)
		next_bucket(packer, &at);
	return n;
}

/* The table's entries for a bucket. */
static void
put_entries(const struct many *many, size_t table, struct bucket bucket,
    const struct label *label)
{
	struct addr_range *ranges = arena_calloc(
	    many->l->arena, bucket.n, sizeof(*ranges));
	struct addr_set set;

	for (size_t i = 0; i < bucket.n; i++)
		ranges[i] = bucket.v[i].range;
	set = bucket.v[0].family == FAMILY_4
	    ? addr_set_build(many->l->arena, ranges, bucket.n, NULL, 0)
	    : addr_set_build(many->l->arena, NULL, 0, ranges, bucket.n);
	table_prefixes_add(many->l, table, &set, label);
}

static void
put_dispatch(const struct many *many, size_t table, const struct label *after)
{
	struct match match = match_any();
	struct side *side = many->by_source ? &match.source : &match.target;

	match.direction = many->context->direction;
	side->table = many->l->ruleset->tables.v[table].name;
	lower_put(many->l, many->context->section, verb_jump_table(), &match,
	    NULL, "by address");
	put_jump(many, after);
}

void
buckets_put(const struct many *many, const struct regions *regions)
{
	struct lower *l = many->l;
	struct packer packer = {
	    .many = many, .regions = regions, .max = RULES_FIRST};
	struct label *after = arena_new(l->arena, struct label);
	size_t table = table_add(l, IPFW_TABLE_ADDR, NULL, "valtype skipto");

	packer.stamps = arena_calloc(
	    l->arena, many->rules.n, sizeof(*packer.stamps));
	while (count_buckets(&packer) > buckets_max(many) &&
	    packer.max < many->rules.n)
		packer.max += packer.max / 2;
	put_dispatch(many, table, after);
	for (size_t at = 0; at < regions->v.n;) {
		struct bucket bucket = next_bucket(&packer, &at);
		struct label *start = arena_new(l->arena, struct label);

		put_entries(many, table, bucket, start);
		label_place(l, many->context->section, start);
		bucket_put(
		    many, regions, bucket, at < regions->v.n ? after : NULL);
	}
	label_place(l, many->context->section, after);
}
