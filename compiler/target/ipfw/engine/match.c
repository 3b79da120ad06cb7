/*
 * One instruction of a rule against one packet.
 *
 * What a packet does not have does not match: ports of a later fragment, the
 * card of a packet that was born here, an IPv4 address of an IPv6 packet.  The
 * caller inverts the answer where the rule says "not", so "not via em0" holds
 * for a packet without a card.
 */
#include "target/ipfw/engine/private.h"

#define PROTOCOL_TYPES_MAX 32
#define ICMP6_TYPE_MAX 201
#define ESTABLISHED_MASK (IPFW_TCP_RST | IPFW_TCP_ACK | IPFW_TCP_SYN)

static bool
in_net4(
    const struct run_insn *insn, const struct run_scan *scan, struct addr addr)
{
	uint32_t mask = (uint32_t)(insn->u.bits >> 32);

	return ((uint32_t)addr.lo & mask) == (uint32_t)insn->u.bits &&
	    scan->key.family == FAMILY_4;
}

static bool
in_nets4(
    const struct run_insn *insn, const struct run_scan *scan, struct addr addr)
{
	uint32_t a = (uint32_t)addr.lo;

	if (scan->key.family != FAMILY_4)
		return false;
	for (size_t i = 0; i < insn->count; i++)
		if ((a & insn->u.nets4[i].mask) == insn->u.nets4[i].addr)
			return true;
	return false;
}

static bool
in_nets6(
    const struct run_insn *insn, const struct run_scan *scan, struct addr addr)
{
	if (scan->key.family != FAMILY_6)
		return false;
	for (size_t i = 0; i < insn->count; i++) {
		const struct run_net6 *net = &insn->u.nets6[i];

		if ((addr.hi & net->mask.hi) == net->addr.hi &&
		    (addr.lo & net->mask.lo) == net->addr.lo)
			return true;
	}
	return false;
}

static bool
has_ports(const struct run_scan *scan)
{
	return scan->has_header &&
	    (scan->key.protocol == IPFW_PROTOCOL_TCP ||
		scan->key.protocol == IPFW_PROTOCOL_UDP);
}

static bool
in_port(const struct run_insn *insn, const struct run_scan *scan, uint16_t port)
{
	uint16_t lo = (uint16_t)insn->u.bits;
	uint16_t hi = (uint16_t)(insn->u.bits >> 16);

	return port >= lo && port <= hi && has_ports(scan);
}

bool
run_in_ranges(const struct run_insn *insn, uint32_t number)
{
	for (size_t i = 0; i < insn->count; i++)
		if (number >= insn->u.ports[i].lo &&
		    number <= insn->u.ports[i].hi)
			return true;
	return false;
}

static bool
is_outbound(const struct run_scan *scan)
{
	return scan->packet->card_out != NULL;
}

/* Is the address, the packet's SOURCE or target, one of the host's? */
static bool
is_me(const struct run_scan *scan, bool source)
{
	if (scan->packet->local_end && source == is_outbound(scan))
		return true;
	return scan->host->is_local(scan->host->context, scan->key.family,
	    source ? scan->key.source : scan->key.target);
}

static bool
match_me(const struct run_scan *scan, bool source)
{
	if (scan->key.family == FAMILY_6 && !scan->engine->flavour->me_is_both)
		return false;
	return is_me(scan, source);
}

static bool
match_address_table(
    struct run_scan *scan, const struct run_insn *insn, struct addr addr)
{
	struct ipfw_table_key key = {
	    .family = scan->key.family,
	    .addr = addr,
	};
	enum run_value_type type;
	uint32_t value;

	if (!run_table_match(insn->u.table, &key, &value, &type))
		return false;
	if (insn->has_value && value != insn->number)
		return false;
	/* The kernel forgets the value of an IPv4 entry that it compared. */
	if (!insn->has_value || scan->key.family == FAMILY_6) {
		scan->tablearg = value;
		scan->tablearg_type = type;
	}
	return true;
}

static bool
match_flow_table(struct run_scan *scan, const struct run_insn *insn)
{
	struct ipfw_table_key key = {.flow = scan->key};
	enum run_value_type type;
	uint32_t value;

	if (!run_table_match(insn->u.table, &key, &value, &type) ||
	    (insn->has_value && value != insn->number))
		return false;
	scan->tablearg = value;
	scan->tablearg_type = type;
	return true;
}

static bool
match_card_table(
    struct run_scan *scan, const struct run_insn *insn, const char *card)
{
	struct ipfw_table_key key = {.card = ""};
	enum run_value_type type;
	uint32_t value;

