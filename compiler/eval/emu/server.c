/*
 * One client at a time, one request a connection.
 */
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "eval/emu/command.h"
#include "eval/emu/server.h"
#include "eval/emu/step.h"
#include "eval/emu/wire.h"

struct server {
	struct machine *machine;
	const char *path;
	bool removed; /* the socket at PATH */
};

/* The only way for a signal to be heard. */
static volatile sig_atomic_t stopped;

static void
stop(int signal_number)
{
	(void)signal_number;
	stopped = 1;
}

/* They are heard while the server waits, and there alone; *WAITING is then. */
static void
catch_signals(sigset_t *waiting)
{
	static const int signals[] = {SIGTERM, SIGINT, SIGHUP};
	struct sigaction action;
	sigset_t set;

	memset(&action, 0, sizeof(action));
	action.sa_handler = stop;
	sigemptyset(&action.sa_mask);
	sigemptyset(&set);
	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) {
		sigaddset(&set, signals[i]);
		sigaction(signals[i], &action, NULL);
	}
	sigprocmask(SIG_BLOCK, &set, waiting);
	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		sigdelset(waiting, signals[i]);
}

static int
complain(const char *path)
{
	fprintf(stderr, "ipfw-emu: %s: %s\n", path, strerror(errno));
	return IPFW_EXIT_OS;
}

static int
serve_step(struct machine *machine, struct arena *arena,
    const struct wire_request *request, struct buf *out, struct buf *err)
{
	struct step step;

	step_run(machine, arena, request->text, true, &step);
	buf_write(out, step.answer.p, step.answer.n);
	if (step.error == NULL)
		return step.code;
	buf_printf(err, "ipfw-emu: %s\n", step.error);
	return IPFW_EXIT_USAGE;
}

/* Who has been told that the server stopped finds its socket gone. */
static void
remove_socket(struct server *server)
{
	if (!server->removed)
		unlink(server->path);
	server->removed = true;
}

static int
serve_request(struct server *server, struct arena *arena,
    const struct wire_request *request, struct buf *out, struct buf *err)
{
	struct machine *machine = server->machine;

	switch (request->kind) {
	case WIRE_COMMAND:
		return command_run(
		    machine, request->words, request->n_words, out, err);
	case WIRE_FILE:
		return command_run_file(machine, request->words,
		    request->n_words, request->text, request->size, out, err);
	case WIRE_STEP:
		return serve_step(machine, arena, request, out, err);
	case WIRE_STOP:
		stopped = 1;
		remove_socket(server);
		return 0;
	}
	return IPFW_EXIT_USAGE;
}

static void
serve_client(struct server *server, int fd)
{
	struct arena *arena = arena_create(0, NULL, NULL);
	struct wire_request request;
	struct wire_reply reply;
	struct buf out, err;

	if (arena == NULL)
		return;
	buf_init(&out, arena);
	buf_init(&err, arena);
	if (wire_be_patient(fd) && wire_receive_request(fd, arena, &request)) {
		reply.code = serve_request(server, arena, &request, &out, &err);
		reply.out = out.p;
		reply.out_size = out.n;
		reply.err = err.p;
		reply.err_size = err.n;
		wire_send_reply(fd, &reply);
	}
	arena_destroy(arena);
}

static void
serve(struct server *server, int listener, const sigset_t *waiting)
{
	while (!stopped) {
		fd_set readable;
		int fd;

		FD_ZERO(&readable);
		FD_SET(listener, &readable);
		if (pselect(listener + 1, &readable, NULL, NULL, NULL,
			waiting) <= 0)
			continue;
		fd = accept(listener, NULL, NULL);
		if (fd < 0)
			continue;
		serve_client(server, fd);
		close(fd);
	}
}

/* From now on nobody waits for this process, or listens to it. */
static void
announce(int ready)
{
	int null = open("/dev/null", O_WRONLY);

	if (null >= 0) {
		dup2(null, STDERR_FILENO);
		close(null);
	}
	if (write(ready, "", 1) < 0)
		stopped = 1;
	close(ready);
}

int
server_run(const char *path, const struct server_options *options, int ready)
{
	struct server server = {machine_create(options->flavour), path, false};
	struct ipfw_engine *engine;
	sigset_t waiting;
	int listener;

	if (server.machine == NULL)
		return complain(path);
	engine = server.machine->engine;
	if (options->has_default)
		ipfw_engine_set_default(engine, options->default_allow);
	ipfw_engine_settings(engine)->one_pass = true;
	catch_signals(&waiting);
	listener = wire_listen(path);
	if (listener >= FD_SETSIZE) {
		close(listener);
		errno = EMFILE;
		listener = -1;
	}
	if (listener < 0) {
		int code = complain(path);

		machine_destroy(server.machine);
		return code;
	}
	if (ready >= 0)
		announce(ready);
	serve(&server, listener, &waiting);
	remove_socket(&server);
	close(listener);
	machine_destroy(server.machine);
	return 0;
}

/* The child lets go of the terminal; errors before that are still heard. */
static int
run_detached(const char *path, const struct server_options *options, int ready)
{
	int null = open("/dev/null", O_RDWR);

	setsid();
	if (null >= 0) {
		dup2(null, STDIN_FILENO);
		dup2(null, STDOUT_FILENO);
		if (null > STDERR_FILENO)
			close(null);
	}
	return server_run(path, options, ready);
}

int
server_start(const char *path, const struct server_options *options)
{
	int ends[2], status;
	char byte;
	pid_t child;
	ssize_t n;

	if (pipe(ends) < 0)
		return complain("pipe");
	child = fork();
	if (child < 0)
		return complain("fork");
	if (child == 0) {
		close(ends[0]);
		_exit(run_detached(path, options, ends[1]));
	}
	close(ends[1]);
	do
		n = read(ends[0], &byte, 1);
	while (n < 0 && errno == EINTR);
	close(ends[0]);
	if (n == 1)
		return 0;
	if (waitpid(child, &status, 0) == child && WIFEXITED(status))
		return WEXITSTATUS(status);
	return IPFW_EXIT_OS;
}
