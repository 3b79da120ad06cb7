#include <sys/syscall.h>
#include <unistd.h>

#include "runtime/watch/process.h"

/* pidfd_open(2), which older C libraries do not wrap; sets close-on-exec. */
int
watch_process_open(pid_t pid)
{
	return (int)syscall(SYS_pidfd_open, pid, 0);
}
