/*
 * A line is walked glyph by glyph, once to measure and once to write.  The
 * walk begins at most SKIP_OVER bytes before the span and ends soon after it,
 * so that a diagnostic costs the same in a line of any length.
 */
#include <stdbool.h>

#include "base/excerpt.h"
#include "base/glyph.h"

#define SKIP_OVER ((size_t)4096)
#define SPAN_BYTES_MAX ((size_t)1024)
#define BEFORE_SPAN ((size_t)40)
#define ELLIPSIS "\xe2\x80\xa6"

static bool
continues_character(char c)
{
	return ((unsigned char)c & 0xc0) == 0x80;
}

/*
 * Drop the start of a very long line.  The column that remains is a tab stop
 * and large enough for the window to show that something was cut.
 */
static size_t
skip_start(struct excerpt *excerpt, size_t at)
{
	size_t skipped;

	excerpt->base = 0;
	if (at <= SKIP_OVER)
		return at;
	skipped = at - SKIP_OVER / 2;
	for (int i = 0; i < 3 && continues_character(excerpt->text[skipped]);
	     i++)
		skipped++;
	excerpt->text += skipped;
	excerpt->base = SKIP_OVER;
	return at - skipped;
}

/* Find the columns of the bytes [AT, END) and, if it is near, the line end. */
static void
measure(struct excerpt *excerpt, size_t at, size_t end)
{
	const char *p = excerpt->text;
	size_t column = excerpt->base;

	excerpt->mark = excerpt->mark_end = SIZE_MAX;
	while (p < excerpt->end) {
		struct glyph glyph = glyph_at(p, excerpt->end, column);
		size_t offset = (size_t)(p - excerpt->text);

		if (excerpt->mark == SIZE_MAX && offset + glyph.bytes > at)
			excerpt->mark = column;
		if (excerpt->mark_end == SIZE_MAX && offset >= end)
			excerpt->mark_end = column;
		if (excerpt->mark_end != SIZE_MAX &&
		    column > excerpt->mark + EXCERPT_WIDTH)
			break;
		column += glyph.columns;
		p += glyph.bytes;
	}
	if (excerpt->mark == SIZE_MAX)
		excerpt->mark = column;
	if (excerpt->mark_end == SIZE_MAX)
		excerpt->mark_end = column;
	if (excerpt->mark_end <= excerpt->mark)
		excerpt->mark_end = excerpt->mark + 1;
	excerpt->total = column;
}

/* The whole line if it fits, else a window that begins before the span. */
static void
choose_window(struct excerpt *excerpt)
{
	size_t needed = excerpt->total;

	if (needed < excerpt->mark + 1)
		needed = excerpt->mark + 1;
	excerpt->low = 0;
	if (needed > EXCERPT_WIDTH && excerpt->mark > BEFORE_SPAN) {
		excerpt->low = excerpt->mark - BEFORE_SPAN;
		if (excerpt->low > needed - EXCERPT_WIDTH)
			excerpt->low = needed - EXCERPT_WIDTH;
	}
	excerpt->high = excerpt->low + EXCERPT_WIDTH;
}

struct excerpt
excerpt_of(const struct source *source, struct span span)
{
	struct excerpt excerpt;
	size_t column, length, at, end;

	source_position(source, span, &excerpt.line, &column);
	excerpt.text = source_line(source, excerpt.line, &length);
	excerpt.end = excerpt.text + length;
	at = column - 1 < length ? column - 1 : length;
	end = span.length < length - at ? at + span.length : length;
	if (end - at > SPAN_BYTES_MAX)
		end = at + SPAN_BYTES_MAX;
	length = end - at;
	at = skip_start(&excerpt, at);
	measure(&excerpt, at, at + length);
	choose_window(&excerpt);
	return excerpt;
}

/* A cut side gives up one column to the ellipsis. */
static size_t
shown_low(const struct excerpt *excerpt)
{
	return excerpt->low > 0 ? excerpt->low + 1 : 0;
}

static size_t
shown_high(const struct excerpt *excerpt)
{
	return excerpt->total > excerpt->high ? excerpt->high - 1
					      : excerpt->high;
}

void
excerpt_write(struct buf *out, const struct excerpt *excerpt)
{
	size_t low = shown_low(excerpt), high = shown_high(excerpt);
	size_t column = excerpt->base;
	const char *p = excerpt->text;

	if (excerpt->low > 0)
		buf_puts(out, ELLIPSIS);
	while (p < excerpt->end && column < high) {
		struct glyph glyph = glyph_at(p, excerpt->end, column);
		size_t next = column + glyph.columns;

		/* A wide glyph across an edge is shown as blanks. */
		if (column >= low && next <= high)
			glyph_write(out, glyph);
		else if (next > low && column < low)
			buf_pad(out, ' ', next - low);
		else if (column >= low)
			buf_pad(out, ' ', high - column);
		column = next;
		p += glyph.bytes;
	}
	if (high < excerpt->high)
		buf_puts(out, ELLIPSIS);
}

void
excerpt_mark(struct buf *out, const struct excerpt *excerpt, char mark)
{
	size_t end = excerpt->mark_end;

	if (end > excerpt->high)
		end = excerpt->high;
	buf_pad(out, ' ', excerpt->mark - excerpt->low);
	buf_pad(out, mark, end - excerpt->mark);
}
