/*
 * What akinctl asks.
 */
#include <errno.h>
#include <string.h>

#include "runtime/apply/confirm.h"
#include "runtime/daemon/daemon.h"

#define NEVER INT64_MAX

static void
answer(struct daemon *daemon, const struct client *client, int code,
    const char *text, json_t *data)
{
	server_reply(&daemon->server, client->id, code, text, data);
	json_decref(data);
}

/* --- log --- */

static json_t *
json_line(const struct log_line *line)
{
	/* Bytes that are no UTF-8 come from names of files alone. */
	json_t *text = json_string(line->text);

	return json_pack("{s:I, s:s, s:o}", "time", (json_int_t)line->time,
	    "level", log_level_name(line->level), "text",
	    text != NULL ? text : json_string("?"));
}

static void
send_line(
    struct daemon *daemon, struct client *client, const struct log_line *line)
{
	json_t *members = json_line(line);

	server_event(&daemon->server, client, "log", members);
	json_decref(members);
}

void
requests_hear_log(void *context, const struct log_line *line)
{
	struct daemon *daemon = context;

	for (size_t i = 0; i < SERVER_CLIENTS_MAX; i++) {
		struct client *client = &daemon->server.clients[i];

		if (client->id != 0 && client->hears_log)
			send_line(daemon, client, line);
	}
}

static void
send_log(struct daemon *daemon, struct client *client,
    const struct control_request *request)
{
	uint64_t n = daemon->log.n, id = client->id;
	uint64_t kept = n < LOG_KEPT ? n : LOG_KEPT;
	uint64_t wanted = request->lines < kept ? request->lines : kept;

	answer(daemon, client, 0, "", NULL);
	for (uint64_t i = n - wanted; i < n && client->id == id; i++)
		send_line(daemon, client, &daemon->log.lines[i % LOG_KEPT]);
	if (client->id != id)
		return;
	if (request->follow)
		client->hears_log = true;
	else
		server_event(&daemon->server, client, "end", NULL);
}

/* --- status, nic, monitor --- */

static void
send_nic(struct daemon *daemon, struct client *client)
{
	json_t *data = json_object();

	json_object_set(
	    data, "active", json_object_get(daemon->facts, "active"));
	json_object_set(
	    data, "active6", json_object_get(daemon->facts, "active6"));
	if (daemon->facts == NULL)
		answer(daemon, client, APPLY_ENVIRONMENT,
		    "the network is not read yet", data);
	else
		answer(daemon, client, 0, "", data);
}

static void
start_monitor(struct daemon *daemon, struct client *client, unsigned interval)
{
	answer(daemon, client, 0, "", NULL);
	client->interval = (int64_t)interval * 1000;
	client->next = daemon->now;
}

int64_t
requests_due(const struct daemon *daemon)
{
	int64_t due = NEVER;

	for (size_t i = 0; i < SERVER_CLIENTS_MAX; i++) {
		const struct client *client = &daemon->server.clients[i];

		if (client->id != 0 && client->interval != 0 &&
		    client->next < due)
			due = client->next;
	}
	return due;
}

/* The counters in it are of the last look; one is due with each round. */
void
requests_monitor(struct daemon *daemon, bool changed)
{
	json_t *data = NULL;

	for (size_t i = 0; i < SERVER_CLIENTS_MAX; i++) {
		struct client *client = &daemon->server.clients[i];

		if (client->id == 0 || client->interval == 0 ||
		    (!changed && client->next > daemon->now))
			continue;
		if (data == NULL)
			data = json_pack("{s:o}", "data", status_json(daemon));
		client->next = daemon->now + client->interval;
		server_event(&daemon->server, client, "monitor", data);
	}
	if (data != NULL)
		follow_audit(&daemon->follow, daemon->now);
	json_decref(data);
}

/* --- What needs a child --- */

static void
queue_request(struct daemon *daemon, struct client *client,
    const struct control_request *request)
{
	if (daemon->n_queue == DAEMON_QUEUE_MAX) {
		answer(daemon, client, APPLY_ENVIRONMENT,
		    "too many requests wait", NULL);
		return;
	}
	daemon->queue[daemon->n_queue++] = (struct queued){
	    client->id, client->peer, *request};
}

