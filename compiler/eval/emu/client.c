/*
 * The file of a command line is read here, since it may be the standard input;
 * all the rest is the server's.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "eval/emu/client.h"
#include "eval/emu/wire.h"
#include "target/ipfw/text/read.h"

#define CHUNK 65536

static int
complain(int code, const char *what, const char *why)
{
	fprintf(stderr, "ipfw: %s: %s\n", what, why);
	return code;
}

static int
print_reply(const struct wire_reply *reply)
{
	fwrite(reply->err, 1, reply->err_size, stderr);
	fwrite(reply->out, 1, reply->out_size, stdout);
	if (fflush(stdout) != 0)
		return IPFW_EXIT_OS;
	return reply->code;
}

static int
ask_at(
    const char *path, struct arena *arena, const struct wire_request *request)
{
	struct wire_reply reply;
	int fd = wire_connect(path), code;

	if (fd < 0)
		return complain(IPFW_EXIT_UNAVAILABLE, path, strerror(errno));
	if (wire_send_request(fd, request) &&
	    wire_receive_reply(fd, arena, &reply))
		code = print_reply(&reply);
	else
		code = complain(
		    IPFW_EXIT_UNAVAILABLE, path, "the server does not answer");
	close(fd);
	return code;
}

static int
ask(struct arena *arena, const struct wire_request *request)
{
	const char *path = getenv(CLIENT_ENVIRONMENT);

	if (path == NULL || *path == '\0')
		return complain(
		    IPFW_EXIT_UNAVAILABLE, CLIENT_ENVIRONMENT, "is not set");
	return ask_at(path, arena, request);
}

static struct arena *
create_arena(void)
{
	return arena_create(4 * WIRE_BYTES_MAX, NULL, NULL);
}

/* All of FILE, up to the bound of a request. */
static bool
read_all(FILE *file, struct buf *text)
{
	char chunk[CHUNK];
	size_t n;

	while (text->n <= WIRE_BYTES_MAX &&
	    (n = fread(chunk, 1, sizeof(chunk), file)) > 0)
		buf_write(text, chunk, n);
	return !ferror(file) && text->n <= WIRE_BYTES_MAX;
}

static int
send_file(struct arena *arena, struct wire_request *request)
{
	const char *path = request->words[request->n_words - 1];
	struct buf text;
	FILE *file;
	bool ok;

	if (access(path, R_OK) != 0)
		return complain(IPFW_EXIT_USAGE, path, strerror(errno));
	file = fopen(path, "r");
	if (file == NULL)
		return complain(IPFW_EXIT_UNAVAILABLE, path, strerror(errno));
	buf_init(&text, arena);
	ok = read_all(file, &text);
	fclose(file);
	if (!ok)
		return complain(IPFW_EXIT_UNAVAILABLE, path,
		    "cannot be read, or is too long");
	request->kind = WIRE_FILE;
	request->text = text.p;
	request->size = text.n;
	return ask(arena, request);
}

int
client_command(char **words, size_t n)
{
	struct arena *arena = create_arena();
	struct wire_request request = {
	    .kind = WIRE_COMMAND,
	    .words = (const char **)words,
	    .n_words = n,
	    .text = "",
	};
	int code;

	if (arena == NULL)
		return IPFW_EXIT_OS;
	if (n > 0 && words[n - 1][0] == '/')
		code = send_file(arena, &request);
	else
		code = ask(arena, &request);
	arena_destroy(arena);
	return code;
}

int
client_step(const char *step)
{
	struct arena *arena = create_arena();
	struct wire_request request = {
	    .kind = WIRE_STEP,
	    .text = step,
	    .size = strlen(step),
	};
	int code;

	if (arena == NULL)
		return IPFW_EXIT_OS;
	code = ask(arena, &request);
	arena_destroy(arena);
	return code;
}

int
client_stop(const char *path)
{
	struct arena *arena = create_arena();
	struct wire_request request = {.kind = WIRE_STOP, .text = ""};
	int code;

	if (arena == NULL)
		return IPFW_EXIT_OS;
	code = ask_at(path, arena, &request);
	arena_destroy(arena);
	return code;
}
