/*
 * From a match to the instructions of one rule, in the order in which
 * ipfw(8) lists them.
 */
#include <string.h>

#include "target/ipfw/lower/private.h"

ipfw_insns
insn_draft_begin(const struct lower *l)
{
	return (ipfw_insns){l->draft.v, 0, l->draft.cap};
}

ipfw_insns
insn_draft_end(struct lower *l, ipfw_insns draft)
{
	ipfw_insns own = {NULL, 0, 0};

	l->draft = draft;
	vec_reserve(l->arena, &own, draft.n);
	for (size_t i = 0; i < draft.n; i++)
		own.v[own.n++] = draft.v[i];
	return own;
}

static struct ipfw_insn
insn(enum ipfw_op op)
{
	return (struct ipfw_insn){.op = op};
}

static void
push(struct lower *l, struct ipfw_rule *rule, struct ipfw_insn in)
{
	vec_push(l->arena, &rule->insns, in);
}

static void
push_number(
    struct lower *l, struct ipfw_rule *rule, enum ipfw_op op, int number)
{
	struct ipfw_insn in = insn(op);

	in.number = (uint32_t)number;
	push(l, rule, in);
}

/*
 * The protocol word.  A rule of one family whose addresses do not tell it is
 * written "ip4 … proto udp", since "udp" alone is udp of both.
 */
bool
insn_put_protocol(struct lower *l, struct ipfw_rule *rule,
    const struct match *match, enum family families, bool family_told)
{
	bool name_family = l->flavour->ipv6 && families != FAMILY_BOTH &&
	    (!family_told || match->protocol == PROTOCOL_ANY) &&
	    match->protocol != PROTOCOL_ICMP &&
	    match->protocol != PROTOCOL_ICMP6;

	if (name_family) {
		push(l, rule, insn(families == FAMILY_4 ? IPFW_IP4 : IPFW_IP6));
		return match->protocol != PROTOCOL_ANY;
	}
	if (match->protocol != PROTOCOL_ANY)
		push_number(l, rule, IPFW_PROTO, match->protocol);
	return false;
}

static void
put_prefixes(struct lower *l, struct ipfw_rule *rule, bool source,
    enum family family, struct prefixes list, bool negated)
{
	struct ipfw_insn in = insn(source ? IPFW_SRC : IPFW_DST);

	in.family = family;
	in.negated = negated;
	in.prefixes = list.v;
	in.n_prefixes = list.n;
	if (l->flavour->lists || list.n <= 1) {
		push(l, rule, in);
		return;
	}
	for (size_t i = 0; i < list.n; i++) {
		in.prefixes = &list.v[i];
		in.n_prefixes = 1;
		in.or_next = i + 1 < list.n;
		push(l, rule, in);
	}
}

/* Join the instructions from FIRST on into an or-block. */
static void
join(struct ipfw_rule *rule, size_t first)
{
	for (size_t i = first; i + 1 < rule->insns.n; i++)
		rule->insns.v[i].or_next = true;
}

static void
put_me(struct lower *l, struct ipfw_rule *rule, enum ipfw_op op,
    const struct operand *operand)
{
	struct ipfw_insn in = insn(op);

	in.negated = operand->negated;
	push(l, rule, in);
}

void
insn_put_operand(struct lower *l, struct ipfw_rule *rule, bool source,
    const struct operand *operand)
{
	size_t first = rule->insns.n;
	struct ipfw_insn table = insn(source ? IPFW_SRC_TABLE : IPFW_DST_TABLE);

	if (operand->me)
		put_me(l, rule, source ? IPFW_SRC_ME : IPFW_DST_ME, operand);
	if (operand->me6)
		put_me(l, rule, source ? IPFW_SRC_ME6 : IPFW_DST_ME6, operand);
	if (operand->table != NULL) {
		table.text = operand->table;
		table.negated = operand->negated;
		push(l, rule, table);
	}
	if (operand->v4.n != 0)
		put_prefixes(
		    l, rule, source, FAMILY_4, operand->v4, operand->negated);
	if (operand->v6.n != 0)
		put_prefixes(
		    l, rule, source, FAMILY_6, operand->v6, operand->negated);
	join(rule, first);
}

void
insn_put_ports(struct lower *l, struct ipfw_rule *rule, enum ipfw_op op,
    struct port_set ports)
{
	struct ipfw_insn in = insn(op);

	if (ports.n == 0)
		return;
	in.ports = arena_calloc(l->arena, ports.n, sizeof(*in.ports));
	in.n_ports = ports.n;
	for (size_t i = 0; i < ports.n; i++) {
		in.ports[i].lo = ports.v[i].lo;
		in.ports[i].hi = ports.v[i].hi;
	}
	push(l, rule, in);
}

/* Zones may share a card; it is named once. */
static bool
named(const struct ipfw_rule *rule, size_t first, const char *card)
{
	for (size_t i = first; i < rule->insns.n; i++)
		if (rule->insns.v[i].text == card)
			return true;
	return false;
}

static bool
zones_name(
    const struct lower *l, const struct endpoint_set *zones, const char *card)
{
	for (endpoint e = 1; e <= l->policy->zones.n; e++) {
		const struct zone *zone = lower_zone(l, e);

		for (size_t i = 0;
		     endpoint_set_has(zones, e) && i < zone->cards.n; i++)
			if (strcmp(zone->cards.v[i].pattern, card) == 0)
				return true;
	}
	return false;
}

