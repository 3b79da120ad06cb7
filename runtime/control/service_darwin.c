#include <string.h>

#include "runtime/control/service.h"

#define PROPERTY_LIST "/Library/LaunchDaemons/org.akin.akind.plist"

/* With -w it is loaded again at boot, or not, see launchctl(1). */
void
control_service_words(
    enum control_service action, const char *words[CONTROL_SERVICE_WORDS])
{
	const char *const command[CONTROL_SERVICE_WORDS] = {"/bin/launchctl",
	    action == CONTROL_SERVICE_START ? "load" : "unload", "-w",
	    PROPERTY_LIST};

	memcpy(words, command, sizeof(command));
}
