/*
 * A flow is found by its own end on the way out and by its alias on the way
 * in, where the newest counts.  Flows that have expired are passed over
 * and removed when room is needed.
 *
 * Protocols without ports have port 0 on both ends, so two hosts that ping one
 * address share an alias and the later one gets the answers.
 */
#include <stdlib.h>
#include <string.h>

#include "eval/nat.h"
#include "eval/packet.h"

#define FLOWS_MAX ((size_t)1 << 20)
#define BUCKETS_FIRST 64
#define PORT_LOW 32768
#define PORT_HIGH 65535
#define PORT_BEGIN 49152
#define LIFETIME_TCP_NEW 300
#define LIFETIME_TCP 86400
#define LIFETIME_TCP_CLOSED 10
#define LIFETIME_OTHER 60

enum seen {
	SEEN_SYN_OUT = 1,
	SEEN_SYN_IN = 2,
	SEEN_END_OUT = 4,
	SEEN_END_IN = 8,
};

struct flow {
	struct flow *next_out, *next_in;
	uint32_t local, remote, alias;
	uint16_t local_port, remote_port, alias_port;
	uint8_t protocol;
	uint8_t seen;
	uint64_t until;
	uint64_t born;		/* grows with each flow */
};

struct nat {
	struct nat_config config;
	struct nat_redirect *redirects;
	struct flow **out, **in;
	size_t n_buckets;	/* of each, a power of two */
	size_t n;
	unsigned next_port;
	uint64_t births;
};

/* One end of a flow as a packet shows it, and the far end. */
struct ends {
	uint8_t protocol;
	uint32_t near, far;
	uint16_t near_port, far_port;
};

static uint32_t
address4(struct addr addr)
{
	return (uint32_t)addr.lo;
}

static struct addr
addr_of(uint32_t address)
{
	return (struct addr){0, address};
}

static size_t
hash_ends(const struct nat *nat, const struct ends *ends)
{
	uint64_t hash = (uint64_t)ends->near << 32 | ends->far;

	hash ^= (uint64_t)ends->near_port << 40 ^
		(uint64_t)ends->far_port << 8 ^ ends->protocol;
	hash *= UINT64_C(0x9e3779b97f4a7c15);
	hash ^= hash >> 29;
	hash *= UINT64_C(0xd6e8feb86659fd93);
	return (size_t)(hash >> 32) & (nat->n_buckets - 1);
}

static struct ends
ends_of(uint8_t protocol, uint32_t near, uint16_t near_port, uint32_t far,
    uint16_t far_port)
{
	struct ends ends = {protocol, near, far, near_port, far_port};

	if (!packet_has_ports(protocol))
		ends.near_port = ends.far_port = 0;
	return ends;
}

static struct ends
out_ends(const struct flow *flow)
{
	return ends_of(flow->protocol, flow->local, flow->local_port,
	    flow->remote, flow->remote_port);
}

static struct ends
in_ends(const struct flow *flow)
{
	return ends_of(flow->protocol, flow->alias, flow->alias_port,
	    flow->remote, flow->remote_port);
}

static bool
same_ends(const struct ends *a, const struct ends *b)
{
	return a->protocol == b->protocol && a->near == b->near &&
	       a->far == b->far && a->near_port == b->near_port &&
	       a->far_port == b->far_port;
}

static struct flow *
find_out(const struct nat *nat, const struct ends *ends, uint64_t now)
{
	for (struct flow *flow = nat->out[hash_ends(nat, ends)]; flow != NULL;
	     flow = flow->next_out) {
		struct ends own = out_ends(flow);

		if (flow->until > now && same_ends(&own, ends))
			return flow;
	}
	return NULL;
}

