/*
 * Processes as sysctl(3) shows them: kern.proc.pid and kern.proc.env.
 */
#include <sys/param.h>
#include <sys/sysctl.h>
#include <sys/user.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "runtime/apply/login_system.h"

#define ENVIRONMENT_SIZE 262144

bool
login_system_process(pid_t pid, struct login_process *process)
{
	int name[] = {CTL_KERN, KERN_PROC, KERN_PROC_PID, (int)pid};
	struct kinfo_proc info;
	size_t size = sizeof(info);

	if (sysctl(name, 4, &info, &size, NULL, 0) != 0 ||
	    size != sizeof(info) || info.ki_pid != pid)
		return false;
	process->parent = info.ki_ppid;
	snprintf(process->name, sizeof(process->name), "%s", info.ki_comm);
	process->terminal[0] = '\0';
	if (info.ki_tdev != NODEV)
		snprintf(process->terminal, sizeof(process->terminal), "%s",
		    devname(info.ki_tdev, S_IFCHR));
	return true;
}

bool
login_system_variable(
    pid_t pid, const char *variable, char text[LOGIN_TEXT_SIZE])
{
	int name[] = {CTL_KERN, KERN_PROC, KERN_PROC_ENV, (int)pid};
	size_t size = ENVIRONMENT_SIZE;
	char *bytes = malloc(size);
	bool found;

	if (bytes == NULL)
		return false;
	found = sysctl(name, 4, bytes, &size, NULL, 0) == 0 &&
	    login_environment_find(bytes, size, variable, text);
	free(bytes);
	return found;
}
