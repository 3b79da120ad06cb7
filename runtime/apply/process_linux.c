/*
 * Processes by /proc.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "runtime/apply/private.h"

#define STAT_MAX 512

/* "123 (natd) S …": the name may hold anything, so look for the last ")". */
bool
process_is(pid_t pid, const char *name)
{
	char path[64], text[STAT_MAX], *open, *close;
	FILE *file;
	size_t n;

	snprintf(path, sizeof(path), "/proc/%ld/stat", (long)pid);
	file = fopen(path, "r");
	if (file == NULL)
		return false;
	n = fread(text, 1, sizeof(text) - 1, file);
	fclose(file);
	text[n] = '\0';
	open = strchr(text, '(');
	close = strrchr(text, ')');
	if (open == NULL || close == NULL || close < open)
		return false;
	*close = '\0';
	return strcmp(open + 1, name) == 0 && close[1] == ' ' &&
	    close[2] != 'Z' && close[2] != 'X';
}

int
process_own_path(char *path, size_t size)
{
	ssize_t n = readlink("/proc/self/exe", path, size - 1);

	if (n < 0)
		return errno;
	path[n] = '\0';
	return 0;
}