static struct flow *
find_in(const struct nat *nat, const struct ends *ends, uint64_t now)
{
	struct flow *newest = NULL;

	for (struct flow *flow = nat->in[hash_ends(nat, ends)]; flow != NULL;
	     flow = flow->next_in) {
		struct ends own = in_ends(flow);

		if (flow->until > now && same_ends(&own, ends) &&
		    (newest == NULL || flow->born > newest->born))
			newest = flow;
	}
	return newest;
}

static void
link_flow(struct nat *nat, struct flow *flow)
{
	struct ends out = out_ends(flow), in = in_ends(flow);
	struct flow **first_out = &nat->out[hash_ends(nat, &out)];
	struct flow **first_in = &nat->in[hash_ends(nat, &in)];

	flow->next_out = *first_out;
	*first_out = flow;
	flow->next_in = *first_in;
	*first_in = flow;
	nat->n++;
}

/* Put all flows that have not expired into N_BUCKETS new buckets. */
static bool
rebuild(struct nat *nat, size_t n_buckets, uint64_t now)
{
	struct flow **out = calloc(n_buckets, sizeof(*out));
	struct flow **in = calloc(n_buckets, sizeof(*in));
	struct flow **old = nat->out, *all = NULL;
	size_t n_old = nat->n_buckets;

	if (out == NULL || in == NULL) {
		free(out);
		free(in);
		return false;
	}
	for (size_t i = 0; i < n_old; i++)
		while (old[i] != NULL) {
			struct flow *flow = old[i];

			old[i] = flow->next_out;
			flow->next_out = all;
			all = flow;
		}
	free(nat->out);
	free(nat->in);
	nat->out = out;
	nat->in = in;
	nat->n_buckets = n_buckets;
	nat->n = 0;
	while (all != NULL) {
		struct flow *flow = all;

		all = flow->next_out;
		if (flow->until > now)
			link_flow(nat, flow);
		else
			free(flow);
	}
	return true;
}

static bool
has_room(struct nat *nat, uint64_t now)
{
	if (nat->n >= nat->config.flows_max)
		return rebuild(nat, nat->n_buckets, now) &&
		       nat->n < nat->config.flows_max;
	if (nat->n >= nat->n_buckets)
		return rebuild(nat, nat->n_buckets * 2, now);
	return true;
}

bool
nat_configure(struct nat *nat, const struct nat_config *config)
{
	struct nat_redirect *redirects = NULL;

	if (config->n_redirects > NAT_REDIRECTS_MAX)
		return false;
	if (config->n_redirects > 0) {
		redirects = calloc(config->n_redirects, sizeof(*redirects));
		if (redirects == NULL)
			return false;
		memcpy(redirects, config->redirects,
		    config->n_redirects * sizeof(*redirects));
	}
	free(nat->redirects);
	nat->config = *config;
	nat->config.redirects = nat->redirects = redirects;
	nat->next_port = config->port_low != 0 ? config->port_low : PORT_BEGIN;
	if (nat->config.port_low == 0 || nat->config.port_high == 0 ||
	    nat->config.port_low > nat->config.port_high) {
		nat->config.port_low = PORT_LOW;
		nat->config.port_high = PORT_HIGH;
		nat->next_port = PORT_BEGIN;
	}
	if (nat->config.flows_max == 0)
		nat->config.flows_max = FLOWS_MAX;
	return true;
}

struct nat *
nat_create(const struct nat_config *config)
{
	struct nat *nat = calloc(1, sizeof(*nat));

	if (nat == NULL)
		return NULL;
	if (!nat_configure(nat, config) || !rebuild(nat, BUCKETS_FIRST, 0)) {
		nat_destroy(nat);
		return NULL;
	}
	return nat;
}

void
nat_destroy(struct nat *nat)
{
	if (nat == NULL)
		return;
	for (size_t i = 0; i < nat->n_buckets; i++)
		while (nat->out[i] != NULL) {
			struct flow *next = nat->out[i]->next_out;

			free(nat->out[i]);
			nat->out[i] = next;
		}
	free(nat->out);
	free(nat->in);
	free(nat->redirects);
	free(nat);
}

