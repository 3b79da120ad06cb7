/*
 * The two flavours.  Darwin's engine is FreeBSD's of 2003.
 */
#include <string.h>

#include "target/ipfw/run_private.h"

#define DARWIN_KEEPALIVE_INTERVAL 25
#define FREEBSD_KEEPALIVE_INTERVAL 20
#define STATES_MAX 4096

const struct run_flavour run_freebsd = {
    .name = "freebsd",
    .ipv6 = true,
    .me_is_both = true,
    .tables = true,
    .states_max = STATES_MAX,
    .keepalive_interval = FREEBSD_KEEPALIVE_INTERVAL,
    .compile_card = run_card_compile_freebsd,
};

const struct run_flavour run_darwin = {
    .name = "darwin",
    .default_allow = true,
    .flush_opens = true,
    .ack_one_way = true,
    .tcp_lingers = true,
    .states_max = STATES_MAX,
    .keepalive_interval = DARWIN_KEEPALIVE_INTERVAL,
    .compile_card = run_card_compile_darwin,
};

const struct run_flavour *
run_flavour_find(const char *name)
{
	if (strcmp(name, run_freebsd.name) == 0)
		return &run_freebsd;
	if (strcmp(name, run_darwin.name) == 0)
		return &run_darwin;
	return NULL;
}
