/*
 * hosts NAME from "file": one address, prefix or range a line, comments from
 * "#" to the end of the line.
 *
 * A list may have a million lines, so nothing is kept for a line but its
 * range.  A file that is not such a list has errors on nearly every line, and
 * is given up after a few.
 */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "sema/resolve.h"

#define FILE_ERRORS_MAX 10
#define BYTE_ORDER_MARK "\xef\xbb\xbf"

struct lines {
	const char *text;
	size_t size;
	size_t at;
};

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

/*
 * The next line without its comment and the blanks around it, which may leave
 * nothing.  Returns false at the end.
 */
static bool
next_line(struct lines *lines, size_t *start, size_t *end)
{
	const char *text = lines->text, *stop;

	if (lines->at >= lines->size)
		return false;
	*start = lines->at;
	stop = memchr(text + *start, '\n', lines->size - *start);
	*end = stop == NULL ? lines->size : (size_t)(stop - text);
	lines->at = *end + 1;
	stop = memchr(text + *start, '#', *end - *start);
	if (stop != NULL)
		*end = (size_t)(stop - text);
	while (*start < *end && is_blank(text[*start]))
		(*start)++;
	while (*end > *start && is_blank(text[*end - 1]))
		(*end)--;
	return true;
}

/* The path as the file that names it sees it. */
static const char *
path_join(struct resolve *r, const struct ast_word *path)
{
	const struct source *source = sources_get(
	    r->sema->sources, path->span.file);
	const char *slash = NULL;

	if (source != NULL)
		slash = strrchr(source->name, '/');
	if (path->text[0] == '/')
		return path->text;
	/* "./": a file called "-" is not the standard input. */
	if (slash == NULL)
		return arena_printf(r->arena, "%s%s",
		    path->text[0] == '-' ? "./" : "", path->text);
	return arena_printf(r->arena, "%.*s/%s", (int)(slash - source->name),
	    source->name, path->text);
}

static bool
is_plain(const char *path)
{
	for (const char *p = path; *p != '\0'; p++) {
		if ((unsigned char)*p < ' ' || *p == 0x7f)
			return false;
	}
	return path[0] != '\0';
}

/* Registers the file NAME; returns why it cannot be read, or NULL. */
static const char *
read_regular(struct resolve *r, const char *name, uint32_t *file)
{
	struct stat status;
	int error;

	error = sources_stat(r->sema->sources, name, &status);
	if (error != 0)
		return strerror(error);
	/* A pipe would wait for ever, and a device may never end. */
	if (!S_ISREG(status.st_mode))
		return "it is no regular file";
	error = sources_read(r->sema->sources, name, file);
	return error == 0 ? NULL : strerror(error);
}

static bool
open_file(struct resolve *r, const struct ast_word *path, uint32_t *file)
{
	const char *reason;

	if (!is_plain(path->text)) {
		diag_add(r->diags, E_HOSTS_FILE, path->span,
		    "this is not the name of a file");
		return false;
	}
	reason = read_regular(r, path_join(r, path), file);
	if (reason != NULL)
		diag_add(r->diags, E_HOSTS_FILE, path->span,
		    "cannot read '%s': %s", path->text, reason);
	return reason == NULL;
}

/* Editors put this mark before UTF-8. */
static size_t
mark_length(const struct source *source)
{
	size_t length = strlen(BYTE_ORDER_MARK);

	return source->size >= length &&
		memcmp(source->text, BYTE_ORDER_MARK, length) == 0
	    ? length
	    : 0;
}

static size_t
read_lines(struct resolve *r, uint32_t file, struct address_list *list)
{
	const struct source *source = sources_get(r->sema->sources, file);
	struct lines lines = {source->text, source->size, mark_length(source)};
	size_t start, end, n_errors = 0;

	while (n_errors < FILE_ERRORS_MAX && next_line(&lines, &start, &end)) {
		struct span span = {
		    file, (uint32_t)start, (uint32_t)(end - start)};
		struct addr_range range;
		enum family family;

		if (start == end)
			continue;
		if (address_read(r->diags, source->text + start, end - start,
			span, &family, &range))
			address_list_add(r->arena, list, family, range);
		else
			n_errors++;
	}
	return n_errors;
}

bool
resolve_hosts_file(
    struct resolve *r, const struct ast_word *path, struct address_list *list)
{
	struct diag *diag;
	uint32_t file;

	if (!open_file(r, path, &file))
		return false;
	if (read_lines(r, file, list) > 0)
		return false;
	if (list->v4.n + list->v6.n > 0)
		return true;
	diag = diag_add(r->diags, E_HOSTS_EMPTY, path->span,
	    "'%s' holds no address", path->text);
	diag_help(r->diags, diag,
	    "an empty list would leave its rules without any address: take "
	    "the rules out, or put an address in");
	return false;
}
