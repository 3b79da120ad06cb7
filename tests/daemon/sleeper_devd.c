/*
 * devd(8)'s socket: a packet a notice, its newline with it.
 */
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "tests/daemon/sleeper.h"

int
sleeper_devd(const char *path)
{
	int client = accept(sleeper_listen(path, SOCK_SEQPACKET), NULL, NULL);
	char *line;

	while ((line = sleeper_line()) != NULL) {
		size_t length = strlen(line);

		line[length] = '\n';
		if (send(client, line, length + 1, 0) == -1)
			return 3;
	}
	return 0;
}
