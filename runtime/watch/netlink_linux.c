/*
 * Which messages of rtnetlink(7) may change what facts.h knows: cards, their
 * addresses, and routes that cover everything.
 */
#include <libmnl/libmnl.h>
#include <linux/rtnetlink.h>
#include <stdbool.h>
#include <sys/socket.h>

#include "runtime/watch/netlink_linux.h"
#include "runtime/watch/watch.h"

struct attributes {
	bool wireless, names_table;
	uint32_t table;
};

static int
read_route_attribute(const struct nlattr *attribute, void *context)
{
	struct attributes *found = context;

	if (mnl_attr_get_type(attribute) == RTA_TABLE &&
	    mnl_attr_validate(attribute, MNL_TYPE_U32) == 0) {
		found->table = mnl_attr_get_u32(attribute);
		found->names_table = true;
	}
	return MNL_CB_OK;
}

static int
read_link_attribute(const struct nlattr *attribute, void *context)
{
	struct attributes *found = context;

	if (mnl_attr_get_type(attribute) == IFLA_WIRELESS)
		found->wireless = true;
	return MNL_CB_OK;
}

/* Scans of a wireless card are told as a change of the card, of nothing. */
static unsigned
decode_link(const struct nlmsghdr *header)
{
	const struct ifinfomsg *link = mnl_nlmsg_get_payload(header);
	struct attributes found = {0};

	if (mnl_nlmsg_get_payload_len(header) < sizeof(*link))
		return WATCH_LOST;
	mnl_attr_parse(header, sizeof(*link), read_link_attribute, &found);
	return found.wireless && link->ifi_change == 0 &&
		header->nlmsg_type == RTM_NEWLINK
	    ? 0
	    : WATCH_NETWORK;
}

static unsigned
decode_address(const struct nlmsghdr *header)
{
	return mnl_nlmsg_get_payload_len(header) < sizeof(struct ifaddrmsg)
	    ? WATCH_LOST
	    : WATCH_NETWORK;
}

/* /proc/net/route shows the main table; of IPv6, all are shown. */
static unsigned
decode_route(const struct nlmsghdr *header)
{
	const struct rtmsg *route = mnl_nlmsg_get_payload(header);
	struct attributes found = {0};

	if (mnl_nlmsg_get_payload_len(header) < sizeof(*route))
		return WATCH_LOST;
	if (route->rtm_dst_len != 0 || (route->rtm_flags & RTM_F_CLONED) != 0)
		return 0;
	if (route->rtm_family != AF_INET)
		return route->rtm_family == AF_INET6 ? WATCH_NETWORK : 0;
	found.table = route->rtm_table;
	mnl_attr_parse(header, sizeof(*route), read_route_attribute, &found);
	return found.table == RT_TABLE_MAIN || found.table == RT_TABLE_UNSPEC
	    ? WATCH_NETWORK
	    : 0;
}

static unsigned
decode_message(const struct nlmsghdr *header)
{
	switch (header->nlmsg_type) {
	case RTM_NEWLINK:
	case RTM_DELLINK:
		return decode_link(header);
	case RTM_NEWADDR:
	case RTM_DELADDR:
		return decode_address(header);
	case RTM_NEWROUTE:
	case RTM_DELROUTE:
		return decode_route(header);
	case NLMSG_ERROR:
	case NLMSG_OVERRUN:
		return WATCH_LOST;
	default:
		return 0;
	}
}

/* mnl_nlmsg_ok() takes a length above INT_MAX for a negative one. */
static bool
is_whole(const struct nlmsghdr *header, int left)
{
	return mnl_nlmsg_ok(header, left) &&
	    header->nlmsg_len <= (uint32_t)left;
}

unsigned
watch_netlink_decode(const void *bytes, size_t size)
{
	const struct nlmsghdr *header = bytes;
	int left = size > INT32_MAX ? INT32_MAX : (int)size;
	unsigned events = 0;

	while (is_whole(header, left)) {
		events |= decode_message(header);
		header = mnl_nlmsg_next(header, &left);
	}
	/* What is left is a message that is cut off, or none. */
	return left > 0 ? events | WATCH_LOST : events;
}
