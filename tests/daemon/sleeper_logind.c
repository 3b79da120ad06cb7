/*
 * A bus with nobody on it but logind: it lets a client in, takes its matches,
 * and sends PrepareForSleep.
 */
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <systemd/sd-bus.h>
#include <unistd.h>

#include "tests/daemon/sleeper.h"

static int
answer(sd_bus_message *message, void *context, sd_bus_error *error)
{
	(void)context;
	(void)error;
	if (sd_bus_message_is_method_call(
		message, "org.freedesktop.DBus", "Hello"))
		return sd_bus_reply_method_return(message, "s", ":1.7");
	if (sd_bus_message_is_method_call(
		message, "org.freedesktop.DBus", NULL))
		return sd_bus_reply_method_return(message, NULL);
	return 0;
}

static int
tell(sd_bus *bus, const char *word)
{
	sd_bus_message *message = NULL;
	int error = sd_bus_message_new_signal(bus, &message,
	    "/org/freedesktop/login1", "org.freedesktop.login1.Manager",
	    "PrepareForSleep");

	if (error >= 0)
		error = sd_bus_message_set_sender(message, ":1.1");
	if (error >= 0)
		error = sd_bus_message_append(
		    message, "b", strcmp(word, "sleep") == 0);
	if (error >= 0)
		error = sd_bus_send(bus, message, NULL);
	sd_bus_message_unref(message);
	return error < 0 ? error : sd_bus_flush(bus);
}

static int
serve(sd_bus *bus)
{
	for (;;) {
		struct pollfd ready[2] = {{0, POLLIN, 0},
		    {sd_bus_get_fd(bus), (short)sd_bus_get_events(bus), 0}};
		const char *line;
		int more;

		while ((more = sd_bus_process(bus, NULL)) > 0)
			continue;
		if (more < 0 || poll(ready, 2, 100) == -1)
			return 3;
		if ((ready[0].revents & (POLLIN | POLLHUP)) == 0)
			continue;
		line = sleeper_line();
		if (line == NULL || tell(bus, line) < 0)
			return 0;
	}
}

int
sleeper_logind(const char *path)
{
	sd_id128_t id = SD_ID128_MAKE(
	    1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16);
	int client = accept(sleeper_listen(path, SOCK_STREAM), NULL, NULL);
	sd_bus *bus;

	setvbuf(stdin, NULL, _IONBF, 0);
	if (client == -1 || sd_bus_new(&bus) < 0 ||
	    sd_bus_set_fd(bus, client, client) < 0 ||
	    sd_bus_set_server(bus, 1, id) < 0 ||
	    sd_bus_set_anonymous(bus, 1) < 0 || sd_bus_start(bus) < 0 ||
	    sd_bus_add_filter(bus, NULL, answer, NULL) < 0)
		return 3;
	return serve(bus);
}
