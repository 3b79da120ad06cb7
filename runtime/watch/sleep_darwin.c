/*
 * Power notifications of IOKit.  They come by a run loop, which gets a thread
 * of its own and hands them on through a pipe, a byte each: poll(2) does not
 * know Mach ports.
 */
#include <sys/types.h>

#include <CoreFoundation/CoreFoundation.h>
#include <IOKit/IOKitLib.h>
#include <IOKit/IOMessage.h>
#include <IOKit/pwr_mgt/IOPMLib.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

#include "runtime/watch/network.h"

struct power {
	int fds[2];
	io_connect_t root;
};

static void
tell(const struct power *power, unsigned char event)
{
	/* A full pipe holds the same events already. */
	while (write(power->fds[1], &event, 1) == -1 && errno == EINTR)
		continue;
}

/* Whoever does not allow sleep holds it up for half a minute. */
static void
hear_power(void *context, io_service_t service, natural_t type, void *argument)
{
	const struct power *power = context;

	(void)service;
	switch (type) {
	case kIOMessageCanSystemSleep:
		IOAllowPowerChange(power->root, (long)argument);
		break;
	case kIOMessageSystemWillSleep:
		tell(power, WATCH_SLEEP);
		IOAllowPowerChange(power->root, (long)argument);
		break;
	case kIOMessageSystemHasPoweredOn:
		tell(power, WATCH_WAKE);
		break;
	default:
		break;
	}
}

static void *
run_loop(void *context)
{
	struct power *power = context;
	IONotificationPortRef port;
	io_object_t notifier;

	power->root = IORegisterForSystemPower(
	    power, &port, hear_power, &notifier);
	if (power->root == MACH_PORT_NULL) {
		tell(power, WATCH_CLOSED);
		return NULL;
	}
	CFRunLoopAddSource(CFRunLoopGetCurrent(),
	    IONotificationPortGetRunLoopSource(port), kCFRunLoopCommonModes);
	CFRunLoopRun();
	return NULL;
}

static unsigned
read_power(struct watch_source *source)
{
	unsigned char bytes[64];
	unsigned events = 0;
	ssize_t size;

	while ((size = read(source->fd, bytes, sizeof(bytes))) > 0) {
		for (ssize_t i = 0; i < size; i++)
			events |= bytes[i];
	}
	return size == 0 ? events | WATCH_CLOSED : events;
}

/*
 * The thread outlives the source, and so must what it writes to: akind closes
 * this source when it ends.
 */
static void
close_power(struct watch_source *source)
{
	(void)source;
}

static int
open_pipe(struct power *power)
{
	if (pipe(power->fds) == -1)
		return errno;
	for (int i = 0; i < 2; i++) {
		fcntl(power->fds[i], F_SETFD, FD_CLOEXEC);
		fcntl(power->fds[i], F_SETFL, O_NONBLOCK);
	}
	return 0;
}

static int
start_thread(struct power *power)
{
	pthread_t thread;
	int error = open_pipe(power);

	if (error != 0)
		return error;
	error = pthread_create(&thread, NULL, run_loop, power);
	if (error == 0)
		return pthread_detach(thread);
	close(power->fds[0]);
	close(power->fds[1]);
	return error;
}

int
watch_open_sleep(struct watch_source *source, const struct watch_paths *paths)
{
	struct power *power = calloc(1, sizeof(*power));
	int error;

	(void)paths;
	if (power == NULL)
		return ENOMEM;
	error = start_thread(power);
	if (error != 0) {
		free(power);
		return error;
	}
	*source = (struct watch_source){.fd = power->fds[0],
	    .events = POLLIN,
	    .state = power,
	    .read = read_power,
	    .close = close_power};
	return 0;
}
