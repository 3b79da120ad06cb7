#include <sys/types.h>
#include <sys/event.h>
#include <sys/time.h>

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "runtime/watch/process.h"

int
watch_process_open(pid_t pid)
{
	int queue = kqueue(), error;
	struct kevent change;

	if (queue == -1)
		return -1;
	EV_SET(
	    &change, (uintptr_t)pid, EVFILT_PROC, EV_ADD, NOTE_EXIT, 0, NULL);
	if (fcntl(queue, F_SETFD, FD_CLOEXEC) == -1 ||
	    kevent(queue, &change, 1, NULL, 0, NULL) == -1) {
		error = errno;
		close(queue);
		errno = error;
		return -1;
	}
	return queue;
}
