/*
 * An akind that has its answers from files, for tests of akinctl.
 *
 *      fake-akind SOCKET FOLDER
 *
 * A request for VERB is written to FOLDER/requests and answered with the bytes
 * of FOLDER/VERB; the connection is closed then, or, if there is a file
 * FOLDER/VERB.hold, when akinctl closes it.  A request that has no such file
 * gets no answer.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "runtime/control/lines.h"
#include "runtime/control/protocol.h"

static int
listen_at(const char *path)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int listener = socket(AF_UNIX, SOCK_STREAM, 0);

	if (strlen(path) >= sizeof(address.sun_path))
		return -1;
	memcpy(address.sun_path, path, strlen(path) + 1);
	if (listener == -1 ||
	    bind(listener, (struct sockaddr *)&address, sizeof(address)) ==
		-1 ||
	    listen(listener, 8) == -1)
		return -1;
	return listener;
}

static FILE *
open_in(
    const char *folder, const char *name, const char *ending, const char *mode)
{
	char path[1024];

	snprintf(path, sizeof(path), "%s/%s%s", folder, name, ending);
	return fopen(path, mode);
}

static void
note_request(const char *folder, const char *line, size_t length)
{
	FILE *file = open_in(folder, "requests", "", "a");

	if (file == NULL)
		return;
	fprintf(file, "%.*s\n", (int)length, line);
	fclose(file);
}

static void
send_file(int connection, FILE *file)
{
	char bytes[4096];
	size_t n;

	while ((n = fread(bytes, 1, sizeof(bytes), file)) > 0)
		if (write(connection, bytes, n) != (ssize_t)n)
			return;
}

static void
wait_for_end(int connection)
{
	char byte;

	while (read(connection, &byte, 1) > 0)
		;
}

static void
answer(int connection, const char *folder, const char *line, size_t length)
{
	struct control_request request;
	const char *verb;
	FILE *file, *hold;

	note_request(folder, line, length);
	if (control_request_decode(line, length, &request) != NULL)
		return;
	verb = control_verb_name(request.verb);
	file = open_in(folder, verb, "", "r");
	if (file != NULL) {
		send_file(connection, file);
		fclose(file);
	}
	hold = open_in(folder, verb, ".hold", "r");
	if (hold != NULL) {
		wait_for_end(connection);
		fclose(hold);
	}
}

static void
serve(int connection, const char *folder)
{
	struct control_lines lines;
	const char *line;
	char bytes[4096];
	size_t length;
	ssize_t n;

	control_lines_init(&lines, CONTROL_REQUEST_MAX);
	while ((n = read(connection, bytes, sizeof(bytes))) > 0) {
		if (control_lines_add(&lines, bytes, (size_t)n) != 0)
			break;
		if (control_lines_take(&lines, &line, &length)) {
			answer(connection, folder, line, length);
			break;
		}
	}
	control_lines_free(&lines);
}

int
main(int argc, char **argv)
{
	int listener = argc == 3 ? listen_at(argv[1]) : -1;

	if (listener == -1) {
		fputs("fake-akind: cannot listen\n", stderr);
		return 3;
	}
	for (;;) {
		int connection = accept(listener, NULL, NULL);

		if (connection == -1)
			return 3;
		serve(connection, argv[2]);
		close(connection);
	}
}
