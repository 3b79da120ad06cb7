/*
 * Processes as sysctl(3) shows them: kern.proc.pid and kern.procargs2.
 */
#include <sys/param.h>
#include <sys/sysctl.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "runtime/apply/login_system.h"

bool
login_system_process(pid_t pid, struct login_process *process)
{
	int name[] = {CTL_KERN, KERN_PROC, KERN_PROC_PID, (int)pid};
	struct kinfo_proc info;
	size_t size = sizeof(info);
	const char *terminal;

	if (sysctl(name, 4, &info, &size, NULL, 0) != 0 || size != sizeof(info))
		return false;
	process->parent = info.kp_eproc.e_ppid;
	snprintf(
	    process->name, sizeof(process->name), "%s", info.kp_proc.p_comm);
	process->terminal[0] = '\0';
	if (info.kp_eproc.e_tdev == NODEV)
		return true;
	terminal = devname(info.kp_eproc.e_tdev, S_IFCHR);
	snprintf(process->terminal, sizeof(process->terminal), "%s",
	    terminal != NULL ? terminal : "?");
	return true;
}

/*
 * The number of arguments, the path of the program, NULs, the arguments, the
 * environment: who looks for "NAME=" among all of them finds it.
 */
bool
login_system_variable(
    pid_t pid, const char *variable, char text[LOGIN_TEXT_SIZE])
{
	int name[] = {CTL_KERN, KERN_PROCARGS2, (int)pid};
	int limit[] = {CTL_KERN, KERN_ARGMAX};
	int most = 0;
	size_t size = sizeof(most);
	char *bytes;
	bool found;

	if (sysctl(limit, 2, &most, &size, NULL, 0) != 0 ||
	    most <= (int)sizeof(int))
		return false;
	size = (size_t)most;
	bytes = malloc(size);
	if (bytes == NULL)
		return false;
	found = sysctl(name, 3, bytes, &size, NULL, 0) == 0 &&
	    size > sizeof(int) &&
	    login_environment_find(
		bytes + sizeof(int), size - sizeof(int), variable, text);
	free(bytes);
	return found;
}
