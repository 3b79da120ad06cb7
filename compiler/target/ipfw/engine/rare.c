/*
 * Options that are never written, but that a ruleset of somebody else may
 * have.  The reader keeps them as text, in the form in which they are listed;
 * those that a packet here can be held against are compiled from that.
 *
 * A packet here has no link header, no options and no IPsec, so what asks for
 * them does not match.
 */
#include <string.h>

#include "target/ipfw/names.h"
#include "target/ipfw/engine/private.h"

#define PRECEDENCE_MASK 0xe0
#define PRECEDENCE_SHIFT 5
#define DSCP_SHIFT 2
#define DSCP_MAX 63
#define HEADERS_TCP4 40
#define FIELD_MAX 32

/* Behind the common operations, see enum run_op. */
enum rare_op {
	RARE_ID = RUN_RARE, /* count struct ipfw_port */
	RARE_LENGTH,
	RARE_DATA_LENGTH,
	RARE_PRECEDENCE, /* number */
	RARE_VERSION,
	RARE_SEQUENCE,
	RARE_ACKNOWLEDGEMENT,
	RARE_TOS,	 /* bits: set, and cleared above them */
	RARE_DSCP,	 /* bits */
	RARE_IP_OPTIONS, /* bits, as RARE_TOS */
	RARE_TCP_OPTIONS,
	RARE_NEVER,
};

enum argument {
	ARGUMENT_ANY,
	ARGUMENT_LIST,
	ARGUMENT_NUMBER,
	ARGUMENT_FLAGS,
	ARGUMENT_DSCP,
};

struct rare {
	const char *name;
	enum rare_op op;
	enum argument argument;
	const struct ipfw_name *names;
};

static const struct rare rares[] = {
    {"ipid", RARE_ID, ARGUMENT_LIST, NULL},
    {"iplen", RARE_LENGTH, ARGUMENT_LIST, NULL},
    {"tcpdatalen", RARE_DATA_LENGTH, ARGUMENT_LIST, NULL},
    {"ipprecedence", RARE_PRECEDENCE, ARGUMENT_NUMBER, NULL},
    {"ipver", RARE_VERSION, ARGUMENT_NUMBER, NULL},
    {"tcpseq", RARE_SEQUENCE, ARGUMENT_NUMBER, NULL},
    {"tcpack", RARE_ACKNOWLEDGEMENT, ARGUMENT_NUMBER, NULL},
    {"iptos", RARE_TOS, ARGUMENT_FLAGS, ipfw_tos_flags},
    {"ipoptions", RARE_IP_OPTIONS, ARGUMENT_FLAGS, ipfw_ip_options},
    {"tcpoptions", RARE_TCP_OPTIONS, ARGUMENT_FLAGS, ipfw_tcp_options},
    {"dscp", RARE_DSCP, ARGUMENT_DSCP, NULL},
    {"layer2", RARE_NEVER, ARGUMENT_ANY, NULL},
    {"MAC", RARE_NEVER, ARGUMENT_ANY, NULL},
    {"mac-type", RARE_NEVER, ARGUMENT_ANY, NULL},
    {"ipsec", RARE_NEVER, ARGUMENT_ANY, NULL},
};

/* A decimal number, perhaps with a sign, modulo 2^32. */
static const char *
scan_number(const char *text, uint32_t *out)
{
	bool minus = *text == '-';
	uint32_t number = 0;

	for (text += minus; *text >= '0' && *text <= '9'; text++)
		number = number * 10 + (uint32_t)(*text - '0');
	*out = minus ? 0 - number : number;
	return text;
}

static bool
compile_list(const char *text, struct ipfw_port *ports, struct run_insn *out)
{
	out->u.ports = ports;
	for (; *text != '\0'; text += *text == ',') {
		uint32_t lo, hi;

		text = scan_number(text, &lo);
		hi = lo;
		if (*text == '-')
			text = scan_number(text + 1, &hi);
		if (*text != ',' && *text != '\0')
			return false;
		ports[out->count++] = (struct ipfw_port){
		    (uint16_t)lo, (uint16_t)hi};
	}
	return true;
}

