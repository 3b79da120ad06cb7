/* What kern.proc.pid tells. */
#ifndef COMPILE_SYS_USER_H
#define COMPILE_SYS_USER_H

#include <sys/types.h>

#define NODEV ((dev_t)-1)

struct kinfo_proc {
	pid_t ki_pid, ki_ppid;
	dev_t ki_tdev;
	char ki_comm[20];
};

char *devname(dev_t, mode_t);

#endif
