#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>

#include "base/glyph.h"
#include "runtime/control/frame.h"

struct control_size
control_frame_size(int descriptor)
{
	struct control_size size = {.columns = 80, .rows = 24};
	struct winsize window;

	if (ioctl(descriptor, TIOCGWINSZ, &window) == 0 && window.ws_col > 0 &&
	    window.ws_row > 0) {
		size.columns = window.ws_col;
		size.rows = window.ws_row;
	}
	return size;
}

/* The length of a colour at P, or 0. */
static size_t
colour_length(const char *p)
{
	size_t length;

	if (p[0] != '\033' || p[1] != '[')
		return 0;
	length = 2 + strspn(p + 2, "0123456789;");
	return p[length] == 'm' ? length + 1 : 0;
}

static void
write_line(struct buf *out, const char *p, const char *end, size_t columns)
{
	size_t column = 0;

	while (p < end) {
		size_t colour = colour_length(p);
		struct glyph glyph;

		if (colour > 0) {
			buf_write(out, p, colour);
			p += colour;
			continue;
		}
		glyph = glyph_at(p, end, column);
		p += glyph.bytes;
		/* Colours behind the edge still count. */
		if (column + glyph.columns <= columns)
			glyph_write(out, glyph);
		column += glyph.columns;
	}
}

void
control_frame_write(
    struct buf *out, const char *text, struct control_size size, bool first)
{
	buf_puts(out, first ? "\033[2J\033[H" : "\033[H");
	for (size_t row = 0; *text != '\0' && row + 1 < size.rows; row++) {
		const char *end = text + strcspn(text, "\n");

		write_line(out, text, end, size.columns);
		buf_puts(out, "\033[K\n");
		text = *end == '\0' ? end : end + 1;
	}
	buf_puts(out, "\033[J");
}