/*
 * An exact name wins over a pattern: a card that only other zones name is none
 * of the pattern's.
 */
static void
put_exceptions(struct lower *l, struct ipfw_rule *rule, enum ipfw_op op,
    const struct endpoint_set *zones)
{
	struct endpoint_set patterned = endpoint_set_intersect(
	    zones, &l->patterned);
	size_t first = rule->insns.n;

	if (endpoint_set_empty(&patterned))
		return;
	for (endpoint e = 1; e <= l->policy->zones.n; e++) {
		const struct zone *zone = lower_zone(l, e);

		for (size_t i = 0;
		     !endpoint_set_has(zones, e) && i < zone->cards.n; i++) {
			struct ipfw_insn in = insn(op);

			in.text = zone->cards.v[i].pattern;
			in.negated = true;
			if (!zone->cards.v[i].wildcard &&
			    lower_pattern_takes(l, zones, in.text) &&
			    !zones_name(l, zones, in.text) &&
			    !named(rule, first, in.text))
				push(l, rule, in);
		}
	}
}

static void
put_cards(struct lower *l, struct ipfw_rule *rule, enum ipfw_op op,
    const struct endpoint_set *zones)
{
	size_t first = rule->insns.n;

	for (endpoint e = 1; e <= l->policy->zones.n; e++) {
		const struct zone *zone;

		if (!endpoint_set_has(zones, e))
			continue;
		zone = lower_zone(l, e);
		for (size_t i = 0; i < zone->cards.n; i++) {
			struct ipfw_insn in = insn(op);

			in.text = zone->cards.v[i].pattern;
			if (!named(rule, first, in.text))
				push(l, rule, in);
		}
	}
	join(rule, first);
	put_exceptions(l, rule, op, zones);
}

static void
put_table(
    struct lower *l, struct ipfw_rule *rule, enum ipfw_op op, const char *table)
{
	struct ipfw_insn in = insn(op);

	if (table == NULL)
		return;
	in.text = table;
	in.is_table = true;
	push(l, rule, in);
}

static void
put_born(struct lower *l, struct ipfw_rule *rule, enum born born)
{
	struct ipfw_insn in = insn(IPFW_RECV);

	if (born == BORN_ANYWHERE)
		return;
	in.text = "*";
	in.negated = born == BORN_HERE;
	push(l, rule, in);
}

static void
put_types(struct lower *l, struct ipfw_rule *rule, const struct match *match)
{
	struct ipfw_insn in = insn(match->protocol == PROTOCOL_ICMP6
		? IPFW_ICMP6TYPES
		: IPFW_ICMPTYPES);

	if (!match->has_types)
		return;
	for (size_t i = 0; i < 4; i++)
		in.types[i] = match->types.bits[i];
	push(l, rule, in);
}

static void
put_not_protocol(struct lower *l, struct ipfw_rule *rule, int protocol)
{
	push_number(l, rule, IPFW_OPTION_PROTO, protocol);
	rule->insns.v[rule->insns.n - 1].negated = true;
}

/*
 * Behind another option: straight behind an address ipfw(8) lists it in a
 * form that cannot be read back.
 */
static void
put_option_protocol(struct lower *l, struct ipfw_rule *rule,
    const struct match *match, bool name_protocol)
{
	if (name_protocol)
		push_number(l, rule, IPFW_OPTION_PROTO, match->protocol);
	if (match->not_protocol != 0)
		put_not_protocol(l, rule, match->not_protocol);
	if (match->not_icmp) {
		put_not_protocol(l, rule, PROTOCOL_ICMP);
		put_not_protocol(l, rule, PROTOCOL_ICMP6);
	}
}

static void
put_state(struct lower *l, struct ipfw_rule *rule, const struct match *match)
{
	struct ipfw_insn in = insn(IPFW_LIMIT);

	if (match->limit != 0) {
		in.mask = IPFW_LIMIT_SRC_ADDR;
		in.number = match->limit;
		push(l, rule, in);
	} else if (match->keep_state) {
		push(l, rule, insn(IPFW_KEEP_STATE));
	}
}

void
insn_put_options(struct lower *l, struct ipfw_rule *rule,
    const struct match *match, bool name_protocol)
{
	if (match->direction == DIRECTION_IN)
		push(l, rule, insn(IPFW_IN));
	if (match->direction == DIRECTION_OUT)
		push(l, rule, insn(IPFW_OUT));
	put_cards(l, rule, IPFW_RECV, &match->recv);
	put_born(l, rule, match->born);
	put_cards(l, rule, IPFW_XMIT, &match->xmit);
	put_cards(l, rule, IPFW_VIA, &match->via);
	put_table(l, rule, IPFW_RECV, match->recv_table);
	put_table(l, rule, IPFW_XMIT, match->xmit_table);
	put_table(l, rule, IPFW_FLOW_TABLE, match->flows);
	put_option_protocol(l, rule, match, name_protocol);
	if (match->frag)
		push(l, rule, insn(IPFW_FRAG));
	if (match->verrevpath_fails) {
		push(l, rule, insn(IPFW_VERREVPATH));
		rule->insns.v[rule->insns.n - 1].negated = true;
	}
	if (match->setup)
		push(l, rule, insn(IPFW_SETUP));
	put_types(l, rule, match);
	put_state(l, rule, match);
}
