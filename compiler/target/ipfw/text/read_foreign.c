/*
 * Options that this program never writes and never runs.  They are checked
 * and kept as the text that ipfw(8) lists, so that a ruleset that has them
 * can be shown as it is.  No user database is asked for names.
 */
#include <stdlib.h>
#include <string.h>

#include "target/ipfw/text/read_private.h"

#define WORDS_PLAIN 1
#define WORDS_NUMBER 2
#define WORDS_DSCP 3
#define WORDS_MAC 7
#define PROTOCOL_IPV6 41
#define DSCP_CODES 64
#define FLOW_ID_MAX 0xfffff
#define MAC_BYTES 6

struct foreign {
	const char *name;
	const char *listed; /* the name as it is listed */
	/* Append the argument to OUT; *WORDS is the size of the option. */
	bool (*read)(struct rule_scan *scan, const struct foreign *foreign,
	    struct buf *out, size_t *words);
	const struct ipfw_name *names; /* of flags */
	bool forgets_not;
};

static bool
need(struct rule_scan *scan, const struct foreign *foreign)
{
	if (ipfw_scan_word(scan) != NULL)
		return true;
	return ipfw_scan_fail(
	    scan, IPFW_EXIT_USAGE, "%s requires an argument", foreign->name);
}

static bool
refuse(struct rule_scan *scan, const struct foreign *foreign)
{
	return ipfw_scan_fail(scan, IPFW_EXIT_DATA, "invalid %s: %s",
	    foreign->name, ipfw_scan_word(scan));
}

static bool
read_nothing(struct rule_scan *scan, const struct foreign *foreign,
    struct buf *out, size_t *words)
{
	(void)scan;
	(void)foreign;
	(void)out;
	*words = WORDS_PLAIN;
	return true;
}

/* A number of 16 bits. */
static bool
read_short(struct rule_scan *scan, const struct foreign *foreign,
    struct buf *out, size_t *words)
{
	if (!need(scan, foreign))
		return false;
	buf_printf(out, " %u",
	    (unsigned)(uint16_t)ipfw_scan_number(ipfw_scan_word(scan), 0));
	*words = WORDS_PLAIN;
	scan->at++;
	return true;
}

static bool
read_precedence(struct rule_scan *scan, const struct foreign *foreign,
    struct buf *out, size_t *words)
{
	if (!need(scan, foreign))
		return false;
	buf_printf(out, " %u",
	    (unsigned)ipfw_scan_number(ipfw_scan_word(scan), 0) & 7);
	*words = WORDS_PLAIN;
	scan->at++;
	return true;
}

/* 32 bits, listed with a sign. */
static bool
read_sequence(struct rule_scan *scan, const struct foreign *foreign,
    struct buf *out, size_t *words)
{
	uint32_t value;

	if (!need(scan, foreign))
		return false;
	value = (uint32_t)ipfw_scan_number(ipfw_scan_word(scan), 0);
	if (value <= INT32_MAX)
		buf_printf(out, " %u", (unsigned)value);
	else
		buf_printf(out, " -%u", (unsigned)(UINT32_MAX - value + 1));
	*words = WORDS_NUMBER;
	scan->at++;
	return true;
}

static void
format_short(struct buf *out, uint16_t number, bool hexadecimal)
{
	if (hexadecimal)
		buf_printf(out, "0x%04x", (unsigned)number);
	else
		buf_printf(out, "%u", (unsigned)number);
}

static void
format_ranges(struct buf *out, const struct ipfw_insn *insn, bool hexadecimal)
{
	for (size_t i = 0; i < insn->n_ports; i++) {
		struct ipfw_port port = insn->ports[i];

		buf_putc(out, i == 0 ? ' ' : ',');
		format_short(out, port.lo, hexadecimal);
		if (port.lo == port.hi)
			continue;
		buf_putc(out, '-');
		format_short(out, port.hi, hexadecimal);
	}
}