size_t
nat_n_flows(const struct nat *nat)
{
	return nat->n;
}

static uint64_t
lifetime(const struct flow *flow)
{
	if (flow->protocol != IPFW_PROTOCOL_TCP)
		return LIFETIME_OTHER;
	if ((flow->seen & (SEEN_END_OUT | SEEN_END_IN)) ==
	    (SEEN_END_OUT | SEEN_END_IN))
		return LIFETIME_TCP_CLOSED;
	if ((flow->seen & (SEEN_SYN_OUT | SEEN_SYN_IN)) ==
	    (SEEN_SYN_OUT | SEEN_SYN_IN))
		return LIFETIME_TCP;
	return LIFETIME_TCP_NEW;
}

static void
refresh(struct flow *flow, uint64_t now, const struct ipfw_packet *packet,
    bool outbound)
{
	if (flow->protocol == IPFW_PROTOCOL_TCP) {
		if (packet->tcp_flags & IPFW_TCP_SYN)
			flow->seen |= outbound ? SEEN_SYN_OUT : SEEN_SYN_IN;
		if (packet->tcp_flags & (IPFW_TCP_FIN | IPFW_TCP_RST))
			flow->seen |= outbound ? SEEN_END_OUT : SEEN_END_IN;
	}
	flow->until = now + lifetime(flow);
}

static uint32_t
outside_address(const struct nat *nat, const struct nat_redirect *redirect)
{
	uint32_t outside = address4(redirect->outside);

	return outside != 0 ? outside : address4(nat->config.alias);
}

static bool
fits_remote(const struct nat_redirect *redirect, uint32_t remote,
    uint16_t port)
{
	return (address4(redirect->remote) == 0 ||
		   address4(redirect->remote) == remote) &&
	       (redirect->remote_port == 0 || redirect->remote_port == port);
}

/* Is PORT in the range that begins at FIRST? */
static bool
in_range(const struct nat_redirect *redirect, uint16_t first, uint16_t port)
{
	return port >= first && port - first < redirect->n_ports;
}

static bool
fits_inbound(const struct nat *nat, const struct nat_redirect *redirect,
    const struct ends *ends)
{
	if (outside_address(nat, redirect) != ends->near)
		return false;
	switch (redirect->kind) {
	case NAT_REDIRECT_ADDRESS:
		return true;
	case NAT_REDIRECT_PROTOCOL:
		return redirect->protocol == ends->protocol &&
		       fits_remote(redirect, ends->far, 0);
	case NAT_REDIRECT_PORT:
		return redirect->protocol == ends->protocol &&
		       in_range(redirect, redirect->outside_port,
			   ends->near_port) &&
		       fits_remote(redirect, ends->far, ends->far_port);
	}
	return false;
}

static bool
fits_outbound(const struct nat_redirect *redirect, const struct ends *ends)
{
	if (address4(redirect->inside) != ends->near)
		return false;
	switch (redirect->kind) {
	case NAT_REDIRECT_ADDRESS:
		return true;
	case NAT_REDIRECT_PROTOCOL:
		return redirect->protocol == ends->protocol &&
		       fits_remote(redirect, ends->far, 0);
	case NAT_REDIRECT_PORT:
		return redirect->protocol == ends->protocol &&
		       in_range(redirect, redirect->inside_port,
			   ends->near_port) &&
		       fits_remote(redirect, ends->far, ends->far_port);
	}
	return false;
}

/* Has another flow to the far end, or a redirect, this alias? */
static bool
is_taken(const struct nat *nat, const struct ends *alias, uint64_t now)
{
	if (find_in(nat, alias, now) != NULL)
		return true;
	for (size_t i = 0; i < nat->config.n_redirects; i++)
		if (nat->redirects[i].kind == NAT_REDIRECT_PORT &&
		    fits_inbound(nat, &nat->redirects[i], alias))
			return true;
	return false;
}

