/*
 * Messages are bounded before memory is taken for them, and a peer that stops
 * in the middle of one is waited for a few seconds only.
 */
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "eval/emu/wire.h"

#define BACKLOG 16
#define PATIENCE 30 /* seconds */

static bool
write_all(int fd, const void *bytes, size_t size)
{
	const char *at = bytes;

	while (size > 0) {
		ssize_t n = send(fd, at, size, 0);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		at += n;
		size -= (size_t)n;
	}
	return true;
}

static bool
read_all(int fd, void *bytes, size_t size)
{
	char *at = bytes;

	while (size > 0) {
		ssize_t n = recv(fd, at, size, 0);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		at += n;
		size -= (size_t)n;
	}
	return true;
}

static bool
send_number(int fd, size_t number)
{
	uint32_t wire = (uint32_t)number;

	return number <= UINT32_MAX && write_all(fd, &wire, sizeof(wire));
}

static bool
receive_number(int fd, size_t max, size_t *number)
{
	uint32_t wire;

	if (!read_all(fd, &wire, sizeof(wire)) || wire > max)
		return false;
	*number = wire;
	return true;
}

static bool
send_text(int fd, const char *text, size_t size)
{
	return size <= WIRE_BYTES_MAX && send_number(fd, size) &&
	    write_all(fd, text, size);
}

/* *TEXT ends with a NUL that is not counted; *LEFT bytes may still come. */
static bool
receive_text(
    int fd, struct arena *arena, size_t *left, const char **text, size_t *size)
{
	char *bytes;

	if (!receive_number(fd, *left, size))
		return false;
	*left -= *size;
	bytes = arena_alloc(arena, *size + 1);
	*text = bytes;
	return read_all(fd, bytes, *size);
}

bool
wire_send_request(int fd, const struct wire_request *request)
{
	if (!send_number(fd, request->kind) ||
	    !send_number(fd, request->n_words))
		return false;
	for (size_t i = 0; i < request->n_words; i++)
		if (!send_text(
			fd, request->words[i], strlen(request->words[i])))
			return false;
	return send_text(fd, request->text, request->size);
}

bool
wire_receive_request(int fd, struct arena *arena, struct wire_request *request)
{
	size_t kind, left = WIRE_BYTES_MAX, size;

	if (!receive_number(fd, WIRE_STOP, &kind) || kind == 0 ||
	    !receive_number(fd, WIRE_WORDS_MAX, &request->n_words))
		return false;
	request->kind = (enum wire_kind)kind;
	request->words = arena_calloc(
	    arena, request->n_words + 1, sizeof(*request->words));
	for (size_t i = 0; i < request->n_words; i++)
		if (!receive_text(fd, arena, &left, &request->words[i], &size))
			return false;
	return receive_text(fd, arena, &left, &request->text, &request->size);
}

bool
wire_send_reply(int fd, const struct wire_reply *reply)
{
	return send_number(fd, (size_t)reply->code) &&
	    send_text(fd, reply->out, reply->out_size) &&
	    send_text(fd, reply->err, reply->err_size);
}

bool
wire_receive_reply(int fd, struct arena *arena, struct wire_reply *reply)
{
	size_t code, left = 2 * WIRE_BYTES_MAX;

	if (!receive_number(fd, UINT8_MAX, &code) ||
	    !receive_text(fd, arena, &left, &reply->out, &reply->out_size) ||
	    !receive_text(fd, arena, &left, &reply->err, &reply->err_size))
		return false;
	reply->code = (int)code;
	return true;
}

static bool
fill_address(struct sockaddr_un *address, const char *path)
{
	memset(address, 0, sizeof(*address));
	address->sun_family = AF_UNIX;
	if (strlen(path) >= sizeof(address->sun_path)) {
		errno = ENAMETOOLONG;
		return false;
	}
	memcpy(address->sun_path, path, strlen(path) + 1);
	return true;
}

/* A stream socket; to write to a peer that is gone is an error, not a death. */
static int
open_socket(void)
{
	struct sigaction ignore;

	memset(&ignore, 0, sizeof(ignore));
	ignore.sa_handler = SIG_IGN;
	sigemptyset(&ignore.sa_mask);
	sigaction(SIGPIPE, &ignore, NULL);
	return socket(AF_UNIX, SOCK_STREAM, 0);
}

static void
close_kept(int fd)
{
	int error = errno;

	close(fd);
	errno = error;
}

int
wire_connect(const char *path)
{
	struct sockaddr_un address;
	int fd;

	if (!fill_address(&address, path))
		return -1;
	fd = open_socket();
	if (fd < 0)
		return -1;
	if (connect(fd, (struct sockaddr *)&address, sizeof(address)) == 0)
		return fd;
	close_kept(fd);
	return -1;
}

/* A socket that nobody listens on any more is in the way of a new one. */
static bool
clear_path(const char *path)
{
	struct stat info;
	int fd = wire_connect(path);

	if (fd >= 0) {
		close(fd);
		errno = EADDRINUSE;
		return false;
	}
	if (lstat(path, &info) == 0 && S_ISSOCK(info.st_mode))
		unlink(path);
	return true;
}

int
wire_listen(const char *path)
{
	struct sockaddr_un address;
	mode_t mask;
	int fd, bound;

	if (!fill_address(&address, path) || !clear_path(path))
		return -1;
	fd = open_socket();
	if (fd < 0)
		return -1;
	mask = umask(S_IRWXG | S_IRWXO);
	bound = bind(fd, (struct sockaddr *)&address, sizeof(address));
	umask(mask);
	if (bound == 0 && listen(fd, BACKLOG) == 0)
		return fd;
	close_kept(fd);
	return -1;
}

bool
wire_be_patient(int fd)
{
	struct timeval limit = {.tv_sec = PATIENCE};

	return setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit)) ==
	    0 &&
	    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit)) == 0;
}
