/*
 * What each operating system adds to facts.c.
 */
#ifndef RUNTIME_FACTS_SYSTEM_H
#define RUNTIME_FACTS_SYSTEM_H

#include <sys/socket.h>

#include "runtime/facts.h"

/* Fill in the cards of the default routes.  Returns 0 or an errno value. */
int facts_system_routes(struct facts *facts);

/* How many bytes of ADDRESS there are: the BSDs cut trailing zeros off. */
size_t facts_system_size(const struct sockaddr *address);

#endif
