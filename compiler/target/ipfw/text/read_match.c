/*
 * "PROTOCOL from SOURCE PORTS to TARGET PORTS": each part but the ports may
 * be an or-block.  A rule whose first word is no protocol has options only.
 */
#include <stdlib.h>
#include <string.h>

#include "target/ipfw/text/read_private.h"

#define PROTOCOL_IP 0
#define PROTOCOL_IPV6 41
#define WORDS_PLAIN 1

/* A brace may be written together with the word behind it. */
static bool
take_brace(struct rule_scan *scan)
{
	const char *word = ipfw_scan_word(scan);

	if (word == NULL || (word[0] != '(' && word[0] != '{'))
		return true;
	if (scan->open)
		return ipfw_scan_fail(
		    scan, IPFW_EXIT_USAGE, "braces cannot be nested");
	scan->previous = PREVIOUS_NONE;
	scan->open = true;
	if (word[1] == '\0')
		scan->at++;
	else
		scan->words[scan->at] = word + 1;
	return true;
}

static bool
take_not(struct rule_scan *scan)
{
	if (ipfw_scan_word(scan) == NULL || !ipfw_scan_is(scan, "not"))
		return true;
	if (scan->pending_not)
		return ipfw_scan_fail(
		    scan, IPFW_EXIT_USAGE, "double \"not\" is not allowed");
	scan->pending_not = true;
	scan->at++;
	return true;
}

/* After a pattern: "or" and another one, or the end of the block. */
static bool
take_or(struct rule_scan *scan, bool *more)
{
	ipfw_insns *insns = &scan->rule->insns;
	const char *word = ipfw_scan_word(scan);

	*more = ipfw_scan_word(scan) != NULL && ipfw_scan_is(scan, "or");
	if (*more) {
		if (!scan->open || scan->previous == PREVIOUS_NONE)
			return ipfw_scan_fail(
			    scan, IPFW_EXIT_DATA, "invalid or-block");
		insns->v[insns->n - 1].or_next = true;
		scan->at++;
	} else if (scan->open) {
		if (word == NULL ||
		    (strcmp(word, ")") != 0 && strcmp(word, "}") != 0))
			return ipfw_scan_fail(
			    scan, IPFW_EXIT_USAGE, "missing closing brace");
		scan->previous = PREVIOUS_NONE;
		scan->open = false;
		scan->at++;
	}
	return true;
}

static bool
put_protocol(struct rule_scan *scan, enum ipfw_op op, unsigned number)
{
	struct ipfw_insn insn = ipfw_scan_insn(scan, op);

	insn.number = number;
	return ipfw_scan_put(scan, &insn, WORDS_PLAIN);
}

static bool
is_family(const char *word, const char *name, const char *other, bool in_front)
{
	return strcmp(word, name) == 0 ||
	    (in_front && strcmp(word, other) == 0);
}

bool
ipfw_scan_protocol(
    struct rule_scan *scan, const char *word, bool in_front, bool *known)
{
	enum ipfw_op op = in_front ? IPFW_PROTO : IPFW_OPTION_PROTO;
	unsigned number;
	char *end;

	*known = true;
	scan->protocol = PROTOCOL_IP;
	if (strncmp("all", word, strlen(word)) == 0 || strcmp(word, "ip") == 0)
		return true;
	if (is_family(word, "ip4", "ipv4", in_front))
		return put_protocol(scan, IPFW_IP4, 0);
	if (is_family(word, "ip6", "ipv6", in_front)) {
		scan->protocol = PROTOCOL_IPV6;
		return put_protocol(scan, IPFW_IP6, 0);
	}
	number = (unsigned)strtol(word, &end, 10);
	if ((*end != '\0' || (int)number <= 0) &&
	    !ipfw_protocol_find(word, &number)) {
		*known = false;
		return true;
	}
	scan->protocol = number & 0xff;
	return put_protocol(scan, op, number & 0xffff);
}

/* *FOUND is false if the rule has options only. */
static bool
read_protocols(struct rule_scan *scan, bool *found)
{
	bool more;

	if (!take_brace(scan))
		return false;
	do {
		unsigned before = scan->protocol;

		if (!take_not(scan) || !ipfw_scan_need(scan, "protocol") ||
		    !ipfw_scan_protocol(
			scan, ipfw_scan_word(scan), true, found))
			return false;
		if (!*found) {
			scan->protocol = before;
			if (scan->rule->insns.n > 0)
				return ipfw_scan_fail(scan, IPFW_EXIT_DATA,
				    "invalid protocol %s",
				    ipfw_scan_word(scan));
			return true;
		}
		scan->at++;
		if (!take_or(scan, &more))
			return false;
	} while (more);
	return true;
}

static bool
read_end(struct rule_scan *scan, bool source)
{
	bool more;

	if (!take_brace(scan))
		return false;
	do {
		if (!take_not(scan) ||
		    !ipfw_scan_need(
			scan, source ? "source address" : "target address") ||
		    !ipfw_scan_address(scan, ipfw_scan_word(scan), source))
			return false;
		scan->at++;
		if (!take_or(scan, &more))
			return false;
	} while (more);
	return true;
}

static bool
read_ports(struct rule_scan *scan, bool source)
{
	struct ipfw_insn insn;
	bool known;

	if (!take_not(scan))
		return false;
	if (ipfw_scan_word(scan) == NULL)
		return true;
	if (ipfw_scan_is(scan, "any")) {
		scan->at++;
		return true;
	}
	insn = ipfw_scan_insn(scan, source ? IPFW_SRC_PORTS : IPFW_DST_PORTS);
	if (!ipfw_scan_ports(
		scan, ipfw_scan_word(scan), scan->protocol, &insn, &known))
		return false;
	if (!known)
		return true;
	scan->at++;
	return ipfw_scan_put(scan, &insn, insn.n_ports + 1);
}

static bool
take_keyword(struct rule_scan *scan, const char *keyword)
{
	if (ipfw_scan_word(scan) == NULL || !ipfw_scan_is(scan, keyword))
		return ipfw_scan_fail(
		    scan, IPFW_EXIT_USAGE, "missing \"%s\"", keyword);
	scan->at++;
	return true;
}

bool
ipfw_scan_body(struct rule_scan *scan)
{
	bool found;

	if (!read_protocols(scan, &found))
		return false;
	if (found &&
	    (!take_keyword(scan, "from") || !read_end(scan, true) ||
		!read_ports(scan, true) || !take_keyword(scan, "to") ||
		!read_end(scan, false) || !read_ports(scan, false)))
		return false;
	scan->previous = PREVIOUS_NONE;
	scan->rule->options_only = ipfw_scan_word(scan) != NULL &&
	    scan->rule->insns.n == 0;
	return ipfw_scan_options(scan);
}
