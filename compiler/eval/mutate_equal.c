/*
 * Is a mutant the same policy in other words?
 *
 * Only packets that the changed rule could decide are asked about: its ends,
 * before the change and after it, and an address, a port and a type of each
 * kind that some rule of the two policies tells apart.
 */
#include <stdlib.h>

#include "eval/mutate.h"

#define PORT_FREE 40000
#define PROTOCOL_OTHER 253 /* for experiments: RFC 3692 */
#define TYPE_OTHER 30	   /* traceroute: RFC 1393, long gone */
#define TYPE6_OTHER 200	   /* for experiments: RFC 4443 */
#define LINK_LOCAL UINT64_C(0xfe80000000000000)

struct packet_service {
	int protocol;
	uint16_t source_port, target_port;
	unsigned type;
};

typedef VEC(struct packet_service) packet_services;

struct comparison {
	struct arena *arena;
	const struct scene *scene;
	const struct policy *policy, *mutant;
	packet_services services;
	bool differs;
};

static void
add_service(struct comparison *c, struct packet_service service)
{
	vec_push(c->arena, &c->services, service);
}

/* The edges of a range, on both sides. */
static void
add_edges(struct comparison *c, int protocol, uint16_t source,
    struct port_range range)
{
	const int edges[] = {range.lo - 1, range.lo, range.hi, range.hi + 1};

	for (size_t i = 0; i < 4; i++)
		if (edges[i] >= 0 && edges[i] <= UINT16_MAX)
			add_service(c,
			    (struct packet_service){
				protocol, source, (uint16_t)edges[i], 0});
}

static void
add_types(struct comparison *c, const struct service_part *part)
{
	for (unsigned type = 0; part->has_types && type < 256; type++)
		if (part->types.bits[type / 64] >> type % 64 & 1)
			add_service(c,
			    (struct packet_service){
				part->protocol, 0, 0, type});
	add_service(c,
	    (struct packet_service){part->protocol, 0, 0,
		part->protocol == PROTOCOL_ICMP ? TYPE_OTHER : TYPE6_OTHER});
}

/* An exchange goes both ways. */
static void
add_part(struct comparison *c, const struct service_part *part)
{
	uint16_t source = part->source.n != 0 ? part->source.v[0].lo
					      : PORT_FREE;
	size_t first = c->services.n;

	if (part->protocol == PROTOCOL_ICMP ||
	    part->protocol == PROTOCOL_ICMP6) {
		add_types(c, part);
		return;
	}
	for (size_t i = 0; i < part->target.n; i++)
		add_edges(c, part->protocol, source, part->target.v[i]);
	if (part->target.n == 0)
		add_service(c,
		    (struct packet_service){
			part->protocol, source, PORT_FREE, 0});
	for (size_t i = first, n = c->services.n;
	     part->exchange != EXCHANGE_NONE && i < n; i++) {
		struct packet_service s = c->services.v[i];

		add_service(c,
		    (struct packet_service){
			s.protocol, s.target_port, s.source_port, 0});
	}
}

static void
add_rules(struct comparison *c, const struct policy *policy)
{
	for (size_t i = 0; i < policy->rules.n; i++) {
		const struct policy_rule *rule = &policy->rules.v[i];

		for (size_t j = 0; j < rule->parts.n; j++)
			add_part(c, &rule->parts.v[j]);
	}
	for (size_t i = 0; i < policy->forwards.n; i++)
		add_edges(c, policy->forwards.v[i]->protocol, PORT_FREE,
		    policy->forwards.v[i]->outside);
}

static int
compare_services(const void *left, const void *right)
{
	const struct packet_service *a = left, *b = right;

	if (a->protocol != b->protocol)
		return a->protocol < b->protocol ? -1 : 1;
	if (a->target_port != b->target_port)
		return a->target_port < b->target_port ? -1 : 1;
	if (a->source_port != b->source_port)
		return a->source_port < b->source_port ? -1 : 1;
	return a->type < b->type ? -1 : a->type > b->type;
}

/* Every protocol that either policy names, and one that neither does. */
static void
gather_services(struct comparison *c)
{
	static const int common[] = {
	    PROTOCOL_TCP, PROTOCOL_UDP, PROTOCOL_OTHER};
	size_t kept = 0;

	add_rules(c, c->policy);
	add_rules(c, c->mutant);
	for (size_t i = 0; i < 3; i++)
		add_service(c,
		    (struct packet_service){
			common[i], PORT_FREE, PORT_FREE, 0});
	add_service(c, (struct packet_service){PROTOCOL_ICMP, 0, 0, 8});
	add_service(c, (struct packet_service){PROTOCOL_ICMP6, 0, 0, 128});
	qsort(c->services.v, c->services.n, sizeof(*c->services.v),
	    compare_services);
	for (size_t i = 0; i < c->services.n; i++)
		if (i == 0 ||
		    compare_services(
			&c->services.v[i], &c->services.v[kept - 1]) != 0)
			c->services.v[kept++] = c->services.v[i];
	c->services.n = kept;
}

static bool
is_same(const struct meaning *a, const struct meaning *b)
{
	if (a->verdict != b->verdict)
		return false;
	return a->verdict != VERDICT_ALLOW ||
	    (a->translated == b->translated && a->reached == b->reached &&
		a->reached_port == b->reached_port &&
		a->stateless == b->stateless);
}

