/*
 * What client and server say to each other over a unix socket.
 *
 * A request is a kind, a list of words and a text; a reply is an exit code and
 * what goes to the standard output and the standard error.  Numbers are 32
 * bits in the order of the machine, for both ends are on it.
 */
#ifndef EVAL_EMU_WIRE_H
#define EVAL_EMU_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

#define WIRE_WORDS_MAX 65536
#define WIRE_BYTES_MAX ((size_t)64 * 1024 * 1024)

enum wire_kind {
	WIRE_COMMAND = 1, /* words: those of ipfw(8) */
	WIRE_FILE,	  /* the same, the last a path; text: its lines */
	WIRE_STEP,	  /* text: a step of a session */
	WIRE_STOP,
};

struct wire_request {
	enum wire_kind kind;
	const char **words;
	size_t n_words;
	const char *text;
	size_t size;
};

struct wire_reply {
	int code;
	const char *out, *err;
	size_t out_size, err_size;
};

/* Each is false after an error or a message that is none. */
bool wire_send_request(int fd, const struct wire_request *request);
bool wire_receive_request(
    int fd, struct arena *arena, struct wire_request *request);
bool wire_send_reply(int fd, const struct wire_reply *reply);
bool wire_receive_reply(int fd, struct arena *arena, struct wire_reply *reply);

/*
 * A stream socket for PATH: listening, or connected.  -1 and errno.  From then
 * on SIGPIPE is ignored.
 */
int wire_listen(const char *path);
int wire_connect(const char *path);

/* Give a peer that says nothing up after a while. */
bool wire_be_patient(int fd);

#endif
