/*
 * Any bytes are a policy or draw an error.  What is a policy stays the same
 * one when it is formatted, and formatting it again changes nothing.
 */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/diag.h"
#include "base/source.h"
#include "grammar/dump.h"
#include "grammar/format.h"
#include "grammar/parse.h"

#define ARENA_LIMIT ((size_t)512 * 1024 * 1024)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct reading {
	struct arena *arena;
	struct sources sources;
	struct diags diags;
	struct ast_file *tree;
};

static void
require(bool holds)
{
	if (!holds)
		abort();
}

static void
read_policy(struct reading *reading, const char *text, size_t size)
{
	struct parse parse = {
	    .sources = &reading->sources, .diags = &reading->diags};

	reading->arena = parse.arena = arena_create(ARENA_LIMIT, NULL, NULL);
	require(reading->arena != NULL);
	parse.syms = sym_table_create(parse.arena);
	sources_init(parse.sources, parse.arena);
	diags_init(parse.diags, parse.arena, parse.sources);
	reading->tree = parse_file(
	    &parse, sources_add(parse.sources, "input.akp", text, size));
}

/* Every span lies in the text, or rendering would read past it. */
static void
render_diagnostics(struct reading *reading, size_t size)
{
	struct buf out;

	for (size_t i = 0; i < reading->diags.list.n; i++) {
		struct span span = reading->diags.list.v[i]->span;

		require(span.file == 1 && span.at <= size &&
		    span.length <= size - span.at);
	}
	buf_init(&out, reading->arena);
	diags_render(&reading->diags, &out, false);
}

static void
forget_places(json_t *json)
{
	const char *key;
	json_t *value;
	size_t i;

	json_object_del(json, "at");
	json_object_foreach(json, key, value) forget_places(value);
	json_array_foreach(json, i, value) forget_places(value);
}

static json_t *
dump_statements(const struct reading *reading)
{
	json_t *tree = ast_dump(reading->tree, &reading->sources);
	json_t *statements;

	require(tree != NULL);
	statements = json_incref(json_object_get(tree, "statements"));
	json_decref(tree);
	forget_places(statements);
	return statements;
}

static void
require_equal(const struct reading *a, const struct reading *b)
{
	json_t *left = dump_statements(a), *right = dump_statements(b);

	require(json_equal(left, right));
	require(a->tree->comments.n == b->tree->comments.n);
	json_decref(left);
	json_decref(right);
}

static void
check_format(const struct reading *written)
{
	struct reading formatted;
	struct buf once, twice;

	buf_init(&once, written->arena);
	buf_init(&twice, written->arena);
	format_file(written->tree, &written->sources, &once);
	read_policy(&formatted, once.p, once.n);
	require(formatted.diags.list.n == 0);
	require_equal(written, &formatted);
	format_file(formatted.tree, &formatted.sources, &twice);
	require(once.n == twice.n && memcmp(once.p, twice.p, once.n) == 0);
	arena_destroy(formatted.arena);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct reading reading;

	read_policy(&reading, (const char *)data, size);
	render_diagnostics(&reading, size);
	if (reading.diags.n_errors == 0)
		check_format(&reading);
	arena_destroy(reading.arena);
	return 0;
}
