/*
 * Where there are no tables: a packet's address is asked prefix by prefix,
 * each of which leaves about half of the regions, until few rules are left.
 */
#include "target/ipfw/lower/many.h"

#define RULES_FIRST 2

/* Regions in order; they may be the parts of some that a prefix cut. */
struct stand {
	struct region *v;
	size_t n;
};

struct tree {
	const struct many *many;
	const struct regions *regions;
	uint32_t *stamps, stamp;
	size_t max; /* rules in a leaf */
	const struct label *after;
};

static struct addr_range
prefix_of(struct addr at, unsigned length)
{
	return prefix_range(FAMILY_4, (struct prefix){at, length});
}

/* The first region that ends at or behind ADDR. */
static size_t
find_end(const struct stand *stand, struct addr addr)
{
	size_t low = 0, high = stand->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (addr_compare(stand->v[middle].range.hi, addr) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* The regions that meet RANGE. */
static size_t
weigh(const struct stand *stand, struct addr_range range)
{
	size_t first = find_end(stand, range.lo), end = first;

	while (end < stand->n &&
	    addr_compare(stand->v[end].range.lo, range.hi) <= 0)
		end++;
	return end - first;
}

static struct addr
upper_half(struct addr_range range, unsigned length)
{
	range.lo.lo |= UINT64_C(1) << (31 - length);
	return range.lo;
}

static size_t
distance_from_half(const struct stand *stand, size_t weight)
{
	return 2 * weight > stand->n ? 2 * weight - stand->n
				     : stand->n - 2 * weight;
}

/* The heavier half of PREFIX. */
static struct prefix
heavier(const struct stand *stand, struct prefix prefix, size_t *weight)
{
	struct addr_range all = prefix_of(prefix.addr, prefix.length);
	struct prefix low = {prefix.addr, prefix.length + 1};
	struct prefix high = {
	    upper_half(all, prefix.length), prefix.length + 1};
	size_t w = weigh(stand, prefix_of(low.addr, low.length));
	size_t v = weigh(stand, prefix_of(high.addr, high.length));

	*weight = w >= v ? w : v;
	return w >= v ? low : high;
}

/*
 * Down the heavier side from all addresses to one; of the prefixes on the way
 * the one that halves best is what is asked for.
 */
static struct prefix
choose_prefix(const struct stand *stand)
{
	struct prefix at = {{0, 0}, 0}, best = at;
	size_t best_distance = stand->n + 1, weight = stand->n;

	while (at.length < 32 && 2 * weight > stand->n) {
		at = heavier(stand, at, &weight);
		if (distance_from_half(stand, weight) < best_distance) {
			best = at;
			best_distance = distance_from_half(stand, weight);
		}
	}
	return best;
}

/* Cut STAND into what lies in PREFIX and the rest. */
static void
cut(struct arena *arena, const struct stand *stand, struct prefix prefix,
    struct stand *in, struct stand *out)
{
	struct addr_range range = prefix_of(prefix.addr, prefix.length);

	*in = *out = (struct stand){0};
	in->v = arena_calloc(arena, stand->n, sizeof(*in->v));
	out->v = arena_calloc(arena, stand->n + 1, sizeof(*out->v));
	for (size_t i = 0; i < stand->n; i++) {
		struct region part = stand->v[i];
		struct addr_range r = part.range;

		if (addr_compare(r.hi, range.lo) < 0 ||
		    addr_compare(r.lo, range.hi) > 0) {
			out->v[out->n++] = part;
			continue;
		}
		if (addr_compare(r.lo, range.lo) < 0) {
			part.range.hi = addr_previous(range.lo);
			out->v[out->n++] = part;
			part.range = (struct addr_range){range.lo, r.hi};
		}
		if (addr_compare(r.hi, range.hi) > 0) {
			part.range.hi = range.hi;
			in->v[in->n++] = part;
			part.range = (struct addr_range){
			    addr_next(range.hi), r.hi};
			out->v[out->n++] = part;
			continue;
		}
		in->v[in->n++] = part;
	}
}

static bool
is_leaf(struct tree *tree, const struct stand *stand)
{
	struct bucket bucket = {stand->v, stand->n};

	return stand->n == 1 ||
	    !bucket_exceeds(
		tree->regions, bucket, tree->max, tree->stamps, ++tree->stamp);
}

static size_t
count_leaves(struct tree *tree, const struct stand *stand)
{
	struct stand in, out;

	if (is_leaf(tree, stand))
		return 1;
	cut(tree->many->l->arena, stand, choose_prefix(stand), &in, &out);
	return count_leaves(tree, &out) + count_leaves(tree, &in);
}

static void
put_question(struct tree *tree, struct prefix prefix, const struct label *to)
{
	const struct many *many = tree->many;
	struct match match = match_any();
	struct side *side = many->by_source ? &match.source : &match.target;

	match.direction = many->context->direction;
	*side = side_of(addr_set_of(
	    many->l->arena, FAMILY_4, prefix_of(prefix.addr, prefix.length)));
	lower_put(
	    many->l, many->context->section, verb_jump(to), &match, NULL, NULL);
}

/* The last leaf of all needs no jump over others. */
static void
put_node(struct tree *tree, const struct stand *stand, bool last)
{
	struct lower *l = tree->many->l;
	struct label *inside = arena_new(l->arena, struct label);
	struct bucket bucket = {stand->v, stand->n};
	struct stand in, out;
	struct prefix prefix;

	if (is_leaf(tree, stand)) {
		bucket_put(tree->many, tree->regions, bucket,
		    last ? NULL : tree->after);
		return;
	}
	prefix = choose_prefix(stand);
	cut(l->arena, stand, prefix, &in, &out);
	put_question(tree, prefix, inside);
	put_node(tree, &out, false);
	label_place(l, tree->many->context->section, inside);
	put_node(tree, &in, last);
}

void
tree_put(const struct many *many, const struct regions *regions)
{
	struct lower *l = many->l;
	struct label *after = arena_new(l->arena, struct label);
	struct stand all = {regions->v.v, regions->v.n};
	struct tree tree = {.many = many,
	    .regions = regions,
	    .max = RULES_FIRST,
	    .after = after};

	tree.stamps = arena_calloc(
	    l->arena, many->rules.n, sizeof(*tree.stamps));
	if (tree.max < many->rules.n / (buckets_max(many) + 1))
		tree.max = many->rules.n / (buckets_max(many) + 1);
	while (count_leaves(&tree, &all) > buckets_max(many) &&
	    tree.max < many->rules.n)
		tree.max += tree.max / 2;
	put_node(&tree, &all, true);
	label_place(l, many->context->section, after);
}
