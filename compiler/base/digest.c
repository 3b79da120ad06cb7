/*
 * The order of the two operations is what makes it FNV-1a.
 */
#include <inttypes.h>

#include "base/digest.h"

#define FNV_PRIME UINT64_C(0x100000001b3)

uint64_t
digest_add(uint64_t digest, const void *bytes, size_t length)
{
	const unsigned char *p = bytes;

	for (size_t i = 0; i < length; i++) {
		digest ^= p[i];
		digest *= FNV_PRIME;
	}
	return digest;
}

void
digest_format(struct buf *out, uint64_t digest)
{
	buf_printf(out, "%016" PRIx64, digest);
}
