/*
 * Notices of devd(8), a line each.
 */
#ifndef RUNTIME_WATCH_DEVD_H
#define RUNTIME_WATCH_DEVD_H

#include <stddef.h>

/* The WATCH_ bits of a packet of SIZE bytes, of one line or more. */
unsigned watch_devd_decode(const char *bytes, size_t size);

#endif
