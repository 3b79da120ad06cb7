/*
 * A devd(8) or a logind that tells of sleep when it is told to:
 *
 *     sleeper devd SOCKET      each line is a notice
 *     sleeper logind SOCKET    "sleep" and "wake"
 *
 * or a service manager, which prints what sd_notify(3) tells:
 *
 *     sleeper notify SOCKET
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "tests/daemon/sleeper.h"

int
sleeper_listen(const char *path, int type)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, type, 0);

	if (strlen(path) < sizeof(address.sun_path))
		memcpy(address.sun_path, path, strlen(path));
	if (fd == -1 ||
	    bind(fd, (struct sockaddr *)&address, sizeof(address)) == -1 ||
	    listen(fd, 4) == -1) {
		perror(path);
		exit(3);
	}
	return fd;
}

char *
sleeper_line(void)
{
	static char line[512];

	if (fgets(line, sizeof(line), stdin) == NULL)
		return NULL;
	line[strcspn(line, "\n")] = '\0';
	return line;
}

/* What a service manager hears, a line each. */
static int
hear(const char *path)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_DGRAM, 0);
	char text[512];
	ssize_t size;

	if (strlen(path) < sizeof(address.sun_path))
		memcpy(address.sun_path, path, strlen(path));
	if (bind(fd, (struct sockaddr *)&address, sizeof(address)) == -1)
		return 3;
	while ((size = recv(fd, text, sizeof(text), 0)) > 0) {
		printf("%.*s\n", (int)size, text);
		fflush(stdout);
	}
	return 0;
}

int
main(int argc, char **argv)
{
	if (argc == 3 && strcmp(argv[1], "notify") == 0)
		return hear(argv[2]);
	if (argc == 3 && strcmp(argv[1], "devd") == 0)
		return sleeper_devd(argv[2]);
	if (argc == 3 && strcmp(argv[1], "logind") == 0)
		return sleeper_logind(argv[2]);
	fputs("usage: sleeper devd|logind|notify SOCKET\n", stderr);
	return 2;
}
