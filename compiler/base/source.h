/*
 * Source texts and places in them.
 *
 * A span is a file, a byte offset and a length; line and column are computed
 * only when a diagnostic is printed.  Texts are kept for the whole
 * compilation, so that a diagnostic can show the line without reading the
 * file again.
 */
#ifndef BASE_SOURCE_H
#define BASE_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

#include "base/arena.h"

#define SOURCE_MAX_BYTES ((size_t)256 * 1024 * 1024)
#define SOURCE_MAX_LINE ((size_t)64 * 1024)

struct span {
	uint32_t file;	 /* index + 1 in the source list; 0: no place */
	uint32_t at;	 /* byte offset */
	uint32_t length; /* bytes; may be 0 */
};

#define SPAN_NONE ((struct span){0, 0, 0})

/* Several places, in an arena: see vec_push. */
struct spans {
	struct span *v;
	size_t n, cap;
};

struct source {
	const char *name; /* as the user wrote it */
	const char *text; /* NUL-terminated; may hold NULs before SIZE */
	size_t size;
	uint32_t *lines; /* offset at which each line begins */
	size_t n_lines;
	bool is_file; /* else a text of the program's own */
};

/* A file that is not read from the disk but was handed over. */
struct source_given {
	const char *name, *text;
	size_t size;
};

struct sources {
	struct arena *arena;
	VEC(struct source) list;
	VEC(struct source_given) given;
	VEC(const char *) refused; /* names of files that we may not read */
};

void sources_init(struct sources *sources, struct arena *arena);

/* Register TEXT (copied) under NAME.  Returns the file number for spans. */
uint32_t sources_add(
    struct sources *sources, const char *name, const char *text, size_t size);

/*
 * Read the file PATH ("-" is the standard input) and register it.  On success
 * *FILE is the file number and 0 is returned, else an errno value: EFBIG over
 * SOURCE_MAX_BYTES, EISDIR for a directory.
 */
int sources_read(struct sources *sources, const char *path, uint32_t *file);

/*
 * Take files from the descriptor FD: for each a line "SIZE NAME", its bytes and
 * a newline.  Who asks for one of these names later gets that text.  Returns 0,
 * or EINVAL if they are not so, or another errno value.
 */
int sources_take(struct sources *sources, int fd);
/* As stat(2) of what sources_read() would read; 0 or an errno value. */
int sources_stat(
    struct sources *sources, const char *path, struct stat *status);

const struct source *sources_get(const struct sources *sources, uint32_t file);

/* One-based line and column (in bytes) of the start of SPAN. */
void source_position(const struct source *source, struct span span,
    size_t *line, size_t *column);
/* The text of one-based LINE without its newline. */
const char *source_line(
    const struct source *source, size_t line, size_t *length);
/* From the start of A to the end of B, both in one file. */
struct span span_join(struct span a, struct span b);

#endif
