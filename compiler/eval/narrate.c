/*
 * Each pass is told by its steps (jumps, counts, states) and what happened in
 * between (NAT, reassembly), then by the rule that ended it.
 */
#include "eval/narrate.h"
#include "eval/packet.h"
#include "target/ipfw/text/write.h"

struct passage {
	const struct narrator *narrator;
	const struct walk *walk;
	struct buf *out;
	size_t step, step_end, event, event_end;
};

static const char *const verdict_words[] = {
    [VERDICT_ALLOW] = "allow",
    [VERDICT_DENY] = "deny",
    [VERDICT_REJECT] = "reject",
};

static const char *
reason_text(enum meaning_reason reason)
{
	switch (reason) {
	case MEANING_RULE:
		return "a rule";
	case MEANING_TRUST:
		return "trust";
	case MEANING_DEFAULT:
		return "the default";
	case MEANING_LIFELINE:
		return "the lifeline";
	case MEANING_LOOPBACK:
		return "loopback is always open";
	case MEANING_LINK:
		return "neighbour discovery is always let through";
	case MEANING_ERROR:
		return "ICMP errors of an open pair are always let through";
	case MEANING_SPOOFED:
		return "the source is no address of the zone";
	case MEANING_HIDDEN:
		return "machines behind NAT are reached by a forward alone";
	case MEANING_ABSENT:
		return "a zone has no card here";
	case MEANING_NOWHERE:
		return "the target is no address of the zone";
	case MEANING_MIDWAY:
		return "nobody knows the conversation";
	case MEANING_NO_ZONE:
		return "a card that no zone has";
	case MEANING_LIMIT:
		return "the limit of a rule is reached";
	}
	return "";
}

static void
put_line(const struct narrator *narrator, struct span span, struct buf *out)
{
	const struct source *source = sources_get(narrator->sources, span.file);
	size_t line, column;

	if (source == NULL)
		return;
	source_position(source, span, &line, &column);
	buf_printf(out, "%s:%zu", source->name, line);
}

void
narrate_meaning(const struct narrator *narrator, const struct meaning *meaning,
    struct buf *out)
{
	buf_printf(out, "%s: ", verdict_words[meaning->verdict]);
	if (meaning->span.file == 0) {
		buf_puts(out, reason_text(meaning->reason));
		return;
	}
	buf_printf(out, "%s, ", reason_text(meaning->reason));
	put_line(narrator, meaning->span, out);
}

static void
put_end(struct buf *out, enum family family, struct addr addr, int protocol,
    uint16_t port)
{
	bool ports = packet_has_ports((unsigned)protocol);

	if (ports && family == FAMILY_6)
		buf_putc(out, '[');
	addr_format(out, family, addr);
	if (ports)
		buf_printf(out, "%s:%u", family == FAMILY_6 ? "]" : "", port);
}

void
narrate_flow(
    const struct narrator *narrator, const struct flow *flow, struct buf *out)
{
	packet_write_protocol(out, (unsigned)flow->protocol);
	buf_putc(out, ' ');
	put_end(
	    out, flow->family, flow->source, flow->protocol, flow->source_port);
	buf_printf(
	    out, " (%s) to ", policy_end_name(narrator->policy, flow->from));
	put_end(
	    out, flow->family, flow->target, flow->protocol, flow->target_port);
	buf_printf(out, " (%s)", policy_end_name(narrator->policy, flow->to));
}

/* The rule, without its own comment: the line is said in full instead. */
static void
put_rule(const struct passage *p, unsigned number, const void *source)
{
	const struct ipfw_rule *rule = source;

	buf_puts(p->out, p->narrator->indent);
	if (number == 0) {
		buf_puts(p->out, "        no rule is asked");
		return;
	}
	buf_printf(p->out, "  %5u ", number);
	if (rule == NULL) {
		buf_puts(p->out, "the default rule");
		return;
	}
	ipfw_write_body(p->out, rule, false);
	if (rule->origin.file != 0) {
		buf_puts(p->out, "  [");
		put_line(p->narrator, rule->origin, p->out);
		buf_putc(p->out, ']');
	}
}

static const char *
step_text(enum ipfw_event event)
{
	switch (event) {
	case IPFW_EVENT_COUNT:
		return "counts it";
	case IPFW_EVENT_SKIPTO:
		return NULL;
	case IPFW_EVENT_STATE:
		return "has a state for it";
	case IPFW_EVENT_NEW_STATE:
		return "makes a state";
	case IPFW_EVENT_NO_STATE:
		return "can make no state: the limit is reached";
	}
	return NULL;
}

/* A rule that made or met a state is told by that, not by its jump too. */
static bool
said_before(const struct passage *p, size_t at)
{
	const struct walk_step *step = &p->walk->steps.v[at];

	return at > 0 && step->event == IPFW_EVENT_SKIPTO &&
	    p->walk->steps.v[at - 1].number == step->number &&
	    p->walk->steps.v[at - 1].event != IPFW_EVENT_SKIPTO;
}