static void
send_confirm(struct daemon *daemon, struct client *client)
{
	int error = confirm_answer(daemon->options->run_dir, CONFIRM_GIVEN);

	if (error == 0)
		answer(daemon, client, 0, "confirmed", NULL);
	else
		answer(daemon, client, APPLY_ENVIRONMENT,
		    error == ENOENT ? "nothing waits to be confirmed"
				    : strerror(error),
		    NULL);
}

void
requests_take(
    void *context, struct client *client, const struct control_request *request)
{
	struct daemon *daemon = context;

	switch (request->verb) {
	case CONTROL_NIC:
		send_nic(daemon, client);
		break;
	case CONTROL_LOG:
		send_log(daemon, client, request);
		break;
	case CONTROL_MONITOR:
		start_monitor(daemon, client, request->interval);
		break;
	case CONTROL_CONFIRM:
		send_confirm(daemon, client);
		break;
	case CONTROL_STATUS:
		follow_audit(&daemon->follow, daemon->now);
		queue_request(daemon, client, request);
		break;
	case CONTROL_START:
	case CONTROL_STOP:
	case CONTROL_RESTART:
	case CONTROL_RELOAD:
	case CONTROL_ROLLBACK:
		queue_request(daemon, client, request);
		break;
	}
}

static void
ask_for_apply(struct daemon *daemon, const struct queued *queued)
{
	daemon->client = queued->client;
	daemon->fresh = true;
	daemon->asked = daemon->asked || queued->request.verb == CONTROL_RELOAD;
	daemon->force = queued->request.force;
	daemon->confirm = queued->request.confirm;
	daemon->peer = queued->peer;
	daemon->nat_broken = false;
	daemon->nat_deaths = 0;
	follow_ask(&daemon->follow, daemon->now);
}

static void
restart(struct daemon *daemon, const struct queued *queued)
{
	for (size_t i = 0; i < daemon->natds.n; i++)
		natds_kill(&daemon->natds.v[i]);
	natds_forget(&daemon->natds);
	ask_for_apply(daemon, queued);
}

static void
begin(struct daemon *daemon, const struct queued *queued)
{
	switch (queued->request.verb) {
	case CONTROL_STOP:
		daemon_work(daemon, JOB_STOP, queued->client);
		break;
	case CONTROL_ROLLBACK:
		daemon_work(daemon, JOB_ROLLBACK, queued->client);
		break;
	case CONTROL_RESTART:
		restart(daemon, queued);
		break;
	case CONTROL_START:
	case CONTROL_RELOAD:
		ask_for_apply(daemon, queued);
		break;
	case CONTROL_STATUS:
	case CONTROL_NIC:
	case CONTROL_CONFIRM:
	case CONTROL_LOG:
	case CONTROL_MONITOR:
		break;
	}
}

static void
send_status(struct daemon *daemon, uint64_t client)
{
	json_t *data = status_json(daemon);

	server_reply(&daemon->server, client, 0, "", data);
	json_decref(data);
}

static struct queued
take_queued(struct daemon *daemon, size_t i)
{
	struct queued queued = daemon->queue[i];

	daemon->n_queue--;
	memmove(&daemon->queue[i], &daemon->queue[i + 1],
	    (daemon->n_queue - i) * sizeof(daemon->queue[0]));
	return queued;
}

/*
 * Status waits for a look that began after it was asked for; while rules wait
 * to be confirmed, what is known must do.
 */
static void
answer_status(struct daemon *daemon)
{
	bool seen = daemon->confirm_until != 0 ||
	    (daemon->look.pid == 0 && daemon->work.pid == 0 &&
		daemon->follow.audit > daemon->now);

	for (size_t i = 0; seen && i < daemon->n_queue;) {
		if (daemon->queue[i].request.verb == CONTROL_STATUS)
			send_status(daemon, take_queued(daemon, i).client);
		else
			i++;
	}
}

void
requests_go_on(struct daemon *daemon)
{
	answer_status(daemon);
	for (size_t i = 0; daemon->work.pid == 0 && daemon->client == 0 &&
	     i < daemon->n_queue;
	     i++) {
		if (daemon->queue[i].request.verb == CONTROL_STATUS)
			continue;
		struct queued queued = take_queued(daemon, i);

		begin(daemon, &queued);
		return;
	}
}
