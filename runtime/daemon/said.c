#include <stdbool.h>
#include <string.h>

#include "runtime/daemon/said.h"

void
said_init(struct said *said, struct arena *arena)
{
	buf_init(&said->errors, arena);
	buf_init(&said->warnings, arena);
	buf_init(&said->rest, arena);
}

static void
add_line(struct buf *lines, const char *line, size_t length)
{
	if (lines->n > 0)
		buf_putc(lines, '\n');
	buf_write(lines, line, length);
}

static bool
contains(const char *line, size_t length, const char *word)
{
	const char *found = strstr(line, word);

	return found != NULL && found + strlen(word) <= line + length;
}

/* What is not at the margin belongs to the line above it. */
static struct buf *
weigh(struct said *said, const char *line, size_t length)
{
	if (length == 0 || line[0] == ' ' || line[0] == '\t' ||
	    contains(line, length, ": note: "))
		return &said->rest;
	if (contains(line, length, "warning: ") &&
	    !contains(line, length, ": error: "))
		return &said->warnings;
	return &said->errors;
}

void
said_add_quote(struct said *said, const char *text)
{
	while (*text != '\0') {
		size_t length = strcspn(text, "\n");

		add_line(weigh(said, text, length), text, length);
		text += length + (text[length] == '\n');
	}
}

void
said_add_error(struct said *said, const char *text)
{
	add_line(&said->errors, text, strlen(text));
}
