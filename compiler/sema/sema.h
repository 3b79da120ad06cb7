/*
 * From the syntax tree to the resolved policy.
 */
#ifndef SEMA_SEMA_H
#define SEMA_SEMA_H

#include "base/arena.h"
#include "base/diag.h"
#include "base/sym.h"
#include "grammar/ast.h"
#include "sema/catalogue.h"
#include "sema/host.h"
#include "sema/policy.h"

struct sema {
	struct arena *arena;
	struct sym_table *syms;
	struct sources *sources; /* hosts NAME from "file" adds to it */
	struct diags *diags;
	const struct catalogue *catalogue;
	const struct host *host;
	/*
	 * Is the card behind `active` needed?  If not and nobody said it, the
	 * zone keeps no card for it and counts as present.
	 */
	bool need_active;
};

/*
 * Resolve and check TREE (its includes read).  Never NULL; only if DIAGS has
 * no error afterwards may the policy be compiled.
 */
struct policy *sema_policy(struct sema *sema, const struct ast_file *tree);

#endif