/* A number, or a list of numbers and ranges. */
static bool
read_list(struct rule_scan *scan, const struct foreign *foreign,
    struct buf *out, size_t *words)
{
	struct ipfw_insn list = {.op = IPFW_OPTION_FOREIGN};
	bool known;

	if (!need(scan, foreign))
		return false;
	if (strpbrk(ipfw_scan_word(scan), "-,") == NULL)
		return read_short(scan, foreign, out, words);
	if (!ipfw_scan_ports(scan, ipfw_scan_word(scan), 0, &list, &known))
		return false;
	if (!known)
		return refuse(scan, foreign);
	format_ranges(out, &list, false);
	*words = list.n_ports + 1;
	scan->at++;
	return true;
}

static bool
read_tagged(struct rule_scan *scan, const struct foreign *foreign,
    struct buf *out, size_t *words)
{
	const char *word = ipfw_scan_word(scan);
	uint32_t tag;

	if (word != NULL && strpbrk(word, "-,") != NULL)
		return read_list(scan, foreign, out, words);
	if (!ipfw_scan_argument(scan, foreign->name, &tag))
		return false;
	if (tag == IPFW_TABLEARG)
		buf_puts(out, " tablearg");
	else
		buf_printf(out, " %u", (unsigned)tag);
	*words = WORDS_PLAIN;
	return true;
}

static bool
read_mac_type(struct rule_scan *scan, const struct foreign *foreign,
    struct buf *out, size_t *words)
{
	struct ipfw_insn list = {.op = IPFW_OPTION_FOREIGN};
	bool known;

	if (!need(scan, foreign) ||
	    !ipfw_scan_ports(scan, ipfw_scan_word(scan), 0, &list, &known))
		return false;
	if (!known)
		return refuse(scan, foreign);
	format_ranges(out, &list, true);
	*words = list.n_ports + 1;
	scan->at++;
	return true;
}

static void
format_flags(struct buf *out, const struct ipfw_name *names, unsigned set,
    unsigned clear)
{
	char separator = ' ';

	for (; names->name != NULL; names++) {
		if ((set & names->value) != 0) {
			set &= ~names->value;
			buf_printf(out, "%c%s", separator, names->name);
			separator = ',';
		}
		if ((clear & names->value) != 0) {
			clear &= ~names->value;
			buf_printf(out, "%c!%s", separator, names->name);
			separator = ',';
		}
	}
}

static bool
read_flags(struct rule_scan *scan, const struct foreign *foreign,
    struct buf *out, size_t *words)
{
	unsigned set, clear;
	const char *bad;

	if (!need(scan, foreign))
		return false;
	if (!ipfw_scan_flags(
		foreign->names, ipfw_scan_word(scan), &set, &clear, &bad))
		return refuse(scan, foreign);
	format_flags(out, foreign->names, set, clear);
	*words = WORDS_PLAIN;
	scan->at++;
	return true;
}

static bool
read_dscp(struct rule_scan *scan, const struct foreign *foreign,
    struct buf *out, size_t *words)
{
	bool codes[DSCP_CODES] = {false};
	char separator = ' ';
	const char *p = ipfw_scan_word(scan);
	unsigned code;
	size_t n;

	if (!need(scan, foreign))
		return false;
	for (;; p += n + 1) {
		n = strcspn(p, ",");
		if (ipfw_scan_is_digit(*p))
			code = (unsigned)ipfw_scan_number(p, 10);
		else if (!ipfw_name_find(ipfw_dscp_codes, p, n, &code))
			return refuse(scan, foreign);
		if (code >= DSCP_CODES)
			return refuse(scan, foreign);
		codes[code] = true;
		if (p[n] == '\0')
			break;
	}
	for (code = 0; code < DSCP_CODES; code++) {
		const char *name = ipfw_name_of(ipfw_dscp_codes, code);

		if (!codes[code])
			continue;
		buf_putc(out, separator);
		separator = ',';
		if (name != NULL)
			buf_puts(out, name);
		else
			buf_printf(out, "%u", code);
	}
	*words = WORDS_DSCP;
	scan->at++;
	return true;
}