/* An alias port for FLOW, whose alias address is set; false: none is free. */
static bool
choose_port(struct nat *nat, struct flow *flow, uint64_t now)
{
	unsigned low = nat->config.port_low, high = nat->config.port_high;
	struct ends alias;

	flow->alias_port = flow->local_port;
	if (!packet_has_ports(flow->protocol))
		return true;
	alias = in_ends(flow);
	if (nat->config.same_ports && !is_taken(nat, &alias, now))
		return true;
	for (unsigned tries = 0; tries <= high - low; tries++) {
		alias.near_port = (uint16_t)nat->next_port;
		nat->next_port = nat->next_port < high ? nat->next_port + 1
						       : low;
		if (!is_taken(nat, &alias, now)) {
			flow->alias_port = alias.near_port;
			return true;
		}
	}
	return false;
}

/* Copy NEW, which is refreshed by PACKET, into the table. */
static struct flow *
add_flow(struct nat *nat, uint64_t now, const struct flow *new)
{
	struct flow *flow;

	if (!has_room(nat, now))
		return NULL;
	flow = malloc(sizeof(*flow));
	if (flow == NULL)
		return NULL;
	*flow = *new;
	flow->until = now + LIFETIME_OTHER;
	flow->born = ++nat->births;
	link_flow(nat, flow);
	return flow;
}

static struct flow *
begin_outbound(struct nat *nat, uint64_t now, const struct ends *ends)
{
	struct flow flow = {
	    .protocol = ends->protocol,
	    .local = ends->near,
	    .local_port = ends->near_port,
	    .remote = ends->far,
	    .remote_port = ends->far_port,
	    .alias = address4(nat->config.alias),
	};

	for (size_t i = 0; i < nat->config.n_redirects; i++) {
		const struct nat_redirect *redirect = &nat->redirects[i];

		if (!fits_outbound(redirect, ends))
			continue;
		flow.alias = outside_address(nat, redirect);
		flow.alias_port = ends->near_port;
		if (redirect->kind == NAT_REDIRECT_PORT)
			flow.alias_port = (uint16_t)(ends->near_port -
						     redirect->inside_port +
						     redirect->outside_port);
		return add_flow(nat, now, &flow);
	}
	if (!choose_port(nat, &flow, now))
		return NULL;
	return add_flow(nat, now, &flow);
}

/* A flow that a redirect leads in, or that is for this host itself. */
static struct flow *
begin_inbound(struct nat *nat, uint64_t now, const struct ends *ends)
{
	struct flow flow = {
	    .protocol = ends->protocol,
	    .remote = ends->far,
	    .remote_port = ends->far_port,
	    .alias = ends->near,
	    .alias_port = ends->near_port,
	    .local = ends->near,
	    .local_port = ends->near_port,
	};

	for (size_t i = 0; i < nat->config.n_redirects; i++) {
		const struct nat_redirect *redirect = &nat->redirects[i];

		if (!fits_inbound(nat, redirect, ends))
			continue;
		flow.local = address4(redirect->inside);
		if (redirect->kind == NAT_REDIRECT_PORT)
			flow.local_port = (uint16_t)(ends->near_port -
						     redirect->outside_port +
						     redirect->inside_port);
		return add_flow(nat, now, &flow);
	}
	if (nat->config.deny_incoming ||
	    ends->near != address4(nat->config.alias))
		return NULL;
	return add_flow(nat, now, &flow);
}

static bool
is_error(const struct ipfw_packet *packet)
{
	uint8_t type = packet->icmp_type;

	return packet->tuple.protocol == IPFW_PROTOCOL_ICMP &&
	       (type == 3 || type == 4 || type == 5 || type == 11 ||
		   type == 12);
}

