/*
 * Playing a packet, and comparing.
 */
#include "eval/policy_test.h"
#include "tests/crosscheck/agree.h"

#define FIRST_BYTES 64

static bool
same(struct addr a, struct addr b)
{
	return addr_compare(a, b) == 0;
}

static bool
is_error(const struct flow *flow)
{
	return (flow->protocol == PROTOCOL_ICMP && flow->type != 8) ||
	    (flow->protocol == PROTOCOL_ICMP6 && flow->type < 128);
}

/* Is the target an address that the zone, or this host, really has? */
static bool
is_own_target(const struct scene *scene, const struct flow *flow)
{
	const struct addr_set *own = &scene->locality.local;

	if (flow->to != ENDPOINT_SELF)
		own = &policy_zone(scene->policy, flow->to)->own;
	return addr_set_contains(own, flow->family, flow->target);
}

/*
 * Is it said how the packet is refused?  Nobody is told of an error, or of a
 * packet that was for nobody in particular.
 */
static bool
is_exact(const struct scene *scene, const struct trial *trial,
    const struct meaning *meaning)
{
	const struct flow *flow = &trial->flow;

	if (flow->from == ENDPOINT_SELF || flow->midway || is_error(flow) ||
	    !is_own_target(scene, flow) ||
	    !addr_set_contains(&policy_zone(scene->policy, flow->from)->own,
		flow->family, flow->source))
		return false;
	return meaning->reason == MEANING_RULE ||
	    meaning->reason == MEANING_DEFAULT;
}

/*
 * The zone's own way to a machine that a forward serves it too: the answer is
 * taken for that of the forward, as akp(5) says, and so is whatever comes from
 * that port.
 */
static bool
is_beside_forward(const struct scene *scene, const struct flow *flow)
{
	const struct policy *policy = scene->policy;

	for (size_t i = 0; i < policy->forwards.n; i++) {
		const struct policy_forward *f = policy->forwards.v[i];

		if (same(f->target, flow->source) &&
		    flow->source_port >= f->inside.lo &&
		    flow->source_port <= f->inside.hi)
			return true;
		if (endpoint_set_has(&f->from, flow->from) &&
		    flow->family == FAMILY_4 && f->protocol == flow->protocol &&
		    same(f->target, flow->target) &&
		    flow->target_port >= f->inside.lo &&
		    flow->target_port <= f->inside.hi)
			return true;
	}
	return false;
}

/*
 * NAT changes no ICMP but echoes, as far as we play it; and this host's own
 * packets pass it unchanged, if their port is free.
 */
static bool
is_translatable(const struct flow *flow)
{
	return flow->from != ENDPOINT_SELF &&
	    (flow->protocol != PROTOCOL_ICMP || flow->type == 8);
}

static const char *
compare(const struct scene *scene, const struct trial *trial,
    const struct verdicts *v)
{
	enum verdict played = walk_verdict(&v->walk);
	bool refused = played != VERDICT_ALLOW;

	if (walk_unfinished(&v->walk))
		return "the packet is lost";
	if (trial->unknown_card)
		return refused ? NULL : "let through by an unknown card";
	if (v->meaning.verdict == VERDICT_ALLOW && refused)
		return "LOSS: allowed by the policy, refused by the rules";
	if (v->meaning.verdict != VERDICT_ALLOW && !refused)
		return "HOLE: refused by the policy, let through by the rules";
	if (is_exact(scene, trial, &v->meaning) && played != v->meaning.verdict)
		return "refused in another way";
	if (!refused && is_translatable(&trial->flow) &&
	    !is_beside_forward(scene, &trial->flow) &&
	    v->meaning.translated != walk_translated(&v->walk))
		return "translated by one and not by the other";
	return NULL;
}

/* The card that the packet leaves by: a forward knows better. */
static const char *
way_out(const struct scene *scene, const struct trial *trial,
    const struct meaning *meaning)
{
	if (meaning->translated && meaning->reached != trial->flow.to)
		return scene_card(scene, meaning->reached);
	return trial->card_out;
}

const char *
agree_packet(
    struct scene *scene, const struct trial *trial, struct verdicts *out)
{
	struct ipfw_packet packet = scene_packet(&trial->flow, 0);

	*out = (struct verdicts){.has_meaning = !trial->unknown_card};
	packet.card_in = trial->card_in;
	packet.card_out = trial->card_out;
	if (out->has_meaning) {
		out->meaning = scene_meaning(scene, &trial->flow);
		packet.card_out = way_out(scene, trial, &out->meaning);
	}
	scene_walk(scene, &packet, &out->walk);
	return compare(scene, trial, out);
}