	if (card == NULL)
		return false;
	for (size_t i = 0; card[i] != '\0' && i < IPFW_NAME_MAX; i++)
		key.card[i] = card[i];
	if (!run_table_match(insn->u.table, &key, &value, &type))
		return false;
	scan->tablearg = value;
	scan->tablearg_type = type;
	return true;
}

static uint32_t
swap_bytes(uint32_t word)
{
	return word >> 24 | (word >> 8 & 0xff00) | (word << 8 & 0xff0000) |
	    word << 24;
}

/*
 * The generic lookup.  For an IPv6 packet the kernel forgets which key was
 * asked for and takes the target address; a table of numbers then sees its
 * first four bytes in the order of the machine.
 */
static bool
match_lookup(struct run_scan *scan, const struct run_insn *insn)
{
	struct ipfw_table_key key = {
	    .family = scan->key.family,
	    .addr = scan->key.target,
	};
	enum run_value_type type;
	uint32_t value;

	key.number = swap_bytes((uint32_t)(key.addr.hi >> 32));
	if (scan->key.family == FAMILY_4) {
		if (insn->number == IPFW_LOOKUP_SRC_IP)
			key.addr = scan->key.source;
		else if (insn->number == IPFW_LOOKUP_DSCP)
			key.number = scan->packet->tos >> 2;
		else if (insn->number == IPFW_LOOKUP_DST_IP)
			key.number = swap_bytes((uint32_t)key.addr.lo);
		else if (!has_ports(scan))
			return false;
		else if (insn->number == IPFW_LOOKUP_DST_PORT)
			key.number = scan->key.target_port;
		else
			key.number = scan->key.source_port;
	}
	if (!run_table_match(insn->u.table, &key, &value, &type))
		return false;
	scan->tablearg = value;
	scan->tablearg_type = type;
	return true;
}

static const char *
via_card(const struct run_scan *scan)
{
	return is_outbound(scan) ? scan->packet->card_out
				 : scan->packet->card_in;
}

static bool
match_tcp_flags(const struct run_scan *scan, uint64_t bits)
{
	uint8_t flags = scan->packet->tcp_flags;
	uint8_t set = (uint8_t)bits, clear = (uint8_t)(bits >> 8);

	return scan->has_header && scan->key.protocol == IPFW_PROTOCOL_TCP &&
	    (flags & set) == set && (flags & clear) == 0;
}

static bool
match_established(const struct run_scan *scan)
{
	return scan->has_header && scan->key.protocol == IPFW_PROTOCOL_TCP &&
	    (scan->packet->tcp_flags & ESTABLISHED_MASK) != IPFW_TCP_SYN;
}

static bool
match_icmp_types(const struct run_scan *scan, uint64_t bits)
{
	uint8_t type = scan->packet->icmp_type;

	return scan->has_header && scan->key.protocol == IPFW_PROTOCOL_ICMP &&
	    type < PROTOCOL_TYPES_MAX && (bits >> type & 1) != 0;
}

static bool
match_icmp6_types(const struct run_scan *scan, const uint64_t *types)
{
	uint8_t type = scan->packet->icmp_type;

	return scan->has_header && scan->key.family == FAMILY_6 &&
	    scan->key.protocol == IPFW_PROTOCOL_ICMP6 &&
	    type <= ICMP6_TYPE_MAX &&
	    (types[type / 64] >> (type % 64) & 1) != 0;
}

/* Of the extension headers a packet here can have these two. */
static bool
match_headers6(const struct run_scan *scan, uint32_t wanted)
{
	const struct ipfw_packet *packet = scan->packet;
	uint32_t present = 0;

	if (packet->offset != 0 || packet->more_fragments)
		present |= IPFW_EXT6_FRAGMENT;
	if (scan->has_header && scan->key.protocol == IPFW_PROTOCOL_ESP)
		present |= IPFW_EXT6_ESP;
	return scan->key.family == FAMILY_6 && (wanted & present) != 0;
}

/* Does the way back to the source leave by the card that it came in on? */
static bool
reverse_path(const struct run_scan *scan)
{
	const char *card = scan->packet->card_in, *route;
	bool is_default;

	route = scan->host->route(scan->host->context, scan->key.family,
	    scan->key.source, &is_default);
	if (route == NULL || card == NULL)
		return false;
	for (; *route != '\0' && *route == *card; route++)
		card++;
	return *route == *card;
}

static bool
match_verrevpath(const struct run_scan *scan)
{
	return is_outbound(scan) || scan->packet->card_in == NULL ||
	    reverse_path(scan);
}

