/*
 * Who gets in from outside by a condition that is in his own hands, and whether
 * anybody gets in at all.
 */
#include "analyse/check.h"

#define DNS_PORT 53
#define WIDE 1024u /* ports that are more than a service */

static bool
has_uplink(const struct policy *policy, const struct endpoint_set *set)
{
	for (endpoint e = 1; e <= policy->zones.n; e++)
		if (endpoint_set_has(set, e) && policy_is_uplink(policy, e))
			return true;
	return false;
}

static size_t
count_ports(const struct port_set *ports)
{
	size_t n = 0;

	for (size_t i = 0; i < ports->n; i++)
		n += (size_t)ports->v[i].hi - ports->v[i].lo + 1;
	return ports->n == 0 ? UINT16_MAX + 1 : n;
}

/* The sender says by which port he sends; the target is nearly any. */
static bool
is_hole(const struct service_part *part)
{
	return part->exchange == EXCHANGE_NONE && part->source.n != 0 &&
	    count_ports(&part->source) <= UINT16_MAX &&
	    count_ports(&part->target) > WIDE;
}

static void
warn_source_port(const struct check *check, const struct policy_rule *rule,
    const struct service_part *part)
{
	struct diag *diag;
	struct buf ports;

	buf_init(&ports, check->arena);
	port_set_format(&ports, &part->source);
	diag = diag_add(check->diags, W_SOURCE_PORT, rule->span,
	    "this lets in whoever sends from port %s, to nearly any port",
	    ports.p);
	diag_help(check->diags, diag,
	    "who sends chooses the port that he sends from; answers need no "
	    "rule, for a conversation that may begin may be answered");
}

void
check_source_ports(const struct check *check)
{
	const struct policy *policy = check->policy;

	for (size_t i = 0; i < policy->rules.n; i++) {
		const struct policy_rule *rule = &policy->rules.v[i];

		if (rule->verdict != VERDICT_ALLOW ||
		    !has_uplink(policy, &rule->from))
			continue;
		for (size_t j = 0; j < rule->parts.n; j++)
			if (is_hole(&rule->parts.v[j])) {
				warn_source_port(
				    check, rule, &rule->parts.v[j]);
				break;
			}
	}
}

static bool
only_dns(const struct port_set *ports)
{
	return ports->n == 1 && ports->v[0].lo == DNS_PORT &&
	    ports->v[0].hi == DNS_PORT;
}

/* A conversation by TCP other than the DNS's may be a login. */
static bool
lets_log_in(const struct policy_rule *rule)
{
	if (rule->any_service)
		return true;
	for (size_t i = 0; i < rule->parts.n; i++) {
		const struct service_part *part = &rule->parts.v[i];

		if (part->exchange == EXCHANGE_NONE &&
		    (part->protocol == PROTOCOL_TCP ||
			part->protocol == PROTOCOL_ANY) &&
		    !only_dns(&part->target))
			return true;
	}
	return false;
}

static bool
is_open_otherwise(const struct policy *policy)
{
	if (policy->options.has_lifeline || policy->fallback == VERDICT_ALLOW)
		return true;
	for (size_t i = 0; i < policy->zones.n; i++)
		if (policy->zones.v[i].trusted)
			return true;
	return false;
}

/* An inner zone: this host is not one that somebody sits at. */
static const struct zone *
served_zone(const struct policy *policy)
{
	for (size_t i = 0; i < policy->zones.n; i++)
		if (policy->zones.v[i].role == ZONE_INNER &&
		    policy->zones.v[i].present)
			return &policy->zones.v[i];
	return NULL;
}

static bool
routes_out(const struct policy *policy)
{
	for (endpoint e = 1; e <= policy->zones.n; e++)
		if (policy_is_uplink(policy, e) &&
		    policy_zone(policy, e)->present)
			return true;
	return false;
}

void
check_admin(const struct check *check, const bool *alive)
{
	const struct policy *policy = check->policy;
	const struct zone *zone = served_zone(policy);
	struct diag *diag;

	if (zone == NULL || !routes_out(policy) || is_open_otherwise(policy))
		return;
	for (size_t i = 0; i < policy->rules.n; i++) {
		const struct policy_rule *rule = &policy->rules.v[i];

		if (alive[i] && rule->verdict == VERDICT_ALLOW &&
		    endpoint_set_has(&rule->to, ENDPOINT_SELF) &&
		    lets_log_in(rule))
			return;
	}
	diag = diag_add(check->diags, W_NO_ADMIN, zone->span,
	    "nobody can log in to this host, from '%s' or from any other zone",
	    zone->name);
	diag_help(check->diags, diag,
	    "no rule allows tcp to self; if it is looked after over the net, "
	    "write 'from %s to self allow ssh', or 'option lifeline' with the "
	    "administrator's address",
	    zone->name);
}
