#include "runtime/watch/network.h"

const struct watch_kind watch_kinds[] = {
    {"route socket", true, watch_open_network},
    {"power", false, watch_open_sleep},
    {"kernel events", false, watch_open_rules},
    {NULL, false, NULL},
};
