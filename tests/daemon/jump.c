/*
 * akind with a clock that jumps: AKIND_JUMP names a file that holds how many
 * milliseconds the machine has slept so far.
 */
#include <stdio.h>
#include <stdlib.h>

#include "runtime/daemon/daemon.h"

static struct watch_clock
read_clock(void)
{
	struct watch_clock clock = watch_clock_read();
	const char *path = getenv("AKIND_JUMP");
	FILE *file = path == NULL ? NULL : fopen(path, "r");
	long long slept = 0;

	if (file != NULL) {
		if (fscanf(file, "%lld", &slept) == 1)
			clock.always_ms += slept;
		fclose(file);
	}
	return clock;
}

int
main(int argc, char **argv)
{
	static const struct daemon_system system = {
	    .clock = read_clock,
	    .work = work_do,
	};

	return daemon_main(argc, argv, &system);
}
