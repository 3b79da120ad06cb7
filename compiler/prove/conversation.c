/*
 * An answer or a later fragment is a witness only with a conversation that it
 * is of.  The conversations that the policy allows between its ends are played,
 * each on a stage of its own: one whose answer does not come back to whom it is
 * for, from whom it was asked, takes the witness's place, and so does one whose
 * first packet does not pass in parts.
 */
#include "prove/confirm.h"

#include "eval/policy_test.h"

#define SOURCE_PORT 40000
#define USUAL_PORT 80
#define ECHO_4 8
#define ECHO_6 128
#define TCP_ACK 0x10u
#define FRAGMENT_OFFSET 1480
#define IP_HEADER 20
#define HOSTS_MAX 4
#define TRIES_MAX 400

struct search {
	struct scene *scene;
	struct prove_witness *witness;
	unsigned tries;
	struct flow flow; /* being made */
	/* The ends of the witness, and its addresses there. */
	endpoint near_end, far_end;
	struct addr near, far;
};

static bool
is_let_through(const struct walk *walk)
{
	return walk_verdict(walk) == VERDICT_ALLOW;
}

/* The packet came to whom the flow is from, from whom it went to. */
static bool
is_answered(const struct flow *flow, const struct walk *reply)
{
	const struct ipfw_tuple *back = &reply->packet.tuple;

	return is_let_through(reply) &&
	    addr_compare(back->source, flow->target) == 0 &&
	    addr_compare(back->target, flow->source) == 0 &&
	    back->source_port == flow->target_port &&
	    back->target_port == flow->source_port;
}

static void
take(struct search *s, const struct meaning *meaning, const struct walk *sent,
    const struct walk *reply)
{
	struct prove_witness *w = s->witness;

	w->flow = s->flow;
	w->later = false;
	w->card_in = scene_card(s->scene, s->flow.from);
	w->card_out = scene_card(s->scene, meaning->reached);
	w->tcp_flags = 0;
	w->redirect = NULL;
	w->meaning = *meaning;
	w->walk = *sent;
	w->reply = *reply;
	w->played = w->confirmed = true;
}

/* A packet of the beginner's once both have spoken. */
static void
play_next(struct search *s, endpoint reached, struct walk *walk)
{
	struct ipfw_packet packet = scene_packet(&s->flow, TCP_ACK);

	scene_play(s->scene, &s->flow, &packet, reached, walk);
}

/* Returns whether the answer, or what follows it, fails. */
static bool
play_answer(struct search *s, const struct meaning *meaning)
{
	struct ipfw_packet packet = scene_packet(&s->flow, 0);
	struct walk sent, reply;

	scene_play(s->scene, &s->flow, &packet, meaning->reached, &sent);
	if (!is_let_through(&sent))
		return false;
	scene_reply(s->scene, &s->flow, &sent, meaning->reached, &reply);
	if (is_answered(&s->flow, &reply)) {
		if (s->flow.protocol != PROTOCOL_TCP)
			return false;
		play_next(s, meaning->reached, &reply);
		if (is_let_through(&reply))
			return false;
	}
	take(s, meaning, &sent, &reply);
	return true;
}

/* The first packet in two parts; a first part that waits is no fault. */
static bool
play_parts(struct search *s, const struct meaning *meaning)
{
	struct ipfw_packet packet = scene_packet(&s->flow, 0);
	struct walk whole, first, last;

	scene_play(s->scene, &s->flow, &packet, meaning->reached, &whole);
	if (!is_let_through(&whole) || !scene_reset(s->scene))
		return false;
	packet.more_fragments = true;
	packet.length = FRAGMENT_OFFSET + IP_HEADER;
	scene_play(s->scene, &s->flow, &packet, meaning->reached, &first);
	packet.more_fragments = false;
	packet.offset = FRAGMENT_OFFSET;
	packet.tcp_flags = 0;
	scene_play(s->scene, &s->flow, &packet, meaning->reached, &last);
	if (is_let_through(&last))
		return false;
	take(s, meaning, &first, &last);
	return true;
}

/* Returns whether the conversation fails. */
static bool
play(struct search *s)
{
	struct meaning meaning;

	if (s->tries++ >= TRIES_MAX || !scene_reset(s->scene))
		return false;
	meaning = scene_meaning(s->scene, &s->flow);
	if (meaning.verdict != VERDICT_ALLOW || meaning.stateless)
		return false;
	return s->witness->kind == PROVE_FRAGMENT ? play_parts(s, &meaning)
						  : play_answer(s, &meaning);
}

/* The witness's address at END, and some that the policy tells apart. */
static struct samples
hosts_at(const struct search *s, endpoint end, endpoint other)
{
	enum family family = s->flow.family;
	struct samples hosts = {.n = 0}, more;

	if (end == s->near_end)
		hosts.v[hosts.n++] = s->near;
	if (end == s->far_end)
		hosts.v[hosts.n++] = s->far;
	if (end == ENDPOINT_SELF) {
		if (scene_local(s->scene, other, family, &hosts.v[hosts.n]))
			hosts.n++;
		return hosts;
	}
	more = scene_samples(s->scene, end, family);
	for (size_t i = 0; i < more.n && hosts.n < HOSTS_MAX; i++)
		hosts.v[hosts.n++] = more.v[i];
	return hosts;
}

static bool
play_hosts(struct search *s)
{
	struct samples sources = hosts_at(s, s->flow.from, s->flow.to);
	struct samples targets = hosts_at(s, s->flow.to, s->flow.from);

	for (size_t i = 0; i < sources.n; i++)
		for (size_t j = 0; j < targets.n; j++) {
			s->flow.source = sources.v[i];
			s->flow.target = targets.v[j];
			if (play(s))
				return true;
		}
	return false;
}

