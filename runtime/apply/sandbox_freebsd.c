/*
 * FreeBSD, by capsicum(4).  In capability mode nothing is executed, so it
 * cannot begin before exec.
 */
#include <sys/capsicum.h>

#include <errno.h>

#include "runtime/apply/sandbox_system.h"

bool
sandbox_system_seeks_leaks(void)
{
	return false;
}

int
sandbox_system_confine(void)
{
	return 0;
}

/* A kernel without it has the limits alone. */
int
sandbox_system_enter(void)
{
	return cap_enter() == 0 || errno == ENOSYS ? 0 : errno;
}
