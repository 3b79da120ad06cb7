/*
 * The sources that the systems' lists of watch_kinds name.
 */
#ifndef RUNTIME_WATCH_NETWORK_H
#define RUNTIME_WATCH_NETWORK_H

#include "runtime/watch/watch.h"

/* Cards, addresses, default routes. */
int watch_open_network(
    struct watch_source *source, const struct watch_paths *paths);
/* Sleep and wake. */
int watch_open_sleep(
    struct watch_source *source, const struct watch_paths *paths);
/* devd(8)'s socket: sleep, wake, and cards. */
int watch_open_devd(
    struct watch_source *source, const struct watch_paths *paths);
/* Changes of the packet filter. */
int watch_open_rules(
    struct watch_source *source, const struct watch_paths *paths);

#endif
