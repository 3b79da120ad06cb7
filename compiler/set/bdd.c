/*
 * The operations, and what is remembered of them.
 *
 * Nodes are never freed one by one: a proof is one run.  The cache of results
 * forgets, which costs time and nothing else.  Recursion is as deep as there
 * are variables.
 */
#include <assert.h>
#include <stdlib.h>

#include "set/bdd_nodes.h"

#define NODES_DEFAULT ((size_t)18 * 1024 * 1024)
#define CACHE_BITS_FIRST 14
#define CACHE_BITS_MAX 20
#define OP_CHOOSE 0
#define OP_BITS 10

/*
 * What an operation made of its operands A, B and C.  A slot that was never
 * used has no operation.
 */
struct result {
	uint64_t key; /* the operation and one, A and B */
	bdd_ref c, result;
};

struct bdd {
	struct bdd_nodes nodes;
	struct result *cache;
	unsigned cache_bits;
	bool failed;
};

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

struct bdd *
bdd_create(size_t nodes_max)
{
	struct bdd *bdd = calloc(1, sizeof(*bdd));

	if (bdd == NULL)
		return NULL;
	if (bdd_nodes_init(
		&bdd->nodes, nodes_max != 0 ? nodes_max : NODES_DEFAULT) &&
	    cache_create(bdd, CACHE_BITS_FIRST))
		return bdd;
	bdd_destroy(bdd);
	return NULL;
}

void
bdd_destroy(struct bdd *bdd)
{
	if (bdd == NULL)
		return;
	bdd_nodes_free(&bdd->nodes);
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
	return bdd->nodes.n;
}

size_t
bdd_memory(const struct bdd *bdd)
{
	return bdd_nodes_memory(&bdd->nodes) +
	    ((size_t)1 << bdd->cache_bits) * sizeof(*bdd->cache);
}

static bdd_word
word_of(const struct bdd *bdd, bdd_ref function)
{
	return bdd->nodes.words[function];
}

static bdd_ref
get(struct bdd *bdd, bdd_word word)
{
	bdd_ref ref;

	if (bdd->failed)
		return BDD_FALSE;
	if (!bdd_nodes_get(&bdd->nodes, word, &ref) ||
	    (bdd->nodes.n >> bdd->cache_bits != 0 &&
		bdd->cache_bits < CACHE_BITS_MAX &&
		!cache_create(bdd, bdd->cache_bits + 1))) {
		bdd->failed = true;
		return BDD_FALSE;
	}
	return ref;
}

bdd_ref
bdd_value(struct bdd *bdd, uint32_t value)
{
	return value == 0 ? BDD_FALSE : get(bdd, bdd_word_of_value(value));
}

static bdd_ref
join(struct bdd *bdd, uint32_t variable, bdd_ref low, bdd_ref high)
{
	return low == high ? low : get(bdd, bdd_word_of(variable, low, high));
}

bdd_ref
bdd_node(struct bdd *bdd, unsigned variable, bdd_ref low, bdd_ref high)
{
	assert(bdd->failed || low == high ||
	    (variable < bdd_word_variable(word_of(bdd, low)) &&
		variable < bdd_word_variable(word_of(bdd, high))));
	return join(bdd, variable, low, high);
}

static uint64_t
key_of(uint32_t op, bdd_ref a, bdd_ref b)
{
	assert(op >> OP_BITS == 0);
	return (uint64_t)(op + 1) << (2 * BDD_REF_BITS) |
	    (uint64_t)a << BDD_REF_BITS | b;
}

/* A walk comes by neighbours of A one after another: so they lie together. */
static struct result *
slot_of(const struct bdd *bdd, uint64_t key, bdd_ref c)
{
	uint64_t a = key >> BDD_REF_BITS & BDD_REF_MAX;
	uint64_t rest = (key & BDD_REF_MAX) * UINT64_C(0x9e3779b97f4a7c15) ^
	    c * UINT64_C(0xd6e8feb86659fd93) ^
	    (key >> (2 * BDD_REF_BITS)) * UINT64_C(0x2545f4914f6cdd1d);

	return &bdd->cache[((rest >> 32) + a) &
	    (((uint64_t)1 << bdd->cache_bits) - 1)];
}

/* The cache may have moved since the slot was looked at. */
static bdd_ref
remember(struct bdd *bdd, uint64_t key, bdd_ref c, bdd_ref result)
{
	*slot_of(bdd, key, c) = (struct result){key, c, result};
	return result;
}

