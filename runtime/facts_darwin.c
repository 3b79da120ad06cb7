/*
 * Messages of route(4) on Darwin.  Each card has a default route that is
 * scoped to it; the one that packets take without being told is not scoped.
 */
#include <sys/types.h>
#include <sys/socket.h>

#include <net/route.h>
#include <stdint.h>

#include "runtime/facts_bsd.h"

/* RTF_IFSCOPE; the headers of 10.5 do not know it, nor does its kernel. */
#define SCOPED 0x1000000

const struct facts_route_layout facts_bsd_layout = {
    .header = sizeof(struct rt_msghdr),
    .unit = sizeof(uint32_t),
    .family4 = AF_INET,
    .family6 = AF_INET6,
    .required = RTF_UP,
    .refused = RTF_HOST | RTF_REJECT | RTF_BLACKHOLE | SCOPED,
};
