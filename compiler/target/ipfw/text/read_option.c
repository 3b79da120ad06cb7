/*
 * The options behind "from SOURCE to TARGET": a table of words, each with the
 * function that reads what follows it.
 */
#include <stdlib.h>
#include <string.h>

#include "target/ipfw/text/read_private.h"

#define WORDS_PLAIN 1
#define WORDS_CARD 6
#define COMMENT_LIMIT 84 /* bytes, a space behind each word counted */

static bool
read_plain(struct rule_scan *scan, const struct scan_option *option)
{
	struct ipfw_insn insn = ipfw_scan_insn(scan, option->op);

	insn.number = option->number;
	return ipfw_scan_put(scan, &insn, WORDS_PLAIN);
}

/* "not in" is "out". */
static bool
read_direction(struct rule_scan *scan, const struct scan_option *option)
{
	struct ipfw_insn insn = ipfw_scan_insn(scan, option->op);

	if (insn.negated)
		insn.op = insn.op == IPFW_IN ? IPFW_OUT : IPFW_IN;
	insn.negated = false;
	return ipfw_scan_put(scan, &insn, WORDS_PLAIN);
}

/* "any" is no condition and takes a "not" with it. */
static bool
read_card(struct rule_scan *scan, const struct scan_option *option)
{
	struct ipfw_insn insn = ipfw_scan_insn(scan, option->op);
	const char *word = ipfw_scan_word(scan);
	uint32_t addr;
	struct buf text;

	if (!ipfw_scan_need(scan, "interface name or address") ||
	    !ipfw_scan_room(scan, WORDS_CARD))
		return false;
	if (strcmp(word, "any") == 0) {
		scan->pending_not = false;
		scan->at++;
		return true;
	}
	if (strncmp(word, "table(", strlen("table(")) == 0) {
		if (!ipfw_scan_table(scan, word, &insn))
			return false;
		insn.is_table = true;
		insn.has_value = false;
		insn.value = 0;
	} else if (!ipfw_scan_is_digit(word[0])) {
		insn.text = arena_strndup(
		    scan->arena, word, strnlen(word, IPFW_NAME_MAX));
	} else if (ipfw_scan_inet4(word, &addr)) {
		buf_init(&text, scan->arena);
		addr_format(&text, FAMILY_4, (struct addr){.lo = addr});
		insn.text = text.p;
	} else {
		return ipfw_scan_fail(
		    scan, IPFW_EXIT_DATA, "bad ip address %s", word);
	}
	scan->at++;
	return ipfw_scan_put(scan, &insn, WORDS_CARD);
}

static bool
read_setup(struct rule_scan *scan, const struct scan_option *option)
{
	struct ipfw_insn insn = ipfw_scan_insn(scan, option->op);

	insn.flags_set = IPFW_TCP_SYN;
	insn.flags_clear = IPFW_TCP_ACK;
	return ipfw_scan_put(scan, &insn, WORDS_PLAIN);
}

/* Later versions list what is left out here: which fragments. */
static bool
read_frag(struct rule_scan *scan, const struct scan_option *option)
{
	if (!read_plain(scan, option))
		return false;
	if (scan->reader->listing && ipfw_scan_word(scan) != NULL &&
	    strcmp(ipfw_scan_word(scan), "offset") == 0)
		scan->at++;
	return true;
}

/* ipfw(8) lists "ip6" in front of icmp6types though no rule has it. */
static bool
read_family(struct rule_scan *scan, const struct scan_option *option)
{
	if (scan->reader->listing && option->op == IPFW_IP6 &&
	    ipfw_scan_word(scan) != NULL &&
	    strcmp(ipfw_scan_word(scan), "icmp6types") == 0)
		return true;
	return read_plain(scan, option);
}

static bool
read_protocol(struct rule_scan *scan, const struct scan_option *option)
{
	const char *word = ipfw_scan_word(scan);
	bool known;

	(void)option;
	if (!ipfw_scan_need(scan, "protocol") ||
	    !ipfw_scan_protocol(scan, word, false, &known))
		return false;
	if (!known)
		return ipfw_scan_fail(
		    scan, IPFW_EXIT_DATA, "invalid protocol %s", word);
	scan->at++;
	return true;
}

