/*
 * The table of line starts is made once, when a text is registered.  A line
 * ends at a newline; a carriage return before it belongs to the line end.
 */
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/source.h"

#define READ_FIRST ((size_t)64 * 1024)

/* What has been read so far; outside the arena, since it is reallocated. */
struct input {
	char *bytes;
	size_t n, cap;
};

void
sources_init(struct sources *sources, struct arena *arena)
{
	memset(sources, 0, sizeof(*sources));
	sources->arena = arena;
}

static void
find_lines(struct arena *arena, struct source *source)
{
	const char *text = source->text;
	const char *end = text + source->size;
	size_t n = 1;

	for (const char *p = text; (p = memchr(p, '\n', end - p)) != NULL; p++)
		n++;
	source->n_lines = n;
	source->lines = arena_calloc(arena, n, sizeof(*source->lines));
	n = 1;
	for (const char *p = text; (p = memchr(p, '\n', end - p)) != NULL; p++)
		source->lines[n++] = (uint32_t)(p + 1 - text);
}

uint32_t
sources_add(
    struct sources *sources, const char *name, const char *text, size_t size)
{
	struct source source = {.size = size};

	assert(size <= SOURCE_MAX_BYTES);
	source.name = arena_strdup(sources->arena, name);
	source.text = arena_strndup(sources->arena, text, size);
	find_lines(sources->arena, &source);
	vec_push(sources->arena, &sources->list, source);
	return (uint32_t)sources->list.n;
}

static int
input_grow(struct input *input)
{
	size_t cap = input->cap == 0 ? READ_FIRST : input->cap * 2;
	char *bytes;

	/* One byte over the limit is enough to know that it is exceeded. */
	if (cap > SOURCE_MAX_BYTES + 1)
		cap = SOURCE_MAX_BYTES + 1;
	bytes = realloc(input->bytes, cap);
	if (bytes == NULL)
		return ENOMEM;
	input->bytes = bytes;
	input->cap = cap;
	return 0;
}

/* The size that stat shows proves nothing of a pipe or device: count. */
static int
read_all(int fd, struct input *input)
{
	ssize_t got;
	int error;

	for (;;) {
		if (input->n > SOURCE_MAX_BYTES)
			return EFBIG;
		if (input->n == input->cap) {
			error = input_grow(input);
			if (error != 0)
				return error;
		}
		got = read(fd, input->bytes + input->n, input->cap - input->n);
		if (got == 0)
			return 0;
		if (got > 0)
			input->n += (size_t)got;
		else if (errno != EINTR)
			return errno;
	}
}

static int
read_descriptor(int fd, struct input *input)
{
	struct stat status;

	if (fstat(fd, &status) == -1)
		return errno;
	if (S_ISDIR(status.st_mode))
		return EISDIR;
	if (S_ISREG(status.st_mode) && status.st_size > (off_t)SOURCE_MAX_BYTES)
		return EFBIG;
	return read_all(fd, input);
}

static int
read_path(const char *path, struct input *input)
{
	int fd, error;

	if (strcmp(path, "-") == 0)
		return read_descriptor(STDIN_FILENO, input);
	do
		fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	while (fd == -1 && errno == EINTR);
	if (fd == -1)
		return errno;
	error = read_descriptor(fd, input);
	close(fd);
	return error;
}

/* One behind the place of the file that was given as NAME; 0: none was. */
static size_t
find_given(const struct sources *sources, const char *name)
{
	for (size_t i = 0; i < sources->given.n; i++) {
		if (strcmp(sources->given.v[i].name, name) == 0)
			return i + 1;
	}
	return 0;
}

/* Who started us may be able to read what we may not. */
static int
note_refused(struct sources *sources, const char *path, int error)
{
	if (error == EACCES)
		vec_push(sources->arena, &sources->refused,
		    (const char *)arena_strdup(sources->arena, path));
	return error;
}

static uint32_t
add_file(
    struct sources *sources, const char *path, const char *text, size_t size)
{
	uint32_t file = sources_add(sources, path, text, size);

	sources->list.v[file - 1].is_file = true;
	return file;
}

int
sources_read(struct sources *sources, const char *path, uint32_t *file)
{
	struct input input = {NULL, 0, 0};
	size_t given = find_given(sources, path);
	int error;

	if (given != 0) {
		*file = add_file(sources, path,
		    sources->given.v[given - 1].text,
		    sources->given.v[given - 1].size);
		return 0;
	}
	error = note_refused(sources, path, read_path(path, &input));
	if (error == 0)
		*file = add_file(sources, path, input.bytes, input.n);
	free(input.bytes);
	return error;
}

int
sources_stat(struct sources *sources, const char *path, struct stat *status)
{
	size_t given = find_given(sources, path);

	if (given == 0)
		return stat(path, status) == 0
		    ? 0
		    : note_refused(sources, path, errno);
	/* No two of them are the same file. */
	memset(status, 0, sizeof(*status));
	status->st_mode = S_IFREG;
	status->st_ino = (ino_t)given;
	return 0;
}

/* The file that begins at TEXT; NULL: there is none, else what follows it. */
static const char *
take_file(struct sources *sources, const char *text, const char *end)
{
	struct source_given file;
	const char *line = memchr(text, '\n', (size_t)(end - text));
	char *blank;
	unsigned long size;

	if (line == NULL || *text < '0' || *text > '9')
		return NULL;
	errno = 0;
	size = strtoul(text, &blank, 10);
	if (errno != 0 || *blank != ' ' || size > SOURCE_MAX_BYTES ||
	    (size_t)(end - line) < size + 2 || line[size + 1] != '\n')
		return NULL;
	file.name = arena_strndup(
	    sources->arena, blank + 1, (size_t)(line - blank - 1));
	file.text = arena_strndup(sources->arena, line + 1, size);
	file.size = size;
	vec_push(sources->arena, &sources->given, file);
	return line + size + 2;
}

int
sources_take(struct sources *sources, int fd)
{
	struct input input = {NULL, 0, 0};
	int error = read_descriptor(fd, &input);
	const char *at = input.bytes, *end = input.bytes + input.n;

	while (error == 0 && at < end) {
		at = take_file(sources, at, end);
		if (at == NULL)
			error = EINVAL;
	}
	free(input.bytes);
	return error;
}

const struct source *
sources_get(const struct sources *sources, uint32_t file)
{
	if (file == 0 || file > sources->list.n)
		return NULL;
	return &sources->list.v[file - 1];
}

void
source_position(
    const struct source *source, struct span span, size_t *line, size_t *column)
{
	size_t at = span.at < source->size ? span.at : source->size;
	size_t low = 0, high = source->n_lines;

	/* The last line that begins at or before AT is in [low, high). */
	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;

		if (source->lines[middle] <= at)
			low = middle;
		else
			high = middle;
	}
	*line = low + 1;
	*column = at - source->lines[low] + 1;
}

const char *
source_line(const struct source *source, size_t line, size_t *length)
{
	size_t start, end;

	assert(line >= 1 && line <= source->n_lines);
	start = source->lines[line - 1];
	end = source->size;
	if (line < source->n_lines) {
		end = source->lines[line] - 1;
		if (end > start && source->text[end - 1] == '\r')
			end--;
	}
	*length = end - start;
	return source->text + start;
}

struct span
span_join(struct span a, struct span b)
{
	struct span joined = a;
	uint32_t end;

	if (a.file == 0)
		return b;
	if (b.file != a.file)
		return a;
	end = b.at + b.length;
	if (end < a.at + a.length)
		end = a.at + a.length;
	if (b.at < a.at)
		joined.at = b.at;
	joined.length = end - joined.at;
	return joined;
}
