/*
 * Files of ours: small, and whole or not there at all.
 *
 * Functions return 0 or an errno value.
 */
#ifndef RUNTIME_APPLY_FILE_H
#define RUNTIME_APPLY_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/arena.h"
#include "base/buf.h"

/* All of a plain file of at most MAX bytes; EFBIG if it is larger. */
int file_read(const char *path, size_t max, struct buf *out);
/* A new file takes the place of the old one at once, when it is on the disk. */
int file_write(
    struct arena *arena, const char *path, const char *bytes, size_t n);
/* As above, for what nobody asks for after a power cut. */
int file_write_scratch(struct arena *arena, const char *path, mode_t mode,
    const char *bytes, size_t n);
/* Add LINE and a newline at the end, and wait until they are on the disk. */
int file_append(const char *path, const char *line);
/* ENOENT is none. */
int file_remove(const char *path);
int file_rename(const char *from, const char *to);
bool file_exists(const char *path);
/* The folder and the one that it is in; EEXIST is none. */
int file_make_folder(struct arena *arena, const char *path);

#endif
