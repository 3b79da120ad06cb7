/*
 * Default routes from the texts that Linux shows in /proc/net.
 */
#ifndef RUNTIME_FACTS_LINUX_PARSE_H
#define RUNTIME_FACTS_LINUX_PARSE_H

#include <stdio.h>

#include "runtime/facts.h"

/*
 * The card of the default route with the lowest metric, in the form of
 * /proc/net/route and of /proc/net/ipv6_route; "" if there is none.  Lines
 * that are not in that form are passed over.
 */
void facts_linux_route4(FILE *file, char card[FACTS_NAME_SIZE]);
void facts_linux_route6(FILE *file, char card[FACTS_NAME_SIZE]);

#endif
