/*
 * A pass ends at a divert, a tee, a nat or a reass rule and goes on behind it
 * as a new pass, with a state lookup of its own.
 *
 * A packet with more than one round for each rule there is cannot exist, since
 * every round goes on at a later rule; the bound on rounds only guards against
 * a mistake in that.
 */
#include <string.h>

#include "eval/walk.h"

/* A state whose action is a divert is met again by what comes back. */
#define ROUNDS_MAX 256
#define UNREACHABLE4 3
#define UNREACHABLE6 1

struct course {
	struct walk_host *host;
	struct arena *arena;
	struct walk *walk;
	struct ipfw_packet *packet;
	struct walk_end *end;
	uint64_t now;
};

static void
add_event(struct course *course, struct walk_event event)
{
	event.family = course->packet->tuple.family;
	event.steps = course->walk->steps.n;
	vec_push(course->arena, &course->walk->events, event);
}

static void
note_step(
    void *context, enum ipfw_event event, unsigned number, const void *source)
{
	struct course *course = context;
	struct walk_step step = {event, number, source};

	vec_push(course->arena, &course->walk->steps, step);
}

static void
finish(struct course *course, enum walk_verdict verdict, uint32_t code)
{
	course->end->verdict = verdict;
	course->end->code = code;
}

static bool
is_fragment(const struct ipfw_packet *packet)
{
	return packet->tuple.family == FAMILY_4 &&
	    (packet->offset != 0 || packet->more_fragments);
}

/* True if the packet is whole now; else it waits. */
static bool
put_together(struct course *course, const struct ipfw_outcome *outcome)
{
	struct walk_event event = {
	    .kind = WALK_REASSEMBLED,
	    .number = outcome->number,
	    .source = outcome->source,
	};

	if (!is_fragment(course->packet))
		return true;
	if (!ipfw_fragments_take(
		course->host->fragments, course->now, course->packet)) {
		finish(course, WALK_HELD, 0);
		return false;
	}
	event.id = course->packet->length;
	add_event(course, event);
	return true;
}

/* Run the translator and note in EVENT what it changed. */
static enum nat_result
translate(struct course *course, struct nat *nat, struct walk_event *event)
{
	struct ipfw_packet *packet = course->packet;
	bool outbound = packet->card_out != NULL;
	enum nat_result result = outbound
	    ? nat_outbound(nat, course->now, packet)
	    : nat_inbound(nat, course->now, packet);

	if (result == NAT_CHANGED && outbound) {
		event->change = WALK_NEW_SOURCE;
		event->addr = packet->tuple.source;
		event->port = packet->tuple.source_port;
	} else if (result == NAT_CHANGED) {
		event->change = WALK_NEW_TARGET;
		event->addr = packet->tuple.target;
		event->port = packet->tuple.target_port;
	} else if (result == NAT_DROPPED) {
		event->change = WALK_DROPPED;
	}
	return result;
}

/* True: the packet comes back. */
static bool
divert(struct course *course, const struct ipfw_outcome *outcome)
{
	const struct world_handler *handler = world_find_handler(
	    course->host->world, false, outcome->argument);
	struct walk_event event = {
	    .kind = WALK_DIVERTED,
	    .id = outcome->argument,
	    .number = outcome->number,
	    .source = outcome->source,
	};
	bool lost = handler != NULL && handler->answer == WORLD_NONE;

	if (!put_together(course, outcome))
		return false;
	if (lost)
		event.change = WALK_UNBOUND;
	else if (handler != NULL && handler->answer == WORLD_TRANSLATE)
		lost = translate(course, handler->nat, &event) == NAT_DROPPED;
	add_event(course, event);
	if (lost)
		finish(course, WALK_LOST, 0);
	return !lost;
}

