#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "runtime/apply/file.h"
#include "runtime/apply/pack.h"

int
pack_add(struct buf *pack, const char *name)
{
	struct stat status;
	struct buf text;
	int error;

	/* The name may be an unprivileged process's: no pipe, no device. */
	if (stat(name, &status) != 0)
		return errno;
	if (!S_ISREG(status.st_mode) || strchr(name, '\n') != NULL)
		return EINVAL;
	buf_init(&text, pack->arena);
	error = file_read(name, PACK_MAX, &text);
	if (error != 0)
		return error;
	buf_printf(pack, "%zu %s\n", text.n, name);
	buf_write(pack, text.p, text.n);
	buf_putc(pack, '\n');
	return 0;
}

bool
pack_names(struct arena *arena, const struct buf *pack, artefact_texts *names)
{
	const char *at = pack->p, *end = pack->p + pack->n;

	names->n = 0;
	while (at < end) {
		const char *line = memchr(at, '\n', (size_t)(end - at));
		char *blank;
		unsigned long size = strtoul(at, &blank, 10);

		if (line == NULL || *blank != ' ' || blank > line ||
		    size >= (size_t)(end - line))
			return false;
		vec_push(arena, names,
		    (const char *)arena_strndup(
			arena, blank + 1, (size_t)(line - blank - 1)));
		at = line + size + 2;
	}
	return at == end;
}

int
pack_open(const struct buf *pack)
{
	FILE *file = tmpfile();
	int fd = -1, error;

	if (file == NULL)
		return -1;
	if (fwrite(pack->p, 1, pack->n, file) == pack->n && fflush(file) == 0)
		fd = fcntl(fileno(file), F_DUPFD_CLOEXEC, 3);
	error = errno;
	fclose(file);
	errno = error;
	return fd;
}
