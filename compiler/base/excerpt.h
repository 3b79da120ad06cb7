/*
 * One line of a source as a diagnostic shows it, and where a span lies in it.
 *
 * A long line is cut to a window around the span.  Columns count code points,
 * with tabs expanded, so that marks written under the line stay aligned.
 */
#ifndef BASE_EXCERPT_H
#define BASE_EXCERPT_H

#include <stddef.h>

#include "base/buf.h"
#include "base/source.h"

#define EXCERPT_WIDTH ((size_t)100)

struct excerpt {
	size_t line;		/* one-based */
	const char *text, *end; /* the bytes that can matter */
	size_t base;		/* the column of TEXT; not 0 if the line */
				/* is so long that its start was skipped */
	size_t low, high;	/* the columns shown: [LOW, HIGH) */
	size_t total;		/* where the line ends, or beyond HIGH */
	size_t mark, mark_end;	/* the columns of the span */
};

/* SPAN may go on after its line: only the part in the first line counts. */
struct excerpt excerpt_of(const struct source *source, struct span span);
void excerpt_write(struct buf *out, const struct excerpt *excerpt);
/* Blanks up to the span, then MARK under each of its columns. */
void excerpt_mark(struct buf *out, const struct excerpt *excerpt, char mark);

#endif
