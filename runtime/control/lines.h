/*
 * Bytes that come in pieces, taken out as lines.
 */
#ifndef RUNTIME_CONTROL_LINES_H
#define RUNTIME_CONTROL_LINES_H

#include <stdbool.h>
#include <stddef.h>

struct control_lines {
	char *bytes;
	size_t size, capacity;
	size_t taken; /* how much of it lines_take has handed out */
	size_t limit;
};

/* A line with its newline may have LIMIT bytes. */
void control_lines_init(struct control_lines *lines, size_t limit);
void control_lines_free(struct control_lines *lines);

/* Returns 0, ENOMEM, or EMSGSIZE when a line is longer than the limit. */
int control_lines_add(
    struct control_lines *lines, const void *bytes, size_t size);

/*
 * The next whole line, without its newline, in *LINE and *LENGTH; it is valid
 * until the next call of control_lines_add.  Returns false if there is none.
 */
bool control_lines_take(
    struct control_lines *lines, const char **line, size_t *length);

#endif
