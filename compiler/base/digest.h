/*
 * FNV-1a over bytes, 64 bits: tells texts apart.  It is no proof against
 * somebody who wants two texts to look alike.
 */
#ifndef BASE_DIGEST_H
#define BASE_DIGEST_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

#define DIGEST_START UINT64_C(0xcbf29ce484222325)

/* DIGEST after LENGTH more bytes. */
uint64_t digest_add(uint64_t digest, const void *bytes, size_t length);
/* Sixteen hexadecimal digits. */
void digest_format(struct buf *out, uint64_t digest);

#endif
