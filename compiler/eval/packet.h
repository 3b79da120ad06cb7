/*
 * Packets as text: the steps "in", "out" and "fwd" of a session.
 *
 *	in IF PROTO SRC [SPORT] DST [DPORT] [option]…
 *	out IF[,RECVIF] PROTO …
 *	fwd INIF OUTIF PROTO …
 *
 * A card "-" is none, a port "-" is none, and what is left out is what a
 * common packet has: a SYN of TCP, an echo request of ICMP.
 */
#ifndef EVAL_PACKET_H
#define EVAL_PACKET_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/buf.h"
#include "target/ipfw/engine/run.h"

enum packet_way {
	PACKET_IN,
	PACKET_OUT,
	PACKET_FORWARD,
};

/*
 * Read the N words of a step; names are copied into ARENA.  Of a forwarded
 * packet both cards are set.  INNER allows "inner=PROTO,SRC,SPORT,DST,DPORT",
 * the packet that an ICMP error is about.  NULL on success, else what is
 * wrong.
 */
const char *packet_parse(struct arena *arena, const char *const *words,
    size_t n, bool inner, enum packet_way *way, struct ipfw_packet *packet);

/* "tcp 192.0.2.1 1024 198.51.100.7 443" */
void packet_write_tuple(
    struct buf *out, const struct ipfw_tuple *tuple, const char *between);
/* The name of a protocol as sessions write it, or its number. */
void packet_write_protocol(struct buf *out, unsigned protocol);
bool packet_has_ports(unsigned protocol);

#endif
