/*
 * Replays a corpus without a fuzzer: each argument is a file, or a directory
 * whose files are taken in the order of their names.  An input is handed over
 * in a block of exactly its size, so that a sanitizer sees a read past its end.
 */
#include <sys/stat.h>

#include <dirent.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#define PATH_LENGTH_MAX 4096

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool
replay_bytes(FILE *file, size_t size)
{
	uint8_t *data = malloc(size > 0 ? size : 1);
	bool complete;

	if (data == NULL)
		return false;
	complete = fread(data, 1, size, file) == size;
	if (complete)
		LLVMFuzzerTestOneInput(data, size);
	free(data);
	return complete;
}

static bool
replay_file(const char *path)
{
	FILE *file = fopen(path, "rb");
	struct stat info;
	bool ok;

	if (file == NULL) {
		perror(path);
		return false;
	}
	ok = fstat(fileno(file), &info) == 0 &&
	    replay_bytes(file, (size_t)info.st_size);
	if (!ok)
		perror(path);
	fclose(file);
	return ok;
}

static bool
replay_entry(const char *directory, const char *name)
{
	char path[PATH_LENGTH_MAX];
	int length;

	if (name[0] == '.')
		return true;
	length = snprintf(path, sizeof(path), "%s/%s", directory, name);
	return length > 0 && (size_t)length < sizeof(path) && replay_file(path);
}

static bool
replay_directory(const char *path)
{
	struct dirent **entries;
	int n = scandir(path, &entries, NULL, alphasort);
	bool ok = n >= 0;

	for (int i = 0; i < n; i++) {
		ok = replay_entry(path, entries[i]->d_name) && ok;
		free(entries[i]);
	}
	if (n >= 0)
		free(entries);
	return ok;
}

int
main(int argc, char **argv)
{
	bool ok = true;

	for (int i = 1; i < argc; i++) {
		struct stat info;
		bool directory = stat(argv[i], &info) == 0 &&
		    S_ISDIR(info.st_mode);

		ok = (directory ? replay_directory(argv[i])
				: replay_file(argv[i])) &&
		    ok;
	}
	return ok ? 0 : 3;
}
