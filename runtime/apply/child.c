/*
 * fork, exec and three pipes.
 *
 * A daemon that the program leaves behind may keep the pipes open: who waits
 * for their end would wait for the daemon's.  So the end of the program is
 * what counts, and what is in the pipes by then.
 */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "runtime/apply/child.h"
#include "runtime/apply/sandbox.h"

#define CHUNK 65536
#define ERRORS_MAX 65536 /* bytes of the standard error that are kept */
/* Microseconds between looks at the program: ever more while it is silent. */
#define PAUSE_FIRST 50
#define PAUSE_MOST 20000

enum {
	END_READ,
	END_WRITE
};

struct child {
	const struct child_request *request;
	struct child_result *result;
	pid_t pid;
	int in, out, err; /* our ends; -1: closed */
	int report;	  /* tells the errno of exec */
	size_t sent;
	long pause; /* microseconds */
	bool ended;
};

static void
close_end(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static bool
open_pipe(int ends[2])
{
	if (pipe(ends) != 0)
		return false;
	fcntl(ends[END_READ], F_SETFD, FD_CLOEXEC);
	fcntl(ends[END_WRITE], F_SETFD, FD_CLOEXEC);
	return true;
}

static void
close_pipes(int pipes[4][2])
{
	for (size_t i = 0; i < 4; i++) {
		close_end(&pipes[i][END_READ]);
		close_end(&pipes[i][END_WRITE]);
	}
}

static bool
open_pipes(int pipes[4][2])
{
	for (size_t i = 0; i < 4; i++)
		pipes[i][END_READ] = pipes[i][END_WRITE] = -1;
	for (size_t i = 0; i < 4; i++)
		if (!open_pipe(pipes[i])) {
			int error = errno;

			close_pipes(pipes);
			errno = error;
			return false;
		}
	return true;
}

static void
reset_signals(void)
{
	struct sigaction action;
	sigset_t none;

	memset(&action, 0, sizeof(action));
	action.sa_handler = SIG_DFL;
	sigemptyset(&action.sa_mask);
	for (int i = 1; i < NSIG; i++)
		sigaction(i, &action, NULL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

static bool
drop_privileges(const struct child_request *request)
{
	return !request->drop ||
	    (setgroups(1, &request->group) == 0 &&
		setgid(request->group) == 0 && setuid(request->user) == 0 &&
		setuid(0) != 0);
}

static void
keep_open(int fd)
{
	if (fd > STDERR_FILENO)
		fcntl(fd, F_SETFD, 0);
}

static bool
confine(const struct child_request *request)
{
	errno = request->confine ? sandbox_confine() : 0;
	return errno == 0;
}

/* In the new process; does not return. */
static void
become(const struct child_request *request, int pipes[4][2])
{
	static char path[] = "PATH=/sbin:/bin:/usr/sbin:/usr/bin";
	static char locale[] = "LC_ALL=C";
	char *environment[] = {path, locale, NULL};

	setpgid(0, 0);
	reset_signals();
	keep_open(request->hold);
	keep_open(request->files);
	if (dup2(pipes[0][END_READ], STDIN_FILENO) >= 0 &&
	    dup2(pipes[1][END_WRITE], STDOUT_FILENO) >= 0 &&
	    dup2(pipes[2][END_WRITE], STDERR_FILENO) >= 0 &&
	    drop_privileges(request) && confine(request))
		execve(request->words[0], (char *const *)request->words,
		    environment);
	(void)!write(pipes[3][END_WRITE], &errno, sizeof(errno));
	_exit(127);
}

static bool
start(struct child *child)
{
	int pipes[4][2];

	if (!open_pipes(pipes))
		return false;
	child->pid = fork();
	if (child->pid == 0)
		become(child->request, pipes);
	if (child->pid < 0) {
		int error = errno;

		close_pipes(pipes);
		errno = error;
		return false;
	}
	setpgid(child->pid, child->pid);
	child->in = pipes[0][END_WRITE];
	child->out = pipes[1][END_READ];
	child->err = pipes[2][END_READ];
	child->report = pipes[3][END_READ];
	close(pipes[0][END_READ]);
	close(pipes[1][END_WRITE]);
	close(pipes[2][END_WRITE]);
	close(pipes[3][END_WRITE]);
	return true;
}

/* The errno of exec, or 0 when it went well. */
static int
hear_exec(struct child *child)
{
	int error = 0;
	ssize_t n;

	do
		n = read(child->report, &error, sizeof(error));
	while (n < 0 && errno == EINTR);
	close_end(&child->report);
	return n == (ssize_t)sizeof(error) ? error : 0;
}

static long
now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (long)time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

static void
send_input(struct child *child)
{
	size_t left = child->request->size - child->sent;
	ssize_t n;

	if (left == 0) {
		close_end(&child->in);
		return;
	}
	n = write(child->in, child->request->input + child->sent, left);
	if (n > 0)
		child->sent += (size_t)n;
	else if (n < 0 && errno != EAGAIN && errno != EINTR)
		close_end(&child->in);
	if (child->sent == child->request->size)
		close_end(&child->in);
}

/* Read what is there; false when there is no more to come for now. */
static bool
take_output(int *fd, struct buf *out, size_t max)
{
	char chunk[CHUNK];
	ssize_t n;

	if (*fd < 0)
		return false;
	n = read(*fd, chunk, sizeof(chunk));
	if (n > 0 && out->n <= max)
		buf_write(out, chunk, (size_t)n);
	if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR))
		close_end(fd);
	return n > 0;
}

static void
drain(struct child *child)
{
	struct child_result *result = child->result;

	while (
	    take_output(&child->out, &result->out, child->request->output_max))
		;
	while (take_output(&child->err, &result->err, ERRORS_MAX))
		;
}

static void
look(struct child *child)
{
	int status;

	if (child->ended || waitpid(child->pid, &status, WNOHANG) != child->pid)
		return;
	child->ended = true;
	if (WIFEXITED(status))
		child->result->code = WEXITSTATUS(status);
	else if (WIFSIGNALED(status))
		child->result->signal = WTERMSIG(status);
}

/* Until there are bytes to move, or for the pause. */
static int
wait_for_bytes(const struct child *child, struct pollfd fds[3])
{
	fds[0] = (struct pollfd){.fd = child->in, .events = POLLOUT};
	fds[1] = (struct pollfd){.fd = child->out, .events = POLLIN};
	fds[2] = (struct pollfd){.fd = child->err, .events = POLLIN};
	/* With both closed it is about to end, sooner than poll can tell. */
	if (child->out < 0 && child->err < 0) {
		nanosleep(&(struct timespec){0, child->pause * 1000}, NULL);
		return 0;
	}
	return poll(fds, 3, (int)((child->pause + 999) / 1000));
}

static void
wait_a_little(struct child *child)
{
	struct pollfd fds[3];

	if (wait_for_bytes(child, fds) <= 0) {
		child->pause *= 2;
		if (child->pause > PAUSE_MOST)
			child->pause = PAUSE_MOST;
		return;
	}
	child->pause = PAUSE_FIRST;
	if (fds[0].revents != 0)
		send_input(child);
	take_output(
	    &child->out, &child->result->out, child->request->output_max);
	take_output(&child->err, &child->result->err, ERRORS_MAX);
}

static void
put_to_death(struct child *child)
{
	int status;

	if (child->ended)
		return;
	kill(-child->pid, SIGKILL);
	kill(child->pid, SIGKILL);
	while (waitpid(child->pid, &status, 0) < 0 && errno == EINTR)
		;
	child->ended = true;
	child->result->signal = SIGKILL;
}

static void
attend(struct child *child)
{
	struct child_result *result = child->result;
	long end = now() + (long)child->request->timeout * 1000;

	while (!child->ended) {
		wait_a_little(child);
		look(child);
		result->too_long = result->out.n > child->request->output_max;
		result->timed_out = !child->ended && now() > end;
		if (result->too_long || result->timed_out)
			put_to_death(child);
	}
	drain(child);
	result->too_long = result->out.n > child->request->output_max;
}

static void
make_patient(int fd)
{
	fcntl(fd, F_SETFL, O_NONBLOCK);
}

bool
child_run(struct arena *arena, const struct child_request *request,
    struct child_result *result)
{
	struct child child = {.request = request,
	    .result = result,
	    .in = -1,
	    .out = -1,
	    .err = -1,
	    .report = -1,
	    .pause = PAUSE_FIRST};

	memset(result, 0, sizeof(*result));
	result->code = -1;
	buf_init(&result->out, arena);
	buf_init(&result->err, arena);
	if (!start(&child)) {
		result->error = errno;
		return false;
	}
	make_patient(child.in);
	make_patient(child.out);
	make_patient(child.err);
	result->error = hear_exec(&child);
	if (request->size == 0)
		close_end(&child.in);
	attend(&child);
	close_end(&child.in);
	close_end(&child.out);
	close_end(&child.err);
	return result->error == 0 && !result->timed_out && !result->too_long &&
	    result->code == 0;
}

const char *
child_fault(struct arena *arena, const struct child_result *result)
{
	if (result->error != 0)
		return arena_printf(
		    arena, "cannot be run: %s", strerror(result->error));
	if (result->timed_out)
		return "did not end in time and was killed";
	if (result->too_long)
		return "printed more than it may and was killed";
	if (result->signal != 0)
		return arena_printf(
		    arena, "was ended by signal %d", result->signal);
	return arena_printf(arena, "ended with exit code %d", result->code);
}
