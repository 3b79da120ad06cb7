/*
 * inject MODE NUMBER LOG PROGRAM ARGUMENT...: run a program and let one of its
 * system calls go wrong.
 *
 * Counted are the calls by which a program changes something or starts another
 * one: writes, renames, forks and execs, and whatever makes, removes, links or
 * syncs a file.  They are counted in the program and in its children until
 * these execute another program.  The call NUMBER is
 *
 *	kill	not made: the process that makes it, and the one that forked
 *		it, are killed with SIGKILL
 *	fail	refused: a fork and an exec with EAGAIN, all others with EIO
 *	full	refused with ENOSPC, and so is every later one that would take
 *		room on a disk
 *	none	made
 *
 * LOG gets a line for each counted call, with "disk" if it takes room there.
 * The exit code is that of PROGRAM, or 128 and the number of the signal that
 * ended it; 77 if this machine cannot do this; and for what goes wrong here 99.
 *
 * All is done with ptrace(2): a library that is loaded before others does not
 * see the calls that libc makes on its own account.
 */
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#define CODE_SKIPPED 77
#define CODE_BROKEN 99
#define PROCESSES_MAX 1024
#define NO_CALL (-1L)

enum kind {
	KIND_START, /* another process, another program */
	KIND_ROOM,  /* takes room on a disk */
	KIND_OTHER,
};

struct call {
	const char *name;
	long number;
	enum kind kind;
};

static const struct call calls[] = {
#ifdef SYS_fork
    {"fork", SYS_fork, KIND_START},
    {"vfork", SYS_vfork, KIND_START},
#endif
    {"clone", SYS_clone, KIND_START},
#ifdef SYS_clone3
    {"clone3", SYS_clone3, KIND_START},
#endif
    {"execve", SYS_execve, KIND_START},
    {"write", SYS_write, KIND_ROOM},
    {"pwrite", SYS_pwrite64, KIND_ROOM},
    {"writev", SYS_writev, KIND_ROOM},
#ifdef SYS_rename
    {"rename", SYS_rename, KIND_ROOM},
    {"mkdir", SYS_mkdir, KIND_ROOM},
    {"unlink", SYS_unlink, KIND_OTHER},
    {"rmdir", SYS_rmdir, KIND_OTHER},
    {"link", SYS_link, KIND_ROOM},
    {"symlink", SYS_symlink, KIND_ROOM},
    {"creat", SYS_creat, KIND_ROOM},
    {"open", SYS_open, KIND_ROOM},
#endif
    {"renameat", SYS_renameat, KIND_ROOM},
    {"renameat2", SYS_renameat2, KIND_ROOM},
    {"mkdirat", SYS_mkdirat, KIND_ROOM},
    {"unlinkat", SYS_unlinkat, KIND_OTHER},
    {"linkat", SYS_linkat, KIND_ROOM},
    {"symlinkat", SYS_symlinkat, KIND_ROOM},
    {"openat", SYS_openat, KIND_ROOM},
    {"fsync", SYS_fsync, KIND_ROOM},
    {"fdatasync", SYS_fdatasync, KIND_ROOM},
    {"ftruncate", SYS_ftruncate, KIND_ROOM},
};

#define N_CALLS (sizeof(calls) / sizeof(calls[0]))

struct process {
	pid_t pid, parent; /* parent: who forked it, while it has not execed */
	long result;	   /* that it shall have; 0: its own */
	bool fresh;	   /* its first stop is still to come */
};

struct injector {
	enum {
		MODE_KILL,
		MODE_FAIL,
		MODE_FULL,
		MODE_NONE
	} mode;
	long number, seen;
	FILE *log;
	pid_t main;
	int code;
	struct process processes[PROCESSES_MAX];
	size_t n;
};

/* The parts that depend on the processor. */

#if defined(__x86_64__)
typedef struct user_regs_struct registers;

static long
call_of(const registers *r)
{
	return (long)r->orig_rax;
}

static unsigned long
argument_of(const registers *r, int i)
{
	return i == 0 ? r->rdi : i == 1 ? r->rsi : r->rdx;
}

static void
set_result(registers *r, long result)
{
	r->rax = (unsigned long long)result;
}

static bool
skip_call(pid_t pid, registers *r)
{
	struct iovec part = {r, sizeof(*r)};

	r->orig_rax = (unsigned long long)NO_CALL;
	return ptrace(PTRACE_SETREGSET, pid, NT_PRSTATUS, &part) == 0;
}
#elif defined(__aarch64__)
#define NT_CALL 0x404 /* NT_ARM_SYSTEM_CALL */
typedef struct user_regs_struct registers;

