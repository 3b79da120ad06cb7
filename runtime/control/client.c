#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "runtime/control/client.h"

static int
make_address(struct sockaddr_un *address, const char *path)
{
	memset(address, 0, sizeof(*address));
	address->sun_family = AF_UNIX;
	if (strlen(path) >= sizeof(address->sun_path))
		return ENAMETOOLONG;
	memcpy(address->sun_path, path, strlen(path) + 1);
	return 0;
}

int
control_client_open(struct control_client *client, const char *path)
{
	struct sockaddr_un address;
	int error = make_address(&address, path);

	client->socket = -1;
	client->output = -1;
	if (error != 0)
		return error;
	client->socket = socket(AF_UNIX, SOCK_STREAM, 0);
	if (client->socket == -1)
		return errno;
	fcntl(client->socket, F_SETFD, FD_CLOEXEC);
	control_lines_init(&client->lines, CONTROL_LINE_MAX);
	if (connect(client->socket, (struct sockaddr *)&address,
		sizeof(address)) == 0)
		return 0;
	error = errno;
	control_client_close(client);
	return error;
}

void
control_client_close(struct control_client *client)
{
	if (client->socket == -1)
		return;
	close(client->socket);
	client->socket = -1;
	control_lines_free(&client->lines);
}

int
control_client_send(
    struct control_client *client, const struct control_request *request)
{
	char *line = control_request_encode(request);
	size_t size, sent = 0;
	int error = 0;

	if (line == NULL)
		return ENOMEM;
	size = strlen(line);
	while (sent < size && error == 0) {
		ssize_t n = write(client->socket, line + sent, size - sent);

		if (n >= 0)
			sent += (size_t)n;
		else if (errno != EINTR)
			error = errno;
	}
	free(line);
	return error;
}

static int
wait_readable(const struct control_client *client, int milliseconds)
{
	struct pollfd pollfds[] = {{.fd = client->socket, .events = POLLIN},
	    {.fd = client->output, .events = 0}};
	int n;

	do
		n = poll(pollfds, 2, milliseconds);
	while (n == -1 && errno == EINTR);
	if (n == -1)
		return errno;
	if ((pollfds[1].revents & (POLLERR | POLLHUP)) != 0)
		return EPIPE;
	return n == 0 ? ETIMEDOUT : 0;
}

int
control_client_read(struct control_client *client, int milliseconds,
    const char **line, size_t *length)
{
	char bytes[4096];

	while (!control_lines_take(&client->lines, line, length)) {
		int error = wait_readable(client, milliseconds);
		ssize_t n;

		if (error != 0)
			return error;
		n = read(client->socket, bytes, sizeof(bytes));
		if (n == 0)
			return ECONNRESET;
		if (n == -1 && errno != EINTR)
			return errno;
		if (n > 0)
			error = control_lines_add(
			    &client->lines, bytes, (size_t)n);
		if (error != 0)
			return error;
	}
	return 0;
}
