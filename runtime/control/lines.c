#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/control/lines.h"

void
control_lines_init(struct control_lines *lines, size_t limit)
{
	memset(lines, 0, sizeof(*lines));
	lines->limit = limit;
}

void
control_lines_free(struct control_lines *lines)
{
	free(lines->bytes);
	control_lines_init(lines, lines->limit);
}

static void
drop_taken(struct control_lines *lines)
{
	if (lines->taken == 0)
		return;
	lines->size -= lines->taken;
	memmove(lines->bytes, lines->bytes + lines->taken, lines->size);
	lines->taken = 0;
}

static int
make_room(struct control_lines *lines, size_t size)
{
	size_t capacity = lines->capacity == 0 ? 512 : lines->capacity;
	char *bytes;

	while (capacity - lines->size < size)
		capacity *= 2;
	if (capacity == lines->capacity)
		return 0;
	bytes = realloc(lines->bytes, capacity);
	if (bytes == NULL)
		return ENOMEM;
	lines->bytes = bytes;
	lines->capacity = capacity;
	return 0;
}

/* Is what follows the last newline within the limit? */
static bool
tail_fits(const struct control_lines *lines)
{
	size_t tail = lines->size;

	while (tail > 0 && lines->bytes[tail - 1] != '\n')
		tail--;
	return lines->size - tail < lines->limit;
}

int
control_lines_add(struct control_lines *lines, const void *bytes, size_t size)
{
	int error;

	drop_taken(lines);
	if (size == 0)
		return 0;
	error = make_room(lines, size);
	if (error != 0)
		return error;
	memcpy(lines->bytes + lines->size, bytes, size);
	lines->size += size;
	return tail_fits(lines) ? 0 : EMSGSIZE;
}

bool
control_lines_take(
    struct control_lines *lines, const char **line, size_t *length)
{
	const char *start = lines->bytes + lines->taken;
	const char *newline;

	if (lines->taken == lines->size)
		return false;
	newline = memchr(start, '\n', lines->size - lines->taken);
	if (newline == NULL)
		return false;
	*line = start;
	*length = (size_t)(newline - start);
	lines->taken += *length + 1;
	return true;
}
