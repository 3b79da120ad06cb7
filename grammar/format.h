/*
 * The canonical form of a policy: what `akinc fmt` writes.
 */
#ifndef GRAMMAR_FORMAT_H
#define GRAMMAR_FORMAT_H

#include "base/buf.h"
#include "base/source.h"
#include "grammar/ast.h"

/* Comments and single blank lines are kept.  Formatting twice is formatting
 * once.  TREE must have been parsed without errors. */
void format_file(const struct ast_file *tree, const struct sources *sources,
    struct buf *out);

#endif
