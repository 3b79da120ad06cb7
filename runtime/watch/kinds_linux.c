#include <errno.h>

#include "runtime/watch/network.h"

/* devd only if a socket is named: Linux has none of its own. */
static int
open_named_devd(struct watch_source *source, const struct watch_paths *paths)
{
	return paths->devd == NULL ? ENOENT : watch_open_devd(source, paths);
}

const struct watch_kind watch_kinds[] = {
    {"netlink", true, watch_open_network},
    {"logind", false, watch_open_sleep},
    {"devd", false, open_named_devd},
    {NULL, false, NULL},
};
