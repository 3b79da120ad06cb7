/*
 * ipfw(8) or sysctl(8), by the name it is called by, from the emulator whose
 * socket is in the folder above its own: akind gives its children no
 * environment.  When a batch has switched sets, the time is added to the file
 * `switched` there, in nanoseconds.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define BATCH_MAX ((size_t)1 << 20)
#define PATH_SIZE 4096

static char folder[PATH_SIZE], batch[BATCH_MAX + 1];

static bool
find_folder(const char *own)
{
	char *slash;

	if (strlen(own) >= sizeof(folder))
		return false;
	memcpy(folder, own, strlen(own) + 1);
	for (int i = 0; i < 2; i++) {
		slash = strrchr(folder, '/');
		if (slash == NULL)
			return false;
		*slash = '\0';
	}
	return true;
}

static size_t
read_batch(void)
{
	size_t size = 0;
	ssize_t n;

	while (size < BATCH_MAX &&
	    (n = read(0, batch + size, BATCH_MAX - size)) > 0)
		size += (size_t)n;
	return size;
}

static void
note_time(void)
{
	char path[PATH_SIZE + 16];
	struct timespec now;
	FILE *file;

	clock_gettime(CLOCK_REALTIME, &now);
	snprintf(path, sizeof(path), "%s/switched", folder);
	file = fopen(path, "a");
	if (file == NULL)
		return;
	fprintf(file, "%lld%09ld\n", (long long)now.tv_sec, now.tv_nsec);
	fclose(file);
}

/* The batch again on the child's standard input. */
static int
run_batch(const char *emulator, char **words)
{
	size_t size = read_batch();
	int fds[2], status;
	pid_t pid;

	if (pipe(fds) == -1 || (pid = fork()) == -1)
		return 71;
	if (pid == 0) {
		dup2(fds[0], 0);
		close(fds[0]);
		close(fds[1]);
		execv(emulator, words);
		_exit(71);
	}
	close(fds[0]);
	if (write(fds[1], batch, size) != (ssize_t)size)
		return 71;
	close(fds[1]);
	waitpid(pid, &status, 0);
	if (strstr(batch, "enable ") != NULL)
		note_time();
	return WIFEXITED(status) ? WEXITSTATUS(status) : 71;
}

/* EMULATOR stands in the file `emulator` of the folder. */
static bool
read_emulator(char emulator[PATH_SIZE])
{
	char path[PATH_SIZE + 16];
	FILE *file;

	snprintf(path, sizeof(path), "%s/emulator", folder);
	file = fopen(path, "r");
	if (file == NULL || fgets(emulator, PATH_SIZE, file) == NULL)
		return false;
	fclose(file);
	emulator[strcspn(emulator, "\n")] = '\0';
	snprintf(path, sizeof(path), "%s/socket", folder);
	return setenv("IPFW_EMU", path, 1) == 0;
}

int
main(int argc, char **argv)
{
	static char emulator[PATH_SIZE], sysctl[] = "sysctl";
	char **words = calloc((size_t)argc + 2, sizeof(*words));
	const char *name = strrchr(argv[0], '/');
	int n = 0;

	if (words == NULL || name == NULL || !find_folder(argv[0]) ||
	    !read_emulator(emulator))
		return 71;
	words[n++] = emulator;
	if (strcmp(name + 1, "sysctl") == 0)
		words[n++] = sysctl;
	for (int i = 1; i < argc; i++)
		words[n++] = argv[i];
	if (argc > 1 && strcmp(argv[argc - 1], "/dev/stdin") == 0)
		return run_batch(emulator, words);
	execv(emulator, words);
	return 71;
}
