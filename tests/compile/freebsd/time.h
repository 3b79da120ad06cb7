/* The C library's, with the clock that only FreeBSD has. */
#include_next <time.h>

#ifndef CLOCK_UPTIME
#define CLOCK_UPTIME 5
#endif
