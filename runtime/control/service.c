#include <errno.h>
#include <spawn.h>
#include <stdint.h>
#include <sys/wait.h>

#include "runtime/control/service.h"

static int
wait_for(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) == -1)
		if (errno != EINTR)
			return -1;
	return status;
}

int
control_service_run(enum control_service action, const char *program)
{
	/* Nothing of the caller's environment decides what is started. */
	static char path[] = "PATH=/usr/bin:/bin:/usr/sbin:/sbin";
	char *const environment[] = {path, NULL};
	const char *words[CONTROL_SERVICE_WORDS];
	char *arguments[CONTROL_SERVICE_WORDS];
	pid_t pid;

	control_service_words(action, words);
	if (program != NULL)
		words[0] = program;
	for (int i = 0; i < CONTROL_SERVICE_WORDS; i++)
		arguments[i] = (char *)(uintptr_t)words[i];
	errno = posix_spawn(&pid, words[0], NULL, NULL, arguments, environment);
	return errno == 0 ? wait_for(pid) : -1;
}