static uint32_t
first_of(bdd_word a, bdd_word b)
{
	uint32_t x = bdd_word_variable(a), y = bdd_word_variable(b);

	return x < y ? x : y;
}

/* What FUNCTION, of WORD, is if VARIABLE, not after its first, is low. */
static bdd_ref
low_of(bdd_ref function, bdd_word word, uint32_t variable)
{
	return bdd_word_variable(word) == variable ? bdd_word_low(word)
						   : function;
}

static bdd_ref
high_of(bdd_ref function, bdd_word word, uint32_t variable)
{
	return bdd_word_variable(word) == variable ? bdd_word_high(word)
						   : function;
}

bdd_ref
bdd_choose(struct bdd *bdd, bdd_ref condition, bdd_ref yes, bdd_ref no)
{
	bdd_word c, y, n;
	const struct result *known;
	bdd_ref low, high;
	uint32_t variable;
	uint64_t key;

	if (condition == BDD_TRUE || yes == no)
		return yes;
	if (condition == BDD_FALSE)
		return no;
	if (yes == BDD_TRUE && no == BDD_FALSE)
		return condition;
	if (bdd->failed)
		return BDD_FALSE;
	key = key_of(OP_CHOOSE, condition, yes);
	known = slot_of(bdd, key, no);
	if (known->key == key && known->c == no)
		return known->result;
	c = word_of(bdd, condition);
	y = word_of(bdd, yes);
	n = word_of(bdd, no);
	variable = first_of(y, n);
	if (bdd_word_variable(c) < variable)
		variable = bdd_word_variable(c);
	low = bdd_choose(bdd, low_of(condition, c, variable),
	    low_of(yes, y, variable), low_of(no, n, variable));
	high = bdd_choose(bdd, high_of(condition, c, variable),
	    high_of(yes, y, variable), high_of(no, n, variable));
	return remember(bdd, key, no, join(bdd, variable, low, high));
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
	bdd_word x = word_of(bdd, a), y = word_of(bdd, b);
	uint32_t variable = first_of(x, y);
	const struct result *known;
	bdd_ref low, high;
	uint64_t key;

	assert(op->id != OP_CHOOSE);
	if (bdd->failed)
		return BDD_FALSE;
	if (variable == BDD_LEAF)
		return bdd_value(
		    bdd, op->value(bdd_word_value(x), bdd_word_value(y)));
	key = key_of(op->id, a, b);
	known = slot_of(bdd, key, BDD_FALSE);
	if (known->key == key && known->c == BDD_FALSE)
		return known->result;
	low = bdd_apply(
	    bdd, op, low_of(a, x, variable), low_of(b, y, variable));
	high = bdd_apply(
	    bdd, op, high_of(a, x, variable), high_of(b, y, variable));
	return remember(bdd, key, BDD_FALSE, join(bdd, variable, low, high));
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
	bdd_word word = word_of(bdd, function);

	if (bdd_word_variable(word) == BDD_LEAF) {
		*value = bdd_word_value(word);
		return false;
	}
	*question = (struct bdd_question){
	    bdd_word_variable(word), bdd_word_low(word), bdd_word_high(word)};
	return true;
}

uint32_t
bdd_evaluate(const struct bdd *bdd, bdd_ref function, const uint8_t *bits)
{
	bdd_word word = word_of(bdd, function);

	while (bdd_word_variable(word) != BDD_LEAF)
		word = word_of(bdd,
		    bits[bdd_word_variable(word)] != 0 ? bdd_word_high(word)
						       : bdd_word_low(word));
	return bdd_word_value(word);
}

/* Every node but BDD_FALSE leads to BDD_TRUE. */
bool
bdd_satisfy(const struct bdd *bdd, bdd_ref function, uint8_t *bits)
{
	if (function == BDD_FALSE)
		return false;
	while (function != BDD_TRUE) {
		bdd_word word = word_of(bdd, function);
		uint8_t *bit = &bits[bdd_word_variable(word)];
		bool high = *bit != 0;

		if ((high ? bdd_word_high(word) : bdd_word_low(word)) ==
		    BDD_FALSE)
			high = !high;
		*bit = high;
		function = high ? bdd_word_high(word) : bdd_word_low(word);
	}
	return true;
}
