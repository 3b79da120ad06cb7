/*
 * Processes by sysctl(3) and libproc(3).
 */
#include <errno.h>
#include <libproc.h>
#include <string.h>
#include <unistd.h>

#include "runtime/apply/login_system.h"
#include "runtime/apply/private.h"

bool
process_is(pid_t pid, const char *name)
{
	struct login_process process;

	return login_system_process(pid, &process) &&
	    strcmp(process.name, name) == 0;
}

int
process_own_path(char *path, size_t size)
{
	return proc_pidpath(getpid(), path, (uint32_t)size) > 0 ? 0 : errno;
}
