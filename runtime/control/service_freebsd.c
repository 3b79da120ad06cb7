#include <string.h>

#include "runtime/control/service.h"

/* "onestart" works without akin_enable in rc.conf(5), see rc.subr(8). */
void
control_service_words(
    enum control_service action, const char *words[CONTROL_SERVICE_WORDS])
{
	const char *const command[CONTROL_SERVICE_WORDS] = {"/usr/sbin/service",
	    "akin", action == CONTROL_SERVICE_START ? "onestart" : "onestop"};

	memcpy(words, command, sizeof(command));
}
