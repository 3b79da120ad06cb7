/*
 * Two clocks, one of which stops while the machine sleeps.
 */
#ifndef RUNTIME_WATCH_CLOCK_H
#define RUNTIME_WATCH_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

/* How far the clocks may part in the time between two looks at them. */
#define WATCH_CLOCK_JUMP_MS 5000

struct watch_clock {
	int64_t awake_ms;  /* stops in sleep; for timers */
	int64_t always_ms; /* does not */
};

/* This system's: clock_linux.c, clock_freebsd.c, clock_darwin.c. */
struct watch_clock watch_clock_read(void);

/*
 * Has the machine slept between BEFORE and NOW?  Where only the time of day
 * goes on in sleep, setting the clock looks the same; to look once more at a
 * host that did not sleep does no harm.
 */
bool watch_clock_slept(struct watch_clock before, struct watch_clock now);

#endif
