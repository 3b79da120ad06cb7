/*
 * The diagrams of BuDDy.  It has one table for the whole program, and ends the
 * program where it fails.  Every result is held until the end.
 */
#include <bdd.h>
#include <stdlib.h>

#include "library.h"

#define NODES_FIRST 1000000
#define CACHE 100000

struct library {
	bool failed;
};

struct library *
library_open(void)
{
	struct library *library = calloc(1, sizeof(*library));

	if (library == NULL)
		return NULL;
	if (bdd_init(NODES_FIRST, CACHE) >= 0 &&
	    bdd_setvarnum(VARIABLES) >= 0) {
		/* Or else it tells of each clean-up on standard output. */
		bdd_gbc_hook(NULL);
		return library;
	}
	free(library);
	return NULL;
}

void
library_close(struct library *library)
{
	bdd_done();
	free(library);
}

bool
library_good(const struct library *library)
{
	return !library->failed;
}

/* An error is a number below nought. */
static diagram
hold(struct library *library, BDD result)
{
	if (result >= 0)
		return (diagram)bdd_addref(result);
	library->failed = true;
	return 0;
}

diagram
library_variable(struct library *library, unsigned variable)
{
	return hold(library, bdd_ithvar((int)variable));
}

diagram
library_not(struct library *library, diagram a)
{
	return hold(library, bdd_not((BDD)a));
}

diagram
library_and(struct library *library, diagram a, diagram b)
{
	return hold(library, bdd_and((BDD)a, (BDD)b));
}

diagram
library_or(struct library *library, diagram a, diagram b)
{
	return hold(library, bdd_or((BDD)a, (BDD)b));
}

diagram
library_xor(struct library *library, diagram a, diagram b)
{
	return hold(library, bdd_xor((BDD)a, (BDD)b));
}

diagram
library_minus(struct library *library, diagram a, diagram b)
{
	return hold(library, bdd_apply((BDD)a, (BDD)b, bddop_diff));
}

diagram
library_choose(
    struct library *library, diagram condition, diagram yes, diagram no)
{
	return hold(library, bdd_ite((BDD)condition, (BDD)yes, (BDD)no));
}

diagram
library_union(struct library *library, const diagram *parts, size_t n)
{
	diagram all = hold(library, bdd_false());

	for (size_t i = 0; i < n; i++)
		all = library_or(library, all, parts[i]);
	return all;
}

unsigned long
library_count(struct library *library, diagram function)
{
	(void)library;
	return (unsigned long)bdd_satcount((BDD)function);
}

size_t
library_nodes(struct library *library, diagram function)
{
	(void)library;
	return (size_t)bdd_nodecount((BDD)function);
}

/* FUNCTION where VARIABLE is BIT. */
static diagram
restricted(
    struct library *library, diagram function, unsigned variable, char bit)
{
	BDD literal = bit == '1' ? bdd_ithvar((int)variable)
				 : bdd_nithvar((int)variable);

	return hold(library, bdd_restrict((BDD)function, literal));
}

bool
library_value(struct library *library, diagram function, const char *bits)
{
	for (unsigned i = 0; i < VARIABLES; i++)
		function = restricted(library, function, i, bits[i]);
	return (BDD)function == bdd_true();
}

bool
library_satisfy(struct library *library, diagram function, char *bits)
{
	if ((BDD)function == bdd_false())
		return false;
	for (unsigned i = 0; i < VARIABLES; i++) {
		diagram rest = restricted(library, function, i, bits[i]);

		if ((BDD)rest == bdd_false()) {
			bits[i] = bits[i] == '1' ? '0' : '1';
			rest = restricted(library, function, i, bits[i]);
		}
		function = rest;
	}
	return true;
}
