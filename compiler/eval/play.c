/*
 * Playing a flow on the stage, and its answer back.
 */
#include "eval/scene.h"

#define TCP_SYN 0x02u
#define TCP_ACK 0x10u
#define TTL 64
#define LENGTH 60

static bool
is_icmp(int protocol)
{
	return protocol == PROTOCOL_ICMP || protocol == PROTOCOL_ICMP6;
}

struct ipfw_packet
scene_packet(const struct flow *flow, unsigned flags)
{
	struct ipfw_packet packet = {.ttl = TTL, .length = LENGTH, .id = 1};

	packet.tuple.family = flow->family;
	packet.tuple.protocol = (uint8_t)flow->protocol;
	packet.tuple.source = flow->source;
	packet.tuple.target = flow->target;
	packet.tuple.source_port = flow->source_port;
	packet.tuple.target_port = flow->target_port;
	if (flow->protocol == PROTOCOL_TCP && flags == 0)
		flags = flow->midway ? TCP_ACK : TCP_SYN;
	packet.tcp_flags = (uint8_t)(flags & 0xff);
	if (is_icmp(flow->protocol))
		packet.icmp_type = (uint8_t)flow->type;
	return packet;
}

void
scene_walk(
    struct scene *scene, const struct ipfw_packet *packet, struct walk *out)
{
	struct walk_host host = {
	    scene->engine, &scene->world, scene->fragments};

	walk_packet(&host, scene->arena, packet,
	    packet->card_in != NULL && packet->card_out != NULL, out);
}

static void
walk(struct scene *scene, struct ipfw_packet packet, endpoint from, endpoint to,
    struct walk *out)
{
	packet.card_in = scene_card(scene, from);
	packet.card_out = scene_card(scene, to);
	if (from == ENDPOINT_SELF && to == ENDPOINT_SELF)
		packet.card_in = packet.card_out = "lo0";
	scene_walk(scene, &packet, out);
}

void
scene_play(struct scene *scene, const struct flow *flow,
    const struct ipfw_packet *packet, endpoint reached, struct walk *out)
{
	walk(scene, *packet, flow->from, reached, out);
}

/* RFC 792, 950, 1256; RFC 4443, 4861, 2710. */
static const struct question {
	int protocol;
	unsigned asks, answers;
} questions[] = {
    {PROTOCOL_ICMP, 8, 0},
    {PROTOCOL_ICMP, 10, 9},
    {PROTOCOL_ICMP, 13, 14},
    {PROTOCOL_ICMP, 15, 16},
    {PROTOCOL_ICMP, 17, 18},
    {PROTOCOL_ICMP6, 128, 129},
    {PROTOCOL_ICMP6, 130, 131},
    {PROTOCOL_ICMP6, 133, 134},
    {PROTOCOL_ICMP6, 135, 136},
};

#define N_QUESTIONS (sizeof(questions) / sizeof(questions[0]))

/* NULL for an error, an answer, or what has no types. */
static const struct question *
question_find(int protocol, unsigned type)
{
	for (size_t i = 0; i < N_QUESTIONS; i++) {
		if (questions[i].protocol == protocol &&
		    questions[i].asks == type)
			return &questions[i];
	}
	return NULL;
}

bool
scene_is_answered(const struct flow *flow)
{
	return (flow->protocol != PROTOCOL_ICMP &&
		   flow->protocol != PROTOCOL_ICMP6) ||
	    question_find(flow->protocol, flow->type) != NULL;
}

/* What the far end, who sees the packet as it left, sends back. */
static struct ipfw_packet
answer(const struct ipfw_packet *packet)
{
	const struct question *question = question_find(
	    packet->tuple.protocol, packet->icmp_type);
	struct ipfw_packet back = *packet;

	back.tuple.source = packet->tuple.target;
	back.tuple.target = packet->tuple.source;
	back.tuple.source_port = packet->tuple.target_port;
	back.tuple.target_port = packet->tuple.source_port;
	back.id = 2;
	if (packet->tuple.protocol == PROTOCOL_TCP)
		back.tcp_flags = TCP_SYN | TCP_ACK;
	if (question != NULL)
		back.icmp_type = (uint8_t)question->answers;
	else if (packet->tuple.protocol == PROTOCOL_ICMP)
		back.icmp_type = 0;
	else if (packet->tuple.protocol == PROTOCOL_ICMP6)
		back.icmp_type = 129;
	return back;
}

void
scene_reply(struct scene *scene, const struct flow *flow,
    const struct walk *sent, endpoint reached, struct walk *reply)
{
	struct ipfw_packet back = answer(&sent->packet);

	walk(scene, back, reached, flow->from, reply);
}
