/* kqueue(2). */
#ifndef COMPILE_SYS_EVENT_H
#define COMPILE_SYS_EVENT_H

#include <stdint.h>
#include <time.h>

#define EVFILT_PROC (-5)
#define EV_ADD 0x0001
#define NOTE_EXIT 0x80000000u

struct kevent {
	uintptr_t ident;
	short filter;
	unsigned short flags;
	unsigned fflags;
	intptr_t data;
	void *udata;
};

#define EV_SET(event, a, b, c, d, e, f)                                        \
	(*(event) = (struct kevent){(a), (b), (c), (d), (e), (f)})

int kqueue(void);
int kevent(int, const struct kevent *, int, struct kevent *, int,
    const struct timespec *);

#endif
