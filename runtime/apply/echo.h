/*
 * Echoes of ICMP (RFC 792) and ICMPv6 (RFC 4443) as bytes.
 */
#ifndef RUNTIME_APPLY_ECHO_H
#define RUNTIME_APPLY_ECHO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ECHO_SIZE 24

/* A request; that of ICMPv6 has no checksum, which is the kernel's. */
void echo_write(
    bool six, uint16_t id, uint16_t sequence, uint8_t bytes[ECHO_SIZE]);
/*
 * Are the N bytes, with the header of IPv4 in front or without, an answer to
 * what echo_write() made with ID and a sequence number up to SEQUENCE?  The
 * kernel may have put another id in its place, so the text counts, which has
 * both.
 */
bool echo_read(
    bool six, const uint8_t *bytes, size_t n, uint16_t id, uint16_t sequence);

#endif
