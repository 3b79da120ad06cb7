/*
 * Messages of the operating systems: the first byte picks the decoder.
 */
#include <stdint.h>

#include "runtime/watch/devd.h"
#include "runtime/watch/kernel_event.h"
#include "runtime/watch/route.h"
#include "runtime/watch/watch.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct watch_route_layout freebsd = {
    152, 8, 12, 16, 20, 24, 2, 28, 0x4};
static const struct watch_route_layout darwin = {
    92, 8, 12, 16, 20, 0, 2, 30, 0x404};

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size == 0)
		return 0;
	switch (data[0] % 5) {
	case 0:
		watch_route_decode(&freebsd, data + 1, size - 1);
		break;
	case 1:
		watch_route_decode(&darwin, data + 1, size - 1);
		break;
	case 2:
		watch_devd_decode((const char *)data + 1, size - 1);
		break;
	case 3:
		watch_kernel_event_decode(4, data + 1, size - 1);
		break;
	default:
		watch_kernel_event_decode(8, data + 1, size - 1);
		break;
	}
	return 0;
}
