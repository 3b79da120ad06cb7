#ifndef COMPILE_NET_IF_DATA_H
#define COMPILE_NET_IF_DATA_H

#include <stdint.h>

struct if_data {
	unsigned char head[8];
	uint32_t ifi_mtu, ifi_metric, ifi_baudrate;
	uint32_t counters[12];
	uint32_t lastchange[2];
	uint32_t rest[4];
};

#endif