static long
call_of(const registers *r)
{
	return (long)r->regs[8];
}

static unsigned long
argument_of(const registers *r, int i)
{
	return r->regs[i];
}

static void
set_result(registers *r, long result)
{
	r->regs[0] = (unsigned long long)result;
}

static bool
skip_call(pid_t pid, registers *r)
{
	int none = (int)NO_CALL;
	struct iovec part = {&none, sizeof(none)};

	(void)r;
	return ptrace(PTRACE_SETREGSET, pid, NT_CALL, &part) == 0;
}
#else
#error "this processor is not known here"
#endif

static bool
get_registers(pid_t pid, registers *r)
{
	struct iovec part = {r, sizeof(*r)};

	return ptrace(PTRACE_GETREGSET, pid, NT_PRSTATUS, &part) == 0;
}

static void
broken(const char *what)
{
	fprintf(stderr, "inject: %s: %s\n", what, strerror(errno));
	exit(CODE_BROKEN);
}

static struct process *
find(struct injector *in, pid_t pid)
{
	for (size_t i = 0; i < in->n; i++)
		if (in->processes[i].pid == pid)
			return &in->processes[i];
	return NULL;
}

static struct process *
add(struct injector *in, pid_t pid)
{
	struct process *process = find(in, pid);

	if (process != NULL)
		return process;
	if (in->n == PROCESSES_MAX)
		broken("too many processes");
	process = &in->processes[in->n++];
	*process = (struct process){.pid = pid, .fresh = true};
	return process;
}

static void
drop(struct injector *in, pid_t pid)
{
	struct process *process = find(in, pid);

	if (process != NULL)
		*process = in->processes[--in->n];
}

/* A file that is only read, and a thread, change nothing. */
static const struct call *
counted(const registers *r)
{
	for (size_t i = 0; i < N_CALLS; i++) {
		if (calls[i].number != call_of(r))
			continue;
		if (strcmp(calls[i].name, "openat") == 0 &&
		    (argument_of(r, 2) & O_CREAT) == 0)
			return NULL;
		if (strcmp(calls[i].name, "open") == 0 &&
		    (argument_of(r, 1) & O_CREAT) == 0)
			return NULL;
		return &calls[i];
	}
	return NULL;
}

/* Pipes and terminals take no room. */
static bool
is_on_disk(pid_t pid, const struct call *call, const registers *r)
{
	char path[64];
	struct stat file;

	if (strstr(call->name, "write") == NULL &&
	    strstr(call->name, "sync") == NULL &&
	    strcmp(call->name, "ftruncate") != 0)
		return true;
	snprintf(path, sizeof(path), "/proc/%ld/fd/%lu", (long)pid,
	    argument_of(r, 0));
	return stat(path, &file) == 0 && S_ISREG(file.st_mode);
}

static void
kill_both(const struct process *process)
{
	kill(process->pid, SIGKILL);
	if (process->parent != 0)
		kill(process->parent, SIGKILL);
}

static void
refuse(struct process *process, registers *r, int error)
{
	if (!skip_call(process->pid, r))
		broken("the call cannot be skipped");
	process->result = -error;
}

static void
meet_call(struct injector *in, struct process *process)
{
	const struct call *call;
	registers r;

	if (!get_registers(process->pid, &r))
		return;
	call = counted(&r);
	if (call == NULL)
		return;
	in->seen++;
	fprintf(in->log, "%ld %s%s\n", in->seen, call->name,
	    call->kind == KIND_ROOM && is_on_disk(process->pid, call, &r)
		? " disk"
		: "");
	fflush(in->log);
	if (in->mode == MODE_FULL && in->seen >= in->number) {
		if (call->kind == KIND_ROOM &&
		    is_on_disk(process->pid, call, &r))
			refuse(process, &r, ENOSPC);
	} else if (in->seen == in->number && in->mode == MODE_KILL) {
		kill_both(process);
	} else if (in->seen == in->number && in->mode == MODE_FAIL) {
		refuse(process, &r, call->kind == KIND_START ? EAGAIN : EIO);
	}
}

static void
leave_call(struct process *process)
{
	struct iovec part;
	registers r;

	if (process->result == 0 || !get_registers(process->pid, &r))
		return;
	set_result(&r, process->result);
	part = (struct iovec){&r, sizeof(r)};
	ptrace(PTRACE_SETREGSET, process->pid, NT_PRSTATUS, &part);
	process->result = 0;
}

