/*
 * A translator: enough of natd(8) and libalias(3) to play a conversation
 * through it both ways.
 *
 * Outbound packets get the alias address and a port that no other flow to the
 * same far end has; inbound ones find their way back by it, or by a redirect.
 * Only IPv4 is translated.
 */
#ifndef EVAL_NAT_H
#define EVAL_NAT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "target/ipfw/engine/run.h"

#define NAT_REDIRECTS_MAX 4096

struct nat_redirect {
	enum {
		NAT_REDIRECT_PORT,
		NAT_REDIRECT_ADDRESS,  /* OUTSIDE is the inside's own */
		NAT_REDIRECT_PROTOCOL, /* one without ports */
	} kind;
	uint8_t protocol;
	struct addr inside, outside; /* outside 0.0.0.0: the alias */
	uint16_t inside_port, outside_port;
	uint16_t n_ports;     /* a range has the same length */
	struct addr remote;   /* 0.0.0.0: any */
	uint16_t remote_port; /* 0: any */
};

struct nat_config {
	struct addr alias;
	bool same_ports; /* keep the port of the source if it is free */
	bool deny_incoming;
	bool unregistered_only;	      /* leave public sources alone */
	bool shared_is_private;	      /* 100.64.0.0/10 is not public */
	uint16_t port_low, port_high; /* to choose from; 0: the default */
	const struct nat_redirect *redirects;
	size_t n_redirects;
	size_t flows_max; /* 0: the default */
};

struct nat;

enum nat_result {
	NAT_UNCHANGED,
	NAT_CHANGED,
	NAT_DROPPED,
};

/* CONFIG is copied.  NULL: no memory, or too many redirects. */
struct nat *nat_create(const struct nat_config *config);
void nat_destroy(struct nat *nat);
/* Other words, the same flows, as a running instance is configured anew. */
bool nat_configure(struct nat *nat, const struct nat_config *config);
enum nat_result nat_outbound(
    struct nat *nat, uint64_t now, struct ipfw_packet *packet);
enum nat_result nat_inbound(
    struct nat *nat, uint64_t now, struct ipfw_packet *packet);
size_t nat_n_flows(const struct nat *nat);

#endif
