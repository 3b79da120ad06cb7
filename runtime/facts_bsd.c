/*
 * Default routes on the BSDs and Darwin, from sysctl(3) on route(4).
 */
#include <sys/types.h>
#include <sys/socket.h>
#include <sys/sysctl.h>

#include <errno.h>
#include <net/if.h>
#include <net/route.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/facts_bsd.h"
#include "runtime/facts_system.h"

#define TRIES 8
#define SPARE ((size_t)4096)

/* The table may grow between the question for its size and the next. */
static int
read_table(int family, void **dump, size_t *size)
{
	int name[] = {CTL_NET, PF_ROUTE, 0, family, NET_RT_DUMP, 0};
	int error;

	for (int i = 0; i < TRIES; i++) {
		if (sysctl(name, 6, NULL, size, NULL, 0) == -1)
			return errno;
		*size += *size / 8 + SPARE;
		*dump = malloc(*size);
		if (*dump == NULL)
			return ENOMEM;
		if (sysctl(name, 6, *dump, size, NULL, 0) == 0)
			return 0;
		error = errno;
		free(*dump);
		if (error != ENOMEM)
			return error;
	}
	return EAGAIN;
}

static int
read_route(int family, char card[FACTS_NAME_SIZE])
{
	char name[IF_NAMESIZE];
	unsigned number;
	void *dump;
	size_t size;
	int error = read_table(family, &dump, &size);

	if (error != 0)
		return error;
	number = facts_route_default(
	    &facts_bsd_layout, family == AF_INET6, dump, size);
	free(dump);
	/* A card that has gone since has no default route. */
	if (number != 0 && if_indextoname(number, name) != NULL &&
	    strlen(name) < FACTS_NAME_SIZE)
		memcpy(card, name, strlen(name) + 1);
	return 0;
}

int
facts_system_routes(struct facts *facts)
{
	int error = read_route(AF_INET, facts->route4);

	if (error == 0)
		error = read_route(AF_INET6, facts->route6);
	return error;
}

size_t
facts_system_size(const struct sockaddr *address)
{
	return address->sa_len;
}
