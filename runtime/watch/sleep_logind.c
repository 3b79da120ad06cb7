/*
 * logind's signal PrepareForSleep, by D-Bus: true before sleep, false after.
 */
#include <errno.h>
#include <stdlib.h>
#include <systemd/sd-bus.h>

#include "runtime/watch/network.h"

#define SERVICE "org.freedesktop.login1"
#define OBJECT "/org/freedesktop/login1"
#define INTERFACE "org.freedesktop.login1.Manager"
#define MESSAGES_AT_ONCE 256

struct logind {
	sd_bus *bus;
	unsigned events; /* heard since the last read */
};

static int
hear_sleep(sd_bus_message *message, void *context, sd_bus_error *error)
{
	struct logind *logind = context;
	int before;

	(void)error;
	if (sd_bus_message_read(message, "b", &before) >= 0)
		logind->events |= before ? WATCH_SLEEP : WATCH_WAKE;
	return 0;
}

/* What the library wants to be woken for changes while it logs in. */
static bool
note_events(struct watch_source *source)
{
	struct logind *logind = source->state;
	int events = sd_bus_get_events(logind->bus);

	source->events = (short)events;
	return events >= 0;
}

static unsigned
read_logind(struct watch_source *source)
{
	struct logind *logind = source->state;
	unsigned events;
	int more = 1;

	for (int i = 0; i < MESSAGES_AT_ONCE && more > 0; i++)
		more = sd_bus_process(logind->bus, NULL);
	events = logind->events;
	logind->events = 0;
	if (more < 0 || !note_events(source))
		return events | WATCH_CLOSED;
	return events;
}

static void
close_logind(struct watch_source *source)
{
	struct logind *logind = source->state;

	sd_bus_close_unref(logind->bus);
	free(logind);
}

/* Nothing here waits: the bus answers when it is read. */
static int
connect_bus(struct watch_source *source, struct logind *logind)
{
	int error = sd_bus_open_system(&logind->bus);

	if (error < 0)
		return -error;
	error = sd_bus_match_signal_async(logind->bus, NULL, SERVICE, OBJECT,
	    INTERFACE, "PrepareForSleep", hear_sleep, NULL, logind);
	if (error < 0)
		return -error;
	source->fd = sd_bus_get_fd(logind->bus);
	return source->fd < 0 || !note_events(source) ? EIO : 0;
}

int
watch_open_sleep(struct watch_source *source, const struct watch_paths *paths)
{
	struct logind *logind = calloc(1, sizeof(*logind));
	int error;

	(void)paths;
	if (logind == NULL)
		return ENOMEM;
	*source = (struct watch_source){.fd = -1,
	    .state = logind,
	    .read = read_logind,
	    .close = close_logind};
	error = connect_bus(source, logind);
	if (error != 0)
		close_logind(source);
	return error;
}
