/*
 * A page of text on a terminal that is drawn over and over, without flicker:
 * nothing is cleared but what the new page leaves empty.
 */
#ifndef RUNTIME_CONTROL_FRAME_H
#define RUNTIME_CONTROL_FRAME_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

struct control_size {
	size_t columns, rows;
};

/* The size of the terminal behind DESCRIPTOR, or 80 by 24. */
struct control_size control_frame_size(int descriptor);

/*
 * TEXT, lines that may hold colours as "\033[...m", as what draws it: lines
 * are cut at the right edge and the page at the bottom.  FIRST: what was on
 * the terminal is cleared.
 */
void control_frame_write(
    struct buf *out, const char *text, struct control_size size, bool first);

#endif
