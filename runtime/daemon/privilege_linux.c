/*
 * No program that is started can gain anything, and of root's capabilities
 * those stay that the packet filter, NAT, the compiler's user and files of
 * others need.
 */
#include <linux/capability.h>
#include <sys/prctl.h>

#include "runtime/daemon/privilege.h"

static const int kept[] = {CAP_NET_ADMIN, CAP_NET_RAW, CAP_NET_BIND_SERVICE,
    CAP_SETUID, CAP_SETGID, CAP_KILL, CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH};

static int
is_kept(int capability)
{
	for (unsigned i = 0; i < sizeof(kept) / sizeof(kept[0]); i++) {
		if (kept[i] == capability)
			return 1;
	}
	return 0;
}

void
privilege_drop(void)
{
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
	for (int i = 0; i <= CAP_LAST_CAP; i++) {
		if (!is_kept(i))
			prctl(PR_CAPBSET_DROP, i, 0, 0, 0);
	}
}
