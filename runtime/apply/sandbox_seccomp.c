/*
 * Linux, by seccomp(2): a list of the system calls that are left; all others
 * fail with EPERM.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/netlink.h>
#include <seccomp.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "runtime/apply/sandbox_system.h"

/* Memory, time, who we are, what is open already; loading another filter. */
static const int always[] = {SCMP_SYS(arch_prctl), SCMP_SYS(brk),
    SCMP_SYS(clock_getres), SCMP_SYS(clock_gettime), SCMP_SYS(close),
    SCMP_SYS(dup), SCMP_SYS(dup2), SCMP_SYS(dup3), SCMP_SYS(exit),
    SCMP_SYS(exit_group), SCMP_SYS(fadvise64), SCMP_SYS(fcntl), SCMP_SYS(fstat),
    SCMP_SYS(fstatfs), SCMP_SYS(futex), SCMP_SYS(getegid), SCMP_SYS(geteuid),
    SCMP_SYS(getgid), SCMP_SYS(getpid), SCMP_SYS(getppid), SCMP_SYS(getrandom),
    SCMP_SYS(getrlimit), SCMP_SYS(gettid), SCMP_SYS(gettimeofday),
    SCMP_SYS(getuid), SCMP_SYS(ioctl), SCMP_SYS(lseek), SCMP_SYS(madvise),
    SCMP_SYS(mmap), SCMP_SYS(mprotect), SCMP_SYS(mremap), SCMP_SYS(munmap),
    SCMP_SYS(poll), SCMP_SYS(ppoll), SCMP_SYS(prctl), SCMP_SYS(pread64),
    SCMP_SYS(prlimit64), SCMP_SYS(read), SCMP_SYS(readv),
    SCMP_SYS(restart_syscall), SCMP_SYS(rseq), SCMP_SYS(rt_sigaction),
    SCMP_SYS(rt_sigprocmask), SCMP_SYS(rt_sigreturn),
    SCMP_SYS(sched_getaffinity), SCMP_SYS(sched_yield), SCMP_SYS(seccomp),
    SCMP_SYS(set_robust_list), SCMP_SYS(set_tid_address), SCMP_SYS(sigaltstack),
    SCMP_SYS(sysinfo), SCMP_SYS(time), SCMP_SYS(uname), SCMP_SYS(write),
    SCMP_SYS(writev)};

/* Finding files, and talking to the only socket that can be made. */
static const int while_reading[] = {SCMP_SYS(access), SCMP_SYS(bind),
    SCMP_SYS(execve), SCMP_SYS(faccessat), SCMP_SYS(faccessat2),
    SCMP_SYS(getcwd), SCMP_SYS(getdents64), SCMP_SYS(getsockname),
    SCMP_SYS(lstat), SCMP_SYS(newfstatat), SCMP_SYS(readlink),
    SCMP_SYS(readlinkat), SCMP_SYS(recvfrom), SCMP_SYS(recvmsg),
    SCMP_SYS(sendto), SCMP_SYS(stat), SCMP_SYS(statfs), SCMP_SYS(statx)};

#define COUNT(list) (sizeof(list) / sizeof((list)[0]))
#define WRITES (O_ACCMODE | O_CREAT | O_TRUNC)

extern int __lsan_do_recoverable_leak_check(void) __attribute__((weak));

bool
sandbox_system_seeks_leaks(void)
{
	return __lsan_do_recoverable_leak_check != NULL;
}

/* Calls that this machine does not have need no rule. */
static bool
allow(scmp_filter_ctx filter, const int *calls, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		int error = calls[i] < 0
		    ? 0
		    : seccomp_rule_add(filter, SCMP_ACT_ALLOW, calls[i], 0);

		if (error != 0 && error != -EEXIST)
			return false;
	}
	return true;
}

static bool
allow_reading(scmp_filter_ctx filter)
{
	if (SCMP_SYS(open) >= 0 &&
	    seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(open), 1,
		SCMP_A1(SCMP_CMP_MASKED_EQ, WRITES, O_RDONLY)) != 0)
		return false;
	return allow(filter, while_reading, COUNT(while_reading)) &&
	    seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(openat), 1,
		SCMP_A2(SCMP_CMP_MASKED_EQ, WRITES, O_RDONLY)) == 0 &&
	    seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(socket), 2,
		SCMP_A0(SCMP_CMP_EQ, AF_NETLINK),
		SCMP_A2(SCMP_CMP_EQ, NETLINK_ROUTE)) == 0;
}

/* A bug of ours ends us by a signal to ourselves. */
static bool
allow_abort(scmp_filter_ctx filter)
{
	return seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(tgkill), 1,
		   SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)getpid())) == 0;
}

static int
load(bool reads)
{
	scmp_filter_ctx filter;
	int error = -ENOMEM;

	if (sandbox_system_seeks_leaks())
		return 0;
	filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));
	if (filter == NULL)
		return ENOMEM;
	if (allow(filter, always, COUNT(always)) && allow_abort(filter) &&
	    (!reads || allow_reading(filter)))
		error = seccomp_load(filter);
	seccomp_release(filter);
	/* A kernel without it has the limits alone. */
	return error == -EINVAL || error == -ENOSYS ? 0 : -error;
}

int
sandbox_system_confine(void)
{
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		return errno;
	return load(true);
}

int
sandbox_system_enter(void)
{
	return load(false);
}