static void
tell_step(const struct passage *p, size_t at)
{
	const struct walk_step *step = &p->walk->steps.v[at];
	const char *text = step_text(step->event);

	if (said_before(p, at))
		return;
	put_rule(p, step->number, step->source);
	if (text != NULL)
		buf_printf(p->out, ": %s", text);
	buf_putc(p->out, '\n');
}

static const char *
change_text(const struct walk_event *event)
{
	switch (event->change) {
	case WALK_NEW_SOURCE:
		return "the source becomes ";
	case WALK_NEW_TARGET:
		return "the target becomes ";
	case WALK_UNBOUND:
		return "nobody is there";
	case WALK_DROPPED:
		return "it is dropped";
	case WALK_AS_IT_WAS:
		break;
	}
	return "it stays as it was";
}

static void
tell_change(const struct passage *p, const struct walk_event *event)
{
	buf_printf(p->out, ": NAT %u, %s", event->id, change_text(event));
	if (event->change == WALK_NEW_SOURCE ||
	    event->change == WALK_NEW_TARGET)
		put_end(p->out, event->family, event->addr,
		    p->walk->packet.tuple.protocol, event->port);
}

/* What goes back to the sender is told with the verdict. */
static void
tell_event(const struct passage *p, const struct walk_event *event)
{
	switch (event->kind) {
	case WALK_RESET_SENT:
	case WALK_ERROR_SENT:
		return;
	case WALK_DIVERTED:
	case WALK_TRANSLATED:
		put_rule(p, event->number, event->source);
		tell_change(p, event);
		break;
	case WALK_TEED:
		put_rule(p, event->number, event->source);
		buf_printf(p->out, ": a copy goes to port %u", event->id);
		break;
	case WALK_REASSEMBLED:
		put_rule(p, event->number, event->source);
		buf_printf(p->out, ": its fragments make %u bytes", event->id);
		break;
	}
	buf_putc(p->out, '\n');
}

static void
tell_answer(const struct passage *p, size_t first)
{
	for (size_t i = first; i < p->event_end; i++) {
		const struct walk_event *event = &p->walk->events.v[i];

		if (event->kind == WALK_RESET_SENT)
			buf_puts(p->out, ", a reset goes back");
		if (event->kind == WALK_ERROR_SENT)
			buf_printf(p->out, ", ICMP type %u code %u goes back",
			    event->id, event->number);
	}
}

static const char *
end_text(enum walk_verdict verdict)
{
	switch (verdict) {
	case WALK_ALLOW:
		return "let through";
	case WALK_DENY:
		return "denied";
	case WALK_RESET:
	case WALK_UNREACH:
	case WALK_UNREACH6:
		return "rejected";
	case WALK_HELD:
		return "held until its other fragments come";
	case WALK_LOST:
		return "lost: no NAT process is there";
	case WALK_FOREIGN:
		return "unknown: the rule is not one that is run here";
	}
	return "";
}

/* The rule that lost the packet has been told already. */
static bool
is_told(const struct passage *p, size_t first, const struct walk_end *end)
{
	const struct walk_event *event;

	if (p->event_end == first || end->verdict == WALK_ALLOW)
		return false;
	event = &p->walk->events.v[p->event_end - 1];
	return (event->kind == WALK_DIVERTED ||
		   event->kind == WALK_TRANSLATED) &&
	    (event->change == WALK_UNBOUND || event->change == WALK_DROPPED);
}

static void
tell_pass(struct passage *p, const char *heading, const char *card,
    const struct walk_end *end)
{
	size_t first = p->event;

	buf_printf(p->out, "%s%s %s\n", p->narrator->indent, heading,
	    card != NULL ? card : "no card");
	while (p->step < p->step_end || p->event < p->event_end) {
		if (p->event < p->event_end &&
		    (p->step == p->step_end ||
			p->walk->events.v[p->event].steps <= p->step))
			tell_event(p, &p->walk->events.v[p->event++]);
		else
			tell_step(p, p->step++);
	}
	if (is_told(p, first, end)) {
		buf_printf(p->out, "%s        %s\n", p->narrator->indent,
		    end_text(end->verdict));
		return;
	}
	put_rule(p, end->number, end->source);
	buf_printf(p->out, ": %s", end_text(end->verdict));
	tell_answer(p, first);
	buf_putc(p->out, '\n');
}

void
narrate_walk(const struct narrator *narrator, const struct ipfw_packet *sent,
    const struct walk *walk, struct buf *out)
{
	struct passage p = {.narrator = narrator, .walk = walk, .out = out};

	p.step_end = walk->steps.n;
	p.event_end = walk->events.n;
	if (!walk->forwarded) {
		if (sent->card_out == NULL)
			tell_pass(&p, "in by", sent->card_in, &walk->end);
		else
			tell_pass(&p, "out by", sent->card_out, &walk->end);
		return;
	}
	p.step_end = walk->in_steps;
	p.event_end = walk->in_events;
	tell_pass(&p, "in by", sent->card_in, &walk->in);
	if (!walk->has_out)
		return;
	p.step_end = walk->steps.n;
	p.event_end = walk->events.n;
	tell_pass(&p, "out by", sent->card_out, &walk->out);
}