/* True: the rules go on.  An instance that nobody configured denies. */
static bool
pass_translator(struct course *course, const struct ipfw_outcome *outcome)
{
	const struct world_handler *handler = world_find_handler(
	    course->host->world, true, outcome->argument);
	struct walk_event event = {
	    .kind = WALK_TRANSLATED,
	    .id = outcome->argument,
	    .number = outcome->number,
	    .source = outcome->source,
	};
	bool lost = handler == NULL || handler->answer == WORLD_NONE;

	if (handler == NULL || course->packet->tuple.family != FAMILY_4) {
		finish(course, WALK_DENY, 0);
		return false;
	}
	if (lost)
		event.change = WALK_DROPPED;
	else if (handler->answer == WORLD_TRANSLATE)
		lost = translate(course, handler->nat, &event) == NAT_DROPPED;
	add_event(course, event);
	if (lost)
		finish(course, WALK_DENY, 0);
	else if (ipfw_engine_settings(course->host->engine)->one_pass)
		finish(course, WALK_ALLOW, 0);
	else
		return true;
	return false;
}

static void
tee(struct course *course, const struct ipfw_outcome *outcome)
{
	struct walk_event event = {
	    .kind = WALK_TEED,
	    .id = outcome->argument,
	    .number = outcome->number,
	    .source = outcome->source,
	};

	add_event(course, event);
}

static void
refuse(struct course *course, const struct ipfw_outcome *outcome)
{
	bool six = course->packet->tuple.family == FAMILY_6;
	struct walk_event event = {
	    .kind = outcome->end == IPFW_END_RESET ? WALK_RESET_SENT
						   : WALK_ERROR_SENT,
	    .id = six ? UNREACHABLE6 : UNREACHABLE4,
	    .number = outcome->argument,
	    .source = outcome->source,
	};

	if (outcome->answered)
		add_event(course, event);
	if (outcome->end == IPFW_END_RESET)
		finish(course, WALK_RESET, 0);
	else
		finish(course,
		    outcome->end == IPFW_END_UNREACH ? WALK_UNREACH
						     : WALK_UNREACH6,
		    outcome->argument);
}

/* What OUTCOME asks for; true if the rules go on. */
static bool
follow(struct course *course, const struct ipfw_outcome *outcome)
{
	switch (outcome->end) {
	case IPFW_END_ALLOW:
		finish(course, WALK_ALLOW, 0);
		return false;
	case IPFW_END_DENY:
		finish(course, WALK_DENY, 0);
		return false;
	case IPFW_END_RESET:
	case IPFW_END_UNREACH:
	case IPFW_END_UNREACH6:
		refuse(course, outcome);
		return false;
	case IPFW_END_DIVERT:
		return divert(course, outcome);
	case IPFW_END_TEE:
		tee(course, outcome);
		return true;
	case IPFW_END_NAT:
		return pass_translator(course, outcome);
	case IPFW_END_REASS:
		return put_together(course, outcome);
	case IPFW_END_FOREIGN:
		finish(course, WALK_FOREIGN, 0);
		return false;
	}
	return false;
}

/* The in pass or the out pass, with all its rounds. */
static void
run_pass(struct course *course, struct walk_end *end)
{
	struct ipfw_host host = world_host(course->host->world);
	struct ipfw_trace trace = {course, note_step};
	struct ipfw_resume from = {.how = IPFW_FROM_START};
	struct ipfw_outcome outcome;

	course->end = end;
	for (size_t round = 0; round < ROUNDS_MAX; round++) {
		ipfw_engine_pass(course->host->engine, &host, course->packet,
		    &from, &trace, &outcome);
		course->walk->looked += outcome.looked;
		end->number = outcome.number;
		end->copy = outcome.copy;
		end->shared = outcome.shared;
		end->source = outcome.source;
		if (!follow(course, &outcome))
			return;
		from = outcome.next;
	}
	finish(course, WALK_DENY, 0);
}

void
walk_packet(struct walk_host *host, struct arena *arena,
    const struct ipfw_packet *packet, bool forward, struct walk *out)
{
	struct course course = {
	    .host = host,
	    .arena = arena,
	    .walk = out,
	    .packet = &out->packet,
	    .now = ipfw_engine_now(host->engine),
	};

	memset(out, 0, sizeof(*out));
	out->packet = *packet;
	out->forwarded = forward;
	if (!forward) {
		run_pass(&course, &out->end);
		return;
	}
	out->packet.card_out = NULL;
	run_pass(&course, &out->in);
	out->end = out->in;
	out->in_events = out->events.n;
	out->in_steps = out->steps.n;
	if (out->in.verdict != WALK_ALLOW)
		return;
	out->has_out = true;
	out->packet.card_out = packet->card_out;
	run_pass(&course, &out->out);
	out->end = out->out;
}