/* Only the first user and group have a name everywhere. */
static bool
read_user(struct rule_scan *scan, const struct foreign *foreign,
    struct buf *out, size_t *words)
{
	bool group = strcmp(foreign->name, "gid") == 0;
	const char *first = group ? "wheel" : "root";
	const char *word = ipfw_scan_word(scan);
	unsigned long number;
	char *end;

	if (!need(scan, foreign))
		return false;
	number = strtoul(word, &end, 0);
	if (*end == '\0' && number != 0)
		buf_printf(out, " %u", (unsigned)number);
	else if (*end == '\0' || strcmp(word, first) == 0)
		buf_printf(out, " %s", first);
	else if (scan->reader->listing)
		buf_printf(out, " %s", word);
	else
		return refuse(scan, foreign);
	*words = WORDS_NUMBER;
	scan->at++;
	return true;
}

static bool
read_jail(struct rule_scan *scan, const struct foreign *foreign,
    struct buf *out, size_t *words)
{
	char *end;
	int jail;

	if (!need(scan, foreign))
		return false;
	jail = (int)strtol(ipfw_scan_word(scan), &end, 0);
	if (jail < 0 || *end != '\0')
		return refuse(scan, foreign);
	buf_printf(out, " %d", jail);
	*words = WORDS_NUMBER;
	scan->at++;
	return true;
}

static bool
read_flow_id(struct rule_scan *scan, const struct foreign *foreign,
    struct buf *out, size_t *words)
{
	const char *p = ipfw_scan_word(scan);
	char separator = ' ';

	if (scan->protocol != PROTOCOL_IPV6)
		return ipfw_scan_fail(scan, IPFW_EXIT_USAGE,
		    "%s is for protocol ip6 only", foreign->name);
	if (!need(scan, foreign))
		return false;
	for (*words = 1;; p++) {
		char *end;
		unsigned long flow = strtoul(p, &end, 0);

		if ((*end != ',' && *end != '\0') || flow > FLOW_ID_MAX)
			return refuse(scan, foreign);
		buf_printf(out, "%c%lu", separator, flow);
		separator = ',';
		++*words;
		p = end;
		if (*p == '\0')
			break;
	}
	scan->at++;
	return true;
}

/* Six numbers of two digits between colons, up to END. */
static bool
parse_mac(const char *text, char end, unsigned *bytes)
{
	for (int i = 0; i < MAC_BYTES; i++) {
		char *after;
		unsigned long byte;

		if (strspn(text, "0123456789abcdefABCDEF") == 0)
			return false;
		byte = strtoul(text, &after, 16);
		if (byte > 0xff || (*after != ':' && i < MAC_BYTES - 1))
			return false;
		bytes[i] = (unsigned)byte;
		text = after + (i < MAC_BYTES - 1);
	}
	return *text == end;
}

/* "any", an address, ADDRESS/WIDTH or ADDRESS&MASK. */
static bool
format_mac(struct buf *out, const char *word)
{
	const char *separator = strpbrk(word, "&/");
	unsigned addr[MAC_BYTES], mask[MAC_BYTES];
	long width = 8 * MAC_BYTES;
	char *end;

	if (strcmp(word, "any") == 0) {
		buf_puts(out, " any");
		return true;
	}
	if (!parse_mac(word, separator != NULL ? *separator : '\0', addr))
		return false;
	if (separator != NULL && *separator == '/') {
		width = strtol(separator + 1, &end, 10);
		if (*end != '\0' || width < 0 || width > 8 * MAC_BYTES)
			return false;
	}
	for (int i = 0; i < MAC_BYTES; i++) {
		long bits = width - 8 * i;

		mask[i] = 0xff;
		if (bits < 8)
			mask[i] = bits > 0 ? 0xff00u >> bits & 0xff : 0;
	}
	if (separator != NULL && *separator == '&' &&
	    !parse_mac(separator + 1, '\0', mask))
		return false;
	for (int i = 0; i < MAC_BYTES; i++)
		buf_printf(
		    out, "%c%02x", i == 0 ? ' ' : ':', addr[i] & mask[i]);
	if (separator != NULL && *separator == '/' && width < 8 * MAC_BYTES)
		buf_printf(out, "/%ld", width);
	else if (separator != NULL && *separator == '&')
		buf_puts(out, separator);
	return true;
}

