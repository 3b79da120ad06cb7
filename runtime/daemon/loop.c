/*
 * Waits for whatever happens next, and hands it on.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "runtime/apply/confirm.h"
#include "runtime/daemon/daemon.h"

/* Where the entries for poll(2) stand. */
enum {
	AT_SIGNALS,
	AT_WORK,
	AT_LOOK,
	AT_WATCH,
	AT_NATDS = AT_WATCH + WATCH_SOURCES_MAX,
	AT_SERVER = AT_NATDS + NATDS_MAX,
	AT_END = AT_SERVER + SERVER_POLL_MAX,
};

/* A handler knows nothing but what is static. */
static int signal_pipe[2] = {-1, -1};

static void
note_signal(int number)
{
	int error = errno;
	unsigned char byte = (unsigned char)number;

	/* A full pipe will wake us as well. */
	if (write(signal_pipe[1], &byte, 1) == -1)
		errno = error;
}

static bool
catch_signals(void)
{
	static const int caught[] = {SIGHUP, SIGINT, SIGTERM};
	struct sigaction action = {.sa_handler = note_signal};

	if (pipe(signal_pipe) == -1)
		return false;
	for (int i = 0; i < 2; i++) {
		fcntl(signal_pipe[i], F_SETFD, FD_CLOEXEC);
		fcntl(signal_pipe[i], F_SETFL, O_NONBLOCK);
	}
	sigemptyset(&action.sa_mask);
	for (size_t i = 0; i < sizeof(caught) / sizeof(caught[0]); i++)
		sigaction(caught[i], &action, NULL);
	signal(SIGPIPE, SIG_IGN);
	return true;
}

/* Nobody will be there to take back what nobody has confirmed. */
static void
end(struct daemon *daemon)
{
	daemon->ending = true;
	if (daemon->confirm_until != 0)
		confirm_answer(daemon->options->run_dir, CONFIRM_REFUSED);
}

static void
read_signals(struct daemon *daemon)
{
	unsigned char bytes[16];
	ssize_t size = read(signal_pipe[0], bytes, sizeof(bytes));

	for (ssize_t i = 0; i < size; i++) {
		if (bytes[i] != SIGHUP) {
			end(daemon);
			continue;
		}
		log_write(&daemon->log, LOG_LEVEL_NOTICE,
		    "told to read the policy again");
		if (!daemon->stopped)
			daemon_reload(daemon);
	}
}

static void
prepare(const struct daemon *daemon, struct pollfd *poll)
{
	for (size_t i = 0; i < AT_END; i++)
		poll[i] = (struct pollfd){.fd = -1};
	poll[AT_SIGNALS] = (struct pollfd){signal_pipe[0], POLLIN, 0};
	if (daemon->work.pid > 0)
		poll[AT_WORK] = (struct pollfd){daemon->work.out, POLLIN, 0};
	if (daemon->look.pid > 0)
		poll[AT_LOOK] = (struct pollfd){daemon->look.out, POLLIN, 0};
	watch_prepare(&daemon->watch, poll + AT_WATCH);
	natds_prepare(&daemon->natds, poll + AT_NATDS);
	server_prepare(&daemon->server, poll + AT_SERVER);
}

/* For poll(2), which takes an int and rounds nothing. */
static int
milliseconds_until(const struct daemon *daemon)
{
	int64_t due = daemon_due(daemon) - daemon->system->clock().awake_ms;

	if (due < 0)
		return 0;
	return due > 3600000 ? 3600000 : (int)due;
}

/* The network first: an apply that begins now has seen what is told now. */
static void
hand_on(struct daemon *daemon, const struct pollfd *poll)
{
	struct natd *natd;

	daemon_hear(
	    daemon, watch_read(&daemon->watch, poll + AT_WATCH, daemon->now));
	if (poll[AT_SIGNALS].revents != 0)
		read_signals(daemon);
	if (poll[AT_WORK].revents != 0 &&
	    job_read(&daemon->work, daemon_hear_work, daemon))
		daemon_end_work(daemon);
	if (poll[AT_LOOK].revents != 0 &&
	    job_read(&daemon->look, daemon_hear_look, daemon))
		daemon_end_look(daemon);
	while ((natd = natds_read(&daemon->natds, poll + AT_NATDS)) != NULL)
		daemon_lose_natd(daemon, natd);
	server_serve(&daemon->server, poll + AT_SERVER);
}

static bool
wait_and_hand_on(struct daemon *daemon)
{
	struct pollfd ready[AT_END];
	int n;

	prepare(daemon, ready);
	n = poll(ready, AT_END, milliseconds_until(daemon));
	daemon->now = daemon->system->clock().awake_ms;
	if (n == -1 && errno != EINTR) {
		log_write(
		    &daemon->log, LOG_LEVEL_ERROR, "poll: %s", strerror(errno));
		return false;
	}
	if (n > 0)
		hand_on(daemon, ready);
	return true;
}

/* What is being done is done to its end: it may be half way to a switch. */
int
daemon_loop(struct daemon *daemon)
{
	if (!catch_signals())
		return APPLY_ENVIRONMENT;
	while (!daemon->ending || daemon->work.pid != 0) {
		daemon->now = daemon->system->clock().awake_ms;
		daemon_tick(daemon);
		notify_live(&daemon->notify, daemon->now);
		daemon_go_on(daemon);
		requests_monitor(daemon, false);
		if (daemon->ending && daemon->work.pid == 0)
			break;
		if (!wait_and_hand_on(daemon))
			return APPLY_ENVIRONMENT;
	}
	log_write(&daemon->log, LOG_LEVEL_NOTICE,
	    "ending; what is in force stays in force");
	return APPLY_FINE;
}
