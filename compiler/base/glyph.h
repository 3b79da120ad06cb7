/*
 * Text of unknown origin, made fit for a terminal.
 *
 * A glyph is what is shown for one code point or one bad byte.  Control
 * characters, bytes that are not UTF-8, and characters that reorder or hide
 * their neighbours are shown as \xNN.
 */
#ifndef BASE_GLYPH_H
#define BASE_GLYPH_H

#include <stddef.h>

#include "base/buf.h"

#define GLYPH_TAB_WIDTH 8

enum glyph_kind {
	GLYPH_PLAIN,   /* shown as it is */
	GLYPH_TAB,     /* shown as blanks up to the next tab stop */
	GLYPH_ESCAPED, /* one byte, shown as \xNN */
};

struct glyph {
	enum glyph_kind kind;
	const char *p;
	size_t bytes;	/* of the text; at least 1 */
	size_t columns; /* of the terminal */
};

/* The glyph at P, which is before END, when it is to stand in COLUMN. */
struct glyph glyph_at(const char *p, const char *end, size_t column);
void glyph_write(struct buf *out, struct glyph glyph);
/* A whole text on one line; a tab has no column to reach and is escaped. */
void glyph_write_text(struct buf *out, const char *text);

#endif
