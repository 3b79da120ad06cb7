/*
 * akinc fmt FILE...: the canonical form, to the standard output, or into the
 * file with -w; with --check only whether it differs.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/commands.h"
#include "grammar/format.h"
#include "grammar/parse.h"

static bool
write_all(int fd, const char *bytes, size_t length)
{
	while (length > 0) {
		ssize_t n = write(fd, bytes, length);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return false;
		bytes += n;
		length -= (size_t)n;
	}
	return true;
}

/* FD is the file FRESH. */
static bool
replace(const char *path, mode_t mode, const char *fresh, int fd,
    const struct buf *text)
{
	bool good = fchmod(fd, mode & 0777) == 0 &&
	    write_all(fd, text->p, text->n) && fsync(fd) == 0;

	return close(fd) == 0 && good && rename(fresh, path) == 0;
}

/*
 * A new file beside the old one, then a rename: the policy is never half
 * written.  A link would become a file, so it is refused.
 */
static void
write_back(struct session *session, const char *path, const struct buf *text)
{
	char *fresh = arena_printf(session->arena, "%s.XXXXXX", path);
	struct stat old;
	int fd;

	if (lstat(path, &old) == 0 && !S_ISREG(old.st_mode)) {
		session_fail(session, EXIT_ENVIRONMENT,
		    "%s: not a plain file: name the one that it stands for",
		    path);
		return;
	}
	fd = mkstemp(fresh);
	if (fd >= 0 && replace(path, old.st_mode, fresh, fd, text))
		return;
	session_fail(
	    session, EXIT_ENVIRONMENT, "%s: %s", path, strerror(errno));
	if (fd >= 0)
		unlink(fresh);
}

static void
put(struct session *session, const char *path, const struct buf *text)
{
	const struct source *source = sources_get(
	    &session->sources, session->tree->file);
	bool same = source->size == text->n &&
	    memcmp(source->text, text->p, text->n) == 0;

	if (session->options->check) {
		if (same)
			return;
		printf("%s\n", path);
		session->code = EXIT_POLICY;
	} else if (!session->options->write) {
		fwrite(text->p, 1, text->n, stdout);
	} else if (strcmp(path, "-") == 0) {
		session_fail(session, EXIT_USAGE,
		    "the standard input cannot be written back");
	} else if (!same) {
		write_back(session, path, text);
	}
}

static enum exit_code
format(struct session *session, const char *path)
{
	struct buf text;

	if (session_parse_only(session, path)) {
		buf_init(&text, session->arena);
		format_file(session->tree, &session->sources, &text);
		put(session, path, &text);
	}
	session_report_text(session);
	return session->code;
}

enum exit_code
command_format(struct session *session)
{
	const struct options *options = session->options;
	enum exit_code worst = EXIT_FINE;

	if (options->operands.n == 0 || (options->check && options->write)) {
		fputs("usage: akinc fmt [--check | -w] FILE...\n", stderr);
		return EXIT_USAGE;
	}
	for (size_t i = 0; i < options->operands.n; i++) {
		struct session one;
		enum exit_code code;

		session_init(&one, options, session->arena);
		code = format(&one, options->operands.v[i]);
		if (code > worst)
			worst = code;
	}
	return worst;
}
