/*
 * Names that a policy defines: one scope for zones, one for services, one for
 * hosts.  The order of the list is the order of the text.
 */
#ifndef SEMA_SCOPE_H
#define SEMA_SCOPE_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/diag.h"
#include "base/map.h"
#include "base/suggest.h"
#include "grammar/ast.h"

struct definition {
	struct ast_word name;
	const struct ast_statement *statement;
	size_t index; /* in its scope */
	bool used;
	bool included; /* the main file does not hold it */
};

struct scope {
	struct arena *arena;
	const char *kind; /* "zone" */
	struct map map;
	VEC(struct definition *) list;
};

void scope_init(struct scope *scope, struct arena *arena, const char *kind);

/*
 * NULL after an error in DIAGS: the name is reserved or taken.  One that is
 * not well formed is an error too, but it is defined, so that its uses are
 * not errors on top.
 */
struct definition *scope_define(struct scope *scope, struct diags *diags,
    const struct ast_word *name, const struct ast_statement *statement);

/* NULL if there is none.  The definition is not marked as used. */
struct definition *scope_find(const struct scope *scope, const char *name);

/*
 * Offer the names of SCOPE, at most *BUDGET of them, which is lowered: a
 * policy with a hundred thousand unknown names must not cost the square.
 */
void scope_suggest(
    const struct scope *scope, struct suggest *suggest, size_t *budget);

/* self, any, active: words that no policy can give another meaning. */
bool name_is_reserved(const char *text);

#endif
