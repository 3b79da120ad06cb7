/*
 * Root is root here, see capsicum(4): ipfw(8) and natd(8) need it.  What reads
 * policies gives it up by itself.
 */
#include <sys/types.h>
#include <sys/procctl.h>

#include <unistd.h>

#include "runtime/daemon/privilege.h"

void
privilege_drop(void)
{
	int no = PROC_TRACE_CTL_DISABLE_EXEC;

	procctl(P_PID, getpid(), PROC_TRACE_CTL, &no);
}
