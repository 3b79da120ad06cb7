#include <string.h>

#include "runtime/control/service.h"

void
control_service_words(
    enum control_service action, const char *words[CONTROL_SERVICE_WORDS])
{
	const char *const command[CONTROL_SERVICE_WORDS] = {"/bin/systemctl",
	    action == CONTROL_SERVICE_START ? "start" : "stop", "akin.service"};

	memcpy(words, command, sizeof(command));
}
