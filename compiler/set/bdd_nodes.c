/*
 * The table of nodes: open addressing, in which a node is looked at only if
 * some bits of its hash agree.
 */
#include <stdlib.h>

#include "set/bdd_nodes.h"

#define CAPACITY_FIRST ((size_t)1 << 14)
#define SLOT_BITS_FIRST 15
#define TAG_BITS (32 - BDD_REF_BITS)

/*
 * Nodes that are made one after another, each upon the last, have neighbouring
 * numbers: they get neighbouring slots, which the processor's caches like.  The
 * larger number of the halves is nearly always that of the last node made.
 */
static uint64_t
hash_of(bdd_word word)
{
	bdd_ref low = bdd_word_low(word), high = bdd_word_high(word);
	bdd_ref last = low > high ? low : high;
	uint64_t kind = (uint64_t)bdd_word_variable(word) * 2 + (low > high);
	uint64_t other = low > high ? high : low;
	uint64_t mixed = kind * UINT64_C(0x9e3779b97f4a7c15) ^
	    other * UINT64_C(0xd6e8feb86659fd93);

	return ((mixed >> 32) + last) << TAG_BITS |
	    (mixed >> (32 - TAG_BITS) & ((1 << TAG_BITS) - 1));
}

static uint32_t
tag_of(uint64_t hash)
{
	return (uint32_t)hash << BDD_REF_BITS;
}

static size_t
slot_of(const struct bdd_nodes *nodes, uint64_t hash)
{
	return hash >> TAG_BITS & (((size_t)1 << nodes->slot_bits) - 1);
}

/* The first free slot for HASH. */
static size_t
free_slot(const struct bdd_nodes *nodes, uint64_t hash)
{
	size_t mask = ((size_t)1 << nodes->slot_bits) - 1;
	size_t at = slot_of(nodes, hash);

	while (nodes->slots[at] != 0)
		at = (at + 1) & mask;
	return at;
}

static bool
spread(struct bdd_nodes *nodes, unsigned slot_bits)
{
	uint32_t *slots = calloc((size_t)1 << slot_bits, sizeof(*slots));

	if (slots == NULL)
		return false;
	free(nodes->slots);
	nodes->slots = slots;
	nodes->slot_bits = slot_bits;
	for (size_t i = 1; i < nodes->n; i++) {
		uint64_t hash = hash_of(nodes->words[i]);

		slots[free_slot(nodes, hash)] = tag_of(hash) | (uint32_t)i;
	}
	return true;
}

static bool
grow_words(struct bdd_nodes *nodes)
{
	size_t capacity = nodes->capacity + nodes->capacity / 2;
	bdd_word *words;

	if (capacity < CAPACITY_FIRST)
		capacity = CAPACITY_FIRST;
	if (capacity > nodes->limit)
		capacity = nodes->limit;
	if (capacity <= nodes->n)
		return false;
	words = realloc(nodes->words, capacity * sizeof(*words));
	if (words == NULL)
		return false;
	nodes->words = words;
	nodes->capacity = capacity;
	return true;
}

/* A third of the slots stays free. */
static bool
make_room(struct bdd_nodes *nodes)
{
	size_t slots = (size_t)1 << nodes->slot_bits;

	if (nodes->n == nodes->capacity && !grow_words(nodes))
		return false;
	return nodes->n < slots / 3 * 2 || spread(nodes, nodes->slot_bits + 1);
}

static bdd_ref
add(struct bdd_nodes *nodes, bdd_word word)
{
	uint64_t hash = hash_of(word);
	bdd_ref ref = (bdd_ref)nodes->n;

	nodes->slots[free_slot(nodes, hash)] = tag_of(hash) | ref;
	nodes->words[nodes->n++] = word;
	return ref;
}

bool
bdd_nodes_init(struct bdd_nodes *nodes, size_t limit)
{
	*nodes = (struct bdd_nodes){
	    .limit = limit < BDD_REF_MAX ? limit : BDD_REF_MAX};
	if (!grow_words(nodes) || !spread(nodes, SLOT_BITS_FIRST))
		return false;
	nodes->words[nodes->n++] = bdd_word_of_value(0);
	return nodes->n < nodes->limit && add(nodes, bdd_word_of_value(1)) == 1;
}

void
bdd_nodes_free(struct bdd_nodes *nodes)
{
	free(nodes->words);
	free(nodes->slots);
}

bool
bdd_nodes_get(struct bdd_nodes *nodes, bdd_word word, bdd_ref *ref)
{
	uint64_t hash = hash_of(word);
	size_t mask = ((size_t)1 << nodes->slot_bits) - 1;
	size_t at = slot_of(nodes, hash);
	uint32_t slot;

	for (; (slot = nodes->slots[at]) != 0; at = (at + 1) & mask) {
		*ref = slot & BDD_REF_MAX;
		if ((slot ^ tag_of(hash)) <= BDD_REF_MAX &&
		    nodes->words[*ref] == word)
			return true;
	}
	if (!make_room(nodes))
		return false;
	*ref = add(nodes, word);
	return true;
}

size_t
bdd_nodes_memory(const struct bdd_nodes *nodes)
{
	return nodes->capacity * sizeof(*nodes->words) +
	    ((size_t)1 << nodes->slot_bits) * sizeof(*nodes->slots);
}