static bool
compile_flags(
    const char *text, const struct ipfw_name *names, struct run_insn *out)
{
	while (*text != '\0') {
		bool clear = *text == '!';
		size_t length = strcspn(text += clear, ",");
		unsigned flag;

		if (!ipfw_name_find(names, text, length, &flag))
			return false;
		out->u.bits |= (uint64_t)flag << (clear ? 8 : 0);
		text += length + (text[length] == ',');
	}
	return true;
}

static bool
compile_dscp(const char *text, struct run_insn *out)
{
	while (*text != '\0') {
		size_t length = strcspn(text, ",");
		uint32_t code;
		unsigned named;

		if (ipfw_name_find(ipfw_dscp_codes, text, length, &named))
			code = named;
		else if (scan_number(text, &code) != text + length)
			return false;
		if (code > DSCP_MAX)
			return false;
		out->u.bits |= UINT64_C(1) << code;
		text += length + (text[length] == ',');
	}
	return true;
}

static bool
compile_argument(const struct rare *rare, const char *text,
    struct ipfw_port *ports, struct run_insn *out)
{
	switch (rare->argument) {
	case ARGUMENT_ANY:
		return true;
	case ARGUMENT_LIST:
		return compile_list(text, ports, out);
	case ARGUMENT_NUMBER:
		return *scan_number(text, &out->number) == '\0';
	case ARGUMENT_FLAGS:
		return compile_flags(text, rare->names, out);
	case ARGUMENT_DSCP:
		return compile_dscp(text, out);
	}
	return false;
}

size_t
run_rare_ports(const char *text)
{
	size_t n = 1;

	for (; *text != '\0'; text++)
		n += *text == ',';
	return n;
}

bool
run_rare_compile(
    const char *text, struct ipfw_port *ports, struct run_insn *out)
{
	size_t length = strcspn(text, " ");

	for (size_t i = 0; i < sizeof(rares) / sizeof(rares[0]); i++) {
		if (strncmp(rares[i].name, text, length) != 0 ||
		    rares[i].name[length] != '\0')
			continue;
		if (!compile_argument(&rares[i],
			text + length + (text[length] == ' '), ports, out))
			return false;
		out->op = (uint8_t)rares[i].op;
		return true;
	}
	return false;
}

static bool
has_flags(uint64_t wanted, uint8_t flags)
{
	uint8_t set = (uint8_t)wanted, clear = (uint8_t)(wanted >> 8);

	return (flags & set) == set && (flags & clear) == 0;
}

bool
run_rare_match(const struct run_scan *scan, const struct run_insn *insn)
{
	const struct ipfw_packet *packet = scan->packet;
	bool ip4 = scan->key.family == FAMILY_4;
	bool tcp = scan->has_header && scan->key.protocol == IPFW_PROTOCOL_TCP;

	switch ((enum rare_op)insn->op) {
	case RARE_ID:
		return ip4 && run_in_ranges(insn, packet->id);
	case RARE_LENGTH:
		return ip4 && run_in_ranges(insn, packet->length);
	case RARE_DATA_LENGTH:
		return tcp && ip4 && packet->length >= HEADERS_TCP4 &&
		    run_in_ranges(insn, packet->length - HEADERS_TCP4);
	case RARE_PRECEDENCE:
		return ip4 &&
		    (packet->tos & PRECEDENCE_MASK) ==
		    insn->number << PRECEDENCE_SHIFT;
	case RARE_VERSION:
		return ip4 && insn->number == 4;
	case RARE_SEQUENCE:
		return tcp && packet->sequence == insn->number;
	case RARE_ACKNOWLEDGEMENT:
		return tcp && packet->acknowledgement == insn->number;
	case RARE_TOS:
		return ip4 && has_flags(insn->u.bits, packet->tos);
	case RARE_DSCP:
		return (insn->u.bits >> (packet->tos >> DSCP_SHIFT) & 1) != 0;
	case RARE_IP_OPTIONS:
		return ip4 && has_flags(insn->u.bits, 0);
	case RARE_TCP_OPTIONS:
		return tcp && has_flags(insn->u.bits, 0);
	case RARE_NEVER:
		return false;
	}
	return false;
}
