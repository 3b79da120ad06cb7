/* sysctl(3). */
#ifndef COMPILE_SYS_SYSCTL_H
#define COMPILE_SYS_SYSCTL_H

#include <stddef.h>

#define CTL_KERN 1
#define CTL_NET 4
#define KERN_PROC 14
#define KERN_PROC_PID 1
#define NET_RT_DUMP 1

#ifdef COMPILE_DARWIN
#include <sys/types.h>

#define KERN_ARGMAX 8
#define KERN_PROCARGS2 49
#define NODEV ((dev_t)-1)

struct kinfo_proc {
	struct {
		char p_comm[17];
	} kp_proc;
	struct {
		pid_t e_ppid;
		dev_t e_tdev;
	} kp_eproc;
};

char *devname(dev_t, mode_t);
int sysctl(int *, unsigned, void *, size_t *, void *, size_t);
#else
#define KERN_PROC_PATHNAME 12
#define KERN_PROC_ENV 35

int sysctl(const int *, unsigned, void *, size_t *, const void *, size_t);
#endif

#endif
