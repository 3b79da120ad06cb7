/*
 * The instructions of a rule as sets of packets.
 */
#include <string.h>

#include "prove/rules_insn.h"
#include "prove/rules_table.h"

#define ICMP_TYPE_MAX 31
#define ICMP6_TYPE_MAX 201
#define ESTABLISHED_BITS (IPFW_TCP_RST | IPFW_TCP_ACK | IPFW_TCP_SYN)
#define N_FLAGS 64

static bdd_ref
constant(bool value)
{
	return value ? BDD_TRUE : BDD_FALSE;
}

static struct field
address_field(const struct rules_insn *m, bool source)
{
	return source ? m->space->source : m->space->target;
}

/* Is it the address that the redirect is still to change? */
static bool
is_alias(const struct rules_insn *m, bool source)
{
	return m->pass->redirect != NULL && !source;
}

static bdd_ref
match_prefixes(const struct rules_insn *m, const struct prefix *prefixes,
    size_t n, enum family family, bool source)
{
	struct addr_range *ranges = arena_calloc(
	    m->space->arena, n + 1, sizeof(*ranges));
	struct addr_set set;

	if (family != m->space->family)
		return BDD_FALSE;
	for (size_t i = 0; i < n; i++)
		ranges[i] = prefix_range(family, prefixes[i]);
	set = family == FAMILY_4
	    ? addr_set_build(m->space->arena, ranges, n, NULL, 0)
	    : addr_set_build(m->space->arena, NULL, 0, ranges, n);
	if (is_alias(m, source))
		return constant(
		    addr_set_contains(&set, family, m->pass->alias));
	return encode_addresses(
	    m->space->bdd, address_field(m, source), &set, family);
}

static bdd_ref
match_me(const struct rules_insn *m, bool source)
{
	if (is_alias(m, source))
		return BDD_TRUE;
	return space_bit(
	    m->space, source ? m->space->source_local : m->space->target_local);
}

static bdd_ref
match_table(
    const struct rules_insn *m, const struct ipfw_insn *insn, bool source)
{
	const struct ipfw_table *table = rules_table_find(
	    m->model->ruleset, insn->text);
	size_t n = 0;
	struct addr_range *ranges;
	struct addr_set set;

	if (table == NULL)
		return BDD_FALSE;
	ranges = arena_calloc(
	    m->space->arena, table->entries.n + 1, sizeof(*ranges));
	for (size_t i = 0; i < table->entries.n; i++) {
		const struct ipfw_table_entry *e = &table->entries.v[i];
		enum family family;
		int length;

		if (insn->has_value &&
		    (e->has_value ? e->value : 0) != insn->value)
			continue;
		if (addr_parse(e->key, strlen(e->key), &family, &ranges[n],
			&length) == ADDR_OK &&
		    family == m->space->family)
			n++;
	}
	set = m->space->family == FAMILY_4
	    ? addr_set_build(m->space->arena, ranges, n, NULL, 0)
	    : addr_set_build(m->space->arena, NULL, 0, ranges, n);
	if (is_alias(m, source))
		return constant(
		    addr_set_contains(&set, m->space->family, m->pass->alias));
	return encode_addresses(
	    m->space->bdd, address_field(m, source), &set, m->space->family);
}

/* A port of outside is told by the port inside that it becomes. */
static struct port_range
seen_inside(const struct policy_forward *f, struct port_range range)
{
	if (range.lo < f->outside.lo)
		range.lo = f->outside.lo;
	if (range.hi > f->outside.hi)
		range.hi = f->outside.hi;
	if (range.lo > range.hi)
		return (struct port_range){1, 0};
	range.lo = (uint16_t)(range.lo - f->outside.lo + f->inside.lo);
	range.hi = (uint16_t)(range.hi - f->outside.lo + f->inside.lo);
	return range;
}

bool
rules_insn_alone(const struct ipfw_rule *rule, const struct ipfw_insn *insn)
{
	return !insn->negated && !insn->or_next &&
	    (insn == rule->insns.v || !insn[-1].or_next);
}

static bdd_ref
match_ports(
    const struct rules_insn *m, const struct ipfw_insn *insn, bool source)
{
	struct bdd *bdd = m->space->bdd;
	struct field field = source ? m->space->source_port
				    : m->space->target_port;
	bdd_ref set = BDD_FALSE;

	for (size_t i = 0; i < insn->n_ports; i++) {
		struct port_range range = {
		    insn->ports[i].lo, insn->ports[i].hi};

		if (range.lo <= range.hi && is_alias(m, source))
			range = seen_inside(m->pass->redirect, range);
		set = bdd_or(
		    bdd, set, encode_range(bdd, field, range.lo, range.hi));
	}
	return rules_insn_alone(m->rule, insn)
	    ? set
	    : bdd_and(bdd, m->model->has_ports, set);
}

static bdd_ref
match_card(const struct rules_insn *m, const struct ipfw_insn *insn,
    struct field field)
{
	const struct space *space = m->space;
	const struct ipfw_table *table = insn->is_table
	    ? rules_table_find(m->model->ruleset, insn->text)
	    : NULL;
	bdd_ref set = BDD_FALSE;

	for (size_t i = 1; i < space->cards.n; i++) {
		const char *name = space->cards.v[i];
		bool found = !insn->is_table &&
		    card_matches(m->model->flavour, insn->text, name);

		for (size_t j = 0; table != NULL && j < table->entries.n; j++)
			found |= strcmp(table->entries.v[j].key, name) == 0;
		if (found)
			set = bdd_or(
			    space->bdd, set, space_card(space, field, i));
	}
	return set;
}

