/*
 * The child, and the wait for the confirmation.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "runtime/apply/confirm.h"
#include "runtime/apply/guard.h"
#include "runtime/apply/private.h"
#include "runtime/apply/watcher.h"

#define TICK 100 /* milliseconds between looks */
#define FILES_MAX 1024
#define SETTLED 60 /* seconds that who confirmed waits for the guard */

static long
now(void)
{
	struct timespec time_now;

	clock_gettime(CLOCK_MONOTONIC, &time_now);
	return (long)time_now.tv_sec * 1000 + time_now.tv_nsec / 1000000;
}

static void
rest(void)
{
	nanosleep(&(struct timespec){0, TICK * 1000000L}, NULL);
}

static const char *
run_dir(const struct apply_request *request)
{
	return request->run_dir != NULL ? request->run_dir : APPLY_RUN_DIR;
}

/* A terminal that stays open keeps the login from ending. */
static bool
leave_terminal(const struct apply *apply, int pipes[2][2])
{
	int null = open("/dev/null", O_RDWR);

	if (null < 0 || dup2(null, STDIN_FILENO) < 0 ||
	    dup2(pipes[0][1], STDOUT_FILENO) < 0 ||
	    dup2(pipes[1][1], STDERR_FILENO) < 0)
		return false;
	for (int fd = STDERR_FILENO + 1; fd < FILES_MAX; fd++)
		if (fd != apply->lock.held)
			close(fd);
	return true;
}

/* A signal of the terminal is not meant for us; TERM is. */
static void
ignore_terminal(void)
{
	struct sigaction action;

	memset(&action, 0, sizeof(action));
	action.sa_handler = SIG_IGN;
	sigemptyset(&action.sa_mask);
	sigaction(SIGHUP, &action, NULL);
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGPIPE, &action, NULL);
}

static bool
become_guard(struct apply *apply, int pipes[2][2])
{
	int error;

	ignore_terminal();
	if (setsid() < 0 || !leave_terminal(apply, pipes))
		return apply_fail(apply, APPLY_ENVIRONMENT,
		    "no process can be made that guards the switch: %s",
		    strerror(errno));
	error = lock_inherit(apply->arena, &apply->lock);
	return error == 0 ||
	    apply_fail(apply, APPLY_ENVIRONMENT, "%s: %s", apply->lock_dir,
		strerror(error));
}

static void
close_pipes(int pipes[2][2])
{
	for (size_t i = 0; i < 2; i++)
		for (size_t j = 0; j < 2; j++)
			if (pipes[i][j] >= 0)
				close(pipes[i][j]);
}

bool
guard_detach(struct apply *apply)
{
	int pipes[2][2] = {{-1, -1}, {-1, -1}};
	pid_t pid = -1;

	fflush(stdout);
	fflush(stderr);
	if (pipe(pipes[0]) == 0 && pipe(pipes[1]) == 0)
		pid = fork();
	if (pid < 0) {
		int error = errno;

		close_pipes(pipes);
		return apply_fail(apply, APPLY_ENVIRONMENT,
		    "no process can be made that guards the switch: %s",
		    strerror(error));
	}
	if (pid == 0)
		return become_guard(apply, pipes);
	close(pipes[0][1]);
	close(pipes[1][1]);
	lock_abandon(&apply->lock);
	_exit(watcher_run(&(struct watcher_request){
	    .guard = pid,
	    .out = pipes[0][0],
	    .err = pipes[1][0],
	    .run_dir = apply->run_dir,
	}));
}

static bool
refuse(struct apply *apply, const char *why)
{
	return apply_fail(
	    apply, APPLY_ENVIRONMENT, "%s: it is taken back", why);
}

/* An answer that comes at the last moment counts. */
static enum confirm_answer
wait_for_answer(struct apply *apply, long until)
{
	enum confirm_answer answer;

	for (;;) {
		answer = confirm_look(apply->run_dir);
		if (answer != CONFIRM_WAITING)
			return answer;
		if (signals_came())
			confirm_answer(apply->run_dir, CONFIRM_REFUSED);
		else if (now() >= until)
			confirm_answer(apply->run_dir, CONFIRM_LATE);
		else
			rest();
	}
}

