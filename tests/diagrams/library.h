/*
 * What both libraries of decision diagrams are asked.  Their names clash, and
 * so each is a program of its own: show.c with one of the files beside it.
 */
#ifndef DIAGRAMS_LIBRARY_H
#define DIAGRAMS_LIBRARY_H

#include <stdbool.h>
#include <stddef.h>

/* Asked in the order of their numbers. */
#define VARIABLES 16

typedef unsigned diagram;

struct library;

/* NULL: no memory. */
struct library *library_open(void);
void library_close(struct library *library);
/* False: a bound was reached, and what was answered says nothing. */
bool library_good(const struct library *library);

diagram library_variable(struct library *library, unsigned variable);
diagram library_not(struct library *library, diagram a);
diagram library_and(struct library *library, diagram a, diagram b);
diagram library_or(struct library *library, diagram a, diagram b);
diagram library_xor(struct library *library, diagram a, diagram b);
/* A without B. */
diagram library_minus(struct library *library, diagram a, diagram b);
diagram library_choose(
    struct library *library, diagram condition, diagram yes, diagram no);
diagram library_union(struct library *library, const diagram *parts, size_t n);

/* Of the assignments of VARIABLES bits, how many make it true. */
unsigned long library_count(struct library *library, diagram function);
/* Nodes of the reduced diagram, without the two values. */
size_t library_nodes(struct library *library, diagram function);
/* BITS are '0' and '1', one a variable. */
bool library_value(struct library *library, diagram function, const char *bits);
/*
 * Change as few of BITS, from the first on, as it takes to make it true.  False
 * if it is never true.
 */
bool library_satisfy(struct library *library, diagram function, char *bits);

#endif
