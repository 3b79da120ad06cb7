/*
 * Default routes on Linux, from the main routing table as /proc/net shows it.
 */
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>

#include "runtime/facts_linux_parse.h"
#include "runtime/facts_system.h"

typedef void (*route_parser)(FILE *file, char card[FACTS_NAME_SIZE]);

static int
read_routes(const char *path, route_parser parse, char card[FACTS_NAME_SIZE])
{
	FILE *file = fopen(path, "re");
	int error = 0;

	if (file == NULL)
		return errno;
	parse(file, card);
	if (ferror(file))
		error = EIO;
	fclose(file);
	return error;
}

int
facts_system_routes(struct facts *facts)
{
	int error = read_routes(
	    "/proc/net/route", facts_linux_route4, facts->route4);

	if (error != 0)
		return error;
	error = read_routes(
	    "/proc/net/ipv6_route", facts_linux_route6, facts->route6);
	/* A kernel without IPv6 has no such file, and no such route. */
	return error == ENOENT ? 0 : error;
}

size_t
facts_system_size(const struct sockaddr *address)
{
	switch (address->sa_family) {
	case AF_INET:
		return sizeof(struct sockaddr_in);
	case AF_INET6:
		return sizeof(struct sockaddr_in6);
	default:
		return 0;
	}
}
