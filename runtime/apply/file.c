/*
 * Every system call that touches a file of ours is here.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "runtime/apply/file.h"

#define CHUNK 65536
#define PRIVATE_FILE 0600
#define PRIVATE_FOLDER 0700

static int
read_all(int fd, size_t max, struct buf *out)
{
	char chunk[CHUNK];

	for (;;) {
		ssize_t n = read(fd, chunk, sizeof(chunk));

		if (n == 0)
			return 0;
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return errno;
		if (out->n + (size_t)n > max)
			return EFBIG;
		buf_write(out, chunk, (size_t)n);
	}
}

int
file_read(const char *path, size_t max, struct buf *out)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), error;

	if (fd < 0)
		return errno;
	error = read_all(fd, max, out);
	close(fd);
	return error;
}

static int
write_all(int fd, const char *bytes, size_t n, bool lasting)
{
	while (n > 0) {
		ssize_t done = write(fd, bytes, n);

		if (done < 0 && errno == EINTR)
			continue;
		if (done < 0)
			return errno;
		bytes += done;
		n -= (size_t)done;
	}
	return lasting && fsync(fd) != 0 ? errno : 0;
}

static int
write_new(
    const char *path, mode_t mode, const char *bytes, size_t n, bool lasting)
{
	int fd = open(path,
	    O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW,
	    PRIVATE_FILE);
	int error;

	if (fd < 0)
		return errno;
	error = fchmod(fd, mode) != 0 ? errno
				      : write_all(fd, bytes, n, lasting);
	if (close(fd) != 0 && error == 0)
		error = errno;
	return error;
}

static int
replace(struct arena *arena, const char *path, mode_t mode, const char *bytes,
    size_t n, bool lasting)
{
	const char *new = arena_printf(arena, "%s.new", path);
	int error = write_new(new, mode, bytes, n, lasting);

	if (error == 0)
		error = file_rename(new, path);
	if (error != 0)
		unlink(new);
	return error;
}

int
file_write(struct arena *arena, const char *path, const char *bytes, size_t n)
{
	return replace(arena, path, PRIVATE_FILE, bytes, n, true);
}

int
file_write_scratch(struct arena *arena, const char *path, mode_t mode,
    const char *bytes, size_t n)
{
	return replace(arena, path, mode, bytes, n, false);
}

int
file_append(const char *path, const char *line)
{
	int fd = open(path,
	    O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW,
	    PRIVATE_FILE);
	char text[CHUNK];
	size_t n = strlen(line);
	int error;

	if (fd < 0)
		return errno;
	if (n + 1 > sizeof(text)) {
		close(fd);
		return EFBIG;
	}
	memcpy(text, line, n);
	text[n] = '\n';
	error = write_all(fd, text, n + 1, true);
	if (close(fd) != 0 && error == 0)
		error = errno;
	return error;
}

int
file_remove(const char *path)
{
	return unlink(path) != 0 && errno != ENOENT ? errno : 0;
}

int
file_rename(const char *from, const char *to)
{
	return rename(from, to) != 0 ? errno : 0;
}

bool
file_exists(const char *path)
{
	return access(path, F_OK) == 0;
}

int
file_make_folder(struct arena *arena, const char *path)
{
	const char *slash = strrchr(path, '/');

	if (slash != NULL && slash != path)
		mkdir(arena_strndup(arena, path, (size_t)(slash - path)),
		    PRIVATE_FOLDER);
	return mkdir(path, PRIVATE_FOLDER) != 0 && errno != EEXIST ? errno : 0;
}
