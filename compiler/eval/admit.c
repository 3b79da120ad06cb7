/*
 * The policy's meaning and the ruleset are asked both.  They differ where a
 * limit is full of the states that were played before: then the stage is
 * cleared and the ruleset is asked again.
 */
#include "eval/admit.h"
#include "eval/policy_test.h"

#define ECHO_REQUEST 8
#define TIMESTAMP_REQUEST 13
#define INFORMATION_REQUEST 15
#define MASK_REQUEST 17
#define ECHO_REQUEST6 128

typedef VEC(endpoint) endpoints;

struct attempt {
	struct scene *scene;
	const struct ipfw_state *state;
	struct admit_result *result;
	bool disagree;
};

/* ICMP states do not keep the type; these are what begins a conversation. */
static const unsigned types4[] = {
    ECHO_REQUEST, TIMESTAMP_REQUEST, INFORMATION_REQUEST, MASK_REQUEST};
static const unsigned types6[] = {ECHO_REQUEST6};

/* Not an address of one host: a group's, everybody's, or of the link. */
static bool
is_anywhere(enum family family, struct addr addr)
{
	if (family == FAMILY_6)
		return addr.hi >> 56 == 0xff || addr.hi >> 54 == 0x3fa;
	return addr.lo >> 28 >= 0xe || addr.lo == 0;
}

/* Zones that ADDR may be in. */
static endpoints
ends_of(struct scene *scene, enum family family, struct addr addr)
{
	const struct policy *policy = scene->policy;
	endpoints ends = {NULL, 0, 0};

	if (addr_set_contains(&scene->locality.local, family, addr)) {
		vec_push(scene->arena, &ends, (endpoint)ENDPOINT_SELF);
		return ends;
	}
	for (endpoint e = 1; e <= policy->zones.n; e++) {
		const struct zone *zone = policy_zone(policy, e);

		if (zone->present && zone->role != ZONE_LOOPBACK &&
		    (is_anywhere(family, addr) ||
			addr_set_contains(&zone->own, family, addr)))
			vec_push(scene->arena, &ends, e);
	}
	return ends;
}

static void
refused(struct attempt *a, const struct flow *flow,
    const struct meaning *meaning, const struct walk *walk)
{
	if (a->result->has_flow)
		return;
	a->result->has_flow = true;
	a->result->flow = *flow;
	a->result->meaning = *meaning;
	a->result->rule = walk_decider(walk);
}

static bool
plays(struct scene *scene, const struct flow *flow,
    const struct meaning *meaning, struct walk *walk)
{
	struct ipfw_packet packet = scene_packet(flow, 0);

	scene_play(
	    scene, flow, &packet, policy_test_reached(meaning, flow), walk);
	return walk->end.verdict == WALK_ALLOW;
}

/* Is FLOW let through?  False also if there is no memory to ask again. */
static bool
try_flow(struct attempt *a, const struct flow *flow)
{
	struct meaning meaning = scene_meaning(a->scene, flow);
	bool meant = meaning.verdict == VERDICT_ALLOW;
	struct walk walk;
	bool let = plays(a->scene, flow, &meaning, &walk);

	if (meant && !let && scene_reset(a->scene))
		let = plays(a->scene, flow, &meaning, &walk);
	a->disagree = a->disagree || let != meant;
	if (!let)
		refused(a, flow, &meaning, &walk);
	return let && meant;
}

/* What began by a forward was sent to this host's own address. */
static bool
try_forward(struct attempt *a, const struct flow *straight,
    const struct policy_forward *forward)
{
	struct flow flow = *straight;
	unsigned at = flow.target_port - forward->inside.lo;

	if (forward->protocol != flow.protocol ||
	    forward->target_zone != flow.to ||
	    addr_compare(forward->target, flow.target) != 0 ||
	    flow.target_port < forward->inside.lo ||
	    flow.target_port > forward->inside.hi ||
	    !endpoint_set_has(&forward->from, flow.from))
		return false;
	flow.to = ENDPOINT_SELF;
	flow.target_port = (uint16_t)(forward->outside.lo + at);
	for (size_t i = 0; i < a->scene->policy->zones.n; i++) {
		if (!a->scene->locality.has_alias[i])
			continue;
		flow.target = a->scene->locality.alias[i];
		if (try_flow(a, &flow))
			return true;
	}
	return false;
}

static bool
try_pair(struct attempt *a, struct flow *flow)
{
	const struct policy *policy = a->scene->policy;

	if (flow->family == FAMILY_4)
		for (size_t i = 0; i < policy->forwards.n; i++)
			if (try_forward(a, flow, policy->forwards.v[i]))
				return true;
	return try_flow(a, flow);
}

static bool
try_types(struct attempt *a, struct flow *flow)
{
	const unsigned *types = types4;
	size_t n = 1;

	if (flow->protocol == PROTOCOL_ICMP6) {
		types = types6;
		n = sizeof(types6) / sizeof(types6[0]);
	} else if (flow->protocol == PROTOCOL_ICMP) {
		n = sizeof(types4) / sizeof(types4[0]);
	}
	for (size_t i = 0; i < n; i++) {
		flow->type = types[i];
		if (try_pair(a, flow))
			return true;
	}
	return false;
}

static struct flow
flow_of(const struct ipfw_state *state)
{
	return (struct flow){
	    .family = state->family,
	    .protocol = (int)state->protocol,
	    .source = state->source,
	    .target = state->target,
	    .source_port = state->source_port,
	    .target_port = state->target_port,
	};
}

/* A group or everybody is this host for who sends from a zone. */
static bool
try_ends(struct attempt *a, endpoint from, const endpoints *to)
{
	struct flow flow = flow_of(a->state);

	flow.from = from;
	for (size_t i = 0; i < to->n; i++) {
		flow.to = to->v[i];
		if (try_types(a, &flow))
			return true;
	}
	flow.to = ENDPOINT_SELF;
	return from != ENDPOINT_SELF && is_anywhere(flow.family, flow.target) &&
	    try_types(a, &flow);
}

bool
admit_state(struct scene *scene, const struct ipfw_state *state,
    struct admit_result *result)
{
	struct attempt a = {.scene = scene, .state = state, .result = result};
	endpoints from = ends_of(scene, state->family, state->source);
	endpoints to = ends_of(scene, state->family, state->target);

	*result = (struct admit_result){.answer = ADMIT_NO};
	for (size_t i = 0; i < from.n; i++)
		if (try_ends(&a, from.v[i], &to)) {
			result->answer = ADMIT_YES;
			return true;
		}
	if (a.disagree)
		result->answer = ADMIT_UNSURE;
	return scene->engine != NULL;
}
