#ifndef COMPILE_NET_IF_DATA_H
#define COMPILE_NET_IF_DATA_H

#include <stdint.h>
#include <sys/time.h>

/* As FreeBSD 12 and later have it. */
struct if_data {
	uint8_t head[6];
	uint16_t ifi_datalen;
	uint32_t ifi_mtu, ifi_metric;
	uint64_t counters[14];
	union {
		time_t tt;
		uint64_t ph;
	} epoch;
	union {
		struct timeval tv;
		uint64_t ph[2];
	} lastchange;
};

#endif
