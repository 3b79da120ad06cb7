/*
 * Messages of rtnetlink(7).
 */
#include <stdint.h>

#include "runtime/watch/netlink_linux.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	watch_netlink_decode(data, size);
	return 0;
}
