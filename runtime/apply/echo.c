/*
 * The text of an echo says whose it is.
 */
#include <string.h>

#include "runtime/apply/echo.h"

#define REQUEST4 8
#define REPLY4 0
#define REQUEST6 128
#define REPLY6 129
#define HEADER 8
#define MARK "akin"
#define MARK_SIZE 4
#define HEADER4_MIN 20

static void
put16(uint8_t *bytes, unsigned value)
{
	bytes[0] = (uint8_t)(value >> 8);
	bytes[1] = (uint8_t)(value & 0xff);
}

static unsigned
get16(const uint8_t *bytes)
{
	return (unsigned)bytes[0] << 8 | bytes[1];
}

/* RFC 1071. */
static unsigned
checksum(const uint8_t *bytes, size_t n)
{
	uint32_t sum = 0;

	for (size_t i = 0; i + 1 < n; i += 2)
		sum += get16(bytes + i);
	while (sum >> 16 != 0)
		sum = (sum & 0xffff) + (sum >> 16);
	return ~sum & 0xffff;
}

void
echo_write(bool six, uint16_t id, uint16_t sequence, uint8_t bytes[ECHO_SIZE])
{
	memset(bytes, 0, ECHO_SIZE);
	bytes[0] = six ? REQUEST6 : REQUEST4;
	put16(bytes + 4, id);
	put16(bytes + 6, sequence);
	memcpy(bytes + HEADER, MARK, MARK_SIZE);
	put16(bytes + HEADER + MARK_SIZE, id);
	put16(bytes + HEADER + MARK_SIZE + 2, sequence);
	if (!six)
		put16(bytes + 2, checksum(bytes, ECHO_SIZE));
}

bool
echo_read(
    bool six, const uint8_t *bytes, size_t n, uint16_t id, uint16_t sequence)
{
	const uint8_t *text;

	if (!six && n >= HEADER4_MIN && bytes[0] >> 4 == 4) {
		size_t header = (size_t)(bytes[0] & 0xf) * 4;

		if (header > n)
			return false;
		bytes += header;
		n -= header;
	}
	if (n < ECHO_SIZE || bytes[0] != (six ? REPLY6 : REPLY4))
		return false;
	text = bytes + HEADER;
	return memcmp(text, MARK, MARK_SIZE) == 0 &&
	    get16(text + MARK_SIZE) == id &&
	    get16(text + MARK_SIZE + 2) <= sequence;
}
