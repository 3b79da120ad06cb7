/*
 * Single instructions as text.
 */
#include <string.h>

#include "target/ipfw/text/write_private.h"

#define PROTOCOL_HOPOPT 0
#define PROTOCOL_IPV6 41
#define TYPES_MAX 256

void
ipfw_write_argument(struct buf *out, uint32_t argument)
{
	if (argument == IPFW_TABLEARG)
		buf_puts(out, "tablearg");
	else
		buf_printf(out, "%u", (unsigned)argument);
}

/* The words "ip" and "ipv6" mean a family when they are read. */
void
ipfw_write_protocol(
    struct buf *out, const struct ipfw_insn *insn, enum write_form form)
{
	const char *name = ipfw_protocol_name(insn->number);

	if (form == WRITE_COMMAND && insn->number == PROTOCOL_HOPOPT)
		name = "hopopt";
	if (name == NULL ||
	    (form == WRITE_COMMAND && insn->number == PROTOCOL_IPV6))
		buf_printf(out, "%u", (unsigned)insn->number);
	else
		buf_puts(out, name);
}

/* inet_ntop(3) writes "::10.0.0.1" where RFC 5952 has "::a00:1". */
static void
write_prefix(struct buf *out, enum family family, struct prefix prefix)
{
	struct addr addr = prefix.addr;
	unsigned width = family == FAMILY_4 ? 32 : 128;

	if (family == FAMILY_6 && addr.hi == 0 && addr.lo <= UINT32_MAX &&
	    addr.lo > UINT16_MAX) {
		buf_puts(out, "::");
		addr_format(out, FAMILY_4, addr);
	} else {
		addr_format(out, family, addr);
	}
	if (prefix.length < width)
		buf_printf(out, "/%u", prefix.length);
}

/* A set of hosts that is empty is listed without its first brace. */
static void
write_prefixes(
    struct buf *out, const struct ipfw_insn *insn, enum write_form form)
{
	if (insn->text != NULL) {
		size_t n = strlen(insn->text);

		if (form == WRITE_COMMAND && strchr(insn->text, '{') == NULL)
			buf_printf(out, "%.*s{}", (int)n - 1, insn->text);
		else
			buf_puts(out, insn->text);
		return;
	}
	for (size_t i = 0; i < insn->n_prefixes; i++) {
		if (i > 0)
			buf_putc(out, ',');
		write_prefix(out, insn->family, insn->prefixes[i]);
	}
}

static void
write_table(struct buf *out, const struct ipfw_insn *insn)
{
	buf_printf(out, "table(%s", insn->text);
	if (insn->has_value)
		buf_printf(out, ",%u", (unsigned)insn->value);
	buf_putc(out, ')');
}

void
ipfw_write_address(
    struct buf *out, const struct ipfw_insn *insn, enum write_form form)
{
	if (insn->op == IPFW_SRC_ME || insn->op == IPFW_DST_ME)
		buf_puts(out, "me");
	else if (insn->op == IPFW_SRC_ME6 || insn->op == IPFW_DST_ME6)
		buf_puts(out, "me6");
	else if (insn->op == IPFW_SRC_TABLE || insn->op == IPFW_DST_TABLE)
		write_table(out, insn);
	else
		write_prefixes(out, insn, form);
}

void
ipfw_write_ports(struct buf *out, const struct ipfw_insn *insn)
{
	for (size_t i = 0; i < insn->n_ports; i++) {
		struct ipfw_port port = insn->ports[i];

		buf_printf(out, "%c%u", i == 0 ? ' ' : ',', (unsigned)port.lo);
		if (port.lo != port.hi)
			buf_printf(out, "-%u", (unsigned)port.hi);
	}
}

static void
write_types(struct buf *out, const struct ipfw_insn *insn)
{
	char separator = ' ';

	for (unsigned i = 0; i < TYPES_MAX; i++) {
		if ((insn->types[i / 64] >> i % 64 & 1) == 0)
			continue;
		buf_printf(out, "%c%u", separator, i);
		separator = ',';
	}
}

static void
write_tcpflags(struct buf *out, const struct ipfw_insn *insn)
{
	const struct ipfw_name *flag = ipfw_tcp_flags;
	char separator = ' ';

	if (insn->flags_set == IPFW_TCP_SYN &&
	    insn->flags_clear == IPFW_TCP_ACK) {
		buf_puts(out, " setup");
		return;
	}
	buf_puts(out, " tcpflags");
	for (; flag->name != NULL; flag++) {
		if ((insn->flags_set & flag->value) != 0) {
			buf_printf(out, "%c%s", separator, flag->name);
			separator = ',';
		}
		if ((insn->flags_clear & flag->value) != 0) {
			buf_printf(out, "%c!%s", separator, flag->name);
			separator = ',';
		}
	}
}

static void
write_card(struct buf *out, const struct ipfw_insn *insn, const char *word)
{
	buf_printf(out, " %s ", word);
	if (insn->is_table)
		write_table(out, insn);
	else
		buf_puts(out, insn->text);
}

