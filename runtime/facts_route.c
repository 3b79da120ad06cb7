/*
 * Messages of route(4).  A message begins, in the host's byte order, with
 *
 *      0  length of the message, 16 bits
 *      2  version
 *      3  type
 *      4  number of the card, 16 bits
 *      8  flags, 32 bits
 *     12  which addresses follow the header, 32 bits
 *
 * An address begins with its length and its family; a length of 0 stands for
 * an address that is all zero and takes one unit.
 */
#include <string.h>

#include "runtime/facts_route.h"

#define VERSION 5
#define FIXED_SIZE 16

/* Bits of the addresses that follow, in the order in which they do. */
#define HAS_TARGET 1u
#define HAS_GATEWAY 2u
#define HAS_MASK 4u

struct message {
	const uint8_t *bytes; /* what is left of it */
	size_t size;
	unsigned card;
	uint32_t flags, addresses;
};

struct address {
	const uint8_t *bytes;
	size_t size;
};

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

/* The message at *BYTES, which moves behind it. */
static bool
take_message(const struct facts_route_layout *layout, const uint8_t **bytes,
    size_t *size, struct message *message)
{
	const uint8_t *start = *bytes;
	size_t length;

	if (*size < FIXED_SIZE)
		return false;
	length = load16(start);
	if (length < FIXED_SIZE || length < layout->header || length > *size ||
	    start[2] != VERSION)
		return false;
	message->bytes = start + layout->header;
	message->size = length - layout->header;
	message->card = load16(start + 4);
	message->flags = load32(start + 8);
	message->addresses = load32(start + 12);
	*bytes += length;
	*size -= length;
	return true;
}

static bool
take_address(const struct facts_route_layout *layout, struct message *message,
    struct address *address)
{
	size_t length, room;

	if (message->size == 0)
		return false;
	length = message->bytes[0];
	room = length == 0
	    ? layout->unit
	    : (length + layout->unit - 1) / layout->unit * layout->unit;
	if (length > message->size)
		return false;
	/* The padding of the last address may be missing. */
	if (room > message->size)
		room = message->size;
	*address = (struct address){message->bytes, length};
	message->bytes += room;
	message->size -= room;
	return true;
}

/* Are all bytes of the address itself zero?  Missing ones are. */
static bool
is_zero(const struct address *address, bool six)
{
	size_t end = six ? 24 : 8;

	for (size_t i = six ? 8 : 4; i < end && i < address->size; i++) {
		if (address->bytes[i] != 0)
			return false;
	}
	return true;
}

static bool
is_default(
    const struct facts_route_layout *layout, bool six, struct message *message)
{
	uint8_t family = six ? layout->family6 : layout->family4;
	struct address target, gateway, mask;

	if ((message->flags & layout->required) != layout->required ||
	    (message->flags & layout->refused) != 0)
		return false;
	if ((message->addresses & HAS_TARGET) == 0 ||
	    (message->addresses & HAS_MASK) == 0)
		return false;
	if (!take_address(layout, message, &target) || target.size < 2 ||
	    target.bytes[1] != family || !is_zero(&target, six))
		return false;
	if ((message->addresses & HAS_GATEWAY) != 0 &&
	    !take_address(layout, message, &gateway))
		return false;
	return take_address(layout, message, &mask) && is_zero(&mask, six);
}

unsigned
facts_route_default(const struct facts_route_layout *layout, bool six,
    const void *dump, size_t size)
{
	const uint8_t *bytes = dump;
	struct message message;

	while (take_message(layout, &bytes, &size, &message)) {
		if (message.card != 0 && is_default(layout, six, &message))
			return message.card;
	}
	return 0;
}