static struct ipfw_packet
answer(const struct trial *trial, const struct verdicts *sent)
{
	struct ipfw_packet back = sent->walk.packet;

	back.tuple.source = sent->walk.packet.tuple.target;
	back.tuple.target = sent->walk.packet.tuple.source;
	back.tuple.source_port = sent->walk.packet.tuple.target_port;
	back.tuple.target_port = sent->walk.packet.tuple.source_port;
	if (back.tuple.protocol == PROTOCOL_TCP)
		back.tcp_flags = IPFW_TCP_SYN | IPFW_TCP_ACK;
	if (back.tuple.protocol == PROTOCOL_ICMP && back.icmp_type == 8)
		back.icmp_type = 0;
	if (back.tuple.protocol == PROTOCOL_ICMP6 && back.icmp_type == 128)
		back.icmp_type = 129;
	back.card_in = sent->walk.packet.card_out;
	back.card_out = trial->card_in;
	return back;
}

const char *
agree_reply(struct scene *scene, const struct trial *trial,
    const struct verdicts *sent, struct walk *reply)
{
	struct ipfw_packet packet = answer(trial, sent);
	const struct ipfw_tuple *tuple = &reply->packet.tuple;

	scene_walk(scene, &packet, reply);
	if (walk_verdict(reply) != VERDICT_ALLOW)
		return "LOSS: the answer is refused";
	if (!same(tuple->target, trial->flow.source) ||
	    !same(tuple->source, trial->flow.target) ||
	    tuple->target_port != trial->flow.source_port ||
	    tuple->source_port != trial->flow.target_port)
		return "the answer does not go to who asked";
	return NULL;
}

bool
agree_has_reply(const struct scene *scene, const struct trial *trial,
    const struct verdicts *sent)
{
	const struct flow *flow = &trial->flow;
	struct addr target = flow->target;
	struct addr local;

	if (sent->meaning.reason != MEANING_RULE || sent->meaning.stateless ||
	    flow->midway)
		return false;
	if (scene->policy->options.has_lifeline)
		return false;
	if (sent->meaning.translated)
		return is_translatable(flow);
	if (is_beside_forward(scene, flow))
		return false;
	/* By one uplink to the address of another: NAT is in the way. */
	if (flow->family == FAMILY_4 && flow->to == ENDPOINT_SELF &&
	    scene_local(scene, flow->from, FAMILY_4, &local) &&
	    !same(local, flow->target))
		return false;
	if (flow->family == FAMILY_4 ? target.lo >> 29 == 7
				     : target.hi >> 56 == 0xff)
		return false;
	return is_own_target(scene, flow);
}

const char *
agree_limit(
    struct scene *scene, const struct trial *trial, struct verdicts *sent)
{
	struct trial more = *trial;
	unsigned limit = sent->meaning.rule->limit;

	for (unsigned i = 1; i <= limit; i++) {
		const char *wrong;

		more.flow.source_port++;
		wrong = agree_packet(scene, &more, sent);
		if (i < limit && wrong != NULL)
			return wrong;
		if (i == limit && walk_verdict(&sent->walk) == VERDICT_ALLOW)
			return "HOLE: let through over the limit";
	}
	return NULL;
}

/* The first fragment has the ports; the second makes the packet whole. */
const char *
agree_fragments(struct scene *scene, const struct trial *trial,
    const struct verdicts *whole, struct walk *walk)
{
	struct ipfw_packet packet = scene_packet(&trial->flow, 0);
	bool allowed = walk_verdict(&whole->walk) == VERDICT_ALLOW;
	enum walk_verdict first;

	packet.card_in = trial->card_in;
	packet.card_out = way_out(scene, trial, &whole->meaning);
	packet.length = 20 + FIRST_BYTES;
	packet.more_fragments = true;
	scene_walk(scene, &packet, walk);
	first = walk->end.verdict;
	if (!allowed && first == WALK_ALLOW)
		return "HOLE: a first fragment is let through";
	if (allowed && first != WALK_ALLOW && first != WALK_HELD)
		return "LOSS: a first fragment is refused";
	packet.more_fragments = false;
	packet.offset = FIRST_BYTES;
	scene_walk(scene, &packet, walk);
	if (!allowed && first == WALK_HELD && walk->end.verdict == WALK_ALLOW)
		return "HOLE: two fragments are let through";
	if (allowed && walk->end.verdict != WALK_ALLOW)
		return "LOSS: a second fragment is refused";
	return NULL;
}
