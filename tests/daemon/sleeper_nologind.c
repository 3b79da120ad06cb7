/*
 * Built without sd-bus.
 */
#include <stdio.h>

#include "tests/daemon/sleeper.h"

int
sleeper_logind(const char *path)
{
	fprintf(stderr, "%s: no sd-bus\n", path);
	return 3;
}
