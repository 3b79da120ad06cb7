/*
 * The conversations that the lock-out check plays.
 *
 * What is not known is made up as the stage makes it up: a DHCP server and a
 * neighbour are addresses of the zone on the card.
 */
#include <string.h>

#include "eval/lockout_private.h"

#define FREE_PORT 40000
#define DHCP_SERVER 67
#define DHCP_CLIENT 68
#define DNS 53
#define TTL 64
#define NEIGHBOUR_TTL 255
#define LENGTH 60
#define ROUTER_ADVERTISEMENT 134
#define NEIGHBOUR_SOLICITATION 135
#define NEIGHBOUR_ADVERTISEMENT 136
#define LINK6 UINT64_C(0xfe80000000000000)
#define GROUP6 UINT64_C(0xff02000000000000)

static const struct addr everybody4 = {0, 0xffffffff};
static const struct addr nobody = {0, 0};
static const struct addr neighbour6 = {LINK6, 0x99};
static const struct addr all_nodes6 = {GROUP6, 1};
static const struct addr solicited6 = {GROUP6, 0x1ff000099};

/* The tuple of this host's packets. */
struct course {
	struct lockout_script *script;
	struct ipfw_tuple out;
	uint8_t ttl;
};

static struct ipfw_packet *
put(struct course *course, bool in)
{
	struct lockout_script *script = course->script;
	struct ipfw_packet *packet = &script->packets[script->n++];
	const struct ipfw_tuple *out = &course->out;

	*packet = (struct ipfw_packet){
	    .tuple = *out,
	    .ttl = course->ttl,
	    .length = LENGTH,
	    .id = (uint16_t)script->n,
	};
	if (!in) {
		packet->card_out = script->card;
		return packet;
	}
	packet->card_in = script->card;
	packet->tuple.source = out->target;
	packet->tuple.target = out->source;
	packet->tuple.source_port = out->target_port;
	packet->tuple.target_port = out->source_port;
	return packet;
}

static void
put_tcp(struct course *course, bool in, unsigned flags)
{
	put(course, in)->tcp_flags = (uint8_t)flags;
}

static void
put_neighbour(struct course *course, bool in, unsigned type, struct addr target)
{
	struct ipfw_packet *packet = put(course, in);

	packet->icmp_type = (uint8_t)type;
	packet->tuple.target = target;
}

static const char *
card_of(const struct live *live, const struct lockout_question *question)
{
	const char *card = question->card;

	if (card == NULL)
		card = live_owner(live, question->family, question->target);
	if (card == NULL)
		card = live_route(live, question->family, question->source);
	return card;
}

/* The far end is the source of the question, this host its target. */
static void
login(const struct live *live, const struct lockout_question *question,
    bool begin, uint16_t port, struct lockout_script *script)
{
	struct course course = {script, {.family = question->family}, TTL};

	script->card = card_of(live, question);
	course.out.protocol = IPFW_PROTOCOL_TCP;
	course.out.source = question->target;
	course.out.source_port = question->target_port;
	course.out.target = question->source;
	course.out.target_port = port;
	if (begin) {
		put_tcp(&course, true, IPFW_TCP_SYN);
		put_tcp(&course, false, IPFW_TCP_SYN | IPFW_TCP_ACK);
		put_tcp(&course, true, IPFW_TCP_ACK);
	}
	put_tcp(&course, true, IPFW_TCP_ACK | IPFW_TCP_PSH);
	put_tcp(&course, false, IPFW_TCP_ACK | IPFW_TCP_PSH);
	put_tcp(&course, true, IPFW_TCP_ACK);
}

/* A zone on CARD; its index, or -1. */
static int
zone_on(const struct live *live, const char *card)
{
	const struct policy *policy = live->scene.policy;
	struct endpoint_set zones = policy_card_zones(policy, card);

	for (endpoint e = 1; e <= policy->zones.n; e++)
		if (endpoint_set_has(&zones, e))
			return (int)ENDPOINT_ZONE(e);
	return -1;
}

