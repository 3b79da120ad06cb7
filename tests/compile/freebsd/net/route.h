#ifndef COMPILE_NET_ROUTE_H
#define COMPILE_NET_ROUTE_H

#include <sys/types.h>

#define RTF_UP 0x1
#define RTF_HOST 0x4
#define RTF_REJECT 0x8
#define RTF_BLACKHOLE 0x1000

struct rt_metrics {
	unsigned long rmx[14];
};

struct rt_msghdr {
	unsigned short rtm_msglen;
	unsigned char rtm_version;
	unsigned char rtm_type;
	unsigned short rtm_index;
	unsigned short _rtm_spare1;
	int rtm_flags;
	int rtm_addrs;
	pid_t rtm_pid;
	int rtm_seq;
	int rtm_errno;
	int rtm_fmask;
	unsigned long rtm_inits;
	struct rt_metrics rtm_rmx;
};

#endif