static unsigned
first_type(const struct service_part *part)
{
	unsigned type = 0;

	if (!part->has_types)
		return part->protocol == PROTOCOL_ICMP ? ECHO_4 : ECHO_6;
	while (type < 255 && !(part->types.bits[type / 64] >> type % 64 & 1))
		type++;
	return type;
}

static bool
play_part(struct search *s, const struct service_part *part)
{
	bool ports = part->protocol == PROTOCOL_TCP ||
	    part->protocol == PROTOCOL_UDP;

	if (part->exchange != EXCHANGE_NONE ||
	    !(part->families & s->flow.family))
		return false;
	s->flow.protocol = part->protocol;
	s->flow.source_port = s->flow.target_port = 0;
	s->flow.type = ports ? 0 : first_type(part);
	if (ports) {
		s->flow.source_port = part->source.n != 0 ? part->source.v[0].lo
							  : SOURCE_PORT;
		s->flow.target_port = part->target.n != 0 ? part->target.v[0].lo
							  : USUAL_PORT;
	}
	return play_hosts(s);
}

static bool
play_rule(struct search *s, const struct policy_rule *rule)
{
	static const struct service_part tcp = {
	    .protocol = PROTOCOL_TCP, .families = FAMILY_BOTH};

	if (rule->verdict != VERDICT_ALLOW || rule->forward != NULL ||
	    !endpoint_set_has(&rule->from, s->flow.from) ||
	    !endpoint_set_has(&rule->to, s->flow.to))
		return false;
	if (rule->any_service)
		return play_part(s, &tcp);
	for (size_t i = 0; i < rule->parts.n; i++)
		if (play_part(s, &rule->parts.v[i]))
			return true;
	return false;
}

/* By the address of an uplink, to the machine behind it. */
static bool
play_forward(struct search *s, const struct policy_forward *f, endpoint to)
{
	const struct locality *locality = &s->scene->locality;
	struct samples sources = hosts_at(s, s->flow.from, to);

	if (f->target_zone != to || !endpoint_set_has(&f->from, s->flow.from))
		return false;
	s->flow.to = ENDPOINT_SELF;
	s->flow.protocol = f->protocol;
	s->flow.source_port = SOURCE_PORT;
	s->flow.target_port = f->outside.lo;
	for (size_t u = 0; u < s->scene->policy->zones.n; u++) {
		if (!locality->has_alias[u] ||
		    !endpoint_set_has(&f->from, ENDPOINT_OF_ZONE(u)))
			continue;
		s->flow.target = locality->alias[u];
		for (size_t i = 0; i < sources.n; i++) {
			s->flow.source = sources.v[i];
			if (play(s))
				return true;
		}
	}
	return false;
}

static bool
play_pair(struct search *s, endpoint from, endpoint to)
{
	const struct policy *policy = s->scene->policy;
	static const struct policy_rule everything = {
	    .verdict = VERDICT_ALLOW, .any_service = true};
	struct policy_rule last = everything;

	endpoint_set_add(&last.from, from);
	endpoint_set_add(&last.to, to);
	for (size_t i = 0; i < policy->rules.n; i++) {
		s->flow = (struct flow){
		    .from = from, .to = to, .family = s->flow.family};
		if (play_rule(s, &policy->rules.v[i]))
			return true;
	}
	for (size_t i = 0; i < policy->forwards.n && s->flow.family == FAMILY_4;
	     i++) {
		s->flow = (struct flow){
		    .from = from, .to = to, .family = s->flow.family};
		if (play_forward(s, policy->forwards.v[i], to))
			return true;
	}
	s->flow = (struct flow){
	    .from = from, .to = to, .family = s->flow.family};
	return policy->fallback == VERDICT_ALLOW && play_rule(s, &last);
}

/* An answer for this host's address may be for a machine behind it. */
static void
play_hidden(struct search *s, const struct flow *flow)
{
	const struct policy *policy = s->scene->policy;
	struct endpoint_set zones;

	if (flow->to != ENDPOINT_SELF || flow->from == ENDPOINT_SELF ||
	    flow->family != FAMILY_4)
		return;
	zones = policy_zone(policy, flow->from)->nat_from;
	for (endpoint e = 1; e <= policy->zones.n; e++)
		if (endpoint_set_has(&zones, e) && play_pair(s, e, flow->from))
			return;
}

/* Packets of END are to use CARD. */
static void
use_card(struct scene *scene, endpoint end, const char *card)
{
	struct scene_zone *zone;

	if (end == ENDPOINT_SELF || card == NULL)
		return;
	zone = &scene->zones[ENDPOINT_ZONE(end)];
	for (size_t i = 1; i < zone->cards.n; i++)
		if (zone->cards.v[i] == card) {
			zone->cards.v[i] = zone->cards.v[0];
			zone->cards.v[0] = card;
		}
}

void
confirm_conversation(struct scene *scene, struct prove_witness *witness)
{
	struct flow flow = witness->flow;
	struct search s = {
	    .scene = scene,
	    .witness = witness,
	    .flow = {.family = flow.family},
	    .near_end = flow.from,
	    .far_end = flow.to,
	    .near = flow.source,
	    .far = flow.target,
	};

	use_card(scene, flow.from, witness->card_in);
	use_card(scene, flow.to, witness->card_out);
	if (!play_pair(&s, flow.to, flow.from) &&
	    !play_pair(&s, flow.from, flow.to))
		play_hidden(&s, &flow);
}
