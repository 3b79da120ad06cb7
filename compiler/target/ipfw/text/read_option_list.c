/*
 * Options with lists: types, flags, TTLs, extension headers; and those that
 * ask a table.
 */
#include <stdlib.h>
#include <string.h>

#include "target/ipfw/text/read_private.h"

#define WORDS_PLAIN 1
#define WORDS_VALUE 2
#define WORDS_TYPES 2
#define WORDS_TYPES6 8
#define WORDS_LOOKUP 3
#define ICMP_TYPE_MAX 31
#define ICMP6_TYPE_MAX 201

/* Only the low 8 bits of a type count. */
static bool
read_type_list(struct rule_scan *scan, unsigned max, uint64_t *types)
{
	const char *p = ipfw_scan_word(scan);

	while (*p != '\0') {
		char *end;
		uint8_t type;

		if (*p == ',')
			p++;
		type = (uint8_t)strtoul(p, &end, 0);
		p = end;
		if (*p != ',' && *p != '\0')
			return ipfw_scan_fail(
			    scan, IPFW_EXIT_DATA, "invalid ICMP type");
		if (type > max)
			return ipfw_scan_fail(
			    scan, IPFW_EXIT_DATA, "ICMP type out of range");
		types[type / 64] |= UINT64_C(1) << type % 64;
	}
	scan->at++;
	return true;
}

bool
ipfw_scan_option_types(struct rule_scan *scan, const struct scan_option *option)
{
	struct ipfw_insn insn = ipfw_scan_insn(scan, option->op);

	return ipfw_scan_need(scan, "list of types") &&
	    read_type_list(scan, ICMP_TYPE_MAX, insn.types) &&
	    ipfw_scan_put(scan, &insn, WORDS_TYPES);
}

/* This one forgets its "not". */
bool
ipfw_scan_option_types6(
    struct rule_scan *scan, const struct scan_option *option)
{
	struct ipfw_insn insn = ipfw_scan_insn(scan, option->op);

	insn.negated = false;
	return ipfw_scan_need(scan, "list of types") &&
	    ipfw_scan_room(scan, WORDS_TYPES6) &&
	    read_type_list(scan, ICMP6_TYPE_MAX, insn.types) &&
	    ipfw_scan_put(scan, &insn, WORDS_TYPES6);
}

bool
ipfw_scan_option_ttl(struct rule_scan *scan, const struct scan_option *option)
{
	struct ipfw_insn insn = ipfw_scan_insn(scan, option->op);
	const char *word = ipfw_scan_word(scan);
	bool known;

	if (!ipfw_scan_need(scan, "TTL"))
		return false;
	if (strpbrk(word, "-,") == NULL) {
		insn.ports = arena_new(scan->arena, struct ipfw_port);
		insn.ports->lo = (uint16_t)ipfw_scan_number(word, 0);
		insn.ports->hi = insn.ports->lo;
		insn.n_ports = 1;
		scan->at++;
		return ipfw_scan_put(scan, &insn, WORDS_PLAIN);
	}
	if (!ipfw_scan_ports(scan, word, 0, &insn, &known))
		return false;
	if (!known)
		return ipfw_scan_fail(
		    scan, IPFW_EXIT_DATA, "invalid TTL %s", word);
	scan->at++;
	return ipfw_scan_put(scan, &insn, insn.n_ports + 1);
}

bool
ipfw_scan_flags(const struct ipfw_name *table, const char *word, unsigned *set,
    unsigned *clear, const char **bad)
{
	*set = *clear = 0;
	for (const char *p = word; *p != '\0';) {
		bool cleared = *p == '!';
		size_t n;
		unsigned value;

		p += cleared;
		n = strcspn(p, ",");
		if (!ipfw_name_find(table, p, n, &value)) {
			*bad = p;
			return false;
		}
		*(cleared ? clear : set) |= value;
		p += n;
		p += *p == ',';
	}
	return true;
}

bool
ipfw_scan_option_tcpflags(
    struct rule_scan *scan, const struct scan_option *option)
{
	struct ipfw_insn insn = ipfw_scan_insn(scan, option->op);
	unsigned set, clear;
	const char *bad;

	if (!ipfw_scan_need(scan, "TCP flags"))
		return false;
	if (!ipfw_scan_flags(
		ipfw_tcp_flags, ipfw_scan_word(scan), &set, &clear, &bad))
		return ipfw_scan_fail(
		    scan, IPFW_EXIT_DATA, "invalid flag %s", bad);
	insn.flags_set = (uint8_t)set;
	insn.flags_clear = (uint8_t)clear;
	if (set == IPFW_TCP_SYN && clear == IPFW_TCP_ACK)
		insn.op = IPFW_SETUP;
	scan->at++;
	return ipfw_scan_put(scan, &insn, WORDS_PLAIN);
}

bool
ipfw_scan_option_lookup(
    struct rule_scan *scan, const struct scan_option *option)
{
	struct ipfw_insn insn = ipfw_scan_insn(scan, option->op);
	const char *word = ipfw_scan_word(scan);

	if (word == NULL || scan->words[scan->at + 1] == NULL)
		return ipfw_scan_fail(
		    scan, IPFW_EXIT_USAGE, "lookup needs a key and a table");
	if (!ipfw_name_find(ipfw_lookup_keys, word, strlen(word), &insn.number))
		return ipfw_scan_fail(
		    scan, IPFW_EXIT_USAGE, "cannot look up %s", word);
	insn.text = scan->words[++scan->at];
	if (!ipfw_scan_table_name(scan, insn.text))
		return false;
	scan->at++;
	return ipfw_scan_put(scan, &insn, WORDS_LOOKUP);
}

bool
ipfw_scan_option_flow(struct rule_scan *scan, const struct scan_option *option)
{
	struct ipfw_insn insn = ipfw_scan_insn(scan, option->op);
	const char *word = ipfw_scan_word(scan);

	if (!ipfw_scan_need(scan, "table name"))
		return false;
	if (strncmp(word, "table(", strlen("table(")) != 0)
		return ipfw_scan_fail(scan, IPFW_EXIT_DATA,
		    "enclose the table name in \"table()\"");
	if (!ipfw_scan_table(scan, word, &insn))
		return false;
	scan->at++;
	return ipfw_scan_put(
	    scan, &insn, insn.has_value ? WORDS_VALUE : WORDS_PLAIN);
}

bool
ipfw_scan_option_ext6hdr(
    struct rule_scan *scan, const struct scan_option *option)
{
	struct ipfw_insn insn = ipfw_scan_insn(scan, option->op);
	const char *p = ipfw_scan_word(scan);
	unsigned value;
	size_t n;

	if (!ipfw_scan_need(scan, "extension header"))
		return false;
	for (;; p += n + 1) {
		n = strcspn(p, ",");
		if (!ipfw_name_find(ipfw_ext6hdr_names, p, n, &value))
			return ipfw_scan_fail(scan, IPFW_EXIT_DATA,
			    "invalid extension header %s", p);
		insn.number |= value;
		if (p[n] == '\0')
			break;
	}
	scan->at++;
	return ipfw_scan_put(scan, &insn, WORDS_PLAIN);
}
