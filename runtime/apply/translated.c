/*
 * Which conversations pass a NAT: those with an end in a net that it hides.
 */
#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/apply/private.h"

static bool
in_net(uint32_t address, const char *net)
{
	size_t length = strcspn(net, "/");
	unsigned long bits = net[length] == '/'
	    ? strtoul(net + length + 1, NULL, 10)
	    : 32;
	uint32_t mask = bits == 0 ? 0 : UINT32_MAX << (32 - bits);
	struct in_addr base;
	char text[INET_ADDRSTRLEN];

	if (length >= sizeof(text) || bits > 32)
		return false;
	memcpy(text, net, length);
	text[length] = '\0';
	return inet_pton(AF_INET, text, &base) == 1 &&
	    ((ntohl(base.s_addr) ^ address) & mask) == 0;
}

/* Is the first word of TEXT an address that NAT hides? */
static bool
is_translated(const artefact_texts *nets, const char *text)
{
	char word[INET_ADDRSTRLEN];
	size_t length = strcspn(text, " ");
	struct in_addr address;

	if (length >= sizeof(word))
		return false;
	memcpy(word, text, length);
	word[length] = '\0';
	if (inet_pton(AF_INET, word, &address) != 1)
		return false;
	for (size_t i = 0; i < nets->n; i++)
		if (in_net(ntohl(address.s_addr), nets->v[i]))
			return true;
	return false;
}

/* The address in front of a port: PLACE is the arrow of "ADDRESS PORT <-> ". */
static const char *
address_before(const char *line, const char *place)
{
	const char *at = place;

	while (at > line && at[-1] == ' ')
		at--;
	while (at > line && at[-1] != ' ')
		at--;
	while (at > line && at[-1] == ' ')
		at--;
	while (at > line && at[-1] != ' ')
		at--;
	return at;
}

size_t
host_count_translated(const struct host_state *host, const artefact_texts *nets)
{
	size_t n = 0;

	for (size_t i = 0; i < host->states.n; i++) {
		const char *line = host->states.v[i];
		const char *arrow = strstr(line, " <-> ");

		if (arrow != NULL &&
		    (is_translated(nets, address_before(line, arrow)) ||
			is_translated(nets, arrow + 5)))
			n++;
	}
	return n;
}
