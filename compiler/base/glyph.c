/*
 * The decoder accepts exactly the UTF-8 of RFC 3629: no overlong forms, no
 * surrogates, nothing above U+10FFFF.
 */
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/glyph.h"

/* Bytes of the sequence that LEAD begins, 0 if it begins none. */
static size_t
sequence_length(unsigned char lead)
{
	if (lead < 0x80)
		return 1;
	if (lead >= 0xc2 && lead <= 0xdf)
		return 2;
	if (lead >= 0xe0 && lead <= 0xef)
		return 3;
	if (lead >= 0xf0 && lead <= 0xf4)
		return 4;
	return 0;
}

/* The length of the code point at P, 0 if the bytes there are not UTF-8. */
static size_t
decode(const char *p, const char *end, uint32_t *point)
{
	static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
	const unsigned char *bytes = (const unsigned char *)p;
	size_t length = sequence_length(bytes[0]);

	if (length == 0 || length > (size_t)(end - p))
		return 0;
	*point = length == 1 ? bytes[0] : bytes[0] & (0x7fu >> length);
	for (size_t i = 1; i < length; i++) {
		if ((bytes[i] & 0xc0) != 0x80)
			return 0;
		*point = *point << 6 | (bytes[i] & 0x3fu);
	}
	if (*point < least[length] || *point > 0x10ffff ||
	    (*point >= 0xd800 && *point <= 0xdfff))
		return 0;
	return length;
}

/*
 * C0 and C1 controls steer the terminal; line separators and the marks of
 * writing direction make a line look like another one; the rest is invisible.
 */
static bool
is_shown(uint32_t point)
{
	if (point < 0x20 || (point >= 0x7f && point <= 0x9f))
		return false;
	if (point >= 0x200b && point <= 0x200f)
		return false;
	if (point >= 0x2028 && point <= 0x202e)
		return false;
	if (point >= 0x2060 && point <= 0x206f)
		return false;
	return point != 0xad && point != 0x61c && point != 0xfeff;
}

struct glyph
glyph_at(const char *p, const char *end, size_t column)
{
	struct glyph glyph = {GLYPH_ESCAPED, p, 1, strlen("\\xNN")};
	uint32_t point;
	size_t length;

	if (*p == '\t') {
		glyph.kind = GLYPH_TAB;
		glyph.columns = GLYPH_TAB_WIDTH - column % GLYPH_TAB_WIDTH;
		return glyph;
	}
	length = decode(p, end, &point);
	if (length > 0 && is_shown(point)) {
		glyph.kind = GLYPH_PLAIN;
		glyph.bytes = length;
		glyph.columns = 1;
	}
	return glyph;
}

void
glyph_write(struct buf *out, struct glyph glyph)
{
	switch (glyph.kind) {
	case GLYPH_PLAIN:
		buf_write(out, glyph.p, glyph.bytes);
		break;
	case GLYPH_TAB:
		buf_pad(out, ' ', glyph.columns);
		break;
	case GLYPH_ESCAPED:
		buf_printf(out, "\\x%02x", (unsigned char)*glyph.p);
		break;
	}
}

void
glyph_write_text(struct buf *out, const char *text)
{
	const char *end = text + strlen(text);

	while (text < end) {
		struct glyph glyph = glyph_at(text, end, 0);

		if (glyph.kind == GLYPH_TAB)
			glyph.kind = GLYPH_ESCAPED;
		glyph_write(out, glyph);
		text += glyph.bytes;
	}
}
