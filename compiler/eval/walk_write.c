/*
 * A way as the answer line of a session.
 */
#include "eval/walk.h"

static void
write_verdict(struct buf *out, const struct walk_end *end)
{
	switch (end->verdict) {
	case WALK_ALLOW:
		buf_puts(out, "accept");
		return;
	case WALK_DENY:
		buf_puts(out, "deny");
		return;
	case WALK_RESET:
		buf_puts(out, "reset");
		return;
	case WALK_UNREACH:
		buf_printf(out, "unreach-%u", (unsigned)end->code);
		return;
	case WALK_UNREACH6:
		buf_printf(out, "unreach6-%u", (unsigned)end->code);
		return;
	case WALK_HELD:
		buf_puts(out, "held");
		return;
	case WALK_LOST:
		buf_puts(out, "drop");
		return;
	case WALK_FOREIGN:
		buf_puts(out, "foreign");
		return;
	}
}

static void
write_change(struct buf *out, const struct walk_event *event)
{
	const char *side = event->change == WALK_NEW_SOURCE ? "src" : "dst";

	switch (event->change) {
	case WALK_AS_IT_WAS:
		return;
	case WALK_NEW_SOURCE:
	case WALK_NEW_TARGET:
		buf_printf(out, "(%s=", side);
		addr_format(out, event->family, event->addr);
		buf_printf(out, ":%u)", event->port);
		return;
	case WALK_UNBOUND:
		buf_puts(out, "(unbound)");
		return;
	case WALK_DROPPED:
		buf_puts(out, "(drop)");
		return;
	}
}

static void
write_event(struct buf *out, const struct walk_event *event)
{
	unsigned id = (unsigned)event->id;

	switch (event->kind) {
	case WALK_DIVERTED:
		buf_printf(out, "divert:%u@%u", id, event->number);
		break;
	case WALK_TEED:
		buf_printf(out, "tee:%u@%u", id, event->number);
		break;
	case WALK_TRANSLATED:
		buf_printf(out, "nat:%u@%u", id, event->number);
		break;
	case WALK_REASSEMBLED:
		buf_printf(out, "reassembled:%u", id);
		break;
	case WALK_RESET_SENT:
		buf_puts(out, "rst-sent");
		break;
	case WALK_ERROR_SENT:
		buf_printf(out, "icmp%s-sent:%u.%u",
		    event->family == FAMILY_6 ? "6" : "", id, event->number);
		break;
	}
	write_change(out, event);
}

static void
write_step(struct buf *out, const struct walk_step *step)
{
	static const char *const names[] = {
	    [IPFW_EVENT_COUNT] = "count",
	    [IPFW_EVENT_SKIPTO] = "skipto",
	    [IPFW_EVENT_STATE] = "state",
	    [IPFW_EVENT_NEW_STATE] = "newstate",
	    [IPFW_EVENT_NO_STATE] = "nostate",
	};

	buf_printf(out, "%s@%u", names[step->event], step->number);
}

void
walk_write(struct buf *out, const struct walk *walk)
{
	write_verdict(out, &walk->end);
	buf_printf(out, " rule=%u", walk->end.number);
	if (walk->end.shared)
		buf_printf(out, "/%u", walk->end.copy);
	if (walk->forwarded) {
		buf_puts(out, " in=");
		write_verdict(out, &walk->in);
		buf_printf(out, "@%u", walk->in.number);
	}
	if (walk->has_out) {
		buf_puts(out, " out=");
		write_verdict(out, &walk->out);
		buf_printf(out, "@%u", walk->out.number);
	}
	for (size_t i = 0; i < walk->events.n; i++) {
		buf_puts(out, i == 0 ? " ev=" : ",");
		write_event(out, &walk->events.v[i]);
	}
	for (size_t i = 0; i < walk->steps.n; i++) {
		buf_puts(out, i == 0 ? " path=" : ",");
		write_step(out, &walk->steps.v[i]);
	}
	buf_printf(out, " vis=%llu", (unsigned long long)walk->looked);
}
