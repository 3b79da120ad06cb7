/*
 * The inside of a translator, shared by nat*.c alone.
 */
#ifndef EVAL_NAT_PRIVATE_H
#define EVAL_NAT_PRIVATE_H

#include "eval/nat.h"

enum nat_seen {
	NAT_SYN_OUT = 1,
	NAT_SYN_IN = 2,
	NAT_END_OUT = 4,
	NAT_END_IN = 8,
};

struct nat_flow {
	struct nat_flow *next_out, *next_in; /* in their buckets */
	struct nat_flow *older;
	uint32_t local, remote, alias;
	uint16_t local_port, remote_port, alias_port;
	uint8_t protocol;
	uint8_t seen; /* enum nat_seen */
	uint64_t until;
};

struct nat {
	struct nat_config config;
	struct nat_redirect *redirects;
	struct nat_flow **by_local, **by_alias;
	size_t n_buckets; /* of each, a power of two */
	struct nat_flow *newest;
	size_t n;
	uint64_t swept; /* when the expired were last removed */
	unsigned next_port;
};

/* One end of a flow as a packet shows it, and the far end. */
struct nat_ends {
	uint8_t protocol;
	uint32_t near, far;
	uint16_t near_port, far_port;
};

/* Without ports where PROTOCOL has none. */
struct nat_ends nat_ends(uint8_t protocol, uint32_t near, uint16_t near_port,
    uint32_t far, uint16_t far_port);
struct nat_ends nat_ends_in(const struct nat_flow *flow);

/* nat_flow.c */
bool nat_flows_init(struct nat *nat);
void nat_flows_free(struct nat *nat);
/* The newest flow that has not expired, or NULL. */
struct nat_flow *nat_flow_out(
    const struct nat *nat, const struct nat_ends *ends, uint64_t now);
struct nat_flow *nat_flow_in(
    const struct nat *nat, const struct nat_ends *ends, uint64_t now);
/* A copy of NEW in the table; NULL if there is no room. */
struct nat_flow *nat_flow_add(
    struct nat *nat, uint64_t now, const struct nat_flow *new);
/* PACKET belongs to FLOW: how long it lives now. */
void nat_flow_refresh(struct nat_flow *flow, uint64_t now,
    const struct ipfw_packet *packet, bool outbound);

#endif
