/*
 * Root cannot be divided here.  What reads policies gives it up by itself.
 */
#include <sys/resource.h>

#include "runtime/daemon/privilege.h"

void
privilege_drop(void)
{
	struct rlimit none = {0, 0};

	setrlimit(RLIMIT_CORE, &none);
}
