/*
 * The programs of the system, and the paths of our own files.
 */
#include <stdarg.h>
#include <string.h>
#include <unistd.h>

#include "runtime/apply/private.h"

#define TIMEOUT 60 /* seconds */

static const char *
path_below(const struct apply *apply, const char *folder, const char *format,
    va_list args)
{
	struct buf path;

	buf_init(&path, apply->arena);
	buf_printf(&path, "%s/", folder);
	buf_vprintf(&path, format, args);
	return path.p;
}

const char *
state_path(const struct apply *apply, const char *format, ...)
{
	const char *path;
	va_list args;

	va_start(args, format);
	path = path_below(apply, apply->state_dir, format, args);
	va_end(args);
	return path;
}

const char *
run_path(const struct apply *apply, const char *format, ...)
{
	const char *path;
	va_list args;

	va_start(args, format);
	path = path_below(apply, apply->run_dir, format, args);
	va_end(args);
	return path;
}

const char *
journal_path(const struct apply *apply, const char *format, ...)
{
	const char *path;
	va_list args;

	va_start(args, format);
	path = path_below(apply, apply->lock_dir, format, args);
	va_end(args);
	return path;
}

/* The first of the system's folders that has NAME; else the first's. */
static const char *
find_program(struct arena *arena, const char *name)
{
	static const char *const folders[] = {
	    "/sbin", "/usr/sbin", "/bin", "/usr/bin", NULL};

	for (size_t i = 0; folders[i] != NULL; i++) {
		const char *path = arena_printf(
		    arena, "%s/%s", folders[i], name);

		if (access(path, X_OK) == 0)
			return path;
	}
	return arena_printf(arena, "%s/%s", folders[0], name);
}

void
command_find(struct apply *apply)
{
	struct apply_paths *paths = &apply->paths;
	const struct {
		const char **path;
		const char *name;
	} programs[] = {
	    {&paths->ipfw, "ipfw"},
	    {&paths->natd, "natd"},
	    {&paths->sysctl, "sysctl"},
	    {&paths->kldstat, "kldstat"},
	    {&paths->kldload, "kldload"},
	    {&paths->kldunload, "kldunload"},
	};

	*paths = apply->request->paths;
	for (size_t i = 0; i < sizeof(programs) / sizeof(programs[0]); i++)
		if (*programs[i].path == NULL)
			*programs[i].path = find_program(
			    apply->arena, programs[i].name);
}

bool
command_run(struct apply *apply, const char *const *words, const char *input,
    size_t size, struct child_result *result)
{
	struct child_result own;
	struct child_request request = {
	    .words = words,
	    .input = input,
	    .size = size,
	    .timeout = apply->request->timeout != 0 ? apply->request->timeout
						    : TIMEOUT,
	    .output_max = OUTPUT_MAX,
	};

	/* natd outlives the run; of the others none may. */
	if (words[0] != apply->paths.natd)
		request.hold = apply->lock.held;

	apply->result.processes++;
	return child_run(
	    apply->arena, &request, result != NULL ? result : &own);
}

bool
command_ipfw(
    struct apply *apply, const struct buf *lines, struct child_result *result)
{
	const char *words[] = {apply->paths.ipfw, "-S", "/dev/stdin", NULL};

	return command_run(apply, words, lines->p, lines->n, result);
}