static bool
read_mac(struct rule_scan *scan, const struct foreign *foreign, struct buf *out,
    size_t *words)
{
	const char *word = ipfw_scan_word(scan);

	if (word == NULL || scan->words[scan->at + 1] == NULL)
		return ipfw_scan_fail(scan, IPFW_EXIT_DATA,
		    "%s needs two addresses", foreign->name);
	for (int i = 0; i < 2; i++) {
		if (!format_mac(out, ipfw_scan_word(scan)))
			return refuse(scan, foreign);
		scan->at++;
	}
	*words = WORDS_MAC;
	return true;
}

static const struct foreign foreigns[] = {
    {"bridged", "layer2", read_nothing, NULL, false},
    {"layer2", "layer2", read_nothing, NULL, false},
    {"ipsec", "ipsec", read_nothing, NULL, false},
    {"sockarg", "sockarg", read_nothing, NULL, false},
    {"fib", "fib", read_short, NULL, false},
    {"ipversion", "ipver", read_short, NULL, false},
    {"ipver", "ipver", read_short, NULL, false},
    {"ipprecedence", "ipprecedence", read_precedence, NULL, false},
    {"iplen", "iplen", read_list, NULL, false},
    {"ipid", "ipid", read_list, NULL, false},
    {"tcpdatalen", "tcpdatalen", read_list, NULL, false},
    {"tcpwin", "tcpwin", read_list, NULL, false},
    {"tagged", "tagged", read_tagged, NULL, false},
    {"tcpseq", "tcpseq", read_sequence, NULL, true},
    {"tcpack", "tcpack", read_sequence, NULL, true},
    {"ipoptions", "ipoptions", read_flags, ipfw_ip_options, false},
    {"ipopts", "ipoptions", read_flags, ipfw_ip_options, false},
    {"iptos", "iptos", read_flags, ipfw_tos_flags, false},
    {"tcpoptions", "tcpoptions", read_flags, ipfw_tcp_options, false},
    {"tcpopts", "tcpoptions", read_flags, ipfw_tcp_options, false},
    {"dscp", "dscp", read_dscp, NULL, false},
    {"uid", "uid", read_user, NULL, false},
    {"gid", "gid", read_user, NULL, false},
    {"jail", "jail", read_jail, NULL, false},
    {"flow-id", "flow-id", read_flow_id, NULL, false},
    {"MAC", "MAC", read_mac, NULL, false},
    {"mac", "MAC", read_mac, NULL, false},
    {"mac-type", "mac-type", read_mac_type, NULL, false},
};

static bool
put_foreign(struct rule_scan *scan, const struct foreign *foreign)
{
	struct ipfw_insn insn = ipfw_scan_insn(scan, IPFW_OPTION_FOREIGN);
	struct buf text;
	size_t words;

	buf_init(&text, scan->arena);
	buf_puts(&text, foreign->listed);
	if (!foreign->read(scan, foreign, &text, &words))
		return false;
	insn.text = text.p;
	if (foreign->forgets_not)
		insn.negated = false;
	return ipfw_scan_put(scan, &insn, words);
}

bool
ipfw_scan_foreign(struct rule_scan *scan, const char *word, bool *known)
{
	for (size_t i = 0; i < sizeof(foreigns) / sizeof(foreigns[0]); i++) {
		if (strcmp(word, foreigns[i].name) == 0) {
			*known = true;
			scan->at++;
			return put_foreign(scan, &foreigns[i]);
		}
	}
	*known = false;
	return true;
}
