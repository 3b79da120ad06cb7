/*
 * Messages of route(4) on FreeBSD.
 */
#include <sys/types.h>
#include <sys/socket.h>

#include <net/if.h>
#include <net/route.h>

#include "runtime/watch/route.h"

const struct watch_route_layout watch_route_layout = {
    .route_size = sizeof(struct rt_msghdr),
    .route_flags = offsetof(struct rt_msghdr, rtm_flags),
    .route_addresses = offsetof(struct rt_msghdr, rtm_addrs),
    .card_size = offsetof(struct if_msghdr, ifm_data),
    .address_size = sizeof(struct ifa_msghdr),
    .announce_size = sizeof(struct if_announcemsghdr),
    .family4 = AF_INET,
    .family6 = AF_INET6,
    .host_flags = RTF_HOST,
};