static enum nat_result
replace(struct addr *addr, uint16_t *port, uint32_t new, uint16_t new_port)
{
	if (address4(*addr) == new && *port == new_port)
		return NAT_UNCHANGED;
	*addr = addr_of(new);
	*port = new_port;
	return NAT_CHANGED;
}

/* An error about a packet that came in: its sender saw the alias. */
static enum nat_result
error_outbound(const struct nat *nat, uint64_t now, struct ipfw_packet *packet)
{
	struct ipfw_tuple *inner = &packet->inner;
	struct ends ends = ends_of(inner->protocol, address4(inner->target),
	    inner->target_port, address4(inner->source), inner->source_port);
	const struct flow *flow;
	uint16_t none = 0;

	if (!packet->has_inner)
		return NAT_UNCHANGED;
	flow = find_out(nat, &ends, now);
	if (flow == NULL)
		return NAT_UNCHANGED;
	replace(&inner->target, &inner->target_port, flow->alias,
	    flow->alias_port);
	if (address4(packet->tuple.source) != flow->local)
		return NAT_UNCHANGED;
	return replace(&packet->tuple.source, &none, flow->alias, 0);
}

/* An error about a packet that went out: it is for whoever sent that. */
static enum nat_result
error_inbound(const struct nat *nat, uint64_t now, struct ipfw_packet *packet)
{
	struct ipfw_tuple *inner = &packet->inner;
	struct ends ends = ends_of(inner->protocol, address4(inner->source),
	    inner->source_port, address4(inner->target), inner->target_port);
	const struct flow *flow = NULL;
	uint16_t none = 0;

	if (packet->has_inner)
		flow = find_in(nat, &ends, now);
	if (flow == NULL)
		return nat->config.deny_incoming ? NAT_DROPPED
						 : NAT_UNCHANGED;
	replace(&inner->source, &inner->source_port, flow->local,
	    flow->local_port);
	return replace(&packet->tuple.target, &none, flow->local, 0);
}

static bool
is_private(uint32_t address)
{
	return address >> 24 == 10 || address >> 20 == 0xac1 ||
	       address >> 16 == 0xc0a8;
}

enum nat_result
nat_outbound(struct nat *nat, uint64_t now, struct ipfw_packet *packet)
{
	struct ipfw_tuple *tuple = &packet->tuple;
	struct ends ends = ends_of(tuple->protocol, address4(tuple->source),
	    tuple->source_port, address4(tuple->target), tuple->target_port);
	struct flow *flow;

	if (tuple->family != FAMILY_4)
		return NAT_UNCHANGED;
	if (is_error(packet))
		return error_outbound(nat, now, packet);
	if (nat->config.unregistered_only && !is_private(ends.near))
		return NAT_UNCHANGED;
	flow = find_out(nat, &ends, now);
	if (flow == NULL)
		flow = begin_outbound(nat, now, &ends);
	if (flow == NULL)
		return NAT_DROPPED;
	refresh(flow, now, packet, true);
	return replace(&tuple->source, &tuple->source_port, flow->alias,
	    flow->alias_port);
}

enum nat_result
nat_inbound(struct nat *nat, uint64_t now, struct ipfw_packet *packet)
{
	struct ipfw_tuple *tuple = &packet->tuple;
	struct ends ends = ends_of(tuple->protocol, address4(tuple->target),
	    tuple->target_port, address4(tuple->source), tuple->source_port);
	struct flow *flow;

	if (tuple->family != FAMILY_4)
		return NAT_UNCHANGED;
	if (is_error(packet))
		return error_inbound(nat, now, packet);
	flow = find_in(nat, &ends, now);
	if (flow == NULL)
		flow = begin_inbound(nat, now, &ends);
	if (flow == NULL)
		return nat->config.deny_incoming ? NAT_DROPPED
						 : NAT_UNCHANGED;
	refresh(flow, now, packet, false);
	return replace(&tuple->target, &tuple->target_port, flow->local,
	    flow->local_port);
}
