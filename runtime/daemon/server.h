/*
 * akind's side of the control socket: who asks, and who listens.
 */
#ifndef RUNTIME_DAEMON_SERVER_H
#define RUNTIME_DAEMON_SERVER_H

#include <jansson.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "runtime/control/lines.h"
#include "runtime/control/protocol.h"

#define SERVER_CLIENTS_MAX 16
#define SERVER_POLL_MAX (SERVER_CLIENTS_MAX + 1)
#define SERVER_UNSENT_MAX ((size_t)4 << 20)

struct client {
	uint64_t id; /* 0: free; never used again */
	int fd;
	pid_t peer; /* 0: unknown */
	struct control_lines in;
	char *unsent;
	size_t size, sent;
	uint64_t lost;	  /* events since it last kept up */
	bool asking;	  /* a request is not answered yet */
	bool hears_log;	  /* until it goes */
	int64_t interval; /* monitor: ms between events; 0: none */
	int64_t next;	  /* when the next is due */
};

struct server {
	int fd; /* -1: closed */
	const char *path;
	struct client clients[SERVER_CLIENTS_MAX];
	uint64_t ids;
	/* Is called for each request; answers now or later. */
	void (*ask)(void *context, struct client *client,
	    const struct control_request *request);
	void *context;
};

/* Returns 0 or an errno value.  PATH must live as long as the server. */
int server_open(struct server *server, const char *path);
/* Removes the socket's file. */
void server_close(struct server *server);
/* Fills POLL with SERVER_POLL_MAX entries. */
size_t server_prepare(const struct server *server, struct pollfd *poll);
void server_serve(struct server *server, const struct pollfd *poll);

/* NULL if it has gone. */
struct client *server_find(struct server *server, uint64_t id);
/* Ends the request of a client; DATA may be NULL and stays the caller's. */
void server_reply(struct server *server, uint64_t id, int code,
    const char *text, json_t *data);
/* MEMBERS as DATA above.  An event that does not fit is lost, and counted. */
void server_event(struct server *server, struct client *client,
    const char *event, json_t *members);

#endif