bool
guard_wait(struct apply *apply, unsigned seconds)
{
	struct confirm_wait wait = {
	    .guard = getpid(),
	    .set = apply->plan.set,
	    .until = (int64_t)time(NULL) + seconds,
	};
	int error = confirm_begin(apply->run_dir, &wait);

	if (error != 0)
		return apply_fail(apply, APPLY_ENVIRONMENT,
		    "%s/confirm.waiting: %s", apply->run_dir, strerror(error));
	apply_say(apply, APPLY_NOTE,
	    "in force; it is taken back in %u seconds unless you press a key "
	    "or run `akinc confirm`",
	    seconds);
	switch (wait_for_answer(apply, now() + (long)seconds * 1000)) {
	case CONFIRM_GIVEN:
		return true;
	case CONFIRM_LATE:
		return refuse(apply, "nobody has confirmed it in time");
	case CONFIRM_REFUSED:
		return refuse(apply, "interrupted");
	case CONFIRM_WAITING:
	case CONFIRM_NONE:
	case CONFIRM_KEPT:
	case CONFIRM_UNDONE:
		break;
	}
	return refuse(apply, "its confirmation is lost");
}

void
guard_end(const struct apply_request *request, enum apply_code code)
{
	confirm_settle(run_dir(request),
	    code == APPLY_FINE ? CONFIRM_KEPT : CONFIRM_UNDONE);
}

static enum apply_code
say(const struct apply_request *request, struct arena *arena,
    enum apply_code code, const char *text)
{
	const struct apply_hooks *hooks = &request->hooks;

	if (hooks->say != NULL)
		hooks->say(hooks->context,
		    code == APPLY_FINE ? APPLY_NOTE : APPLY_ERROR,
		    arena_strdup(arena, text));
	return code;
}

/* Who confirmed is not told before it is so. */
static enum apply_code
wait_until_settled(const struct apply_request *request, struct arena *arena,
    const struct confirm_wait *wait)
{
	long until = now() + SETTLED * 1000L;

	while (now() < until) {
		switch (confirm_look(run_dir(request))) {
		case CONFIRM_KEPT:
			return say(request, arena, APPLY_FINE,
			    "confirmed: it stays in force");
		case CONFIRM_UNDONE:
			return say(request, arena, APPLY_ENVIRONMENT,
			    "it could not be kept and is taken back");
		case CONFIRM_GIVEN:
			break;
		case CONFIRM_WAITING:
		case CONFIRM_REFUSED:
		case CONFIRM_LATE:
		case CONFIRM_NONE:
			until = 0;
			break;
		}
		if (kill(wait->guard, 0) != 0 && errno == ESRCH &&
		    confirm_look(run_dir(request)) == CONFIRM_GIVEN)
			break;
		rest();
	}
	return say(request, arena, APPLY_ENVIRONMENT,
	    "who would keep it is gone; the next run takes it back, see "
	    "`akinc status`");
}

enum apply_code
guard_confirm(const struct apply_request *request, struct arena *arena)
{
	struct confirm_wait wait;
	int error = ENOENT;

	if (confirm_waits(run_dir(request), &wait))
		error = confirm_answer(run_dir(request), CONFIRM_GIVEN);
	if (error == 0)
		return wait_until_settled(request, arena, &wait);
	if (error != ENOENT)
		return say(request, arena, APPLY_ENVIRONMENT,
		    arena_printf(
			arena, "%s: %s", run_dir(request), strerror(error)));
	switch (confirm_look(run_dir(request))) {
	case CONFIRM_LATE:
	case CONFIRM_REFUSED:
	case CONFIRM_UNDONE:
		return say(request, arena, APPLY_ENVIRONMENT,
		    "too late: it has been taken back");
	case CONFIRM_KEPT:
	case CONFIRM_GIVEN:
		return say(
		    request, arena, APPLY_FINE, "it has been confirmed before");
	case CONFIRM_WAITING:
	case CONFIRM_NONE:
		break;
	}
	return say(request, arena, APPLY_ENVIRONMENT,
	    "nothing waits for a confirmation");
}
