/*
 * Translation: which flow a packet belongs to, or begins, and what it becomes.
 *
 * Protocols without ports have port 0 on both ends, so two hosts that ping one
 * address share an alias and the later one gets the answers.
 */
#include <stdlib.h>
#include <string.h>

#include "eval/nat_private.h"
#include "eval/packet.h"

#define FLOWS_MAX ((size_t)1 << 20)
#define PORT_LOW 32768
#define PORT_HIGH 65535
#define PORT_BEGIN 49152

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
	if (!nat_configure(nat, config) || !nat_flows_init(nat)) {
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
	nat_flows_free(nat);
	free(nat->redirects);
	free(nat);
}

size_t
nat_n_flows(const struct nat *nat)
{
	return nat->n;
}

static uint32_t
outside_address(const struct nat *nat, const struct nat_redirect *redirect)
{
	uint32_t outside = address4(redirect->outside);

	return outside != 0 ? outside : address4(nat->config.alias);
}

static bool
fits_remote(const struct nat_redirect *redirect, uint32_t remote, uint16_t port)
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

/* All but the near address; the near ports begin at FIRST. */
static bool
fits_ends(const struct nat_redirect *redirect, const struct nat_ends *ends,
    uint16_t first)
{
	switch (redirect->kind) {
	case NAT_REDIRECT_ADDRESS:
		return true;
	case NAT_REDIRECT_PROTOCOL:
		return redirect->protocol == ends->protocol &&
		    fits_remote(redirect, ends->far, 0);
	case NAT_REDIRECT_PORT:
		return redirect->protocol == ends->protocol &&
		    in_range(redirect, first, ends->near_port) &&
		    fits_remote(redirect, ends->far, ends->far_port);
	}
	return false;
}

static bool
fits_inbound(const struct nat *nat, const struct nat_redirect *redirect,
    const struct nat_ends *ends)
{
	return outside_address(nat, redirect) == ends->near &&
	    fits_ends(redirect, ends, redirect->outside_port);
}

static bool
fits_outbound(const struct nat_redirect *redirect, const struct nat_ends *ends)
{
	return address4(redirect->inside) == ends->near &&
	    fits_ends(redirect, ends, redirect->inside_port);
}

/*
 * Has another flow to the far end this alias?  A redirect for any far end
 * leaves it to a flow, which is found before it.
 */
static bool
is_taken(const struct nat *nat, const struct nat_ends *alias, uint64_t now)
{
	if (nat_flow_in(nat, alias, now) != NULL)
		return true;
	for (size_t i = 0; i < nat->config.n_redirects; i++)
		if (nat->redirects[i].kind == NAT_REDIRECT_PORT &&
		    address4(nat->redirects[i].remote) != 0 &&
		    nat->redirects[i].remote_port != 0 &&
		    fits_inbound(nat, &nat->redirects[i], alias))
			return true;
	return false;
}

/* An alias port for FLOW, whose alias address is set; false: none is free. */
static bool
choose_port(struct nat *nat, struct nat_flow *flow, uint64_t now)
{
	unsigned low = nat->config.port_low, high = nat->config.port_high;
	struct nat_ends alias;

	flow->alias_port = flow->local_port;
	if (!packet_has_ports(flow->protocol))
		return true;
	alias = nat_ends_in(flow);
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

static struct nat_flow *
begin_outbound(struct nat *nat, uint64_t now, const struct nat_ends *ends)
{
	struct nat_flow flow = {
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
			    redirect->inside_port + redirect->outside_port);
		return nat_flow_add(nat, now, &flow);
	}
	if (!choose_port(nat, &flow, now))
		return NULL;
	return nat_flow_add(nat, now, &flow);
}

/* A flow that a redirect leads in, or that is for this host itself. */
static struct nat_flow *
begin_inbound(struct nat *nat, uint64_t now, const struct nat_ends *ends)
{
	struct nat_flow flow = {
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
			    redirect->outside_port + redirect->inside_port);
		return nat_flow_add(nat, now, &flow);
	}
	if (nat->config.deny_incoming ||
	    ends->near != address4(nat->config.alias))
		return NULL;
	return nat_flow_add(nat, now, &flow);
}

