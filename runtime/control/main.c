/*
 * akinctl: asks akind, and shows what it says.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>

#include "base/arena.h"
#include "runtime/control/client.h"
#include "runtime/control/options.h"
#include "runtime/control/service.h"
#include "runtime/control/show.h"
#include "runtime/control/stream.h"

#define START_SECONDS 15 /* that a service may take until it listens */

struct session {
	const struct control_options *options;
	struct control_client client;
	struct buf out;
};

static void
exhausted(void *context)
{
	(void)context;
	fputs("akinctl: out of memory\n", stderr);
	_Exit(CONTROL_EXIT_ENVIRONMENT);
}

/* TEXT is wrong, HELP says what to do; as data with --json. */
static enum control_exit
fail(struct session *session, const char *text, const char *help)
{
	if (session->options->json) {
		char *line = control_reply_encode(
		    CONTROL_EXIT_ENVIRONMENT, text, NULL);

		fputs(line == NULL ? "" : line, stdout);
		free(line);
	} else {
		fprintf(stderr, "akinctl: %s\n", text);
		if (help != NULL)
			fprintf(stderr, "   = help: %s\n", help);
	}
	return CONTROL_EXIT_ENVIRONMENT;
}

static enum control_exit
fail_socket(struct session *session, int error)
{
	const char *path = session->options->socket;
	struct buf text;

	buf_init(&text, session->out.arena);
	if (error == ENOENT || error == ECONNREFUSED) {
		buf_printf(
		    &text, "akind is not running: nobody listens on %s", path);
		return fail(session, text.p,
		    "`akinctl start` starts it as a service, `akind -f POLICY`"
		    " in the foreground");
	}
	buf_printf(&text, "%s: %s", path, strerror(error));
	return fail(session, text.p,
	    error == EACCES || error == EPERM ? "only root may ask akind"
					      : NULL);
}

static enum control_exit
fail_connection(struct session *session, int error)
{
	struct buf text;

	buf_init(&text, session->out.arena);
	if (error == ECONNRESET || error == EPIPE)
		buf_puts(&text, "akind has ended");
	else if (error == EMSGSIZE)
		buf_puts(&text, "akind sends a line that has no end");
	else if (error == EPROTO)
		buf_puts(&text, "akind sends what is no event");
	else
		buf_puts(&text, strerror(error));
	return fail(session, text.p, NULL);
}

/* --- With a service manager --- */

static bool
starts(enum control_verb verb)
{
	return verb == CONTROL_START || verb == CONTROL_RESTART;
}

