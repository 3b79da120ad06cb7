#include "runtime/watch/clock.h"

bool
watch_clock_slept(struct watch_clock before, struct watch_clock now)
{
	int64_t awake = now.awake_ms - before.awake_ms;
	int64_t always = now.always_ms - before.always_ms;

	return always - awake > WATCH_CLOCK_JUMP_MS ||
	    awake - always > WATCH_CLOCK_JUMP_MS;
}