static bool
match_versrcreach(const struct run_scan *scan)
{
	bool is_default = false;

	return is_outbound(scan) ||
	    (scan->host->route(scan->host->context, scan->key.family,
		 scan->key.source, &is_default) != NULL &&
		!is_default);
}

static bool
match_antispoof(const struct run_scan *scan)
{
	return is_outbound(scan) ||
	    !scan->host->is_connected(
		scan->host->context, scan->key.family, scan->key.source) ||
	    reverse_path(scan);
}

bool
run_match(struct run_scan *scan, const struct run_insn *insn)
{
	const struct ipfw_packet *packet = scan->packet;

	switch ((enum run_op)insn->op) {
	case RUN_NEVER:
		return false;
	case RUN_PROTOCOL:
		return scan->key.protocol == insn->number;
	case RUN_IP4:
		return scan->key.family == FAMILY_4;
	case RUN_IP6:
		return scan->key.family == FAMILY_6;
	case RUN_SOURCE4_ONE:
		return in_net4(insn, scan, scan->key.source);
	case RUN_TARGET4_ONE:
		return in_net4(insn, scan, scan->key.target);
	case RUN_SOURCE4:
		return in_nets4(insn, scan, scan->key.source);
	case RUN_TARGET4:
		return in_nets4(insn, scan, scan->key.target);
	case RUN_SOURCE6:
		return in_nets6(insn, scan, scan->key.source);
	case RUN_TARGET6:
		return in_nets6(insn, scan, scan->key.target);
	case RUN_SOURCE_ME:
		return match_me(scan, true);
	case RUN_TARGET_ME:
		return match_me(scan, false);
	case RUN_SOURCE_ME6:
		return scan->key.family == FAMILY_6 && is_me(scan, true);
	case RUN_TARGET_ME6:
		return scan->key.family == FAMILY_6 && is_me(scan, false);
	case RUN_SOURCE_TABLE:
		return match_address_table(scan, insn, scan->key.source);
	case RUN_TARGET_TABLE:
		return match_address_table(scan, insn, scan->key.target);
	case RUN_FLOW_TABLE:
		return match_flow_table(scan, insn);
	case RUN_LOOKUP:
		return match_lookup(scan, insn);
	case RUN_SOURCE_PORT:
		return in_port(insn, scan, scan->key.source_port);
	case RUN_TARGET_PORT:
		return in_port(insn, scan, scan->key.target_port);
	case RUN_SOURCE_PORTS:
		return has_ports(scan) &&
		    run_in_ranges(insn, scan->key.source_port);
	case RUN_TARGET_PORTS:
		return has_ports(scan) &&
		    run_in_ranges(insn, scan->key.target_port);
	case RUN_IN:
		return !is_outbound(scan);
	case RUN_RECV:
		return run_card_match(
		    insn->u.card, packet->card_in, scan->host);
	case RUN_XMIT:
		return run_card_match(
		    insn->u.card, packet->card_out, scan->host);
	case RUN_VIA:
		return run_card_match(insn->u.card, via_card(scan), scan->host);
	case RUN_RECV_TABLE:
		return match_card_table(scan, insn, packet->card_in);
	case RUN_XMIT_TABLE:
		return match_card_table(scan, insn, packet->card_out);
	case RUN_VIA_TABLE:
		return match_card_table(scan, insn, via_card(scan));
	case RUN_TCP_FLAGS:
		return match_tcp_flags(scan, insn->u.bits);
	case RUN_ESTABLISHED:
		return match_established(scan);
	case RUN_ICMP_TYPES:
		return match_icmp_types(scan, insn->u.bits);
	case RUN_ICMP6_TYPES:
		return match_icmp6_types(scan, insn->u.types);
	case RUN_FRAGMENT:
		return packet->offset != 0;
	case RUN_HEADERS6:
		return match_headers6(scan, insn->number);
	case RUN_VERREVPATH:
		return match_verrevpath(scan);
	case RUN_VERSRCREACH:
		return match_versrcreach(scan);
	case RUN_ANTISPOOF:
		return match_antispoof(scan);
	case RUN_DIVERTED:
		return scan->diverted &&
		    (insn->number & (is_outbound(scan) ? 2 : 1)) != 0;
	case RUN_TTL:
		return scan->key.family == FAMILY_4 &&
		    run_in_ranges(insn, packet->ttl);
	case RUN_ALWAYS:
		return true;
	case RUN_FOREIGN:
		scan->foreign = true;
		return false;
	case RUN_RARE:
		break;
	}
	return run_rare_match(scan, insn);
}
