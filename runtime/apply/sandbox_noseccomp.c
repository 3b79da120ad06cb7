/*
 * Linux, built without libseccomp.
 */
#include <errno.h>
#include <sys/prctl.h>

#include "runtime/apply/sandbox_system.h"

bool
sandbox_system_seeks_leaks(void)
{
	return false;
}

int
sandbox_system_confine(void)
{
	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 ? 0 : errno;
}

int
sandbox_system_enter(void)
{
	return 0;
}
