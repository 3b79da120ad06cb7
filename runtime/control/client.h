/*
 * akinctl's end of the socket.
 */
#ifndef RUNTIME_CONTROL_CLIENT_H
#define RUNTIME_CONTROL_CLIENT_H

#include <stdbool.h>

#include "runtime/control/lines.h"
#include "runtime/control/protocol.h"

struct control_client {
	int socket; /* -1: not connected */
	int output; /* not waited without a reader of this; -1: none */
	struct control_lines lines;
};

/* Returns 0 or an errno value with nothing to close. */
int control_client_open(struct control_client *client, const char *path);
void control_client_close(struct control_client *client);

/* Returns 0 or an errno value. */
int control_client_send(
    struct control_client *client, const struct control_request *request);

/*
 * Wait for a line, at most MILLISECONDS unless that is -1.  *LINE is valid
 * until the next call.  Returns 0 or an errno value: ECONNRESET if akind has
 * closed the connection, EPIPE if nobody reads the output, ETIMEDOUT.
 */
int control_client_read(struct control_client *client, int milliseconds,
    const char **line, size_t *length);

#endif
