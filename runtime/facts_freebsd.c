/*
 * Messages of route(4) on FreeBSD.
 */
#include <sys/types.h>
#include <sys/socket.h>

#include <net/route.h>

#include "runtime/facts_bsd.h"

const struct facts_route_layout facts_bsd_layout = {
    .header = sizeof(struct rt_msghdr),
    .unit = sizeof(long),
    .family4 = AF_INET,
    .family6 = AF_INET6,
    .required = RTF_UP,
    .refused = RTF_HOST | RTF_REJECT | RTF_BLACKHOLE,
};