static bool
read_address(struct rule_scan *scan, const struct scan_option *option)
{
	bool source = option->op == IPFW_SRC;
	const char *word = ipfw_scan_word(scan);

	if (!ipfw_scan_need(scan, "address"))
		return false;
	if (!(option->number == 6 ? ipfw_scan_address6(scan, word, source)
				  : ipfw_scan_address4(scan, word, source)))
		return false;
	scan->at++;
	return true;
}

static bool
read_ports(struct rule_scan *scan, const struct scan_option *option)
{
	struct ipfw_insn insn = ipfw_scan_insn(scan, option->op);
	const char *word = ipfw_scan_word(scan);
	bool known;

	if (!ipfw_scan_need(scan, "port"))
		return false;
	if (ipfw_scan_is(scan, "any")) {
		scan->at++;
		return true;
	}
	if (!ipfw_scan_ports(scan, word, scan->protocol, &insn, &known))
		return false;
	if (!known)
		return ipfw_scan_fail(
		    scan, IPFW_EXIT_DATA, "invalid port %s", word);
	scan->at++;
	return ipfw_scan_put(scan, &insn, insn.n_ports + 1);
}

/*
 * All words to the end.  In the kernel a comment is an instruction that is
 * always true: it can end an or-block, and a "not" makes it false.
 */
static bool
read_comment(struct rule_scan *scan, const struct scan_option *option)
{
	const ipfw_insns *insns = &scan->rule->insns;
	bool ends_block = insns->n > 0 && insns->v[insns->n - 1].or_next;
	struct ipfw_insn insn = ipfw_scan_insn(scan, option->op);
	struct buf text;

	if (ipfw_scan_word(scan) == NULL)
		return true;
	buf_init(&text, scan->arena);
	for (; ipfw_scan_word(scan) != NULL; scan->at++) {
		if (text.n > 0)
			buf_putc(&text, ' ');
		buf_puts(&text, ipfw_scan_word(scan));
	}
	if (text.n + 1 > COMMENT_LIMIT)
		return ipfw_scan_fail(scan, IPFW_EXIT_DATA,
		    "comment too long (at most 83 bytes)");
	scan->rule->comment = text.p;
	if (insn.negated || ends_block)
		return ipfw_scan_put(scan, &insn, 1 + (text.n + 4) / 4);
	return ipfw_scan_room(scan, 1 + (text.n + 4) / 4);
}

static bool
read_not(struct rule_scan *scan, const struct scan_option *option)
{
	(void)option;
	if (scan->pending_not)
		return ipfw_scan_fail_back(
		    scan, IPFW_EXIT_USAGE, "double \"not\" is not allowed");
	scan->pending_not = true;
	return true;
}

static bool
read_or(struct rule_scan *scan, const struct scan_option *option)
{
	ipfw_insns *insns = &scan->rule->insns;

	(void)option;
	if (!scan->open || scan->previous == PREVIOUS_NONE)
		return ipfw_scan_fail_back(
		    scan, IPFW_EXIT_USAGE, "invalid or-block");
	if (scan->previous == PREVIOUS_STATE)
		scan->state.or_next = true;
	else
		insns->v[insns->n - 1].or_next = true;
	return true;
}

/* A brace that is never closed is no mistake here. */
static bool
read_open(struct rule_scan *scan, const struct scan_option *option)
{
	(void)option;
	if (scan->open)
		return ipfw_scan_fail_back(
		    scan, IPFW_EXIT_USAGE, "braces cannot be nested");
	scan->open = true;
	return true;
}

static bool
read_close(struct rule_scan *scan, const struct scan_option *option)
{
	(void)option;
	if (!scan->open)
		return ipfw_scan_fail_back(
		    scan, IPFW_EXIT_USAGE, "missing opening brace");
	scan->open = false;
	scan->previous = PREVIOUS_NONE;
	return true;
}

