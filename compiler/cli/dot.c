/*
 * The policy as a graph: an end a node, and an edge for each pair that a rule
 * or trust opens, with what it opens.
 */
#include "cli/dot.h"

static void
put_quoted(struct buf *out, const char *text)
{
	buf_putc(out, '"');
	for (; *text != '\0'; text++) {
		if (*text == '"' || *text == '\\')
			buf_putc(out, '\\');
		buf_putc(out, *text);
	}
	buf_putc(out, '"');
}

static const char *
shape(const struct zone *zone)
{
	switch (zone->role) {
	case ZONE_UPLINK:
		return "ellipse, style=dashed";
	case ZONE_LOOPBACK:
		return "ellipse, style=dotted";
	case ZONE_INNER:
		break;
	}
	return zone->trusted ? "box, style=bold" : "box";
}

static void
put_nodes(const struct policy *policy, struct buf *out)
{
	buf_puts(out, "\tself [shape=doublecircle];\n");
	for (size_t i = 0; i < policy->zones.n; i++) {
		const struct zone *zone = &policy->zones.v[i];

		buf_putc(out, '\t');
		put_quoted(out, zone->name);
		buf_printf(out, " [shape=%s];\n", shape(zone));
	}
}

static const char *
protocol_word(const struct ir_match *match)
{
	switch (match->protocol) {
	case PROTOCOL_ANY:
		return "any";
	case PROTOCOL_TCP:
		return "tcp ";
	case PROTOCOL_UDP:
		return "udp ";
	case PROTOCOL_ICMP:
		return "icmp";
	case PROTOCOL_ICMP6:
		return "icmp6";
	default:
		return "proto ";
	}
}

static void
put_flow(struct buf *out, const struct ir_rule *rule)
{
	buf_puts(out, protocol_word(&rule->match));
	if (rule->match.target_ports.n != 0)
		port_set_format(out, &rule->match.target_ports);
	else if (rule->match.protocol == PROTOCOL_TCP ||
	    rule->match.protocol == PROTOCOL_UDP)
		buf_puts(out, "any");
	else if (rule->match.protocol > 0 &&
	    rule->match.protocol != PROTOCOL_ICMP &&
	    rule->match.protocol != PROTOCOL_ICMP6)
		buf_printf(out, "%d", rule->match.protocol);
	if (rule->limit != 0)
		buf_printf(out, " limit %u", rule->limit);
}

static bool
translated(const struct policy *policy, endpoint from, endpoint to)
{
	return from != ENDPOINT_SELF && to != ENDPOINT_SELF &&
	    endpoint_set_has(&policy_zone(policy, to)->nat_from, from);
}

static void
put_edge(
    const struct session *session, endpoint from, endpoint to, struct buf *out)
{
	const struct policy *policy = session->policy;
	struct buf label;
	const char *comma = "";

	buf_init(&label, session->arena);
	for (size_t i = 0; i < session->ir->rules.n; i++) {
		const struct ir_rule *rule = &session->ir->rules.v[i];

		if (rule->verdict != VERDICT_ALLOW ||
		    !endpoint_set_has(&rule->from, from) ||
		    !endpoint_set_has(&rule->to, to))
			continue;
		buf_puts(&label, comma);
		put_flow(&label, rule);
		comma = "; ";
	}
	if (label.n == 0)
		return;
	buf_putc(out, '\t');
	put_quoted(out, policy_end_name(policy, from));
	buf_puts(out, " -> ");
	put_quoted(out, policy_end_name(policy, to));
	buf_puts(out, " [label=");
	put_quoted(out, label.p);
	if (translated(policy, from, to))
		buf_puts(out, ", color=blue, taillabel=\"NAT\"");
	buf_puts(out, "];\n");
}

static void
put_trust(const struct policy *policy, struct buf *out)
{
	for (size_t i = 0; i < policy->zones.n; i++) {
		const struct zone *zone = &policy->zones.v[i];

		if (!zone->trusted)
			continue;
		buf_putc(out, '\t');
		put_quoted(out, zone->name);
		buf_puts(out,
		    " -> self [dir=both, style=bold, "
		    "label=\"trust\"];\n");
	}
}

void
dot_write(const struct session *session, struct buf *out)
{
	size_t n = session->policy->zones.n;

	buf_puts(out, "digraph policy {\n\trankdir=LR;\n");
	put_nodes(session->policy, out);
	put_trust(session->policy, out);
	for (endpoint from = 0; from <= n; from++)
		for (endpoint to = 0; to <= n; to++)
			put_edge(session, from, to, out);
	buf_puts(out, "}\n");
}
