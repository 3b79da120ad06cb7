/*
 * For tests of what reads text: the text as a source, and the diagnostics as
 * one line each, "E0812 7:13", in order of place.
 */
#ifndef REPORT_H
#define REPORT_H

#include <string.h>

#include "base/diag.h"
#include "base/sym.h"
#include "tests/unit/unit.h"

struct reading {
	struct arena *arena;
	struct sym_table *syms;
	struct sources sources;
	struct diags diags;
};

static inline void
reading_start(struct reading *r)
{
	r->arena = unit_arena();
	r->syms = sym_table_create(r->arena);
	sources_init(&r->sources, r->arena);
	diags_init(&r->diags, r->arena, &r->sources);
}

static inline void
reading_end(struct reading *r)
{
	arena_destroy(r->arena);
}

static inline uint32_t
reading_add(struct reading *r, const char *text)
{
	return sources_add(&r->sources, "input", text, strlen(text));
}

static inline int
report_compare(const void *left, const void *right)
{
	const struct diag *const *a = left, *const *b = right;

	if ((*a)->span.at != (*b)->span.at)
		return (*a)->span.at < (*b)->span.at ? -1 : 1;
	return strcmp(diag_code_name((*a)->code), diag_code_name((*b)->code));
}

/* All diagnostics so far; the list is put in order. */
static inline const char *
reading_report(struct reading *r)
{
	struct buf out;

	buf_init(&out, r->arena);
	if (r->diags.list.n > 0)
		qsort(r->diags.list.v, r->diags.list.n,
		    sizeof(*r->diags.list.v), report_compare);
	for (size_t i = 0; i < r->diags.list.n; i++) {
		const struct diag *diag = r->diags.list.v[i];
		size_t line, column;

		source_position(sources_get(&r->sources, diag->span.file),
		    diag->span, &line, &column);
		buf_printf(&out, "%s%s %zu:%zu", i > 0 ? ", " : "",
		    diag_code_name(diag->code), line, column);
	}
	return out.p;
}

#endif
