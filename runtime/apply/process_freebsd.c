/*
 * Processes by sysctl(3).
 */
#include <sys/types.h>
#include <sys/sysctl.h>

#include <errno.h>
#include <string.h>

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
	int mib[4] = {CTL_KERN, KERN_PROC, KERN_PROC_PATHNAME, -1};

	return sysctl(mib, 4, path, &size, NULL, 0) == 0 ? 0 : errno;
}
