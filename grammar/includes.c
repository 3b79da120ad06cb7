/*
 * The files that include statements name.
 *
 * A file is known by its device and inode, so that a loop is found however
 * its parts are spelled.  Only regular files are read: a pipe could keep the
 * compiler waiting for ever.
 */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "grammar/parse.h"

/* One file of the chain that leads to the one being read. */
struct including {
	const struct including *outer; /* NULL for the policy itself */
	struct ast_file *tree;
	struct span span; /* of the path, where it is named */
	bool known;	  /* the two below are */
	dev_t device;
	ino_t inode;
};

struct includes {
	struct parse *parse;
	size_t n_files;
	bool full;
};

/* PATH as seen from the folder of the file that names it. */
static const char *
join_path(struct parse *parse, const struct ast_file *tree, const char *path)
{
	const char *from = sources_get(parse->sources, tree->file)->name;
	const char *slash = strrchr(from, '/');

	if (path[0] == '/')
		return path;
	/* A single '-' would be the standard input. */
	if (slash == NULL)
		return strcmp(path, "-") == 0 ? "./-" : path;
	return arena_printf(
	    parse->arena, "%.*s/%s", (int)(slash - from), from, path);
}

static void
report_unreadable(struct includes *includes, const struct ast_word *path,
    const char *name, const char *reason)
{
	diag_add(includes->parse->diags, E_INCLUDE, path->span,
	    "'%s' cannot be included: %s", name, reason);
}

/* True, and the status of the file in *STATUS, if it may be read. */
static bool
may_read(struct includes *includes, const struct ast_word *path,
    const char *name, struct stat *status)
{
	const char *reason = NULL;
	int error = sources_stat(includes->parse->sources, name, status);

	if (path->text[0] == '\0')
		reason = "no file is named";
	else if (error != 0)
		reason = strerror(error);
	else if (!S_ISREG(status->st_mode))
		reason = "it is no regular file";
	if (reason != NULL)
		report_unreadable(includes, path, name, reason);
	return reason == NULL;
}

/* The names of the chain from INNER outward to OUTER. */
static void
label_chain(struct includes *includes, struct diag *diag,
    const struct including *inner, const struct including *outer)
{
	for (const struct including *at = inner; at != outer; at = at->outer)
		diag_label(
		    includes->parse->diags, diag, at->span, "included here");
}

static bool
is_loop(struct includes *includes, const struct including *chain,
    const struct ast_word *path, const struct stat *status)
{
	const struct including *same = chain;
	struct diag *diag;

	while (same != NULL &&
	    !(same->known && same->device == status->st_dev &&
		same->inode == status->st_ino))
		same = same->outer;
	if (same == NULL)
		return false;
	diag = diag_add(includes->parse->diags, E_INCLUDE_LOOP, path->span,
	    "'%s' includes itself",
	    sources_get(includes->parse->sources, same->tree->file)->name);
	label_chain(includes, diag, chain, same);
	return true;
}

static bool
is_too_deep(struct includes *includes, const struct including *chain,
    const struct ast_word *path)
{
	size_t depth = 0;
	struct diag *diag;

	for (const struct including *at = chain; at != NULL; at = at->outer)
		depth++;
	if (depth <= PARSE_INCLUDE_DEPTH)
		return false;
	diag = diag_add(includes->parse->diags, E_INCLUDE_DEPTH, path->span,
	    "this include is %zu levels deep, and %d are the most", depth,
	    PARSE_INCLUDE_DEPTH);
	label_chain(includes, diag, chain, chain->outer);
	return true;
}

static bool
is_too_many(struct includes *includes, const struct ast_word *path)
{
	if (includes->n_files < PARSE_INCLUDE_FILES)
		return false;
	if (!includes->full)
		diag_add(includes->parse->diags, E_INCLUDE, path->span,
		    "more than %d files are included", PARSE_INCLUDE_FILES);
	includes->full = true;
	return true;
}

static struct ast_file *
read_include(struct includes *includes, const struct including *chain,
    const struct ast_word *path, struct stat *status)
{
	struct parse *parse = includes->parse;
	const char *name = join_path(parse, chain->tree, path->text);
	uint32_t file;
	int error;

	if (is_too_many(includes, path) ||
	    !may_read(includes, path, name, status) ||
	    is_loop(includes, chain, path, status) ||
	    is_too_deep(includes, chain, path))
		return NULL;
	includes->n_files++;
	error = sources_read(parse->sources, name, &file);
	if (error != 0) {
		report_unreadable(includes, path, name, strerror(error));
		return NULL;
	}
	return parse_file(parse, file);
}

/* As deep as the chain is long, and that is bounded. */
static void
read_includes(struct includes *includes, const struct including *chain)
{
	struct ast_statement *at = chain->tree->statements;

	for (; at != NULL && !includes->full; at = at->next) {
		struct including inner = {.outer = chain, .known = true};
		struct stat status;

		if (at->kind != AST_INCLUDE)
			continue;
		inner.tree = read_include(
		    includes, chain, &at->u.include.path, &status);
		if (inner.tree == NULL)
			continue;
		at->u.include.file = inner.tree;
		inner.span = at->u.include.path.span;
		inner.device = status.st_dev;
		inner.inode = status.st_ino;
		read_includes(includes, &inner);
	}
}

void
parse_includes(struct parse *parse, struct ast_file *tree)
{
	struct includes includes = {.parse = parse};
	struct including outermost = {.tree = tree};
	const char *name = sources_get(parse->sources, tree->file)->name;
	struct stat status;

	if (strcmp(name, "-") != 0 &&
	    sources_stat(parse->sources, name, &status) == 0) {
		outermost.known = true;
		outermost.device = status.st_dev;
		outermost.inode = status.st_ino;
	}
	read_includes(&includes, &outermost);
}
