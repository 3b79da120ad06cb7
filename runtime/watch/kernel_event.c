#include <stdint.h>
#include <string.h>

#include "runtime/watch/kernel_event.h"
#include "runtime/watch/watch.h"

#define HEADER_WORDS 6

/* KEV_VENDOR_APPLE, KEV_FIREWALL_CLASS, KEV_IPFW_SUBCLASS of Darwin. */
#define VENDOR_APPLE 1
#define CLASS_FIREWALL 5
#define SUBCLASS_IPFW 1

static uint64_t
load_word(const uint8_t *bytes, size_t word)
{
	uint64_t value64;
	uint32_t value32;

	if (word == sizeof(value64)) {
		memcpy(&value64, bytes, sizeof(value64));
		return value64;
	}
	memcpy(&value32, bytes, sizeof(value32));
	return value32;
}

unsigned
watch_kernel_event_decode(size_t word, const void *bytes, size_t size)
{
	const uint8_t *message = bytes;
	unsigned events = 0;

	while (size > 0) {
		uint64_t length = size < HEADER_WORDS * word
		    ? 0
		    : load_word(message, word);

		if (length < HEADER_WORDS * word || length > size)
			return events | WATCH_LOST;
		if (load_word(message + word, word) == VENDOR_APPLE &&
		    load_word(message + 2 * word, word) == CLASS_FIREWALL &&
		    load_word(message + 3 * word, word) == SUBCLASS_IPFW)
			events |= WATCH_RULES;
		message += length;
		size -= length;
	}
	return events;
}
