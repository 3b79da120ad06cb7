#include <stdlib.h>
#include <string.h>

#include "runtime/daemon/files.h"

static bool
is_same_time(struct timespec a, struct timespec b)
{
	return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec;
}

static bool
is_same(const struct stat *a, const struct stat *b)
{
	return is_same_time(a->st_mtim, b->st_mtim) &&
	    is_same_time(a->st_ctim, b->st_ctim) && a->st_size == b->st_size &&
	    a->st_ino == b->st_ino && a->st_dev == b->st_dev;
}

static bool
look(struct files *files, size_t i)
{
	struct stat found;
	bool there = stat(files->v[i].path, &found) == 0;
	bool same = there == files->v[i].there &&
	    (!there || is_same(&found, &files->v[i].found));

	files->v[i].there = there;
	if (there)
		files->v[i].found = found;
	return !same;
}

static bool
is_known(const struct files *files, const char *path)
{
	for (size_t i = 0; i < files->n; i++) {
		if (strcmp(files->v[i].path, path) == 0)
			return true;
	}
	return false;
}

static void
add(struct files *files, const char *path)
{
	if (files->n == FILES_MAX || is_known(files, path))
		return;
	files->v[files->n].path = strdup(path);
	if (files->v[files->n].path == NULL)
		return;
	files->n++;
	look(files, files->n - 1);
}

static bool
is_listed(const json_t *paths, const char *policy, const char *path)
{
	const json_t *entry;
	size_t i;

	if (strcmp(path, policy) == 0)
		return true;
	json_array_foreach(paths, i, entry)
	{
		if (strcmp(json_string_value(entry), path) == 0)
			return true;
	}
	return false;
}

static void
drop_others(struct files *files, const char *policy, const json_t *paths)
{
	size_t n = 0;

	for (size_t i = 0; i < files->n; i++) {
		if (is_listed(paths, policy, files->v[i].path))
			files->v[n++] = files->v[i];
		else
			free(files->v[i].path);
	}
	files->n = n;
}

void
files_learn(struct files *files, const char *policy, const json_t *paths)
{
	const json_t *entry;
	size_t i;

	if (paths != NULL)
		drop_others(files, policy, paths);
	add(files, policy);
	json_array_foreach(paths, i, entry)
	{
		add(files, json_string_value(entry));
	}
}

void
files_free(struct files *files)
{
	for (size_t i = 0; i < files->n; i++)
		free(files->v[i].path);
	files->n = 0;
}

bool
files_changed(struct files *files)
{
	bool changed = false;

	for (size_t i = 0; i < files->n; i++)
		changed = look(files, i) || changed;
	return changed;
}
