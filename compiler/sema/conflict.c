/*
 * Packets that two lines of the policy want: a port that is forwarded twice,
 * or forwarded and open on this host.
 *
 * The NAT gives a packet to the first of two forwards and never to this host,
 * so one of the two lines would be without effect.
 */
#include "sema/resolve.h"

#define PORTS 65536u
#define NO_PORT PORTS

/* Which forward has a port of one uplink and protocol. */
struct port_table {
	uint32_t *owner; /* number of the forward + 1, 0 is none */
	uint32_t *next;	 /* the next port that has one, or NO_PORT */
};

enum transport {
	TRANSPORT_TCP,
	TRANSPORT_UDP,
	TRANSPORTS,
};

struct conflicts {
	struct resolve *r;
	struct port_table (*tables)[TRANSPORTS]; /* by zone */
	bool *reported; /* by forward: open on this host too */
};

static enum transport
transport_of(int protocol)
{
	return protocol == PROTOCOL_TCP ? TRANSPORT_TCP : TRANSPORT_UDP;
}

static void
report_twice(struct resolve *r, const struct policy_forward *forward,
    const struct policy_forward *first, unsigned port, size_t zone)
{
	struct diag *diag;

	diag = diag_add(r->diags, E_FORWARD_TWICE, forward->span,
	    "port %u of '%s' is forwarded twice", port,
	    r->policy->zones.v[zone].name);
	diag_label(r->diags, diag, first->span, "first forwarded here");
}

static void
claim_ports(struct conflicts *c, size_t index, size_t zone)
{
	const struct policy_forward *forward = c->r->policy->forwards.v[index];
	struct port_table *table =
	    &c->tables[zone][transport_of(forward->protocol)];

	if (table->owner == NULL)
		table->owner = arena_calloc(
		    c->r->arena, PORTS, sizeof(*table->owner));
	for (unsigned p = forward->outside.lo; p <= forward->outside.hi; p++) {
		if (table->owner[p] != 0) {
			report_twice(c->r, forward,
			    c->r->policy->forwards.v[table->owner[p] - 1], p,
			    zone);
			return;
		}
		table->owner[p] = (uint32_t)index + 1;
	}
}

static void
link_ports(struct conflicts *c, struct port_table *table)
{
	uint32_t next = NO_PORT;

	if (table->owner == NULL)
		return;
	table->next = arena_calloc(c->r->arena, PORTS, sizeof(*table->next));
	for (size_t p = PORTS; p-- > 0;) {
		if (table->owner[p] != 0)
			next = (uint32_t)p;
		table->next[p] = next;
	}
}

static void
fill_tables(struct conflicts *c)
{
	const struct policy *policy = c->r->policy;

	for (size_t i = 0; i < policy->forwards.n; i++) {
		for (size_t zone = 0; zone < policy->zones.n; zone++) {
			endpoint end = ENDPOINT_OF_ZONE(zone);

			if (endpoint_set_has(
				&policy->forwards.v[i]->from, end) &&
			    endpoint_set_has(&c->r->uplinks, end))
				claim_ports(c, i, zone);
		}
	}
	for (size_t zone = 0; zone < policy->zones.n; zone++) {
		link_ports(c, &c->tables[zone][TRANSPORT_TCP]);
		link_ports(c, &c->tables[zone][TRANSPORT_UDP]);
	}
}

static void
report_open(struct conflicts *c, const struct policy_rule *rule, size_t index,
    unsigned port, size_t zone)
{
	struct resolve *r = c->r;
	struct diag *diag;

	if (c->reported[index])
		return;
	c->reported[index] = true;
	diag = diag_add(r->diags, E_FORWARD_SELF,
	    r->policy->forwards.v[index]->span,
	    "port %u of '%s' is forwarded, and open on this host as well", port,
	    r->policy->zones.v[zone].name);
	diag_label(r->diags, diag, rule->span, "opened here");
	diag_help(r->diags, diag,
	    "this host would never see it: forward another port, or take one "
	    "of the two out");
}

static void
check_range(struct conflicts *c, const struct policy_rule *rule, size_t zone,
    enum transport transport, struct port_range range)
{
	const struct port_table *table = &c->tables[zone][transport];
	uint32_t port;

	if (table->next == NULL)
		return;
	port = table->next[range.lo];
	if (port <= range.hi)
		report_open(c, rule, table->owner[port] - 1, port, zone);
}

static void
check_part(struct conflicts *c, const struct policy_rule *rule, size_t zone,
    const struct service_part *part)
{
	struct port_range all = {0, UINT16_MAX};
	enum transport transport = transport_of(part->protocol);

	if (part->protocol != PROTOCOL_TCP && part->protocol != PROTOCOL_UDP)
		return;
	if (part->target.n == 0)
		check_range(c, rule, zone, transport, all);
	for (size_t i = 0; i < part->target.n; i++)
		check_range(c, rule, zone, transport, part->target.v[i]);
}

/* RULE opens this host to the zone. */
static void
check_open(struct conflicts *c, const struct policy_rule *rule, size_t zone)
{
	struct port_range all = {0, UINT16_MAX};

	if (rule->any_service) {
		check_range(c, rule, zone, TRANSPORT_TCP, all);
		check_range(c, rule, zone, TRANSPORT_UDP, all);
	}
	for (size_t i = 0; i < rule->parts.n; i++)
		check_part(c, rule, zone, &rule->parts.v[i]);
}

static void
check_rule(struct conflicts *c, const struct policy_rule *rule)
{
	if (rule->verdict != VERDICT_ALLOW ||
	    !endpoint_set_has(&rule->to, ENDPOINT_SELF))
		return;
	for (size_t zone = 0; zone < c->r->policy->zones.n; zone++) {
		if (endpoint_set_has(&rule->from, ENDPOINT_OF_ZONE(zone)))
			check_open(c, rule, zone);
	}
}

void
resolve_conflicts(struct resolve *r)
{
	size_t n = r->policy->forwards.n;
	struct conflicts c = {.r = r};

	if (n == 0)
		return;
	c.tables = arena_calloc(
	    r->arena, r->policy->zones.n, sizeof(*c.tables));
	c.reported = arena_calloc(r->arena, n, sizeof(*c.reported));
	fill_tables(&c);
	for (size_t i = 0; i < r->policy->rules.n; i++)
		check_rule(&c, &r->policy->rules.v[i]);
}
