/* Cards, and what route(4) tells of them; the head is the same everywhere. */
#ifndef COMPILE_NET_IF_H
#define COMPILE_NET_IF_H

#include <net/if_data.h>

#define IF_NAMESIZE 16
#define IFNAMSIZ IF_NAMESIZE
#define IFF_UP 0x1
#define IFF_LOOPBACK 0x8

struct if_msghdr {
	unsigned short ifm_msglen;
	unsigned char ifm_version;
	unsigned char ifm_type;
	int ifm_addrs;
	int ifm_flags;
	unsigned short ifm_index;
	struct if_data ifm_data;
};

struct ifa_msghdr {
	unsigned short ifam_msglen;
	unsigned char ifam_version;
	unsigned char ifam_type;
	int ifam_addrs;
	int ifam_flags;
	unsigned short ifam_index;
	int ifam_metric;
};

#ifndef COMPILE_DARWIN
struct if_announcemsghdr {
	unsigned short ifan_msglen;
	unsigned char ifan_version;
	unsigned char ifan_type;
	unsigned short ifan_index;
	char ifan_name[IFNAMSIZ];
	unsigned short ifan_what;
};
#endif

char *if_indextoname(unsigned, char *);
unsigned if_nametoindex(const char *);

#endif
