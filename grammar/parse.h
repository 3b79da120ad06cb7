/*
 * From the bytes of a policy to its syntax tree.
 */
#ifndef GRAMMAR_PARSE_H
#define GRAMMAR_PARSE_H

#include "base/arena.h"
#include "base/diag.h"
#include "base/source.h"
#include "base/sym.h"
#include "grammar/ast.h"

#define PARSE_INCLUDE_DEPTH 16
#define PARSE_INCLUDE_FILES 1000

struct parse {
	struct arena *arena;
	struct sym_table *syms;
	struct sources *sources;
	struct diags *diags;
};

/*
 * The tree of one file that is registered as FILE.  Never NULL: statements
 * that could not be read are left out, each with an error in DIAGS.
 */
struct ast_file *parse_file(struct parse *parse, uint32_t file);

/*
 * Read the files that the include statements of TREE name, relative to the
 * file that includes them, and theirs in turn.  A file that includes itself,
 * PARSE_INCLUDE_DEPTH levels, or more than PARSE_INCLUDE_FILES are errors.
 */
void parse_includes(struct parse *parse, struct ast_file *tree);

#endif
