/*
 * Each packet is played on both stages.  What makes a state, a translation or
 * a fragment that waits is answered and followed, and both stages forget it.
 */
#include <stdlib.h>

#include "eval/policy_test.h"
#include "tests/alter/classes.h"
#include "tests/alter/happen.h"
#include "tests/alter/same.h"

#define SYN_ACK 0x12
#define ACK 0x10

/* Walks are written down; the notes are thrown away from time to time. */
#define VISITS 2048

struct pair {
	struct scene *one, *other;
	struct arena *notes;
	size_t visits;
	struct ipfw_packet packet; /* at hand */
};

static void
exhausted(void *context)
{
	(void)context;
	abort();
}

/* Both stages anew, in ARENA; what was written in the notes is gone. */
static bool
begin_in(struct pair *pair, struct arena *arena, struct arena *notes)
{
	struct arena *old = pair->notes;
	bool good;

	pair->one->arena = pair->other->arena = arena;
	pair->notes = notes;
	good = scene_reset(pair->one) && scene_reset(pair->other);
	if (old != NULL)
		arena_destroy(old);
	return good;
}

static bool
begin(struct pair *pair)
{
	struct arena *notes = arena_create(0, exhausted, NULL);

	return begin_in(pair, notes, notes);
}

static bool
same_addr(struct addr a, struct addr b)
{
	return addr_compare(a, b) == 0;
}

static bool
same_walk(const struct walk *a, const struct walk *b)
{
	const struct ipfw_tuple *s = &a->packet.tuple, *t = &b->packet.tuple;

	if (walk_verdict(a) != walk_verdict(b))
		return false;
	return walk_verdict(a) != VERDICT_ALLOW ||
	    (same_addr(s->source, t->source) &&
		same_addr(s->target, t->target) &&
		s->source_port == t->source_port &&
		s->target_port == t->target_port);
}

static bool
leaves_trace(const struct walk *walk)
{
	if (walk->events.n != 0 || walk->end.verdict == WALK_HELD)
		return true;
	for (size_t i = 0; i < walk->steps.n; i++)
		if (walk->steps.v[i].event == IPFW_EVENT_NEW_STATE)
			return true;
	return false;
}

static struct ipfw_packet
answer_to(const struct walk *sent)
{
	struct ipfw_packet back = sent->packet;
	const struct ipfw_tuple *there = &sent->packet.tuple;

	back.tuple.source = there->target;
	back.tuple.target = there->source;
	back.tuple.source_port = there->target_port;
	back.tuple.target_port = there->source_port;
	back.card_in = sent->packet.card_out;
	back.card_out = sent->packet.card_in;
	back.id = 2;
	if (there->protocol == IPFW_PROTOCOL_TCP)
		back.tcp_flags = SYN_ACK;
	if (there->protocol == IPFW_PROTOCOL_ICMP && back.icmp_type == 8)
		back.icmp_type = 0;
	if (there->protocol == PROTOCOL_ICMP6 && back.icmp_type == 128)
		back.icmp_type = 129;
	return back;
}

static bool
same_play(struct pair *pair, const struct ipfw_packet *packet, struct walk *one,
    struct walk *other)
{
	scene_walk(pair->one, packet, one);
	scene_walk(pair->other, packet, other);
	return same_walk(one, other);
}

static bool
same_after(struct pair *pair, const struct ipfw_packet *packet,
    const struct walk *sent)
{
	struct ipfw_packet next = answer_to(sent);
	struct walk one, other;

	if (!same_play(pair, &next, &one, &other))
		return false;
	next = *packet;
	if (packet->tuple.protocol == IPFW_PROTOCOL_TCP)
		next.tcp_flags = ACK;
	return same_play(pair, &next, &one, &other);
}

/* What does not get in does not get out. */
static enum visited
told(const struct ipfw_packet *packet, const struct walk *walk, bool same)
{
	if (!same)
		return VISITED_STOP;
	return packet->card_out == NULL && walk_verdict(walk) != VERDICT_ALLOW
	    ? VISITED_REFUSED
	    : VISITED_GO_ON;
}

/* What goes on to other cards, if it does. */
static enum visited
only_in(struct pair *pair, const struct ipfw_packet *packet)
{
	struct walk one, other;

	if (packet->card_out != NULL)
		return VISITED_GO_ON;
	if (pair->visits++ % VISITS == 0 && !begin(pair))
		return VISITED_STOP;
	same_play(pair, packet, &one, &other);
	if ((leaves_trace(&one) || leaves_trace(&other)) &&
	    !(scene_reset(pair->one) && scene_reset(pair->other)))
		return VISITED_STOP;
	return walk_verdict(&one) != VERDICT_ALLOW &&
		walk_verdict(&other) != VERDICT_ALLOW
	    ? VISITED_REFUSED
	    : VISITED_GO_ON;
}

static enum visited
visit(void *context, const struct ipfw_packet *packet)
{
	struct pair *pair = context;
	struct walk one, other;
	bool same;

	if (!can_happen(pair->one, packet))
		return only_in(pair, packet);
	pair->packet = *packet;
	if (pair->visits++ % VISITS == 0 && !begin(pair))
		return VISITED_STOP;
	same = same_play(pair, packet, &one, &other);
	if (!leaves_trace(&one) && !leaves_trace(&other))
		return told(packet, &one, same);
	if (same && one.end.verdict == WALK_ALLOW)
		same = same_after(pair, packet, &one);
	same = scene_reset(pair->one) && scene_reset(pair->other) && same;
	return told(packet, &one, same);
}

bool
same_for_all(struct scene *one, struct scene *other, const struct ipfw_rule *a,
    const struct ipfw_rule *b, size_t most, struct ipfw_packet *differs)
{
	struct pair pair = {.one = one, .other = other};
	struct arena *arena = one->arena;
	struct classes classes;
	bool same;

	classes_init(&classes, arena, one, other->ruleset);
	classes.most = most;
	same = classes_each(&classes, a, b != NULL ? b : a, visit, &pair);
	*differs = pair.packet;
	return begin_in(&pair, arena, NULL) && same;
}
