#include <time.h>

#include "runtime/watch/clock.h"

static int64_t
read_ms(clockid_t clock)
{
	struct timespec now = {0, 0};

	clock_gettime(clock, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

struct watch_clock
watch_clock_read(void)
{
	return (struct watch_clock){
	    .awake_ms = read_ms(CLOCK_UPTIME),
	    .always_ms = read_ms(CLOCK_REALTIME),
	};
}
