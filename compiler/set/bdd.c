/*
 * The unique table and the operations.
 *
 * Nodes are never freed one by one: a proof is one run.  The cache of results
 * forgets, which costs time and nothing else.  Recursion is as deep as there
 * are variables.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "set/bdd.h"

#define NODES_DEFAULT ((size_t)18 * 1024 * 1024)
#define NODES_FIRST ((size_t)1 << 14)
#define CACHE_BITS_FIRST 14
#define CACHE_BITS_MAX 20
#define LEAF UINT32_MAX
#define NONE UINT32_MAX
#define OP_CHOOSE 0

struct node {
	uint32_t variable; /* LEAF: a value */
	bdd_ref low, high; /* of a leaf, LOW is the value */
	uint32_t next;	   /* in its chain */
};

struct result {
	uint32_t op;
	bdd_ref a, b, c;
	bdd_ref result;
	bool used;
};

struct bdd {
	struct node *nodes;
	size_t n, capacity, limit;
	uint32_t *chains;
	size_t n_chains; /* a power of two */
	struct result *cache;
	unsigned cache_bits;
	bool failed;
};

/*
 * Nodes that are made one after another, each upon the last, have neighbouring
 * numbers: they get neighbouring places in the tables, which the processor's
 * caches like.
 */
static uint32_t
mix(uint32_t a, uint32_t b, uint32_t c)
{
	return a * UINT32_C(0x9e3779b1) + b * 5 + c * 3;
}

static bool
cache_create(struct bdd *bdd, unsigned bits)
{
	struct result *cache = calloc((size_t)1 << bits, sizeof(*cache));

	if (cache == NULL)
		return false;
	free(bdd->cache);
	bdd->cache = cache;
	bdd->cache_bits = bits;
	return true;
}

/* Put all nodes into N_CHAINS chains. */
static bool
chain(struct bdd *bdd, size_t n_chains)
{
	uint32_t *chains = malloc(n_chains * sizeof(*chains));

	if (chains == NULL)
		return false;
	memset(chains, 0xff, n_chains * sizeof(*chains));
	for (size_t i = 0; i < bdd->n; i++) {
		struct node *node = &bdd->nodes[i];
		size_t at = mix(node->variable, node->low, node->high) &
		    (n_chains - 1);

		node->next = chains[at];
		chains[at] = (uint32_t)i;
	}
	free(bdd->chains);
	bdd->chains = chains;
	bdd->n_chains = n_chains;
	return true;
}

static bool
grow(struct bdd *bdd)
{
	size_t capacity = bdd->capacity == 0
	    ? NODES_FIRST
	    : bdd->capacity + bdd->capacity / 2;
	struct node *nodes;

	if (capacity > bdd->limit)
		capacity = bdd->limit;
	if (capacity <= bdd->n)
		return false;
	nodes = realloc(bdd->nodes, capacity * sizeof(*nodes));
	if (nodes == NULL)
		return false;
	bdd->nodes = nodes;
	bdd->capacity = capacity;
	if (bdd->n_chains < capacity &&
	    !chain(bdd, bdd->n_chains == 0 ? NODES_FIRST : bdd->n_chains * 2))
		return false;
	if (bdd->cache_bits < CACHE_BITS_MAX &&
	    (size_t)1 << bdd->cache_bits < capacity)
		return cache_create(bdd,
		    bdd->cache_bits == 0 ? CACHE_BITS_FIRST
					 : bdd->cache_bits + 1);
	return true;
}

struct bdd *
bdd_create(size_t nodes_max)
{
	struct bdd *bdd = calloc(1, sizeof(*bdd));

	if (bdd == NULL)
		return NULL;
	bdd->limit = nodes_max != 0 ? nodes_max : NODES_DEFAULT;
	if (bdd->limit >= NONE)
		bdd->limit = NONE - 1;
	bdd_value(bdd, 0);
	bdd_value(bdd, 1);
	if (!bdd->failed)
		return bdd;
	bdd_destroy(bdd);
	return NULL;
}