static void
compare_flow(struct comparison *c, const struct flow *flow)
{
	const struct locality *locality = &c->scene->locality;
	struct meaning a = meaning_of(c->policy, locality, flow);
	struct meaning b = meaning_of(c->mutant, locality, flow);

	if (!is_same(&a, &b))
		c->differs = true;
}

static void
compare_services_of(struct comparison *c, struct flow *flow)
{
	for (size_t i = 0; !c->differs && i < c->services.n; i++) {
		const struct packet_service *s = &c->services.v[i];

		if ((s->protocol == PROTOCOL_ICMP &&
			flow->family == FAMILY_6) ||
		    (s->protocol == PROTOCOL_ICMP6 && flow->family == FAMILY_4))
			continue;
		flow->protocol = s->protocol;
		flow->source_port = s->source_port;
		flow->target_port = s->target_port;
		flow->type = s->type;
		compare_flow(c, flow);
	}
}

static void
samples_add(struct samples *samples, struct addr addr)
{
	if (samples->n < SAMPLES_MAX)
		samples->v[samples->n++] = addr;
}

static void
add_ranges(
    struct samples *samples, const struct addr_set *set, enum family family)
{
	const struct addr_ranges *ranges = addr_set_ranges(set, family);

	for (size_t i = 0; i < ranges->n; i++)
		samples_add(samples, ranges->v[i].lo);
}

/* This host's addresses, and the groups that exchanges are sent to. */
static struct samples
self_samples(const struct comparison *c, enum family family)
{
	struct samples samples = {.n = 0};

	add_ranges(&samples, &c->scene->locality.local, family);
	for (size_t i = 0; i < c->policy->rules.n; i++) {
		const struct policy_rule *rule = &c->policy->rules.v[i];

		for (size_t j = 0; j < rule->parts.n; j++)
			add_ranges(&samples, &rule->parts.v[j].groups, family);
	}
	add_ranges(&samples, &c->scene->locality.broadcast, family);
	return samples;
}

/* The kinds of both policies, and a neighbour's address of the link. */
static struct samples
end_samples(const struct comparison *c, endpoint e, enum family family)
{
	struct scene other = *c->scene;
	struct samples samples, more;

	if (e == ENDPOINT_SELF)
		return self_samples(c, family);
	samples = scene_samples(c->scene, e, family);
	other.policy = c->mutant;
	more = scene_samples(&other, e, family);
	for (size_t i = 0; i < more.n; i++)
		samples_add(&samples, more.v[i]);
	if (family == FAMILY_6)
		samples_add(&samples, (struct addr){LINK_LOCAL, 0xff});
	return samples;
}

static void
compare_pair(
    struct comparison *c, endpoint from, endpoint to, enum family family)
{
	struct samples sources = end_samples(c, from, family);
	struct samples targets = end_samples(c, to, family);
	struct flow flow = {.from = from, .to = to, .family = family};

	for (size_t i = 0; i < sources.n; i++)
		for (size_t j = 0; !c->differs && j < targets.n; j++) {
			flow.source = sources.v[i];
			flow.target = targets.v[j];
			compare_services_of(c, &flow);
		}
}

/* The ends of the rule before and after the change, and this host. */
static struct endpoint_set
ends_of(const struct comparison *c, const struct mutation *m)
{
	const struct policy_rule *rule;
	struct endpoint_set set = {{0, 0}};

	for (endpoint e = 0; e <= c->policy->zones.n; e++)
		if (m->kind == MUTATE_DEFAULT || m->kind == MUTATE_ANY_FROM ||
		    m->kind == MUTATE_ANY_TO)
			endpoint_set_add(&set, e);
	endpoint_set_add(&set, ENDPOINT_SELF);
	if (m->kind == MUTATE_DEFAULT)
		return set;
	rule = &c->policy->rules.v[m->rule];
	set = endpoint_set_union(&set, &rule->from);
	return endpoint_set_union(&set, &rule->to);
}

static bool
is_live(const struct policy *policy, endpoint e)
{
	return e == ENDPOINT_SELF ||
	    (policy_zone(policy, e)->present &&
		policy_zone(policy, e)->role != ZONE_LOOPBACK);
}

bool
mutation_is_equal(struct arena *arena, const struct scene *scene,
    const struct policy *mutant, const struct mutation *mutation)
{
	struct comparison c = {
	    .arena = arena,
	    .scene = scene,
	    .policy = scene->policy,
	    .mutant = mutant,
	};
	struct endpoint_set ends = ends_of(&c, mutation);
	size_t n = scene->policy->zones.n;

	gather_services(&c);
	for (endpoint a = 0; a <= n; a++)
		for (endpoint b = 0; !c.differs && b <= n; b++) {
			if (!endpoint_set_has(&ends, a) ||
			    !endpoint_set_has(&ends, b) ||
			    !is_live(scene->policy, a) ||
			    !is_live(scene->policy, b) ||
			    (a == ENDPOINT_SELF && b == ENDPOINT_SELF))
				continue;
			compare_pair(&c, a, b, FAMILY_4);
			compare_pair(&c, a, b, FAMILY_6);
		}
	return !c.differs;
}
