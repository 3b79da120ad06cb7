/*
 * What a policy says of a conversation, worked out from the resolved policy
 * alone: no flow list, no ruleset, no packet filter has a part in it.
 */
#ifndef EVAL_MEANING_H
#define EVAL_MEANING_H

#include <stdbool.h>
#include <stdint.h>

#include "sema/policy.h"

/* The first packet of a conversation, as it is sent. */
struct flow {
	/*
	 * The zones of the cards that it comes by and leaves by.  What is for
	 * this host goes to ENDPOINT_SELF: its own addresses, broadcasts and
	 * multicast groups.
	 */
	endpoint from, to;
	enum family family;
	int protocol;
	struct addr source, target;
	uint16_t source_port, target_port; /* tcp and udp */
	unsigned type;			   /* ICMP and ICMPv6 */
	bool midway; /* tcp: not the packet that begins a conversation */
};

/* What the addresses of this host are. */
struct locality {
	struct addr_set local;	   /* on its cards, loopback left out */
	struct addr_set broadcast; /* of the nets that its cards are in */
	/* Of the cards of uplinks, which NAT goes out with; by zone. */
	bool has_alias[POLICY_ZONES_MAX];
	struct addr alias[POLICY_ZONES_MAX];
};

enum meaning_reason {
	MEANING_RULE,  /* a rule of the policy: SPAN */
	MEANING_TRUST, /* a trust statement: SPAN */
	MEANING_DEFAULT,
	MEANING_LIFELINE, /* the option: SPAN */
	MEANING_LOOPBACK,
	MEANING_LINK,	 /* neighbour discovery is always let through */
	MEANING_ERROR,	 /* an ICMP error of an open pair */
	MEANING_SPOOFED, /* the source is no address of the zone */
	MEANING_HIDDEN,	 /* machines behind NAT, by their own address */
	MEANING_ABSENT,	 /* a zone without a card */
	MEANING_NOWHERE, /* the target is no address of the zone */
	MEANING_MIDWAY,	 /* of a conversation that nobody knows */
	MEANING_NO_ZONE, /* a card that no zone has */
	/* Never of one flow alone: who plays several has to count. */
	MEANING_LIMIT, /* a rule would allow it, but for its limit: SPAN */
};

struct meaning {
	enum verdict verdict;
	enum meaning_reason reason;
	struct span span;
	const struct policy_rule *rule; /* or NULL */
	bool stateless;	 /* an exchange, or trust: no reply rides */
	bool translated; /* NAT rewrites the packet */
	/* After a forward: whom the packet reaches. */
	endpoint reached;
	struct addr reached_address;
	uint16_t reached_port;
};

struct meaning meaning_of(const struct policy *policy,
    const struct locality *locality, const struct flow *flow);

#endif