void
bdd_destroy(struct bdd *bdd)
{
	if (bdd == NULL)
		return;
	free(bdd->nodes);
	free(bdd->chains);
	free(bdd->cache);
	free(bdd);
}

bool
bdd_failed(const struct bdd *bdd)
{
	return bdd->failed;
}

size_t
bdd_n_nodes(const struct bdd *bdd)
{
	return bdd->n;
}

size_t
bdd_memory(const struct bdd *bdd)
{
	return bdd->capacity * sizeof(*bdd->nodes) +
	    bdd->n_chains * sizeof(*bdd->chains) +
	    ((size_t)1 << bdd->cache_bits) * sizeof(*bdd->cache);
}

static bdd_ref
find_or_add(struct bdd *bdd, uint32_t variable, bdd_ref low, bdd_ref high)
{
	uint32_t hash = mix(variable, low, high), at;

	if (bdd->n_chains != 0) {
		at = bdd->chains[hash & (bdd->n_chains - 1)];
		for (; at != NONE; at = bdd->nodes[at].next) {
			const struct node *node = &bdd->nodes[at];

			if (node->variable == variable && node->low == low &&
			    node->high == high)
				return at;
		}
	}
	if (bdd->failed || (bdd->n == bdd->capacity && !grow(bdd))) {
		bdd->failed = true;
		return BDD_FALSE;
	}
	at = (uint32_t)bdd->n++;
	bdd->nodes[at] = (struct node){
	    variable, low, high, bdd->chains[hash & (bdd->n_chains - 1)]};
	bdd->chains[hash & (bdd->n_chains - 1)] = at;
	return at;
}

bdd_ref
bdd_value(struct bdd *bdd, uint32_t value)
{
	return find_or_add(bdd, LEAF, value, 0);
}

bdd_ref
bdd_node(struct bdd *bdd, unsigned variable, bdd_ref low, bdd_ref high)
{
	if (low == high)
		return low;
	assert(bdd->failed ||
	    (variable < bdd->nodes[low].variable &&
		variable < bdd->nodes[high].variable));
	return find_or_add(bdd, variable, low, high);
}

static struct result *
slot(struct bdd *bdd, uint32_t op, bdd_ref a, bdd_ref b, bdd_ref c)
{
	uint32_t hash = mix(op, a, b) + c * 7;

	return &bdd->cache[hash & (((uint32_t)1 << bdd->cache_bits) - 1)];
}

static bool
recall(const struct result *known, uint32_t op, bdd_ref a, bdd_ref b, bdd_ref c)
{
	return known->used && known->op == op && known->a == a &&
	    known->b == b && known->c == c;
}

/* The cache may have moved since the slot was looked at. */
static bdd_ref
remember(struct bdd *bdd, uint32_t op, bdd_ref a, bdd_ref b, bdd_ref c,
    bdd_ref result)
{
	*slot(bdd, op, a, b, c) = (struct result){op, a, b, c, result, true};
	return result;
}

/* What FUNCTION is if VARIABLE, which is not after its first, is HIGH. */
static bdd_ref
half(const struct bdd *bdd, bdd_ref function, uint32_t variable, bool high)
{
	const struct node *node = &bdd->nodes[function];

	if (node->variable != variable)
		return function;
	return high ? node->high : node->low;
}

static uint32_t
first_of(const struct bdd *bdd, bdd_ref a, bdd_ref b)
{
	uint32_t x = bdd->nodes[a].variable, y = bdd->nodes[b].variable;

	return x < y ? x : y;
}

bdd_ref
bdd_choose(struct bdd *bdd, bdd_ref condition, bdd_ref yes, bdd_ref no)
{
	const struct result *known;
	bdd_ref low, high;
	uint32_t variable;

	if (condition == BDD_TRUE || yes == no)
		return yes;
	if (condition == BDD_FALSE)
		return no;
	if (yes == BDD_TRUE && no == BDD_FALSE)
		return condition;
	if (bdd->failed)
		return BDD_FALSE;
	known = slot(bdd, OP_CHOOSE, condition, yes, no);
	if (recall(known, OP_CHOOSE, condition, yes, no))
		return known->result;
	variable = first_of(bdd, yes, no);
	if (bdd->nodes[condition].variable < variable)
		variable = bdd->nodes[condition].variable;
	low = bdd_choose(bdd, half(bdd, condition, variable, false),
	    half(bdd, yes, variable, false), half(bdd, no, variable, false));
	high = bdd_choose(bdd, half(bdd, condition, variable, true),
	    half(bdd, yes, variable, true), half(bdd, no, variable, true));
	return remember(bdd, OP_CHOOSE, condition, yes, no,
	    bdd_node(bdd, variable, low, high));
}

