/*
 * The packets that a step of a test stands for, and sending them.
 */
#include <string.h>

#include "eval/policy_test.h"

#define PORT_FREE 40000 /* a source port when none is given */
#define FIRST_BYTES 64	/* of a packet that is sent in fragments */
#define TCP_NO_FLAGS (1u << 8)

static void
add_hint(
    struct arena *arena, struct scene_hints *hints, const struct test_end *end)
{
	struct addr_set *set = end->end == ENDPOINT_SELF ? &hints->ours
							 : &hints->theirs;
	struct addr_set one;

	if (!end->has_address)
		return;
	one = addr_set_of(arena, end->family,
	    (struct addr_range){end->address, end->address});
	*set = addr_set_union(arena, set, &one);
}

struct scene_hints
policy_test_hints(struct arena *arena, const struct policy_test *test)
{
	struct scene_hints hints = {.ours = {{NULL, 0}, {NULL, 0}}};

	for (size_t i = 0; i < test->steps.n; i++) {
		add_hint(arena, &hints, &test->steps.v[i].from);
		add_hint(arena, &hints, &test->steps.v[i].to);
	}
	return hints;
}

/* Flags as their letters say; a value of its own for "-". */
static unsigned
flag_bits(const char *flags)
{
	static const char letters[] = "FSRPAUEW";
	unsigned bits = 0;

	if (flags == NULL)
		return 0;
	for (; *flags != '\0'; flags++) {
		const char *at = strchr(letters, *flags);

		if (at != NULL)
			bits |= 1u << (at - letters);
	}
	return bits != 0 ? bits : TCP_NO_FLAGS;
}

static bool
begins(unsigned flags)
{
	return flags == 0 ||
	    ((flags & IPFW_TCP_SYN) != 0 && (flags & IPFW_TCP_ACK) == 0);
}

/* The addresses that an end of a step stands for. */
static struct samples
end_samples(const struct scene *scene, const struct test_end *end,
    endpoint other, enum family family)
{
	struct samples samples = {.n = 0};

	if (end->has_address) {
		if (end->family == family)
			samples.v[samples.n++] = end->address;
		return samples;
	}
	if (end->end != ENDPOINT_SELF)
		return scene_samples(scene, end->end, family);
	if (other == ENDPOINT_SELF)
		return samples;
	if (scene_local(scene, other, family, &samples.v[0]))
		samples.n = 1;
	return samples;
}

static struct flow
flow_of(const struct test_step *step, enum family family)
{
	struct flow flow = {
	    .from = step->from.end,
	    .to = step->to.end,
	    .family = family,
	    .protocol = step->protocol,
	    .target_port = step->to.has_port ? step->to.port : 0,
	    .type = step->type,
	    .midway = !begins(flag_bits(step->flags)),
	};

	if (step->protocol == PROTOCOL_TCP || step->protocol == PROTOCOL_UDP)
		flow.source_port = step->from.has_port ? step->from.port
						       : PORT_FREE;
	if (!step->has_type)
		flow.type = step->protocol == PROTOCOL_ICMP6 ? 128 : 8;
	return flow;
}

static void
add_family(const struct scene *scene, const struct test_step *step,
    enum family family, policy_flows *out)
{
	struct samples sources = end_samples(
	    scene, &step->from, step->to.end, family);
	struct samples targets = end_samples(
	    scene, &step->to, step->from.end, family);
	struct flow flow = flow_of(step, family);

	if (step->protocol == PROTOCOL_ICMP && family == FAMILY_6)
		return;
	if (step->protocol == PROTOCOL_ICMP6 && family == FAMILY_4)
		return;
	for (size_t i = 0; i < sources.n; i++)
		for (size_t j = 0; j < targets.n; j++) {
			flow.source = sources.v[i];
			flow.target = targets.v[j];
			vec_push(scene->arena, out, flow);
		}
}

/* NAT and fragments are IPv4's. */
void
policy_test_flows(
    const struct scene *scene, const struct test_step *step, policy_flows *out)
{
	*out = (policy_flows){NULL, 0, 0};
	add_family(scene, step, FAMILY_4, out);
	if (scene->flavour->ipv6 && !step->via_nat &&
	    step->fragment == TEST_WHOLE)
		add_family(scene, step, FAMILY_6, out);
}

endpoint
policy_test_reached(const struct meaning *meaning, const struct flow *flow)
{
	return meaning->translated ? meaning->reached : flow->to;
}

static void
send_fragments(struct scene *scene, const struct test_step *step,
    const struct flow *flow, struct ipfw_packet packet, endpoint to,
    struct walk *walk)
{
	if (step->fragment == TEST_FRAGMENTS) {
		packet.more_fragments = true;
		packet.length = 20 + FIRST_BYTES;
		scene_play(scene, flow, &packet, to, walk);
		if (walk->end.verdict != WALK_ALLOW &&
		    walk->end.verdict != WALK_HELD)
			return;
	}
	packet.more_fragments = false;
	packet.offset = FIRST_BYTES;
	scene_play(scene, flow, &packet, to, walk);
}

void
policy_test_send(struct scene *scene, const struct test_step *step,
    const struct flow *flow, endpoint reached, struct walk *walk)
{
	struct ipfw_packet packet = scene_packet(flow, flag_bits(step->flags));

	if (step->fragment == TEST_WHOLE)
		scene_play(scene, flow, &packet, reached, walk);
	else
		send_fragments(scene, step, flow, packet, reached, walk);
}
