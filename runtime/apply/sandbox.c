/*
 * Limits that every system has.
 *
 * A process may always write to what is no plain file, so pipes are not
 * concerned by the limit of size.
 */
#include <errno.h>
#include <sys/resource.h>

#include "runtime/apply/sandbox.h"
#include "runtime/apply/sandbox_system.h"

#define FILES_MAX 64

static int
limit(int resource, rlim_t most)
{
	struct rlimit was;

	if (getrlimit(resource, &was) != 0)
		return errno;
	if (was.rlim_max != RLIM_INFINITY && was.rlim_max < most)
		most = was.rlim_max;
	return setrlimit(resource, &(struct rlimit){most, most}) == 0 ? 0
								      : errno;
}

/* RLIMIT_NPROC is no part of POSIX, but every system here has it. */
int
sandbox_confine(void)
{
	int error = limit(RLIMIT_CORE, 0);

	if (error == 0)
		error = limit(RLIMIT_FSIZE, 0);
	if (error == 0 && !sandbox_system_seeks_leaks())
		error = limit(RLIMIT_NPROC, 0);
	if (error == 0)
		error = limit(RLIMIT_NOFILE, FILES_MAX);
	return error == 0 ? sandbox_system_confine() : error;
}

int
sandbox_enter(void)
{
	return sandbox_system_enter();
}
