/*
 * Lines of a formatted policy: where they break, and where the comments go.
 * Knows columns and comments, but no statement.  Private to this folder.
 *
 * A statement is handed over piece by piece.  Between two pieces the line may
 * break, which the language allows after a comma and after "=" only.
 */
#ifndef GRAMMAR_LAYOUT_H
#define GRAMMAR_LAYOUT_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/source.h"
#include "grammar/ast.h"

#define LAYOUT_WIDTH 80
#define LAYOUT_INDENT 4

struct layout_line {
	size_t at, length; /* in the text of all lines */
	size_t columns;
	const struct ast_comment *comment; /* at its end, or NULL */
	bool blank;			   /* an empty line stands before it */
};

struct layout {
	struct arena *arena;
	const struct ast_file *tree;
	const struct source *source;
	struct buf text; /* of all lines */
	VEC(struct layout_line) lines;
	struct buf line, piece; /* on which we are, up to the last break */
	size_t line_columns;
	size_t indent;	/* of the statement */
	bool continued; /* the line is not the statement's first */
	bool blank;	/* an empty line stands before the statement */
	bool one_line;	/* do not break, whatever the width */
};

void layout_init(struct layout *layout, struct arena *arena,
    const struct ast_file *tree, const struct source *source);

/* A new statement, and the pieces that it is made of. */
void layout_begin(struct layout *layout, size_t indent, bool blank);
void layout_put(struct layout *layout, const char *text);
/* The piece ends.  The comments that the source has in [FROM, TO) go here. */
void layout_break(struct layout *layout, uint32_t from, uint32_t to);
void layout_end(struct layout *layout);

/* A comment on a line of its own, or at the end of the last line. */
void layout_own_comment(struct layout *layout,
    const struct ast_comment *comment, size_t indent, bool blank);
void layout_end_comment(
    struct layout *layout, const struct ast_comment *comment);

/* The first comment at AT or behind: an index, the number of all if none. */
size_t layout_comment_at(const struct layout *layout, uint32_t at);
/* Newlines that the source has in [FROM, TO). */
size_t layout_newlines(const struct layout *layout, uint32_t from, uint32_t to);
/* Columns of the terminal that UTF-8 text takes. */
size_t layout_columns(const char *text, size_t length);

/* Forget the lines from line N on. */
void layout_truncate(struct layout *layout, size_t n);
void layout_write(const struct layout *layout, struct buf *out);

#endif