static bool
is_error(const struct ipfw_packet *packet)
{
	uint8_t type = packet->icmp_type;

	return packet->tuple.protocol == IPFW_PROTOCOL_ICMP &&
	    (type == 3 || type == 4 || type == 5 || type == 11 || type == 12);
}

static enum nat_result
replace(struct addr *addr, uint16_t *port, uint32_t new, uint16_t new_port)
{
	if (address4(*addr) == new &&*port == new_port)
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
	struct nat_ends ends = nat_ends(inner->protocol,
	    address4(inner->target), inner->target_port,
	    address4(inner->source), inner->source_port);
	const struct nat_flow *flow;
	uint16_t none = 0;

	if (!packet->has_inner)
		return NAT_UNCHANGED;
	flow = nat_flow_out(nat, &ends, now);
	if (flow == NULL)
		return NAT_UNCHANGED;
	replace(
	    &inner->target, &inner->target_port, flow->alias, flow->alias_port);
	if (address4(packet->tuple.source) != flow->local)
		return NAT_UNCHANGED;
	return replace(&packet->tuple.source, &none, flow->alias, 0);
}

/* An error about a packet that went out: it is for whoever sent that. */
static enum nat_result
error_inbound(const struct nat *nat, uint64_t now, struct ipfw_packet *packet)
{
	struct ipfw_tuple *inner = &packet->inner;
	struct nat_ends ends = nat_ends(inner->protocol,
	    address4(inner->source), inner->source_port,
	    address4(inner->target), inner->target_port);
	const struct nat_flow *flow = NULL;
	uint16_t none = 0;

	if (packet->has_inner)
		flow = nat_flow_in(nat, &ends, now);
	if (flow == NULL)
		return nat->config.deny_incoming ? NAT_DROPPED : NAT_UNCHANGED;
	replace(
	    &inner->source, &inner->source_port, flow->local, flow->local_port);
	return replace(&packet->tuple.target, &none, flow->local, 0);
}

static bool
is_private(const struct nat *nat, uint32_t address)
{
	return address >> 24 == 10 || address >> 20 == 0xac1 ||
	    address >> 16 == 0xc0a8 ||
	    (nat->config.shared_is_private && address >> 22 == 0x191);
}

enum nat_result
nat_outbound(struct nat *nat, uint64_t now, struct ipfw_packet *packet)
{
	struct ipfw_tuple *tuple = &packet->tuple;
	struct nat_ends ends = nat_ends(tuple->protocol,
	    address4(tuple->source), tuple->source_port,
	    address4(tuple->target), tuple->target_port);
	struct nat_flow *flow;

	if (tuple->family != FAMILY_4)
		return NAT_UNCHANGED;
	if (is_error(packet))
		return error_outbound(nat, now, packet);
	if (nat->config.unregistered_only && !is_private(nat, ends.near))
		return NAT_UNCHANGED;
	flow = nat_flow_out(nat, &ends, now);
	if (flow == NULL)
		flow = begin_outbound(nat, now, &ends);
	if (flow == NULL)
		return NAT_DROPPED;
	nat_flow_refresh(flow, now, packet, true);
	return replace(
	    &tuple->source, &tuple->source_port, flow->alias, flow->alias_port);
}

enum nat_result
nat_inbound(struct nat *nat, uint64_t now, struct ipfw_packet *packet)
{
	struct ipfw_tuple *tuple = &packet->tuple;
	struct nat_ends ends = nat_ends(tuple->protocol,
	    address4(tuple->target), tuple->target_port,
	    address4(tuple->source), tuple->source_port);
	struct nat_flow *flow;

	if (tuple->family != FAMILY_4)
		return NAT_UNCHANGED;
	if (is_error(packet))
		return error_inbound(nat, now, packet);
	flow = nat_flow_in(nat, &ends, now);
	if (flow == NULL)
		flow = begin_inbound(nat, now, &ends);
	if (flow == NULL)
		return nat->config.deny_incoming ? NAT_DROPPED : NAT_UNCHANGED;
	nat_flow_refresh(flow, now, packet, false);
	return replace(
	    &tuple->target, &tuple->target_port, flow->local, flow->local_port);
}
