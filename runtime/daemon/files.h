/*
 * The files that a policy was made of: has one of them changed?
 *
 * They are looked at now and then: an editor may write a file in place, put
 * another in its place or take it away for a moment.
 */
#ifndef RUNTIME_DAEMON_FILES_H
#define RUNTIME_DAEMON_FILES_H

#include <jansson.h>
#include <stdbool.h>
#include <sys/stat.h>

#define FILES_MAX 256

struct files {
	struct {
		char *path;
		bool there;
		struct stat found;
	} v[FILES_MAX];
	size_t n;
};

/*
 * FILES, an array of paths, or only POLICY if it is NULL.  What is known of a
 * file that was there before stays.
 */
void files_learn(struct files *files, const char *policy, const json_t *paths);
void files_free(struct files *files);
/* Looks at all; true if one is not as it was at the last look. */
bool files_changed(struct files *files);

#endif
