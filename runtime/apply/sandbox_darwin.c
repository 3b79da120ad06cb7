/*
 * Darwin has no interface for this that is both documented and not deprecated.
 */
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

int
sandbox_system_enter(void)
{
	return 0;
}
