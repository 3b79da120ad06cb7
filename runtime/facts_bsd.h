/*
 * How this system lays out messages of route(4); facts_freebsd.c and
 * facts_darwin.c each have one.
 */
#ifndef RUNTIME_FACTS_BSD_H
#define RUNTIME_FACTS_BSD_H

#include "runtime/facts_route.h"

extern const struct facts_route_layout facts_bsd_layout;

#endif
