/*
 * Which zones a packet goes between, told by its cards and addresses.
 */
#include "eval/scene.h"

#define TCP_SYN 0x02u
#define TCP_ACK 0x10u
#define SSH_PORT 22

static bool
is_there(
    const struct scene *scene, const struct endpoint_set *zones, endpoint e)
{
	const struct zone *zone = policy_zone(scene->policy, e);

	return endpoint_set_has(zones, e) && zone->present &&
	    zone->role != ZONE_LOOPBACK;
}

/*
 * The inner zone on CARD that has ADDR, else the uplink there, else any zone
 * there, whose address it then is not.  ENDPOINT_SELF: the card is in no zone.
 */
static endpoint
end_at(const struct scene *scene, const char *card, enum family family,
    struct addr addr)
{
	struct endpoint_set zones = policy_card_zones(scene->policy, card);
	endpoint found = ENDPOINT_SELF;

	for (endpoint e = 1; e <= scene->policy->zones.n; e++) {
		const struct zone *zone = policy_zone(scene->policy, e);

		if (!is_there(scene, &zones, e))
			continue;
		if (zone->role == ZONE_INNER &&
		    addr_set_contains(&zone->own, family, addr))
			return e;
		if (zone->role == ZONE_UPLINK || found == ENDPOINT_SELF)
			found = e;
	}
	return found;
}

bool
scene_flow(const struct scene *scene, const struct ipfw_packet *packet,
    struct flow *flow)
{
	const struct ipfw_tuple *tuple = &packet->tuple;

	*flow = (struct flow){
	    .family = tuple->family,
	    .protocol = tuple->protocol,
	    .source = tuple->source,
	    .target = tuple->target,
	    .source_port = tuple->source_port,
	    .target_port = tuple->target_port,
	    .type = packet->icmp_type,
	};
	if (tuple->protocol == PROTOCOL_TCP)
		flow->midway = (packet->tcp_flags & (TCP_SYN | TCP_ACK)) !=
		    TCP_SYN;
	if (packet->card_in != NULL)
		flow->from = end_at(
		    scene, packet->card_in, tuple->family, tuple->source);
	if (packet->card_out != NULL)
		flow->to = end_at(
		    scene, packet->card_out, tuple->family, tuple->target);
	return (packet->card_in == NULL || flow->from != ENDPOINT_SELF) &&
	    (packet->card_out == NULL || flow->to != ENDPOINT_SELF);
}

static bool
is_loopback(const struct scene *scene, const char *card)
{
	return card != NULL && policy_card_is_loopback(scene->policy, card);
}

/* Both passes by such a card, or the only one. */
static bool
stays_here(const struct scene *scene, const struct ipfw_packet *packet)
{
	return (packet->card_in == NULL ||
		   is_loopback(scene, packet->card_in)) &&
	    (packet->card_out == NULL || is_loopback(scene, packet->card_out));
}

static bool
is_lifeline(const struct scene *scene, const struct ipfw_packet *packet)
{
	const struct policy_options *options = &scene->policy->options;
	const struct ipfw_tuple *tuple = &packet->tuple;
	bool in = packet->card_out == NULL;

	return options->has_lifeline && tuple->protocol == PROTOCOL_TCP &&
	    (in || packet->card_in == NULL) &&
	    (in ? tuple->target_port : tuple->source_port) == SSH_PORT &&
	    addr_set_contains(&scene->locality.local, tuple->family,
		in ? tuple->target : tuple->source) &&
	    addr_set_contains(&options->lifeline, tuple->family,
		in ? tuple->source : tuple->target);
}

struct meaning
scene_meaning_outside(
    const struct scene *scene, const struct ipfw_packet *packet)
{
	struct meaning meaning = {.verdict = VERDICT_ALLOW, .stateless = true};

	if (stays_here(scene, packet)) {
		meaning.reason = MEANING_LOOPBACK;
	} else if (is_lifeline(scene, packet)) {
		meaning.reason = MEANING_LIFELINE;
		meaning.span = scene->policy->options.lifeline_span;
	} else {
		meaning.verdict = VERDICT_DENY;
		meaning.reason = MEANING_NO_ZONE;
	}
	return meaning;
}