static bdd_ref
match_flags(
    const struct rules_insn *m, unsigned set, unsigned clear, bool established)
{
	struct space *space = m->space;
	struct addr_range v[N_FLAGS];
	bdd_ref tcp = space_protocol(space, PROTOCOL_TCP);
	size_t n = 0;

	for (unsigned flags = 0; flags < N_FLAGS; flags++)
		if (established ? (flags & ESTABLISHED_BITS) != IPFW_TCP_SYN
				: (flags & set) == set && (flags & clear) == 0)
			v[n++] = (struct addr_range){{0, flags}, {0, flags}};
	tcp = bdd_choose(
	    space->bdd, space_bit(space, space->later), BDD_FALSE, tcp);
	return bdd_and(
	    space->bdd, tcp, encode_ranges(space->bdd, space->flags, v, n));
}

static bdd_ref
match_types(const struct rules_insn *m, const struct ipfw_insn *insn,
    unsigned protocol, unsigned max)
{
	struct space *space = m->space;
	struct addr_range v[256];
	bdd_ref icmp = space_protocol(space, protocol);
	size_t n = 0;

	if (protocol == PROTOCOL_ICMP6 && space->family != FAMILY_6)
		return BDD_FALSE;
	for (unsigned i = 0; i <= max; i++)
		if ((insn->types[i / 64] >> i % 64 & 1) != 0)
			v[n++] = (struct addr_range){{0, i}, {0, i}};
	icmp = bdd_choose(
	    space->bdd, space_bit(space, space->later), BDD_FALSE, icmp);
	return bdd_and(
	    space->bdd, icmp, encode_ranges(space->bdd, space->type, v, n));
}

/* The way back to an address of a zone is taken to be by the zone's cards. */
static bdd_ref
match_reverse_path(const struct rules_insn *m)
{
	struct space *space = m->space;
	bdd_ref set = BDD_FALSE;

	if (m->pass->out)
		return BDD_TRUE;
	for (size_t i = 1; i < space->cards.n; i++) {
		const struct endpoint_set *zones = &space->zones[i];

		for (endpoint e = 1; e <= space->policy->zones.n; e++)
			if (endpoint_set_has(zones, e))
				set = bdd_or(space->bdd, set,
				    bdd_and(space->bdd,
					space_card(space, space->recv, i),
					encode_addresses(space->bdd,
					    address_field(m, true),
					    &policy_zone(space->policy, e)->own,
					    space->family)));
	}
	return set;
}

bdd_ref
rules_insn_unknown(const struct rules_insn *m)
{
	rules_model_complain(m->model, m->rule,
	    "this rule asks for what the proof does not know");
	m->model->unknown = true;
	return BDD_FALSE;
}

bdd_ref
rules_insn_match(const struct rules_insn *m, const struct ipfw_insn *insn)
{
	struct space *space = m->space;

	switch (insn->op) {
	case IPFW_PROTO:
	case IPFW_OPTION_PROTO:
		return space_protocol(space, insn->number);
	case IPFW_IP4:
		return constant(space->family == FAMILY_4);
	case IPFW_IP6:
		return constant(space->family == FAMILY_6);
	case IPFW_SRC:
	case IPFW_DST:
		return match_prefixes(m, insn->prefixes, insn->n_prefixes,
		    insn->family, insn->op == IPFW_SRC);
	case IPFW_SRC_ME:
	case IPFW_DST_ME:
		return match_me(m, insn->op == IPFW_SRC_ME);
	case IPFW_SRC_ME6:
	case IPFW_DST_ME6:
		return space->family == FAMILY_6
		    ? match_me(m, insn->op == IPFW_SRC_ME6)
		    : BDD_FALSE;
	case IPFW_SRC_TABLE:
	case IPFW_DST_TABLE:
		return match_table(m, insn, insn->op == IPFW_SRC_TABLE);
	case IPFW_SRC_PORTS:
	case IPFW_DST_PORTS:
		return match_ports(m, insn, insn->op == IPFW_SRC_PORTS);
	case IPFW_IN:
		return constant(!m->pass->out);
	case IPFW_OUT:
		return constant(m->pass->out);
	case IPFW_RECV:
		return match_card(m, insn, space->recv);
	case IPFW_XMIT:
		return m->pass->out ? match_card(m, insn, space->xmit)
				    : BDD_FALSE;
	case IPFW_VIA:
		return match_card(
		    m, insn, m->pass->out ? space->xmit : space->recv);
	case IPFW_SETUP:
		return match_flags(m, IPFW_TCP_SYN, IPFW_TCP_ACK, false);
	case IPFW_ESTABLISHED:
		return match_flags(m, 0, 0, true);
	case IPFW_TCPFLAGS:
		return match_flags(
		    m, insn->flags_set, insn->flags_clear, false);
	case IPFW_ICMPTYPES:
		return match_types(m, insn, PROTOCOL_ICMP, ICMP_TYPE_MAX);
	case IPFW_ICMP6TYPES:
		return match_types(m, insn, PROTOCOL_ICMP6, ICMP6_TYPE_MAX);
	case IPFW_FRAG:
		return space_bit(space, space->later);
	case IPFW_VERREVPATH:
		return match_reverse_path(m);
	case IPFW_FLOW_TABLE:
		return rules_table_flows(m->model, m->pass, m->rule, insn);
	case IPFW_ALWAYS:
	case IPFW_KEEP_STATE:
	case IPFW_LIMIT:
		return BDD_TRUE;
	case IPFW_VERSRCREACH:
	case IPFW_ANTISPOOF:
	case IPFW_DIVERTED:
	case IPFW_OPTION_TTL:
	case IPFW_LOOKUP:
	case IPFW_EXT6HDR:
	case IPFW_OPTION_FOREIGN:
		break;
	}
	return rules_insn_unknown(m);
}
