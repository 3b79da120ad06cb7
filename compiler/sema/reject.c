/*
 * A reject towards the target of a forward.
 *
 * What a reject sends goes past the rules, and so past the NAT: it would show
 * the target's private address to the stranger that asked.
 */
#include "sema/resolve.h"

/* What is forwarded to a zone, in one of tcp and udp. */
struct targets {
	VEC(struct port_range) ranges;
	struct port_set ports; /* the same, once all are known */
};

struct rejects {
	struct resolve *r;
	struct targets *tcp, *udp; /* by zone */
	VEC(size_t) forwards;	   /* indices of rules */
};

static struct targets *
targets_of(const struct rejects *c, size_t zone, int protocol)
{
	return protocol == PROTOCOL_TCP ? &c->tcp[zone] : &c->udp[zone];
}

static void
gather(struct rejects *c)
{
	const struct policy *policy = c->r->policy;
	size_t n = policy->zones.n;

	c->tcp = arena_calloc(c->r->arena, n, sizeof(*c->tcp));
	c->udp = arena_calloc(c->r->arena, n, sizeof(*c->udp));
	for (size_t i = 0; i < policy->rules.n; i++) {
		const struct policy_forward *forward =
		    policy->rules.v[i].forward;
		struct targets *targets;

		if (forward == NULL)
			continue;
		targets = targets_of(
		    c, ENDPOINT_ZONE(forward->target_zone), forward->protocol);
		vec_push(c->r->arena, &targets->ranges, forward->inside);
		vec_push(c->r->arena, &c->forwards, i);
	}
	for (size_t i = 0; i < n; i++) {
		c->tcp[i].ports = ports_build(
		    c->r->arena, c->tcp[i].ranges.v, c->tcp[i].ranges.n);
		c->udp[i].ports = ports_build(
		    c->r->arena, c->udp[i].ranges.v, c->udp[i].ranges.n);
	}
}

/* Does SET hold a port of RANGE? */
static bool
set_touches(const struct port_set *set, struct port_range range)
{
	size_t low = 0, high = set->n;

	/* The first range that ends at or behind the start. */
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (set->v[middle].hi < range.lo)
			low = middle + 1;
		else
			high = middle;
	}
	return low < set->n && set->v[low].lo <= range.hi;
}

static bool
sets_touch(const struct port_set *set, const struct port_set *ports)
{
	for (size_t i = 0; i < ports->n; i++) {
		if (set_touches(set, ports->v[i]))
			return true;
	}
	return false;
}

static bool
part_touches(
    const struct service_part *part, int protocol, const struct port_set *ports)
{
	return part->protocol == protocol && (part->families & FAMILY_4) != 0 &&
	    ports->n > 0 &&
	    (part->target.n == 0 || sets_touch(ports, &part->target));
}

/* Does REJECT match a packet of PROTOCOL to one of PORTS? */
static bool
rule_touches(const struct policy_rule *reject, int protocol,
    const struct port_set *ports)
{
	for (size_t i = 0; i < reject->parts.n; i++) {
		if (part_touches(&reject->parts.v[i], protocol, ports))
			return true;
	}
	return reject->any_service && ports->n > 0;
}

static bool
forward_rejected(
    const struct policy_rule *reject, const struct policy_forward *forward)
{
	struct endpoint_set from = endpoint_set_intersect(
	    &reject->from, &forward->from);
	struct port_range inside = forward->inside;
	struct port_set ports = {&inside, 1};

	return !endpoint_set_empty(&from) &&
	    endpoint_set_has(&reject->to, forward->target_zone) &&
	    rule_touches(reject, forward->protocol, &ports) &&
	    (!reject->has_target ||
		addr_set_contains(&reject->target, FAMILY_4, forward->target));
}

/* Without this a long list of rejects would meet a long list of forwards. */
static bool
may_reject(const struct rejects *c, const struct policy_rule *reject)
{
	for (size_t i = 0; i < c->r->policy->zones.n; i++) {
		if (endpoint_set_has(&reject->to, ENDPOINT_OF_ZONE(i)) &&
		    (rule_touches(reject, PROTOCOL_TCP, &c->tcp[i].ports) ||
			rule_touches(reject, PROTOCOL_UDP, &c->udp[i].ports)))
			return true;
	}
	return false;
}

static void
report(
    struct rejects *c, struct span span, const struct policy_forward *forward)
{
	struct diags *diags = c->r->diags;
	struct diag *diag;

	diag = diag_add(diags, E_FORWARD_REJECT, span,
	    "a reject towards a forward target would show its private "
	    "address");
	diag_label(diags, diag, forward->span, "forwarded here");
	diag_help(diags, diag, "write 'deny'");
}

/* A forward without `from HOSTS` leaves nothing to the rules behind it. */
static void
check_rule(struct rejects *c, size_t index)
{
	const struct policy *policy = c->r->policy;
	const struct policy_rule *reject = &policy->rules.v[index];

	if (reject->verdict != VERDICT_REJECT || !may_reject(c, reject))
		return;
	for (size_t i = 0; i < c->forwards.n; i++) {
		const struct policy_rule *rule =
		    &policy->rules.v[c->forwards.v[i]];

		if (c->forwards.v[i] < index && !rule->has_source)
			continue;
		if (forward_rejected(reject, rule->forward)) {
			report(c, reject->span, rule->forward);
			return;
		}
	}
}

static void
check_fallback(struct rejects *c)
{
	const struct policy *policy = c->r->policy;

	if (policy->fallback != VERDICT_REJECT)
		return;
	for (size_t i = 0; i < c->forwards.n; i++) {
		const struct policy_rule *rule =
		    &policy->rules.v[c->forwards.v[i]];

		if (rule->has_source) {
			report(c, policy->fallback_span, rule->forward);
			return;
		}
	}
}

void
resolve_rejects(struct resolve *r)
{
	struct rejects c = {.r = r};

	if (r->policy->forwards.n == 0)
		return;
	gather(&c);
	for (size_t i = 0; i < r->policy->rules.n; i++)
		check_rule(&c, i);
	check_fallback(&c);
}
