/*
 * Messages of rtnetlink(7) by hand, and the socket itself.
 */
#include <libmnl/libmnl.h>
#include <linux/rtnetlink.h>
#include <string.h>
#include <sys/socket.h>

#include "runtime/watch/netlink_linux.h"
#include "runtime/watch/watch.h"
#include "tests/unit/unit.h"

struct message {
	_Alignas(8) char bytes[512];
	struct nlmsghdr *header;
};

static void *
start(struct message *message, unsigned type, size_t size)
{
	memset(message, 0, sizeof(*message));
	message->header = mnl_nlmsg_put_header(message->bytes);
	message->header->nlmsg_type = (uint16_t)type;
	return mnl_nlmsg_put_extra_header(message->header, size);
}

static unsigned
decode(const struct message *message)
{
	return watch_netlink_decode(message->bytes, message->header->nlmsg_len);
}

static struct rtmsg *
start_route(struct message *message, unsigned family, unsigned prefix)
{
	struct rtmsg *route = start(message, RTM_NEWROUTE, sizeof(*route));

	route->rtm_family = (unsigned char)family;
	route->rtm_dst_len = (unsigned char)prefix;
	route->rtm_table = RT_TABLE_MAIN;
	return route;
}

START_TEST(routes)
{
	struct message message;

	start_route(&message, AF_INET, 0);
	ck_assert_uint_eq(decode(&message), WATCH_NETWORK);
	message.header->nlmsg_type = RTM_DELROUTE;
	ck_assert_uint_eq(decode(&message), WATCH_NETWORK);
	start_route(&message, AF_INET6, 0);
	ck_assert_uint_eq(decode(&message), WATCH_NETWORK);
	start_route(&message, AF_INET, 8);
	ck_assert_uint_eq(decode(&message), 0);
	start_route(&message, AF_INET6, 64);
	ck_assert_uint_eq(decode(&message), 0);
	start_route(&message, AF_MPLS, 0);
	ck_assert_uint_eq(decode(&message), 0);
	start_route(&message, AF_INET, 0)->rtm_flags = RTM_F_CLONED;
	ck_assert_uint_eq(decode(&message), 0);
}
END_TEST

START_TEST(routes_of_other_tables)
{
	struct message message;

	start_route(&message, AF_INET, 0)->rtm_table = RT_TABLE_LOCAL;
	ck_assert_uint_eq(decode(&message), 0);
	/* A number above 255 stands in an attribute. */
	start_route(&message, AF_INET, 0)->rtm_table = RT_TABLE_COMPAT;
	mnl_attr_put_u32(message.header, RTA_TABLE, 1000);
	ck_assert_uint_eq(decode(&message), 0);
	start_route(&message, AF_INET, 0)->rtm_table = RT_TABLE_COMPAT;
	mnl_attr_put_u32(message.header, RTA_TABLE, RT_TABLE_MAIN);
	ck_assert_uint_eq(decode(&message), WATCH_NETWORK);
}
END_TEST

START_TEST(links_and_addresses)
{
	struct message message;
	struct ifinfomsg *link;

	start(&message, RTM_NEWADDR, sizeof(struct ifaddrmsg));
	ck_assert_uint_eq(decode(&message), WATCH_NETWORK);
	start(&message, RTM_DELADDR, sizeof(struct ifaddrmsg));
	ck_assert_uint_eq(decode(&message), WATCH_NETWORK);
	start(&message, RTM_DELLINK, sizeof(*link));
	ck_assert_uint_eq(decode(&message), WATCH_NETWORK);
	start(&message, RTM_NEWLINK, sizeof(*link));
	ck_assert_uint_eq(decode(&message), WATCH_NETWORK);
	/* A scan. */
	mnl_attr_put_u32(message.header, IFLA_WIRELESS, 0);
	ck_assert_uint_eq(decode(&message), 0);
	link = start(&message, RTM_NEWLINK, sizeof(*link));
	link->ifi_change = 1; /* IFF_UP */
	mnl_attr_put_u32(message.header, IFLA_WIRELESS, 0);
	ck_assert_uint_eq(decode(&message), WATCH_NETWORK);
}
END_TEST

START_TEST(overrun_is_loss)
{
	struct message message;

	start(&message, NLMSG_OVERRUN, 0);
	ck_assert_uint_eq(decode(&message), WATCH_LOST);
	start(&message, NLMSG_ERROR, sizeof(struct nlmsgerr));
	ck_assert_uint_eq(decode(&message), WATCH_LOST);
	start(&message, NLMSG_DONE, 0);
	ck_assert_uint_eq(decode(&message), 0);
}
END_TEST

START_TEST(cut_off_or_lying)
{
	struct message message;
	uint32_t length;

	start_route(&message, AF_INET, 0);
	length = message.header->nlmsg_len;
	for (size_t size = 1; size < length; size++) {
		char *copy = malloc(size);

		memcpy(copy, message.bytes, size);
		ck_assert_uint_eq(watch_netlink_decode(copy, size), WATCH_LOST);
		free(copy);
	}
	ck_assert_uint_eq(watch_netlink_decode(message.bytes, 0), 0);
	for (uint32_t lie = 0; lie < length; lie++) {
		message.header->nlmsg_len = lie;
		ck_assert_uint_eq(
		    watch_netlink_decode(message.bytes, length), WATCH_LOST);
	}
	message.header->nlmsg_len = UINT32_MAX;
	ck_assert_uint_eq(
	    watch_netlink_decode(message.bytes, length), WATCH_LOST);
}
END_TEST

START_TEST(the_socket_opens_and_is_silent)
{
	static const struct watch_paths paths = {NULL};
	struct pollfd ready[WATCH_SOURCES_MAX];
	struct watch watch;

	ck_assert_int_eq(watch_open(&watch, &paths, 0), 0);
	ck_assert_uint_ge(watch_prepare(&watch, ready), 1);
	ck_assert_int_ge(ready[0].fd, 0);
	ready[0].revents = POLLIN;
	ck_assert_uint_eq(watch_read(&watch, ready, 0) & WATCH_CLOSED, 0);
	watch_close(&watch);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("netlink");
	TCase *tests = tcase_create("netlink");

	tcase_add_test(tests, routes);
	tcase_add_test(tests, routes_of_other_tables);
	tcase_add_test(tests, links_and_addresses);
	tcase_add_test(tests, overrun_is_loss);
	tcase_add_test(tests, cut_off_or_lying);
	tcase_add_test(tests, the_socket_opens_and_is_silent);
	suite_add_tcase(suite, tests);
	return unit_run(suite);
}