/* An address of a zone on CARD that is not this host's. */
static bool
neighbour(const struct live *live, const char *card, enum family family,
    struct addr *addr)
{
	int zone = zone_on(live, card);
	struct samples samples;

	if (zone < 0)
		return false;
	samples = scene_samples(&live->scene, ENDPOINT_OF_ZONE(zone), family);
	*addr = samples.v[0];
	return samples.n > 0;
}

static struct addr
own_address(const struct live *live, const char *card, enum family family)
{
	int zone = zone_on(live, card);
	struct addr addr = nobody;

	if (zone >= 0)
		scene_local(
		    &live->scene, ENDPOINT_OF_ZONE(zone), family, &addr);
	return addr;
}

/* A lease is asked for, and then renewed. */
static void
dhcp(const struct live *live, const char *card, struct lockout_script *script)
{
	struct course course = {script, {.family = FAMILY_4}, TTL};
	struct ipfw_packet *offer;
	struct addr server;

	script->card = card;
	if (!neighbour(live, card, FAMILY_4, &server))
		server = (struct addr){0, 0xc0000201};
	course.out.protocol = IPFW_PROTOCOL_UDP;
	course.out.source_port = DHCP_CLIENT;
	course.out.target_port = DHCP_SERVER;
	course.out.source = nobody;
	course.out.target = everybody4;
	put(&course, false);
	offer = put(&course, true);
	offer->tuple.source = server;
	offer->tuple.target = everybody4;
	course.out.source = own_address(live, card, FAMILY_4);
	course.out.target = server;
	if (addr_compare(course.out.source, nobody) == 0)
		return;
	put(&course, false);
	put(&course, true);
}

static void
neighbours(const char *card, struct lockout_script *script)
{
	struct course course = {script, {.family = FAMILY_6}, NEIGHBOUR_TTL};

	script->card = card;
	course.out.protocol = IPFW_PROTOCOL_ICMP6;
	course.out.source = (struct addr){LINK6, 1};
	course.out.target = neighbour6;
	put_neighbour(&course, false, NEIGHBOUR_SOLICITATION, solicited6);
	put_neighbour(
	    &course, true, NEIGHBOUR_ADVERTISEMENT, course.out.source);
	put_neighbour(&course, true, NEIGHBOUR_SOLICITATION, all_nodes6);
	put_neighbour(&course, false, NEIGHBOUR_ADVERTISEMENT, neighbour6);
	put_neighbour(&course, true, ROUTER_ADVERTISEMENT, all_nodes6);
}

/* To a resolver on this host the question goes over loopback. */
static void
dns(const struct live *live, const struct lockout_question *question,
    uint16_t port, struct lockout_script *script)
{
	struct course course = {script, {.family = question->family}, TTL};

	script->card = live_owner(live, question->family, question->target);
	if (script->card == NULL)
		script->card = live_route(
		    live, question->family, question->target);
	course.out.protocol = IPFW_PROTOCOL_UDP;
	course.out.source = script->card != NULL
	    ? own_address(live, script->card, question->family)
	    : nobody;
	course.out.source_port = port;
	course.out.target = question->target;
	course.out.target_port = DNS;
	put(&course, false);
	put(&course, true);
}

void
lockout_script(const struct live *live, const struct lockout_question *question,
    bool after, struct lockout_script *out)
{
	*out = (struct lockout_script){.n = 0};
	switch (question->topic) {
	case LOCKOUT_LOGIN:
		login(live, question, !after, question->source_port, out);
		out->opening = after ? 0 : 3;
		break;
	case LOCKOUT_ANEW:
		login(live, question, true,
		    (uint16_t)(question->source_port ^ (after ? 1 : 2)), out);
		break;
	case LOCKOUT_DHCP:
		dhcp(live, question->card, out);
		break;
	case LOCKOUT_NEIGHBOURS:
		neighbours(question->card, out);
		break;
	case LOCKOUT_DNS:
		dns(live, question, (uint16_t)(FREE_PORT + after), out);
		break;
	}
}
