/*
 * The nodes of diagrams, for the operations in bdd.c alone.
 *
 * A node is one word: the variable that it asks for and its two halves, or a
 * value.
 */
#ifndef SET_BDD_NODES_H
#define SET_BDD_NODES_H

#include "set/bdd.h"

#define BDD_REF_BITS 27
#define BDD_REF_MAX ((UINT32_C(1) << BDD_REF_BITS) - 1)
#define BDD_LEAF UINT32_C(1023) /* instead of a variable */

typedef uint64_t bdd_word;

struct bdd_nodes {
	bdd_word *words;
	size_t n, capacity, limit;
	/*
	 * Where a node is found by its word: its number, and above it some bits
	 * of the word's hash.  0: nothing, for BDD_FALSE is never looked for.
	 */
	uint32_t *slots;
	unsigned slot_bits;
};

static inline bdd_word
bdd_word_of(uint32_t variable, bdd_ref low, bdd_ref high)
{
	return (bdd_word)variable << (2 * BDD_REF_BITS) |
	    (bdd_word)low << BDD_REF_BITS | high;
}

static inline bdd_word
bdd_word_of_value(uint32_t value)
{
	return (bdd_word)BDD_LEAF << (2 * BDD_REF_BITS) | value;
}

/* BDD_LEAF is more than any variable. */
static inline uint32_t
bdd_word_variable(bdd_word word)
{
	return (uint32_t)(word >> (2 * BDD_REF_BITS));
}

static inline bdd_ref
bdd_word_low(bdd_word word)
{
	return (bdd_ref)(word >> BDD_REF_BITS) & BDD_REF_MAX;
}

static inline bdd_ref
bdd_word_high(bdd_word word)
{
	return (bdd_ref)word & BDD_REF_MAX;
}

static inline uint32_t
bdd_word_value(bdd_word word)
{
	return (uint32_t)word;
}

/* At most LIMIT nodes; BDD_FALSE and BDD_TRUE are there.  False: no memory. */
bool bdd_nodes_init(struct bdd_nodes *nodes, size_t limit);
void bdd_nodes_free(struct bdd_nodes *nodes);
/* *REF is the node of WORD, an old one or a new.  False: no room. */
bool bdd_nodes_get(struct bdd_nodes *nodes, bdd_word word, bdd_ref *ref);
size_t bdd_nodes_memory(const struct bdd_nodes *nodes);

#endif
