/*
 * Ports and lists of them.  Only the low 16 bits of a number count, and a
 * range may run backwards: then it never matches.
 */
#include <stdlib.h>
#include <string.h>

#include "target/ipfw/text/read_private.h"

/* The length field of an instruction has 6 bits. */
#define PORTS_LIMIT 62

static bool
is_name_char(char c)
{
	return ipfw_scan_is_digit(c) || (c >= 'a' && c <= 'z') ||
	    (c >= 'A' && c <= 'Z') || c == '\\';
}

/* A name ends at the first byte that is no letter; "\-" is a hyphen in it. */
static uint16_t
read_service(const char *word, unsigned protocol, const char **end)
{
	char name[32];
	size_t n = 0;
	unsigned port;
	const char *p;

	*end = word;
	for (p = word; is_name_char(*p); p++) {
		if (*p == '\\' && p[1] != '\0')
			p++;
		if (*p == '\\')
			continue;
		if (n == sizeof(name))
			return 0;
		name[n++] = *p;
	}
	if (!ipfw_service_find(name, n, protocol, &port))
		return 0;
	*end = p;
	return (uint16_t)port;
}

uint16_t
ipfw_scan_port(const char *word, unsigned protocol, const char **end)
{
	char *after;
	long value;

	if (!ipfw_scan_is_digit(word[0]))
		return read_service(word, protocol, end);
	value = strtol(word, &after, 0);
	*end = after;
	return (uint16_t)value;
}

/* One port or range at *WORD, which moves on to what follows it. */
static bool
read_range(const char **word, unsigned protocol, struct ipfw_port *port)
{
	const char *end;

	port->lo = port->hi = ipfw_scan_port(*word, protocol, &end);
	if (end == *word)
		return false;
	if (*end == '-') {
		*word = end + 1;
		port->hi = ipfw_scan_port(*word, protocol, &end);
		if (end == *word)
			return false;
	}
	*word = end;
	return *end == ',' || *end == '\0';
}

bool
ipfw_scan_ports(struct rule_scan *scan, const char *word, unsigned protocol,
    struct ipfw_insn *insn, bool *known)
{
	VEC(struct ipfw_port) ports = {NULL, 0, 0};
	struct ipfw_port port;

	*known = false;
	for (;;) {
		if (!read_range(&word, protocol, &port))
			return true;
		if (!ipfw_scan_room(scan, ports.n + 2))
			return false;
		vec_push(scan->arena, &ports, port);
		if (*word == '\0')
			break;
		word++;
	}
	if (ports.n > PORTS_LIMIT)
		return ipfw_scan_fail(scan, IPFW_EXIT_DATA,
		    "too many ports or ranges in one list");
	if (ports.n > IPFW_PORTS_MAX)
		ipfw_scan_refuse(scan,
		    "the kernel takes at most 30 ports or ranges in one list");
	*known = true;
	insn->ports = ports.v;
	insn->n_ports = ports.n;
	return true;
}
