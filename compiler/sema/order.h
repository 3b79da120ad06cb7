/*
 * The definitions of a scope in the order in which they need one another.
 */
#ifndef SEMA_ORDER_H
#define SEMA_ORDER_H

#include "sema/scope.h"

/* A definition names another one of its scope. */
struct need {
	size_t on;	  /* index of the other one */
	struct span span; /* where it is named */
};

typedef VEC(struct need) needs;

/*
 * The indices of all definitions, each after those that it needs.  LISTS[i]
 * says what definition I needs.  Definitions that need themselves, perhaps by
 * way of others, are an error in DIAGS, and *BROKEN is set for them.
 */
size_t *scope_order(const struct scope *scope, struct diags *diags,
    const needs *lists, bool *broken);

#endif
