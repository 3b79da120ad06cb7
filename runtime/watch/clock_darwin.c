/*
 * 10.5 has no clock_gettime(2).
 */
#include <mach/mach_time.h>
#include <stddef.h>
#include <sys/time.h>

#include "runtime/watch/clock.h"

static int64_t
read_awake_ms(void)
{
	mach_timebase_info_data_t base;

	mach_timebase_info(&base);
	return (int64_t)((double)mach_absolute_time() * base.numer /
	    base.denom / 1e6);
}

struct watch_clock
watch_clock_read(void)
{
	struct timeval now = {0, 0};

	gettimeofday(&now, NULL);
	return (struct watch_clock){
	    .awake_ms = read_awake_ms(),
	    .always_ms = (int64_t)now.tv_sec * 1000 + now.tv_usec / 1000,
	};
}
