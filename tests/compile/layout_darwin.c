/*
 * The numbers that tests/unit/test_watch.c builds Darwin's messages with are
 * those of the structures.
 */
#include <stddef.h>
#include <sys/socket.h>

#include <net/if.h>
#include <net/route.h>
#include <sys/kern_event.h>

_Static_assert(sizeof(struct rt_msghdr) == 92, "rt_msghdr");
_Static_assert(offsetof(struct rt_msghdr, rtm_flags) == 8, "rtm_flags");
_Static_assert(offsetof(struct rt_msghdr, rtm_addrs) == 12, "rtm_addrs");
_Static_assert(offsetof(struct if_msghdr, ifm_data) == 16, "if_msghdr");
_Static_assert(sizeof(struct ifa_msghdr) == 20, "ifa_msghdr");
_Static_assert(offsetof(struct kern_event_msg, event_data) == 24, "event");
