/*
 * Decision diagrams: functions from bits to small numbers.
 *
 * Variables are numbered, and a diagram asks for them in rising order.  Nodes
 * are shared: two equal functions are one reference, so that equality is a
 * comparison of numbers.  A Boolean function has the values 0 and 1.
 *
 * The number of nodes is bounded.  Where the bound is reached, or the system
 * refuses memory, every later result is BDD_FALSE and bdd_failed() says so:
 * whoever draws a conclusion asks that first.
 */
#ifndef SET_BDD_H
#define SET_BDD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define BDD_VARIABLES_MAX 1000

typedef uint32_t bdd_ref;

#define BDD_FALSE ((bdd_ref)0)
#define BDD_TRUE ((bdd_ref)1)

struct bdd;

/*
 * How the values of two functions become one.  ID tells operations apart: it
 * must stand for the same function as long as the diagrams live.
 */
struct bdd_op {
	uint32_t id;
	uint32_t (*value)(uint32_t a, uint32_t b);
};

/* At most NODES_MAX nodes, 0 for the default.  NULL: no memory. */
struct bdd *bdd_create(size_t nodes_max);
void bdd_destroy(struct bdd *bdd);
bool bdd_failed(const struct bdd *bdd);
size_t bdd_n_nodes(const struct bdd *bdd);
/* Bytes that the tables take. */
size_t bdd_memory(const struct bdd *bdd);

/* The function that is VALUE everywhere. */
bdd_ref bdd_value(struct bdd *bdd, uint32_t value);
/* "If VARIABLE then HIGH else LOW", which ask only for later variables. */
bdd_ref bdd_node(struct bdd *bdd, unsigned variable, bdd_ref low, bdd_ref high);

/* CONDITION is Boolean; the others need not be. */
bdd_ref bdd_choose(struct bdd *bdd, bdd_ref condition, bdd_ref yes, bdd_ref no);
bdd_ref bdd_and(struct bdd *bdd, bdd_ref a, bdd_ref b);
bdd_ref bdd_or(struct bdd *bdd, bdd_ref a, bdd_ref b);
bdd_ref bdd_not(struct bdd *bdd, bdd_ref a);
bdd_ref bdd_apply(
    struct bdd *bdd, const struct bdd_op *op, bdd_ref a, bdd_ref b);

/*
 * A union of many sets.  They are joined two by two and not one after another,
 * or else the time would be the square of their number.  The empty union is
 * the zero value.
 */
struct bdd_union {
	bdd_ref parts[32];
};

void bdd_union_add(struct bdd *bdd, struct bdd_union *all, bdd_ref set);
bdd_ref bdd_union_all(struct bdd *bdd, const struct bdd_union *all);

/*
 * What FUNCTION asks first.  False: it asks nothing, and *VALUE is its value;
 * else its two halves.
 */
struct bdd_question {
	unsigned variable;
	bdd_ref low, high;
};
bool bdd_look(const struct bdd *bdd, bdd_ref function,
    struct bdd_question *question, uint32_t *value);

/* The value for BITS, one byte a variable. */
uint32_t bdd_evaluate(
    const struct bdd *bdd, bdd_ref function, const uint8_t *bits);
/*
 * Change as few of BITS, from the first variable on, as it takes to make the
 * Boolean FUNCTION true.  False if it is never true.
 */
bool bdd_satisfy(const struct bdd *bdd, bdd_ref function, uint8_t *bits);

#endif
