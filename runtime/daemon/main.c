/*
 * akind: keeps a policy in force while the host's network changes.
 */
#include "runtime/daemon/daemon.h"

int
main(int argc, char **argv)
{
	static const struct daemon_system system = {
	    .clock = watch_clock_read,
	    .work = work_do,
	};

	return daemon_main(argc, argv, &system);
}
