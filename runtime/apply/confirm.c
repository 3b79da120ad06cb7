/*
 * One file under different names.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "runtime/apply/confirm.h"

#define TEXT_SIZE 96

static const char *const names[] = {
    [CONFIRM_WAITING] = "confirm.waiting",
    [CONFIRM_GIVEN] = "confirm.given",
    [CONFIRM_REFUSED] = "confirm.refused",
    [CONFIRM_LATE] = "confirm.late",
    [CONFIRM_KEPT] = "confirm.kept",
    [CONFIRM_UNDONE] = "confirm.undone",
};

#define N_NAMES (sizeof(names) / sizeof(names[0]))

static bool
path_of(const char *run_dir, const char *name, char path[PATH_MAX])
{
	int n = snprintf(path, PATH_MAX, "%s/%s", run_dir, name);

	return n > 0 && n < PATH_MAX;
}

static int
write_all(int fd, const char *text, size_t n)
{
	ssize_t written;

	do
		written = write(fd, text, n);
	while (written < 0 && errno == EINTR);
	if (written < 0)
		return errno;
	return (size_t)written == n ? 0 : ENOSPC;
}

static int
write_file(const char *path, const struct confirm_wait *wait)
{
	char text[TEXT_SIZE];
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	int error, n;

	if (fd < 0)
		return errno;
	n = snprintf(text, sizeof(text), "%ld %u %" PRId64 "\n",
	    (long)wait->guard, wait->set, wait->until);
	error = write_all(fd, text, (size_t)n);
	if (close(fd) != 0 && error == 0)
		error = errno;
	return error;
}

static void
forget(const char *run_dir)
{
	char path[PATH_MAX];

	for (size_t i = 0; i < N_NAMES; i++)
		if (path_of(run_dir, names[i], path))
			unlink(path);
}

/* Written aside, so that a file half written is never there. */
int
confirm_begin(const char *run_dir, const struct confirm_wait *wait)
{
	char aside[PATH_MAX], path[PATH_MAX];
	int error;

	if (!path_of(run_dir, "confirm.new", aside) ||
	    !path_of(run_dir, names[CONFIRM_WAITING], path))
		return ENAMETOOLONG;
	forget(run_dir);
	unlink(aside);
	error = write_file(aside, wait);
	if (error == 0 && rename(aside, path) != 0)
		error = errno;
	if (error != 0)
		unlink(aside);
	return error;
}

int
confirm_answer(const char *run_dir, enum confirm_answer answer)
{
	char from[PATH_MAX], to[PATH_MAX];

	if (!path_of(run_dir, names[CONFIRM_WAITING], from) ||
	    !path_of(run_dir, names[answer], to))
		return ENAMETOOLONG;
	return rename(from, to) == 0 ? 0 : errno;
}

enum confirm_answer
confirm_look(const char *run_dir)
{
	char path[PATH_MAX];

	for (size_t i = 0; i < N_NAMES; i++)
		if (path_of(run_dir, names[i], path) && access(path, F_OK) == 0)
			return (enum confirm_answer)i;
	return CONFIRM_NONE;
}

bool
confirm_waits(const char *run_dir, struct confirm_wait *wait)
{
	char path[PATH_MAX];
	long guard;
	FILE *file;
	bool read;

	if (!path_of(run_dir, names[CONFIRM_WAITING], path))
		return false;
	file = fopen(path, "r");
	if (file == NULL)
		return false;
	read = fscanf(file, "%ld %u %" SCNd64, &guard, &wait->set,
		   &wait->until) == 3;
	fclose(file);
	wait->guard = (pid_t)guard;
	return read;
}

void
confirm_settle(const char *run_dir, enum confirm_answer outcome)
{
	char from[PATH_MAX], to[PATH_MAX];
	enum confirm_answer now = confirm_look(run_dir);

	if (now != CONFIRM_NONE && now != outcome &&
	    path_of(run_dir, names[now], from) &&
	    path_of(run_dir, names[outcome], to))
		rename(from, to);
}
