/*
 * Darwin's ipfw of OS X 10.5 to 10.9, which descends from FreeBSD 4: IPv4
 * only, one address an operand, no tables, and a default rule that allows.
 */
#include "target/ipfw/flavour.h"

const struct ipfw_flavour ipfw_darwin = {
    .name = "darwin",
    .base_and_unit = true,
    .end_deny = true,
    .list_max = 28,
};