static const struct scan_option options[] = {
    {"in", read_direction, IPFW_IN, 0},
    {"out", read_direction, IPFW_OUT, 0},
    {"limit", ipfw_scan_option_limit, IPFW_LIMIT, 0},
    {"keep-state", ipfw_scan_option_keep_state, IPFW_KEEP_STATE, 0},
    {"diverted", read_plain, IPFW_DIVERTED, 3},
    {"diverted-loopback", read_plain, IPFW_DIVERTED, 1},
    {"diverted-output", read_plain, IPFW_DIVERTED, 2},
    {"xmit", read_card, IPFW_XMIT, 0},
    {"recv", read_card, IPFW_RECV, 0},
    {"via", read_card, IPFW_VIA, 0},
    {"fragment", read_frag, IPFW_FRAG, 0},
    {"frag", read_frag, IPFW_FRAG, 0},
    {"ipttl", ipfw_scan_option_ttl, IPFW_OPTION_TTL, 0},
    {"estab", read_plain, IPFW_ESTABLISHED, 0},
    {"established", read_plain, IPFW_ESTABLISHED, 0},
    {"setup", read_setup, IPFW_SETUP, 0},
    {"tcpflags", ipfw_scan_option_tcpflags, IPFW_TCPFLAGS, 0},
    {"tcpflgs", ipfw_scan_option_tcpflags, IPFW_TCPFLAGS, 0},
    {"icmptype", ipfw_scan_option_types, IPFW_ICMPTYPES, 0},
    {"icmptypes", ipfw_scan_option_types, IPFW_ICMPTYPES, 0},
    {"icmp6type", ipfw_scan_option_types6, IPFW_ICMP6TYPES, 0},
    {"icmp6types", ipfw_scan_option_types6, IPFW_ICMP6TYPES, 0},
    {"src-ip", read_address, IPFW_SRC, 4},
    {"dst-ip", read_address, IPFW_DST, 4},
    {"src-ip6", read_address, IPFW_SRC, 6},
    {"src-ipv6", read_address, IPFW_SRC, 6},
    {"dst-ip6", read_address, IPFW_DST, 6},
    {"dst-ipv6", read_address, IPFW_DST, 6},
    {"src-port", read_ports, IPFW_SRC_PORTS, 0},
    {"dst-port", read_ports, IPFW_DST_PORTS, 0},
    {"proto", read_protocol, IPFW_PROTO, 0},
    {"verrevpath", read_plain, IPFW_VERREVPATH, 0},
    {"versrcreach", read_plain, IPFW_VERSRCREACH, 0},
    {"antispoof", read_plain, IPFW_ANTISPOOF, 0},
    {"ip4", read_family, IPFW_IP4, 0},
    {"ipv4", read_family, IPFW_IP4, 0},
    {"ip6", read_family, IPFW_IP6, 0},
    {"ipv6", read_family, IPFW_IP6, 0},
    {"lookup", ipfw_scan_option_lookup, IPFW_LOOKUP, 0},
    {"flow", ipfw_scan_option_flow, IPFW_FLOW_TABLE, 0},
    {"ext6hdr", ipfw_scan_option_ext6hdr, IPFW_EXT6HDR, 0},
    {"//", read_comment, IPFW_ALWAYS, 0},
    {"not", read_not, 0, 0},
    {"or", read_or, 0, 0},
    {"|", read_or, 0, 0},
    {"{", read_open, 0, 0},
    {"(", read_open, 0, 0},
    {"}", read_close, 0, 0},
    {")", read_close, 0, 0},
};

static bool
read_option(struct rule_scan *scan, const char *word)
{
	bool known;

	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++) {
		if (strcmp(word, options[i].name) == 0) {
			scan->at++;
			return options[i].read(scan, &options[i]);
		}
	}
	if (!ipfw_scan_foreign(scan, word, &known))
		return false;
	if (!known)
		return ipfw_scan_fail(
		    scan, IPFW_EXIT_USAGE, "unrecognised option %s", word);
	return true;
}

/* "!frag" is "not frag". */
static bool
read_mark(struct rule_scan *scan, const char **word)
{
	if ((*word)[0] != '!')
		return true;
	if (scan->pending_not)
		return ipfw_scan_fail(
		    scan, IPFW_EXIT_USAGE, "double \"not\" is not allowed");
	scan->pending_not = true;
	++*word;
	return true;
}

bool
ipfw_scan_options(struct rule_scan *scan)
{
	const char *word;

	while ((word = ipfw_scan_word(scan)) != NULL)
		if (!read_mark(scan, &word) || !read_option(scan, word))
			return false;
	return true;
}
