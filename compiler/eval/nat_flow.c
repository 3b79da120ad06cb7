/*
 * The flows of a translator.
 *
 * A flow is found by its own end on the way out and by its alias on the way
 * in; where several answer to one question, the newest does.  Flows that have
 * expired are passed over, and removed when room is needed.
 */
#include <stdlib.h>

#include "eval/nat_private.h"
#include "eval/packet.h"

#define BUCKETS_FIRST 64
#define LIFETIME_TCP_NEW 300
#define LIFETIME_TCP 86400
#define LIFETIME_TCP_CLOSED 10
#define LIFETIME_OTHER 60

static size_t
hash_ends(const struct nat *nat, const struct nat_ends *ends)
{
	uint64_t hash = (uint64_t)ends->near << 32 | ends->far;

	hash ^= (uint64_t)ends->near_port << 40 ^
	    (uint64_t)ends->far_port << 8 ^ ends->protocol;
	hash *= UINT64_C(0x9e3779b97f4a7c15);
	hash ^= hash >> 29;
	hash *= UINT64_C(0xd6e8feb86659fd93);
	return (size_t)(hash >> 32) & (nat->n_buckets - 1);
}

struct nat_ends
nat_ends(uint8_t protocol, uint32_t near, uint16_t near_port, uint32_t far,
    uint16_t far_port)
{
	struct nat_ends ends = {protocol, near, far, near_port, far_port};

	if (!packet_has_ports(protocol))
		ends.near_port = ends.far_port = 0;
	return ends;
}

static struct nat_ends
nat_ends_out(const struct nat_flow *flow)
{
	return nat_ends(flow->protocol, flow->local, flow->local_port,
	    flow->remote, flow->remote_port);
}

struct nat_ends
nat_ends_in(const struct nat_flow *flow)
{
	return nat_ends(flow->protocol, flow->alias, flow->alias_port,
	    flow->remote, flow->remote_port);
}

static bool
same_ends(const struct nat_ends *a, const struct nat_ends *b)
{
	return a->protocol == b->protocol && a->near == b->near &&
	    a->far == b->far && a->near_port == b->near_port &&
	    a->far_port == b->far_port;
}

struct nat_flow *
nat_flow_out(const struct nat *nat, const struct nat_ends *ends, uint64_t now)
{
	for (struct nat_flow *flow = nat->by_local[hash_ends(nat, ends)];
	     flow != NULL; flow = flow->next_out) {
		struct nat_ends own = nat_ends_out(flow);

		if (flow->until > now && same_ends(&own, ends))
			return flow;
	}
	return NULL;
}

struct nat_flow *
nat_flow_in(const struct nat *nat, const struct nat_ends *ends, uint64_t now)
{
	for (struct nat_flow *flow = nat->by_alias[hash_ends(nat, ends)];
	     flow != NULL; flow = flow->next_in) {
		struct nat_ends own = nat_ends_in(flow);

		if (flow->until > now && same_ends(&own, ends))
			return flow;
	}
	return NULL;
}

static void
link_flow(struct nat *nat, struct nat_flow *flow)
{
	struct nat_ends out = nat_ends_out(flow), in = nat_ends_in(flow);
	struct nat_flow **first_out = &nat->by_local[hash_ends(nat, &out)];
	struct nat_flow **first_in = &nat->by_alias[hash_ends(nat, &in)];

	flow->next_out = *first_out;
	*first_out = flow;
	flow->next_in = *first_in;
	*first_in = flow;
	flow->older = nat->newest;
	nat->newest = flow;
	nat->n++;
}

/* All flows, the oldest first; the table has none then. */
static struct nat_flow *
take_all(struct nat *nat)
{
	struct nat_flow *flow = nat->newest, *all = NULL;

	while (flow != NULL) {
		struct nat_flow *older = flow->older;

		flow->older = all;
		all = flow;
		flow = older;
	}
	nat->newest = NULL;
	nat->n = 0;
	return all;
}

/* Put all flows that have not expired into N_BUCKETS new buckets. */
static bool
rebuild(struct nat *nat, size_t n_buckets, uint64_t now)
{
	struct nat_flow **out = calloc(n_buckets, sizeof(*out));
	struct nat_flow **in = calloc(n_buckets, sizeof(*in));
	struct nat_flow *flow;

	if (out == NULL || in == NULL) {
		free(out);
		free(in);
		return false;
	}
	flow = take_all(nat);
	free(nat->by_local);
	free(nat->by_alias);
	nat->by_local = out;
	nat->by_alias = in;
	nat->n_buckets = n_buckets;
	nat->swept = now;
	while (flow != NULL) {
		struct nat_flow *newer = flow->older;

		if (flow->until > now)
			link_flow(nat, flow);
		else
			free(flow);
		flow = newer;
	}
	return true;
}

/* A full table is swept once a second at most. */
static bool
has_room(struct nat *nat, uint64_t now)
{
	if (nat->n >= nat->config.flows_max && nat->swept != now &&
	    !rebuild(nat, nat->n_buckets, now))
		return false;
	if (nat->n >= nat->config.flows_max)
		return false;
	/* Without memory for more buckets the chains grow. */
	if (nat->n >= nat->n_buckets)
		rebuild(nat, nat->n_buckets * 2, now);
	return true;
}

bool
nat_flows_init(struct nat *nat)
{
	return rebuild(nat, BUCKETS_FIRST, 0);
}

void
nat_flows_free(struct nat *nat)
{
	struct nat_flow *flow = nat->newest;

	while (flow != NULL) {
		struct nat_flow *older = flow->older;

		free(flow);
		flow = older;
	}
	free(nat->by_local);
	free(nat->by_alias);
}

struct nat_flow *
nat_flow_add(struct nat *nat, uint64_t now, const struct nat_flow *new)
{
	struct nat_flow *flow;

	if (!has_room(nat, now))
		return NULL;
	flow = malloc(sizeof(*flow));
	if (flow == NULL)
		return NULL;
	*flow = *new;
	flow->until = now + LIFETIME_OTHER;
	link_flow(nat, flow);
	return flow;
}

static uint64_t
lifetime(const struct nat_flow *flow)
{
	if (flow->protocol != IPFW_PROTOCOL_TCP)
		return LIFETIME_OTHER;
	if ((flow->seen & (NAT_END_OUT | NAT_END_IN)) ==
	    (NAT_END_OUT | NAT_END_IN))
		return LIFETIME_TCP_CLOSED;
	if ((flow->seen & (NAT_SYN_OUT | NAT_SYN_IN)) ==
	    (NAT_SYN_OUT | NAT_SYN_IN))
		return LIFETIME_TCP;
	return LIFETIME_TCP_NEW;
}

void
nat_flow_refresh(struct nat_flow *flow, uint64_t now,
    const struct ipfw_packet *packet, bool outbound)
{
	if (flow->protocol == IPFW_PROTOCOL_TCP) {
		/* A SYN on the ports of a connection that has ended is new. */
		if (packet->tcp_flags & IPFW_TCP_SYN) {
			flow->seen &= outbound ? ~NAT_END_OUT : ~NAT_END_IN;
			flow->seen |= outbound ? NAT_SYN_OUT : NAT_SYN_IN;
		}
		if (packet->tcp_flags & (IPFW_TCP_FIN | IPFW_TCP_RST))
			flow->seen |= outbound ? NAT_END_OUT : NAT_END_IN;
	}
	flow->until = now + lifetime(flow);
}