/* The command takes the masks as words, and lists them with commas. */
static void
write_limit(struct buf *out, const struct ipfw_insn *insn, enum write_form form)
{
	const struct ipfw_name *mask = ipfw_limit_masks;
	unsigned rest = insn->mask;
	char separator = ' ';

	buf_puts(out, " limit");
	for (; mask->name != NULL; mask++) {
		if (rest == 0 || (rest & mask->value) != mask->value)
			continue;
		rest &= ~mask->value;
		buf_printf(out, "%c%s", separator, mask->name);
		separator = form == WRITE_LISTING ? ',' : ' ';
	}
	buf_putc(out, ' ');
	ipfw_write_argument(out, insn->number);
}

static void
write_ext6hdr(
    struct buf *out, const struct ipfw_insn *insn, enum write_form form)
{
	static const struct ipfw_name listed[] = {
	    {"fragmentation", IPFW_EXT6_FRAGMENT},
	    {"hop options", IPFW_EXT6_HOPOPTS},
	    {"routing options", IPFW_EXT6_ROUTING},
	    {"rthdr0", IPFW_EXT6_RTHDR0},
	    {"rthdr2", IPFW_EXT6_RTHDR2},
	    {"destination options", IPFW_EXT6_DSTOPTS},
	    {"authentication header", IPFW_EXT6_AH},
	    {"encapsulated security payload", IPFW_EXT6_ESP},
	    {NULL, 0},
	};
	bool listing = form == WRITE_LISTING;
	const struct ipfw_name *name = listing ? listed : ipfw_ext6hdr_names;
	char separator = ' ';

	buf_puts(out, listing ? " extension header:" : " ext6hdr");
	for (; name->name != NULL; name++) {
		if ((insn->number & name->value) == 0)
			continue;
		buf_printf(out, "%c%s", separator, name->name);
		separator = ',';
	}
}

static const char *
diverted_word(uint32_t number)
{
	if (number == 1)
		return " diverted-loopback";
	return number == 2 ? " diverted-output" : " diverted";
}

void
ipfw_write_option(
    struct buf *out, const struct ipfw_insn *insn, enum write_form form)
{
	switch (insn->op) {
	case IPFW_PROTO:
	case IPFW_OPTION_PROTO:
		buf_puts(out, " proto ");
		ipfw_write_protocol(out, insn, form);
		break;
	case IPFW_IP4:
		buf_puts(out, " ip4");
		break;
	case IPFW_IP6:
		/* Only so does the reader know it for flow-id. */
		buf_puts(out, form == WRITE_COMMAND ? " proto ip6" : " ip6");
		break;
	case IPFW_SRC:
	case IPFW_SRC_ME:
	case IPFW_SRC_ME6:
	case IPFW_SRC_TABLE:
	case IPFW_DST:
	case IPFW_DST_ME:
	case IPFW_DST_ME6:
	case IPFW_DST_TABLE:
	case IPFW_SRC_PORTS:
	case IPFW_DST_PORTS:
	case IPFW_ALWAYS:
		break;
	case IPFW_IN:
		buf_puts(out, insn->negated ? " out" : " in");
		break;
	case IPFW_OUT:
		buf_puts(out, insn->negated ? " in" : " out");
		break;
	case IPFW_RECV:
		write_card(out, insn, "recv");
		break;
	case IPFW_XMIT:
		write_card(out, insn, "xmit");
		break;
	case IPFW_VIA:
		write_card(out, insn, "via");
		break;
	case IPFW_SETUP:
		buf_puts(out, " setup");
		break;
	case IPFW_ESTABLISHED:
		buf_puts(out, " established");
		break;
	case IPFW_TCPFLAGS:
		write_tcpflags(out, insn);
		break;
	case IPFW_ICMPTYPES:
		buf_puts(out, " icmptypes");
		write_types(out, insn);
		break;
	case IPFW_ICMP6TYPES:
		buf_puts(out,
		    form == WRITE_LISTING ? " ip6 icmp6types" : " icmp6types");
		write_types(out, insn);
		break;
	case IPFW_FRAG:
		buf_puts(out, " frag");
		break;
	case IPFW_VERREVPATH:
		buf_puts(out, " verrevpath");
		break;
	case IPFW_VERSRCREACH:
		buf_puts(out, " versrcreach");
		break;
	case IPFW_ANTISPOOF:
		buf_puts(out, " antispoof");
		break;
	case IPFW_DIVERTED:
		buf_puts(out, diverted_word(insn->number));
		break;
	case IPFW_OPTION_TTL:
		buf_puts(out, " ipttl");
		ipfw_write_ports(out, insn);
		break;
	case IPFW_FLOW_TABLE:
		buf_puts(out, " flow ");
		write_table(out, insn);
		break;
	case IPFW_LOOKUP:
		buf_printf(out, " lookup %s %s",
		    ipfw_name_of(ipfw_lookup_keys, insn->number), insn->text);
		break;
	case IPFW_EXT6HDR:
		write_ext6hdr(out, insn, form);
		break;
	case IPFW_OPTION_FOREIGN:
		buf_printf(out, " %s", insn->text);
		break;
	case IPFW_KEEP_STATE:
		buf_puts(out, " keep-state");
		break;
	case IPFW_LIMIT:
		write_limit(out, insn, form);
		break;
	}
}
