#include <sys/socket.h>
#include <sys/un.h>

#include <fcntl.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "runtime/daemon/notify.h"

/* A name that begins with '@' is of Linux's abstract kind. */
static int
connect_to(const char *path)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	size_t length = strlen(path);
	socklen_t size;
	int fd;

	if ((path[0] != '/' && path[0] != '@') ||
	    length >= sizeof(address.sun_path))
		return -1;
	memcpy(address.sun_path, path, length);
	if (path[0] == '@')
		address.sun_path[0] = '\0';
	size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length);
	fd = socket(AF_UNIX, SOCK_DGRAM, 0);
	if (fd == -1)
		return -1;
	fcntl(fd, F_SETFD, FD_CLOEXEC);
	fcntl(fd, F_SETFL, O_NONBLOCK);
	if (connect(fd, (struct sockaddr *)&address, size) == -1) {
		close(fd);
		return -1;
	}
	return fd;
}

/* Half of what is allowed, as sd_watchdog_enabled(3) advises. */
static int64_t
read_interval(void)
{
	const char *text = getenv("WATCHDOG_USEC");
	const char *process = getenv("WATCHDOG_PID");
	long long value = text == NULL ? 0 : strtoll(text, NULL, 10);

	if (process != NULL && strtol(process, NULL, 10) != (long)getpid())
		return 0;
	return value > 0 ? (value + 1999) / 2000 : 0;
}

void
notify_open(struct notify *notify, int64_t now)
{
	const char *path = getenv("NOTIFY_SOCKET");

	notify->fd = path == NULL ? -1 : connect_to(path);
	notify->interval = notify->fd == -1 ? 0 : read_interval();
	notify->next = now;
	unsetenv("NOTIFY_SOCKET");
	unsetenv("WATCHDOG_USEC");
	unsetenv("WATCHDOG_PID");
}

void
notify_close(struct notify *notify)
{
	if (notify->fd != -1)
		close(notify->fd);
	notify->fd = -1;
}

void
notify_send(struct notify *notify, const char *state)
{
	if (notify->fd != -1)
		send(notify->fd, state, strlen(state), 0);
}

int64_t
notify_due(const struct notify *notify)
{
	return notify->interval == 0 ? INT64_MAX : notify->next;
}

void
notify_live(struct notify *notify, int64_t now)
{
	if (now < notify_due(notify))
		return;
	notify_send(notify, "WATCHDOG=1");
	notify->next = now + notify->interval;
}
