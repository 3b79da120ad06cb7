/*
 * The syntax tree as JSON: what `akinc --emit=ast` shows.
 */
#ifndef GRAMMAR_DUMP_H
#define GRAMMAR_DUMP_H

#include <jansson.h>

#include "base/source.h"
#include "grammar/ast.h"

/*
 * TREE with the files that it includes: each statement by kind, each word as
 * it was written and where.  A word is marked "quoted" only if the quotes
 * matter.  The caller has the only reference.  NULL if memory runs out.
 */
json_t *ast_dump(const struct ast_file *tree, const struct sources *sources);

#endif
