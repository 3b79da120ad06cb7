/*
 * For tests of the syntax tree: a text as a tree, and a tree as a text that
 * says what was meant but not where it stood.
 */
#ifndef TREE_H
#define TREE_H

#include <jansson.h>

#include "grammar/dump.h"
#include "grammar/parse.h"
#include "tests/unit/report.h"

static inline struct ast_file *
tree_read(struct reading *r, const char *text)
{
	struct parse parse = {r->arena, r->syms, &r->sources, &r->diags};

	return parse_file(&parse, reading_add(r, text));
}

/* The tree of a text that must be without errors. */
static inline struct ast_file *
tree_read_good(struct reading *r, const char *text)
{
	struct ast_file *tree = tree_read(r, text);

	ck_assert_str_eq(reading_report(r), "");
	return tree;
}

static inline void
tree_assert_report(const char *text, const char *report)
{
	struct reading r;

	reading_start(&r);
	tree_read(&r, text);
	ck_assert_str_eq(reading_report(&r), report);
	reading_end(&r);
}

static inline void
tree_forget_places(json_t *json)
{
	const char *key;
	json_t *value;
	size_t i;

	json_object_del(json, "at");
	json_object_foreach(json, key, value) tree_forget_places(value);
	json_array_foreach(json, i, value) tree_forget_places(value);
}

/* The statements; the caller has the only reference. */
static inline json_t *
tree_meaning(const struct reading *r, const struct ast_file *tree)
{
	json_t *json = ast_dump(tree, &r->sources);
	json_t *statements;

	ck_assert_ptr_nonnull(json);
	statements = json_incref(json_object_get(json, "statements"));
	json_decref(json);
	tree_forget_places(statements);
	return statements;
}

#endif
