/* The diagrams of compiler/set. */
#include <stdint.h>
#include <stdlib.h>

#include "library.h"
#include "set/bdd.h"

/* bdd_choose() has the number 0 for itself. */
enum {
	OP_XOR = 1,
	OP_MINUS
};

struct library {
	struct bdd *bdd;
	bool failed;
};

struct library *
library_open(void)
{
	struct library *library = calloc(1, sizeof(*library));

	if (library == NULL)
		return NULL;
	library->bdd = bdd_create(0);
	if (library->bdd != NULL)
		return library;
	free(library);
	return NULL;
}

void
library_close(struct library *library)
{
	bdd_destroy(library->bdd);
	free(library);
}

bool
library_good(const struct library *library)
{
	return !library->failed && !bdd_failed(library->bdd);
}

diagram
library_variable(struct library *library, unsigned variable)
{
	return bdd_node(library->bdd, variable, BDD_FALSE, BDD_TRUE);
}

diagram
library_not(struct library *library, diagram a)
{
	return bdd_not(library->bdd, a);
}

diagram
library_and(struct library *library, diagram a, diagram b)
{
	return bdd_and(library->bdd, a, b);
}

diagram
library_or(struct library *library, diagram a, diagram b)
{
	return bdd_or(library->bdd, a, b);
}

static uint32_t
value_xor(uint32_t a, uint32_t b)
{
	return a ^ b;
}

diagram
library_xor(struct library *library, diagram a, diagram b)
{
	static const struct bdd_op xor = {OP_XOR, value_xor};

	return bdd_apply(library->bdd, &xor, a, b);
}

static uint32_t
value_minus(uint32_t a, uint32_t b)
{
	return a != 0 && b == 0;
}

diagram
library_minus(struct library *library, diagram a, diagram b)
{
	static const struct bdd_op minus = {OP_MINUS, value_minus};

	return bdd_apply(library->bdd, &minus, a, b);
}

diagram
library_choose(
    struct library *library, diagram condition, diagram yes, diagram no)
{
	return bdd_choose(library->bdd, condition, yes, no);
}

diagram
library_union(struct library *library, const diagram *parts, size_t n)
{
	struct bdd_union all = {{BDD_FALSE}};

	for (size_t i = 0; i < n; i++)
		bdd_union_add(library->bdd, &all, parts[i]);
	return bdd_union_all(library->bdd, &all);
}

/* Of the variables from FROM on. */
static unsigned long
count(const struct bdd *bdd, bdd_ref function, unsigned from)
{
	struct bdd_question question;
	uint32_t value;

	if (!bdd_look(bdd, function, &question, &value))
		return (unsigned long)value << (VARIABLES - from);
	return (count(bdd, question.low, question.variable + 1) +
		   count(bdd, question.high, question.variable + 1))
	    << (question.variable - from);
}

unsigned long
library_count(struct library *library, diagram function)
{
	return count(library->bdd, function, 0);
}

static size_t
visit(const struct bdd *bdd, bdd_ref function, bool *seen)
{
	struct bdd_question question;
	uint32_t value;

	if (seen[function] || !bdd_look(bdd, function, &question, &value))
		return 0;
	seen[function] = true;
	return 1 + visit(bdd, question.low, seen) +
	    visit(bdd, question.high, seen);
}

size_t
library_nodes(struct library *library, diagram function)
{
	bool *seen = calloc(bdd_n_nodes(library->bdd), sizeof(*seen));
	size_t n;

	if (seen == NULL) {
		library->failed = true;
		return 0;
	}
	n = visit(library->bdd, function, seen);
	free(seen);
	return n;
}

bool
library_value(struct library *library, diagram function, const char *bits)
{
	uint8_t bytes[VARIABLES];

	for (size_t i = 0; i < VARIABLES; i++)
		bytes[i] = bits[i] == '1';
	return bdd_evaluate(library->bdd, function, bytes) != 0;
}

bool
library_satisfy(struct library *library, diagram function, char *bits)
{
	uint8_t bytes[VARIABLES];

	for (size_t i = 0; i < VARIABLES; i++)
		bytes[i] = bits[i] == '1';
	if (!bdd_satisfy(library->bdd, function, bytes))
		return false;
	for (size_t i = 0; i < VARIABLES; i++)
		bits[i] = bytes[i] != 0 ? '1' : '0';
	return true;
}