bdd_ref
bdd_and(struct bdd *bdd, bdd_ref a, bdd_ref b)
{
	return bdd_choose(bdd, a, b, BDD_FALSE);
}

bdd_ref
bdd_or(struct bdd *bdd, bdd_ref a, bdd_ref b)
{
	return bdd_choose(bdd, a, BDD_TRUE, b);
}

bdd_ref
bdd_not(struct bdd *bdd, bdd_ref a)
{
	return bdd_choose(bdd, a, BDD_FALSE, BDD_TRUE);
}

bdd_ref
bdd_apply(struct bdd *bdd, const struct bdd_op *op, bdd_ref a, bdd_ref b)
{
	const struct result *known;
	uint32_t variable;
	bdd_ref low, high;

	assert(op->id != OP_CHOOSE);
	if (bdd->failed)
		return BDD_FALSE;
	variable = first_of(bdd, a, b);
	if (variable == LEAF)
		return bdd_value(
		    bdd, op->value(bdd->nodes[a].low, bdd->nodes[b].low));
	known = slot(bdd, op->id, a, b, 0);
	if (recall(known, op->id, a, b, 0))
		return known->result;
	low = bdd_apply(bdd, op, half(bdd, a, variable, false),
	    half(bdd, b, variable, false));
	high = bdd_apply(bdd, op, half(bdd, a, variable, true),
	    half(bdd, b, variable, true));
	return remember(
	    bdd, op->id, a, b, 0, bdd_node(bdd, variable, low, high));
}

/* Part I is the union of 2^I sets, like the bits of a counter. */
void
bdd_union_add(struct bdd *bdd, struct bdd_union *all, bdd_ref set)
{
	size_t last = sizeof(all->parts) / sizeof(all->parts[0]) - 1, i = 0;

	for (; i < last && all->parts[i] != BDD_FALSE; i++) {
		set = bdd_or(bdd, set, all->parts[i]);
		all->parts[i] = BDD_FALSE;
	}
	all->parts[i] = bdd_or(bdd, set, all->parts[i]);
}

bdd_ref
bdd_union_all(struct bdd *bdd, const struct bdd_union *all)
{
	bdd_ref set = BDD_FALSE;

	for (size_t i = 0; i < sizeof(all->parts) / sizeof(all->parts[0]); i++)
		set = bdd_or(bdd, set, all->parts[i]);
	return set;
}

bool
bdd_look(const struct bdd *bdd, bdd_ref function, struct bdd_question *question,
    uint32_t *value)
{
	const struct node *node = &bdd->nodes[function];

	if (node->variable == LEAF) {
		*value = node->low;
		return false;
	}
	*question = (struct bdd_question){
	    node->variable, node->low, node->high};
	return true;
}

uint32_t
bdd_evaluate(const struct bdd *bdd, bdd_ref function, const uint8_t *bits)
{
	const struct node *node = &bdd->nodes[function];

	while (node->variable != LEAF)
		node = &bdd->nodes[bits[node->variable] != 0 ? node->high
							     : node->low];
	return node->low;
}

/* Every node but BDD_FALSE leads to BDD_TRUE. */
bool
bdd_satisfy(const struct bdd *bdd, bdd_ref function, uint8_t *bits)
{
	if (function == BDD_FALSE)
		return false;
	while (function != BDD_TRUE) {
		const struct node *node = &bdd->nodes[function];
		bool high = bits[node->variable] != 0;

		if ((high ? node->high : node->low) == BDD_FALSE)
			high = !high;
		bits[node->variable] = high;
		function = high ? node->high : node->low;
	}
	return true;
}
