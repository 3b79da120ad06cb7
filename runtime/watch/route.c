/*
 * Every message begins with its length in 16 bits, a version and a type.
 */
#include <stdbool.h>
#include <string.h>

#include "runtime/watch/route.h"
#include "runtime/watch/watch.h"

#define VERSION 5
#define COMMON_SIZE 4

enum message_type {
	ROUTE_ADD = 0x1,
	ROUTE_DELETE = 0x2,
	ROUTE_CHANGE = 0x3,
	ADDRESS_NEW = 0xc,
	ADDRESS_GONE = 0xd,
	CARD_CHANGED = 0xe,
	CARD_ANNOUNCED = 0x11,
};

#define HAS_TARGET 1u

static uint16_t
load16(const uint8_t *bytes)
{
	uint16_t value;

	memcpy(&value, bytes, sizeof(value));
	return value;
}

static uint32_t
load32(const uint8_t *bytes)
{
	uint32_t value;

	memcpy(&value, bytes, sizeof(value));
	return value;
}

/* All of the target's bytes are zero, or cut off because they are. */
static bool
is_unspecified(const uint8_t *target, size_t length, bool six)
{
	size_t end = six ? 24 : 8;

	for (size_t i = six ? 8 : 4; i < end && i < length; i++) {
		if (target[i] != 0)
			return false;
	}
	return true;
}

/*
 * The mask is not looked at: half of everything begins with 0.0.0.0 too, and
 * to read the table once too often does no harm.
 */
static unsigned
decode_route(const struct watch_route_layout *layout, const uint8_t *message,
    size_t size)
{
	const uint8_t *target = message + layout->route_size;

	if (size < layout->route_size)
		return WATCH_LOST;
	if ((load32(message + layout->route_flags) & layout->host_flags) != 0)
		return 0;
	if ((load32(message + layout->route_addresses) & HAS_TARGET) == 0)
		return 0;
	size -= layout->route_size;
	if (size < 2 || target[0] > size)
		return WATCH_LOST;
	if (target[0] == 0)
		return WATCH_NETWORK;
	if (target[1] != layout->family4 && target[1] != layout->family6)
		return 0;
	return is_unspecified(target, target[0], target[1] == layout->family6)
	    ? WATCH_NETWORK
	    : 0;
}

static unsigned
at_least(size_t size, size_t least)
{
	return size < least ? WATCH_LOST : WATCH_NETWORK;
}

static unsigned
decode_message(const struct watch_route_layout *layout, const uint8_t *message,
    size_t size)
{
	if (message[2] != VERSION)
		return 0;
	switch (message[3]) {
	case ROUTE_ADD:
	case ROUTE_DELETE:
	case ROUTE_CHANGE:
		return decode_route(layout, message, size);
	case ADDRESS_NEW:
	case ADDRESS_GONE:
		return at_least(size, layout->address_size);
	case CARD_CHANGED:
		return at_least(size, layout->card_size);
	case CARD_ANNOUNCED:
		return layout->announce_size == 0
		    ? 0
		    : at_least(size, layout->announce_size);
	default:
		return 0;
	}
}

unsigned
watch_route_decode(
    const struct watch_route_layout *layout, const void *bytes, size_t size)
{
	const uint8_t *message = bytes;
	unsigned events = 0;

	while (size > 0) {
		size_t length = size < COMMON_SIZE ? 0 : load16(message);

		if (length < COMMON_SIZE || length > size)
			return events | WATCH_LOST;
		events |= decode_message(layout, message, length);
		message += length;
		size -= length;
	}
	return events;
}
