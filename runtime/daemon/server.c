#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "runtime/daemon/peer.h"
#include "runtime/daemon/server.h"

#define READ_SIZE 4096
#define BACKLOG 8

/* --- The socket --- */

static int
make_quiet(int fd)
{
	if (fcntl(fd, F_SETFD, FD_CLOEXEC) == -1 ||
	    fcntl(fd, F_SETFL, O_NONBLOCK) == -1)
		return errno;
	return 0;
}

/* Nobody but us may connect, from the moment on that the file is there. */
static int
bind_socket(int fd, const char *path)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	mode_t mask;
	int error = 0;

	if (strlen(path) >= sizeof(address.sun_path))
		return ENAMETOOLONG;
	memcpy(address.sun_path, path, strlen(path));
	if (unlink(path) == -1 && errno != ENOENT)
		return errno;
	mask = umask(0177);
	if (bind(fd, (struct sockaddr *)&address, sizeof(address)) == -1)
		error = errno;
	umask(mask);
	return error;
}

int
server_open(struct server *server, const char *path)
{
	int error;

	memset(server, 0, sizeof(*server));
	server->path = path;
	server->fd = socket(AF_UNIX, SOCK_STREAM, 0);
	if (server->fd == -1)
		return errno;
	error = make_quiet(server->fd);
	if (error == 0)
		error = bind_socket(server->fd, path);
	if (error == 0 && listen(server->fd, BACKLOG) == -1)
		error = errno;
	if (error != 0) {
		close(server->fd);
		server->fd = -1;
	}
	return error;
}

static void
drop_client(struct client *client)
{
	close(client->fd);
	control_lines_free(&client->in);
	free(client->unsent);
	memset(client, 0, sizeof(*client));
}

void
server_close(struct server *server)
{
	if (server->fd == -1)
		return;
	for (size_t i = 0; i < SERVER_CLIENTS_MAX; i++) {
		if (server->clients[i].id != 0)
			drop_client(&server->clients[i]);
	}
	close(server->fd);
	unlink(server->path);
	server->fd = -1;
}

struct client *
server_find(struct server *server, uint64_t id)
{
	for (size_t i = 0; i < SERVER_CLIENTS_MAX; i++) {
		if (id != 0 && server->clients[i].id == id)
			return &server->clients[i];
	}
	return NULL;
}

/* --- Sending --- */

static void
send_unsent(struct client *client)
{
	while (client->sent < client->size) {
		ssize_t n = send(client->fd, client->unsent + client->sent,
		    client->size - client->sent, 0);

		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1 && errno != EAGAIN) {
			drop_client(client);
			return;
		}
		if (n <= 0)
			return;
		client->sent += (size_t)n;
	}
	client->size = client->sent = 0;
}

/* Returns false if the client cannot take it; LINE is freed. */
static bool
queue_line(struct client *client, char *line)
{
	size_t length = line == NULL ? 0 : strlen(line);
	char *unsent;

	if (line == NULL || client->size + length > SERVER_UNSENT_MAX) {
		free(line);
		return false;
	}
	unsent = realloc(client->unsent, client->size + length);
	if (unsent != NULL) {
		memcpy(unsent + client->size, line, length);
		client->unsent = unsent;
		client->size += length;
	}
	free(line);
	return unsent != NULL;
}

void
server_reply(struct server *server, uint64_t id, int code, const char *text,
    json_t *data)
{
	struct client *client = server_find(server, id);

	if (client == NULL)
		return;
	client->asking = false;
	if (queue_line(client, control_reply_encode(code, text, data)))
		send_unsent(client);
	else
		drop_client(client);
}

static bool
tell_lost(struct client *client)
{
	json_t *members;
	bool sent;

	if (client->lost == 0)
		return true;
	members = json_pack("{s:I}", "count", (json_int_t)client->lost);
	sent = queue_line(client, control_event_encode("lost", members));
	json_decref(members);
	if (sent)
		client->lost = 0;
	return sent;
}

