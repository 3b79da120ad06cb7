/*
 * The list of flavours.
 */
#include <string.h>

#include "target/ipfw/flavour.h"

static const struct ipfw_flavour *const flavours[] = {
    &ipfw_freebsd,
    &ipfw_darwin,
    NULL,
};

const struct ipfw_flavour *const *
ipfw_flavours(void)
{
	return flavours;
}

const struct ipfw_flavour *
ipfw_flavour_find(const char *name)
{
	for (size_t i = 0; flavours[i] != NULL; i++)
		if (strcmp(flavours[i]->name, name) == 0)
			return flavours[i];
	return NULL;
}
