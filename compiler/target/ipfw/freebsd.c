/*
 * FreeBSD's ipfw, release 11 and later: ipfw(8).
 */
#include "target/ipfw/flavour.h"

const struct ipfw_flavour ipfw_freebsd = {
    .name = "freebsd",
    .ipv6 = true,
    .lists = true,
    .tables = true,
    .comments = true,
    .reass = true,
    .kernel_nat = true,
    .born_here = true,
    .set_prefix = true,
    .modules = true,
    .natd_pid_file = true,
    .list_max = 15,
};