void
server_event(struct server *server, struct client *client, const char *event,
    json_t *members)
{
	(void)server;
	if (!tell_lost(client) ||
	    !queue_line(client, control_event_encode(event, members)))
		client->lost++;
	else
		send_unsent(client);
}

/* --- Receiving --- */

static struct client *
find_free(struct server *server)
{
	for (size_t i = 0; i < SERVER_CLIENTS_MAX; i++) {
		if (server->clients[i].id == 0)
			return &server->clients[i];
	}
	return NULL;
}

static bool
peer_may_ask(int fd, pid_t *process)
{
	uid_t user;

	return peer_find(fd, &user, process) == 0 &&
	    (user == 0 || user == geteuid());
}

static void
accept_client(struct server *server)
{
	int fd = accept(server->fd, NULL, NULL);
	struct client *client = find_free(server);
	pid_t peer;

	if (fd == -1)
		return;
	if (client == NULL || make_quiet(fd) != 0 || !peer_may_ask(fd, &peer)) {
		close(fd);
		return;
	}
	memset(client, 0, sizeof(*client));
	client->id = ++server->ids;
	client->fd = fd;
	client->peer = peer;
	control_lines_init(&client->in, CONTROL_REQUEST_MAX);
}

static void
take_request(
    struct server *server, struct client *client, const char *line, size_t size)
{
	struct control_request request;
	const char *wrong = control_request_decode(line, size, &request);

	if (wrong != NULL) {
		server_reply(server, client->id, 2, wrong, NULL);
		return;
	}
	client->asking = true;
	server->ask(server->context, client, &request);
}

/* One request at a time: the next is read when this one is answered. */
static void
take_requests(struct server *server, struct client *client)
{
	uint64_t id = client->id;
	const char *line;
	size_t size;

	while (client->id == id && !client->asking &&
	    control_lines_take(&client->in, &line, &size))
		take_request(server, client, line, size);
}

static void
read_client(struct server *server, struct client *client)
{
	char bytes[READ_SIZE];
	ssize_t size = recv(client->fd, bytes, sizeof(bytes), 0);

	if (size == -1 && (errno == EAGAIN || errno == EINTR))
		return;
	if (size <= 0 ||
	    control_lines_add(&client->in, bytes, (size_t)size) != 0)
		drop_client(client);
	else
		take_requests(server, client);
}

size_t
server_prepare(const struct server *server, struct pollfd *poll)
{
	for (size_t i = 0; i < SERVER_CLIENTS_MAX; i++) {
		const struct client *client = &server->clients[i];

		poll[i].fd = client->id == 0 ? -1 : client->fd;
		/* Who waits for an answer is not heard, but for its end. */
		poll[i].events = client->asking ? 0 : POLLIN;
		if (client->sent < client->size)
			poll[i].events |= POLLOUT;
		poll[i].revents = 0;
	}
	poll[SERVER_CLIENTS_MAX] = (struct pollfd){
	    .fd = server->fd, .events = POLLIN};
	return SERVER_POLL_MAX;
}

static void
serve_client(struct server *server, struct client *client, short ready)
{
	uint64_t id = client->id;

	if ((ready & POLLOUT) != 0)
		send_unsent(client);
	if (client->id != id)
		return;
	if (client->asking && (ready & (POLLHUP | POLLERR)) != 0)
		drop_client(client);
	else if ((ready & (POLLIN | POLLHUP | POLLERR)) != 0)
		read_client(server, client);
}

void
server_serve(struct server *server, const struct pollfd *poll)
{
	for (size_t i = 0; i < SERVER_CLIENTS_MAX; i++) {
		struct client *client = &server->clients[i];

		if (client->id != 0 && poll[i].revents != 0)
			serve_client(server, client, poll[i].revents);
		if (client->id != 0 && !client->asking)
			take_requests(server, client);
	}
	if (poll[SERVER_CLIENTS_MAX].revents != 0)
		accept_client(server);
}
