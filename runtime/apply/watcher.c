/*
 * The terminal gives each key at once while a confirmation is waited for, and
 * is put back in the end.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "runtime/apply/confirm.h"
#include "runtime/apply/watcher.h"

#define CHUNK 4096
#define TICK 200    /* milliseconds */
#define INTERRUPT 3 /* the key, where the terminal makes no signal of it */
#define CODE_KILLED 3

struct watch {
	const struct watcher_request *request;
	int out, err; /* -1: at their end */
	bool keys;    /* the terminal gives them */
	bool changed; /* its mode was */
	struct termios was;
};

/* The only way for a signal to be heard. */
static volatile sig_atomic_t interrupted, ended;

static void
note(int number)
{
	if (number == SIGINT)
		interrupted = 1;
	else
		ended = 1;
}

static void catch (int number)
{
	struct sigaction action;

	memset(&action, 0, sizeof(action));
	action.sa_handler = note;
	sigemptyset(&action.sa_mask);
	sigaction(number, &action, NULL);
}

/* In the background its mode is not ours to change. */
static void
open_terminal(struct watch *watch)
{
	struct termios mode;

	watch->keys = isatty(STDIN_FILENO) &&
	    tcgetpgrp(STDIN_FILENO) == getpgrp() &&
	    tcgetattr(STDIN_FILENO, &watch->was) == 0;
	if (!watch->keys)
		return;
	mode = watch->was;
	mode.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
	mode.c_cc[VMIN] = 1;
	mode.c_cc[VTIME] = 0;
	watch->changed = tcsetattr(STDIN_FILENO, TCSANOW, &mode) == 0;
}

static void
close_terminal(struct watch *watch)
{
	if (watch->changed)
		tcsetattr(STDIN_FILENO, TCSANOW, &watch->was);
}

/* Before anything waits to be confirmed, an interrupt ends the guard. */
static void
refuse(const struct watch *watch)
{
	if (confirm_answer(watch->request->run_dir, CONFIRM_REFUSED) != 0 &&
	    confirm_look(watch->request->run_dir) == CONFIRM_NONE)
		kill(watch->request->guard, SIGTERM);
}

/* What was typed before the question is no answer. */
static void
take_key(struct watch *watch)
{
	char key;
	ssize_t n = read(STDIN_FILENO, &key, 1);

	if (n <= 0 && errno != EINTR)
		watch->keys = false;
	if (n != 1)
		return;
	if (key == INTERRUPT)
		refuse(watch);
	else
		confirm_answer(watch->request->run_dir, CONFIRM_GIVEN);
}

static void
hand_on(int *from, int to)
{
	char chunk[CHUNK];
	ssize_t n = read(*from, chunk, sizeof(chunk));

	if (n > 0)
		(void)!write(to, chunk, (size_t)n);
	else if (n == 0 || errno != EINTR)
		*from = -1;
}

static void
attend(struct watch *watch)
{
	struct pollfd fds[3] = {
	    {.fd = watch->out, .events = POLLIN},
	    {.fd = watch->err, .events = POLLIN},
	    {.fd = watch->keys ? STDIN_FILENO : -1, .events = POLLIN},
	};

	if (interrupted) {
		interrupted = 0;
		refuse(watch);
	}
	if (poll(fds, 3, TICK) <= 0)
		return;
	if (fds[0].revents != 0)
		hand_on(&watch->out, STDOUT_FILENO);
	if (fds[1].revents != 0)
		hand_on(&watch->err, STDERR_FILENO);
	if (fds[2].revents != 0)
		take_key(watch);
}

static int
code_of(pid_t guard)
{
	static const char killed[] =
	    "akinc: the guard of the switch was killed; the next run takes "
	    "back what it left\n";
	int status;

	while (waitpid(guard, &status, 0) < 0)
		if (errno != EINTR)
			return CODE_KILLED;
	if (WIFEXITED(status))
		return WEXITSTATUS(status);
	(void)!write(STDERR_FILENO, killed, sizeof(killed) - 1);
	return CODE_KILLED;
}

int
watcher_run(const struct watcher_request *request)
{
	struct watch watch = {
	    .request = request, .out = request->out, .err = request->err};

	catch (SIGINT);
	catch (SIGTERM);
	catch (SIGHUP);
	open_terminal(&watch);
	while (!ended && (watch.out >= 0 || watch.err >= 0))
		attend(&watch);
	close_terminal(&watch);
	return ended ? CODE_KILLED : code_of(request->guard);
}