static void
go_on(pid_t pid, int number)
{
	ptrace(PTRACE_SYSCALL, pid, NULL, (void *)(intptr_t)number);
}

/* True if PID is let go. */
static bool
meet_event(struct injector *in, struct process *process, int event)
{
	unsigned long message = 0;
	struct process *child;

	if (event == PTRACE_EVENT_EXEC) {
		if (process->pid == in->main)
			return false;
		ptrace(PTRACE_DETACH, process->pid, NULL, NULL);
		drop(in, process->pid);
		return true;
	}
	if (event != PTRACE_EVENT_FORK && event != PTRACE_EVENT_VFORK &&
	    event != PTRACE_EVENT_CLONE)
		return false;
	ptrace(PTRACE_GETEVENTMSG, process->pid, NULL, &message);
	child = add(in, (pid_t)message);
	find(in, child->pid)->parent = process->pid;
	return false;
}

static bool
is_entry(pid_t pid)
{
	struct __ptrace_syscall_info info = {.op = PTRACE_SYSCALL_INFO_NONE};

	ptrace(PTRACE_GET_SYSCALL_INFO, pid, (void *)sizeof(info), &info);
	return info.op == PTRACE_SYSCALL_INFO_ENTRY;
}

static void
stopped(struct injector *in, pid_t pid, int status)
{
	struct process *process = add(in, pid);
	int number = WSTOPSIG(status), event = status >> 16;

	if (number == (SIGTRAP | 0x80)) {
		if (is_entry(pid))
			meet_call(in, process);
		else
			leave_call(process);
		number = 0;
	} else if (event != 0) {
		if (meet_event(in, process, event))
			return;
		number = 0;
	} else if (process->fresh && number == SIGSTOP) {
		number = 0;
	}
	process = find(in, pid);
	if (process != NULL)
		process->fresh = false;
	go_on(pid, number);
}

static void
ended(struct injector *in, pid_t pid, int status)
{
	drop(in, pid);
	if (pid != in->main)
		return;
	in->code = WIFEXITED(status) ? WEXITSTATUS(status)
				     : 128 + WTERMSIG(status);
}

/* Until all that are followed have ended, the guard included. */
static void
follow(struct injector *in)
{
	int status;
	pid_t pid;

	while (in->n > 0 && (pid = waitpid(-1, &status, __WALL)) > 0) {
		if (WIFSTOPPED(status))
			stopped(in, pid, status);
		else
			ended(in, pid, status);
	}
}

static void
begin(struct injector *in, char **words)
{
	long options = PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEFORK |
	    PTRACE_O_TRACEVFORK | PTRACE_O_TRACECLONE | PTRACE_O_TRACEEXEC |
	    PTRACE_O_EXITKILL;
	int status;

	in->main = fork();
	if (in->main == 0) {
		if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) != 0)
			_exit(CODE_SKIPPED);
		raise(SIGSTOP);
		execv(words[0], words);
		_exit(CODE_BROKEN);
	}
	if (in->main < 0 || waitpid(in->main, &status, 0) != in->main)
		broken(words[0]);
	if (WIFEXITED(status))
		exit(WEXITSTATUS(status));
	if (ptrace(PTRACE_SETOPTIONS, in->main, NULL, (void *)options) != 0)
		exit(CODE_SKIPPED);
	add(in, in->main)->fresh = false;
	/* Its own exec is not counted. */
	ptrace(PTRACE_CONT, in->main, NULL, NULL);
	if (waitpid(in->main, &status, __WALL) != in->main ||
	    !WIFSTOPPED(status))
		exit(CODE_BROKEN);
	go_on(in->main, 0);
}

int
main(int argc, char **argv)
{
	static const char *const modes[] = {"kill", "fail", "full", "none"};
	static struct injector in;
	size_t mode = 0;

	if (argc < 5) {
		fputs("usage: inject MODE NUMBER LOG PROGRAM ARGUMENT...\n",
		    stderr);
		return CODE_BROKEN;
	}
	while (mode < MODE_NONE && strcmp(argv[1], modes[mode]) != 0)
		mode++;
	in.mode = mode;
	in.number = strtol(argv[2], NULL, 10);
	in.log = fopen(argv[3], "we");
	if (in.log == NULL)
		broken(argv[3]);
	begin(&in, argv + 4);
	follow(&in);
	return in.code;
}
