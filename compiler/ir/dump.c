/*
 * The flows as text, for `--emit=ir` and `--dump-after`.
 */
#include "ir/ir.h"

static const char *const verdict_names[] = {
    [VERDICT_ALLOW] = "allow",
    [VERDICT_DENY] = "deny",
    [VERDICT_REJECT] = "reject",
};

static void
dump_ends(struct buf *out, const struct policy *policy,
    const struct endpoint_set *set)
{
	const char *comma = "";

	for (endpoint e = 0; e <= policy->zones.n; e++) {
		if (!endpoint_set_has(set, e))
			continue;
		buf_printf(out, "%s%s", comma, policy_end_name(policy, e));
		comma = ",";
	}
}

static void
dump_addresses(struct buf *out, const struct addr_set *set)
{
	static const enum family families[] = {FAMILY_4, FAMILY_6};
	const char *comma = "";

	for (size_t f = 0; f < 2; f++) {
		struct prefixes list = addr_set_prefixes(
		    out->arena, set, families[f]);

		for (size_t i = 0; i < list.n; i++) {
			buf_puts(out, comma);
			prefix_format(out, families[f], list.v[i]);
			comma = ",";
		}
	}
}

static void
dump_end(struct buf *out, const struct policy *policy, const char *word,
    const struct endpoint_set *ends, const struct addr_set *addresses,
    const struct port_set *ports)
{
	buf_printf(out, " %s ", word);
	dump_ends(out, policy, ends);
	if (addresses != NULL) {
		buf_putc(out, ' ');
		dump_addresses(out, addresses);
	}
	if (ports->n != 0) {
		buf_puts(out, " port ");
		port_set_format(out, ports);
	}
}

static void
dump_protocol(struct buf *out, const struct ir_match *match)
{
	const char *comma = " type ";

	if (match->families != FAMILY_BOTH)
		buf_puts(out, match->families == FAMILY_4 ? " ipv4" : " ipv6");
	switch (match->protocol) {
	case PROTOCOL_ANY:
		buf_puts(out, " any");
		break;
	case PROTOCOL_TCP:
		buf_puts(out, " tcp");
		break;
	case PROTOCOL_UDP:
		buf_puts(out, " udp");
		break;
	case PROTOCOL_ICMP:
		buf_puts(out, " icmp");
		break;
	case PROTOCOL_ICMP6:
		buf_puts(out, " icmp6");
		break;
	default:
		buf_printf(out, " proto %d", match->protocol);
		break;
	}
	for (unsigned i = 0; match->types != NULL && i < 256; i++) {
		if ((match->types->bits[i / 64] >> (i % 64) & 1) == 0)
			continue;
		buf_printf(out, "%s%u", comma, i);
		comma = ",";
	}
}

static void
dump_origins(
    struct buf *out, const struct ir_rule *rule, const struct sources *sources)
{
	buf_puts(out, "  #");
	for (size_t i = 0; i < rule->origins.n; i++) {
		const struct span at = rule->origins.v[i];
		const struct source *source = sources_get(sources, at.file);
		size_t line, column;

		if (source == NULL) {
			buf_puts(out, " built-in");
			continue;
		}
		source_position(source, at, &line, &column);
		buf_printf(out, " %s:%zu", source->name, line);
	}
}

static void
dump_rule(struct buf *out, const struct ir *ir, const struct ir_rule *rule,
    const struct sources *sources)
{
	const struct ir_match *match = &rule->match;

	buf_puts(out, verdict_names[rule->verdict]);
	if (rule->kind == IR_EXCHANGE)
		buf_puts(out,
		    rule->way == IR_BOTH_WAYS	  ? " exchange"
			: rule->way == IR_INWARDS ? " exchange in"
						  : " exchange out");
	dump_protocol(out, match);
	dump_end(out, ir->policy, "from", &rule->from,
	    match->has_source ? &match->source : NULL, &match->source_ports);
	dump_end(out, ir->policy, "to", &rule->to,
	    match->has_target ? &match->target : NULL, &match->target_ports);
	if (rule->groups != NULL) {
		buf_puts(out, " group ");
		dump_addresses(out, rule->groups);
	}
	if (rule->broadcast)
		buf_puts(out, " broadcast");
	if (rule->limit != 0)
		buf_printf(out, " limit %u", rule->limit);
	if (rule->log)
		buf_puts(out, " log");
	dump_origins(out, rule, sources);
	buf_putc(out, '\n');
}

void
ir_dump(const struct ir *ir, const struct sources *sources, struct buf *out)
{
	for (size_t i = 0; i < ir->rules.n; i++)
		dump_rule(out, ir, &ir->rules.v[i], sources);
	buf_printf(out, "default %s%s\n", verdict_names[ir->fallback],
	    ir->fallback_log ? " log" : "");
}
