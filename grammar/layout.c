/*
 * A line is filled greedily: a piece goes on the line if it fits, else it
 * begins the next one.  What does not depend on the layout of the source is
 * laid out alike every time, and the rest (empty lines, comments that stand in
 * a column) is kept in a way that the next run finds again; so formatting
 * twice is formatting once.
 */
#include <string.h>

#include "grammar/layout.h"

#define COMMENT_GAP 2
#define TAB_WIDTH 8

void
layout_init(struct layout *layout, struct arena *arena,
    const struct ast_file *tree, const struct source *source)
{
	*layout = (struct layout){
	    .arena = arena, .tree = tree, .source = source};
	buf_init(&layout->text, arena);
	buf_init(&layout->line, arena);
	buf_init(&layout->piece, arena);
}

size_t
layout_columns(const char *text, size_t length)
{
	size_t columns = 0;

	for (size_t i = 0; i < length; i++)
		columns += ((unsigned char)text[i] & 0xc0) != 0x80;
	return columns;
}

size_t
layout_newlines(const struct layout *layout, uint32_t from, uint32_t to)
{
	size_t n = 0;

	for (uint32_t i = from; i < to; i++)
		n += layout->source->text[i] == '\n';
	return n;
}

size_t
layout_comment_at(const struct layout *layout, uint32_t at)
{
	size_t low = 0, high = layout->tree->comments.n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (layout->tree->comments.v[middle].span.at < at)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static void
push_line(struct layout *layout, const char *text, size_t length)
{
	struct layout_line line = {.at = layout->text.n,
	    .length = length,
	    .columns = layout_columns(text, length),
	    .blank = layout->blank};

	buf_write(&layout->text, text, length);
	vec_push(layout->arena, &layout->lines, line);
	layout->blank = false;
}

/* The line that is being filled is full, or has to end here. */
static void
end_line(struct layout *layout)
{
	push_line(layout, layout->line.p, layout->line.n);
	buf_reset(&layout->line);
	layout->continued = true;
}

static void
end_piece(struct layout *layout)
{
	struct buf *line = &layout->line, *piece = &layout->piece;
	size_t columns = layout_columns(piece->p, piece->n);
	size_t indent = layout->indent;

	if (piece->n == 0)
		return;
	if (line->n > 0 && !layout->one_line &&
	    layout->line_columns + 1 + columns > LAYOUT_WIDTH)
		end_line(layout);
	if (line->n > 0) {
		buf_putc(line, ' ');
		layout->line_columns += 1 + columns;
	} else {
		if (layout->continued)
			indent += LAYOUT_INDENT;
		buf_pad(line, ' ', indent);
		layout->line_columns = indent + columns;
	}
	buf_write(line, piece->p, piece->n);
	buf_reset(piece);
}

void
layout_begin(struct layout *layout, size_t indent, bool blank)
{
	layout->indent = indent;
	layout->blank = blank;
	layout->continued = false;
	layout->one_line = false;
	buf_reset(&layout->line);
	buf_reset(&layout->piece);
}

void
layout_put(struct layout *layout, const char *text)
{
	buf_puts(&layout->piece, text);
}

void
layout_end(struct layout *layout)
{
	end_piece(layout);
	end_line(layout);
}

void
layout_break(struct layout *layout, uint32_t from, uint32_t to)
{
	size_t i = layout_comment_at(layout, from);

	end_piece(layout);
	for (; i < layout->tree->comments.n; i++) {
		const struct ast_comment *comment =
		    &layout->tree->comments.v[i];

		if (comment->span.at >= to)
			return;
		if (layout->line.n > 0) {
			end_line(layout);
			if (layout_newlines(layout, from, comment->span.at) ==
			    0) {
				layout_end_comment(layout, comment);
				continue;
			}
		}
		layout_own_comment(
		    layout, comment, layout->indent + LAYOUT_INDENT, false);
	}
}

/* A comment without the blanks at its end. */
static size_t
comment_length(const struct layout *layout, const struct ast_comment *comment)
{
	const char *text = layout->source->text + comment->span.at;
	size_t length = comment->span.length;

	while (
	    length > 0 && (text[length - 1] == ' ' || text[length - 1] == '\t'))
		length--;
	return length;
}

void
layout_own_comment(struct layout *layout, const struct ast_comment *comment,
    size_t indent, bool blank)
{
	struct buf text;

	buf_init(&text, layout->arena);
	buf_pad(&text, ' ', indent);
	buf_write(&text, layout->source->text + comment->span.at,
	    comment_length(layout, comment));
	layout->blank = blank;
	push_line(layout, text.p, text.n);
}

void
layout_end_comment(struct layout *layout, const struct ast_comment *comment)
{
	layout->lines.v[layout->lines.n - 1].comment = comment;
}

void
layout_truncate(struct layout *layout, size_t n)
{
	if (n == layout->lines.n)
		return;
	layout->text.n = layout->lines.v[n].at;
	layout->lines.n = n;
}

/* The column of the terminal at which COMMENT stands in the source. */
static size_t
source_column(const struct layout *layout, const struct ast_comment *comment)
{
	const char *end = layout->source->text + comment->span.at;
	const char *p = end;
	size_t column = 0;

	while (p > layout->source->text && p[-1] != '\n')
		p--;
	for (; p < end; p++) {
		if (*p == '\t')
			column += TAB_WIDTH - column % TAB_WIDTH;
		else
			column += layout_columns(p, 1);
	}
	return column;
}

/*
 * Lines [START, result) have comments at their ends which stand in one column
 * of the source; *COLUMN is the one for them here.
 */
static size_t
comment_group(const struct layout *layout, size_t start, size_t *column)
{
	const struct layout_line *lines = layout->lines.v;
	size_t aligned = source_column(layout, lines[start].comment);
	size_t i = start;

	*column = 0;
	do {
		if (*column < lines[i].columns)
			*column = lines[i].columns;
		i++;
	} while (i < layout->lines.n && lines[i].comment != NULL &&
	    !lines[i].blank &&
	    source_column(layout, lines[i].comment) == aligned);
	*column += COMMENT_GAP;
	return i;
}

void
layout_write(const struct layout *layout, struct buf *out)
{
	size_t column = 0, group_end = 0;

	for (size_t i = 0; i < layout->lines.n; i++) {
		const struct layout_line *line = &layout->lines.v[i];

		if (line->comment != NULL && i >= group_end)
			group_end = comment_group(layout, i, &column);
		if (line->blank)
			buf_putc(out, '\n');
		buf_write(out, layout->text.p + line->at, line->length);
		if (line->comment != NULL) {
			buf_pad(out, ' ', column - line->columns);
			buf_write(out,
			    layout->source->text + line->comment->span.at,
			    comment_length(layout, line->comment));
		}
		buf_putc(out, '\n');
	}
}
