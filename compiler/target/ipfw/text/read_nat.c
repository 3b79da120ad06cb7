/*
 * "nat N config …": the card or address, flags, and redirected ports.
 */
#include <stdlib.h>
#include <string.h>

#include "target/ipfw/text/read_private.h"

#define PROTOCOL_TCP 6
#define PROTOCOL_UDP 17

struct nat_scan {
	struct ipfw_reader *reader;
	const char *const *words;
	size_t n, at;
};

static const char *const flags[] = {"log", "deny_in", "same_ports",
    "unreg_only", "unreg_cgn", "reset", "reverse", "proxy_only", "skip_global",
    "udp_eim", NULL};

static bool
fail(struct nat_scan *scan, const char *what)
{
	scan->reader->code = IPFW_EXIT_DATA;
	scan->reader->message = arena_printf(scan->reader->arena, "%s: %s",
	    what, scan->at < scan->n ? scan->words[scan->at] : "end");
	scan->reader->word = scan->at < scan->n ? scan->at : scan->n - 1;
	return false;
}

static const char *
take(struct nat_scan *scan)
{
	return scan->at < scan->n ? scan->words[scan->at++] : NULL;
}

/* "80" or "8000-8010". */
static bool
parse_ports(const char *text, unsigned protocol, struct port_range *range)
{
	const char *end;

	range->lo = range->hi = ipfw_scan_port(text, protocol, &end);
	if (end == text)
		return false;
	if (*end == '-') {
		text = end + 1;
		range->hi = ipfw_scan_port(text, protocol, &end);
		if (end == text || range->lo > range->hi)
			return false;
	}
	return *end == '\0';
}

/* "[ADDRESS:]PORTS"; *ADDRESS is 0 if there is none. */
static bool
parse_end(struct arena *arena, const char *text, unsigned protocol,
    uint32_t *addr, struct port_range *range)
{
	const char *colon = strchr(text, ':');

	*addr = 0;
	if (colon == NULL)
		return parse_ports(text, protocol, range);
	return ipfw_scan_inet4(
		   arena_strndup(arena, text, (size_t)(colon - text)), addr) &&
	    parse_ports(colon + 1, protocol, range);
}

/* "redirect_port PROTOCOL TARGET:PORTS [ADDRESS:]PORTS". */
static bool
read_redirect(struct nat_scan *scan, struct ipfw_nat *nat)
{
	struct arena *arena = scan->reader->arena;
	struct ipfw_redirect redirect = {.protocol = PROTOCOL_TCP};
	const char *word;
	uint32_t target, outside;
	unsigned protocol;

	if (scan->n - scan->at < 3)
		return fail(scan, "not enough arguments");
	word = scan->words[scan->at];
	if (strcmp(word, "udp") == 0)
		redirect.protocol = PROTOCOL_UDP;
	else if (strcmp(word, "tcp") != 0)
		return fail(scan, "no protocol of a redirected port");
	protocol = (unsigned)redirect.protocol;
	scan->at++;
	if (!parse_end(arena, scan->words[scan->at], protocol, &target,
		&redirect.inside) ||
	    target == 0)
		return fail(scan, "no address and port");
	scan->at++;
	if (!parse_end(arena, scan->words[scan->at], protocol, &outside,
		&redirect.outside))
		return fail(scan, "no port");
	if (redirect.inside.hi - redirect.inside.lo !=
	    redirect.outside.hi - redirect.outside.lo)
		return fail(scan, "port ranges must be equal in size");
	scan->at++;
	if (scan->at < scan->n && ipfw_scan_is_digit(scan->words[scan->at][0]))
		return fail(scan, "a remote address is not read here");
	redirect.target = (struct addr){.lo = target};
	vec_push(arena, &nat->redirects, redirect);
	return true;
}

static bool
is_flag(const char *word)
{
	for (size_t i = 0; flags[i] != NULL; i++)
		if (strcmp(word, flags[i]) == 0)
			return true;
	return false;
}

static bool
read_option(struct nat_scan *scan, struct ipfw_nat *nat)
{
	const char *word = take(scan);
	struct port_range range;
	uint32_t addr;

	if (is_flag(word))
		return true;
	if (strcmp(word, "redirect_port") == 0)
		return read_redirect(scan, nat);
	if (scan->at == scan->n)
		return fail(scan, "missing argument");
	if (strcmp(word, "if") == 0) {
		nat->card = arena_strdup(scan->reader->arena, take(scan));
		return true;
	}
	word = strcmp(word, "ip") == 0 || strcmp(word, "port_range") == 0
	    ? word
	    : NULL;
	if (word == NULL) {
		scan->at--;
		return fail(scan, "no option that is read here");
	}
	if (strcmp(word, "ip") == 0
		? !ipfw_scan_inet4(scan->words[scan->at], &addr)
		: !parse_ports(scan->words[scan->at], 0, &range))
		return fail(scan, "bad argument");
	scan->at++;
	return true;
}

bool
ipfw_read_nat(struct ipfw_reader *reader, const char *const *words, size_t n,
    struct ipfw_nat *nat)
{
	struct nat_scan scan = {.reader = reader, .words = words, .n = n};
	struct buf text;

	nat->kernel = true;
	if (n == 0) {
		reader->code = IPFW_EXIT_DATA;
		reader->message = "missing option";
		reader->word = 0;
		return false;
	}
	buf_init(&text, reader->arena);
	for (size_t i = 0; i < n; i++)
		buf_printf(&text, "%s%s", i > 0 ? " " : "", words[i]);
	nat->words = text.p;
	while (scan.at < n)
		if (!read_option(&scan, nat))
			return false;
	return true;
}