static enum control_exit
run_service(struct session *session, enum control_service action)
{
	const char *words[CONTROL_SERVICE_WORDS];
	int status = control_service_run(action, session->options->service);
	struct buf text;

	if (status != -1 && WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return CONTROL_EXIT_FINE;
	control_service_words(action, words);
	buf_init(&text, session->out.arena);
	buf_puts(&text,
	    session->options->service != NULL ? session->options->service
					      : words[0]);
	buf_puts(&text, status == -1 ? ": " : " could not do it");
	if (status == -1)
		buf_puts(&text, strerror(errno));
	return fail(session, text.p,
	    action == CONTROL_SERVICE_START
		? "`akind -d -f POLICY` starts it without a service manager"
		: NULL);
}

/* Wait until the service that was started listens. */
static int
open_started(struct session *session)
{
	const struct timespec pause = {.tv_nsec = 100000000};
	int error = ENOENT;

	for (int i = 0; i < START_SECONDS * 10 && error != 0; i++) {
		error = control_client_open(
		    &session->client, session->options->socket);
		if (error != 0 && error != ENOENT && error != ECONNREFUSED)
			return error;
		if (error != 0)
			nanosleep(&pause, NULL);
	}
	return error;
}

/* Nobody listens, and start or stop was asked for. */
static enum control_exit
run_without_akind(struct session *session)
{
	enum control_exit code;
	int error;

	if (session->options->request.verb == CONTROL_STOP) {
		code = run_service(session, CONTROL_SERVICE_STOP);
		if (code != CONTROL_EXIT_FINE)
			return code;
		return fail(session, "akind was not running",
		    "`akinc stop` takes out rules that it may have left");
	}
	code = run_service(session, CONTROL_SERVICE_START);
	if (code != CONTROL_EXIT_FINE)
		return code;
	error = open_started(session);
	return error == 0 ? CONTROL_EXIT_FINE : fail_socket(session, error);
}

/* --- With akind --- */

/* That it is done is not all that one wants to know of a change. */
static bool
wants_summary(const struct session *session, const struct control_reply *reply)
{
	enum control_verb verb = session->options->request.verb;

	return reply->code == CONTROL_EXIT_FINE && !session->options->json &&
	    (starts(verb) || verb == CONTROL_STOP || verb == CONTROL_RELOAD ||
		verb == CONTROL_ROLLBACK);
}

/* Returns false if akind does not answer a second time. */
static bool
show_summary(struct session *session)
{
	const struct control_request request = control_request_make(
	    CONTROL_STATUS);
	struct control_show show = {.out = &session->out};
	struct control_reply reply = {.data = NULL};
	const char *line;
	size_t length;
	bool good;

	control_client_close(&session->client);
	good = control_client_open(
		   &session->client, session->options->socket) == 0 &&
	    control_client_send(&session->client, &request) == 0 &&
	    control_client_read(&session->client, -1, &line, &length) == 0 &&
	    control_reply_decode(line, length, &reply) == NULL &&
	    json_is_object(reply.data);
	if (good)
		control_show_summary(&show, reply.data, NULL);
	control_reply_free(&reply);
	return good;
}

static void
show_reply(struct session *session, const struct control_reply *reply)
{
	enum control_verb verb = session->options->request.verb;
	struct control_show show = {.out = &session->out,
	    .colour = control_stream_colour(),
	    .now = (int64_t)time(NULL)};
	const char *text = NULL;

	if (wants_summary(session, reply) && show_summary(session))
		text = NULL;
	else if (verb == CONTROL_STATUS && reply->data != NULL)
		control_show_status(&show, reply->data, NULL);
	else if (verb == CONTROL_NIC && reply->data != NULL)
		control_show_nic(&show, reply->data);
	else if (reply->code == CONTROL_EXIT_FINE)
		text = reply->text;
	if (text != NULL && text[0] != '\0') {
		control_show_text(&show, text);
		buf_putc(&session->out, '\n');
	}
	control_stream_flush(&session->out);
}

/* What went wrong is no result. */
static void
show_failure(struct session *session, const struct control_reply *reply)
{
	struct control_show show = {.out = &session->out};

	if (reply->code == CONTROL_EXIT_FINE || reply->text == NULL)
		return;
	control_show_text(&show, reply->text);
	fprintf(stderr, "akinctl: %s\n", session->out.p);
	buf_reset(&session->out);
}

static int
show_stream(struct session *session, const struct control_reply *reply)
{
	const struct control_options *options = session->options;

	if (reply->code != CONTROL_EXIT_FINE)
		return 0;
	if (options->request.verb == CONTROL_LOG)
		return control_stream_log(
		    &session->client, options, &session->out);
	if (options->request.verb == CONTROL_MONITOR)
		return control_stream_monitor(
		    &session->client, options, reply->data, &session->out);
	return 0;
}

static int
reply_code(struct session *session, const struct control_reply *reply)
{
	if (reply->code == CONTROL_EXIT_FINE &&
	    session->options->request.verb == CONTROL_STATUS &&
	    control_show_drift(reply->data))
		return CONTROL_EXIT_DRIFT;
	return reply->code;
}

static int
take_reply(struct session *session, const char *line, size_t length)
{
	struct control_reply reply;
	const char *wrong = control_reply_decode(line, length, &reply);
	int code, error;

	if (wrong != NULL)
		return fail(
		    session, wrong, "are akind and akinctl of one age?");
	if (session->options->json) {
		buf_write(&session->out, line, length);
		buf_putc(&session->out, '\n');
		control_stream_flush(&session->out);
	} else {
		show_reply(session, &reply);
		show_failure(session, &reply);
	}
	code = reply_code(session, &reply);
	error = show_stream(session, &reply);
	if (error != 0)
		code = fail_connection(session, error);
	control_reply_free(&reply);
	return code;
}

static int
ask(struct session *session)
{
	const char *line;
	size_t length;
	int error = control_client_send(
	    &session->client, &session->options->request);

	if (error == 0)
		error = control_client_read(
		    &session->client, -1, &line, &length);
	if (error != 0)
		return fail_connection(session, error);
	return take_reply(session, line, length);
}

static int
run(struct session *session)
{
	enum control_verb verb = session->options->request.verb;
	enum control_exit code;
	int error = control_client_open(
	    &session->client, session->options->socket);

	if ((error == ENOENT || error == ECONNREFUSED) &&
	    (starts(verb) || verb == CONTROL_STOP)) {
		code = run_without_akind(session);
		if (code != CONTROL_EXIT_FINE)
			return code;
	} else if (error != 0) {
		return fail_socket(session, error);
	}
	return ask(session);
}

int
main(int argc, char **argv)
{
	struct control_options options;
	struct session session = {.options = &options, .client.socket = -1};
	struct arena *arena;
	int code;

	if (!control_options_parse(&options, argc, argv))
		return CONTROL_EXIT_USAGE;
	if (options.help || options.version) {
		fputs(options.help ? control_options_help()
				   : "akinctl " AKIN_VERSION "\n",
		    stdout);
		return CONTROL_EXIT_FINE;
	}
	/* Whoever has gone is told from an error of write(2). */
	signal(SIGPIPE, SIG_IGN);
	arena = arena_create(0, exhausted, NULL);
	if (arena == NULL)
		exhausted(NULL);
	buf_init(&session.out, arena);
	code = run(&session);
	control_client_close(&session.client);
	arena_destroy(arena);
	return code;
}
