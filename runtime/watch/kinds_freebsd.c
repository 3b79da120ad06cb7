#include "runtime/watch/network.h"

const struct watch_kind watch_kinds[] = {
    {"route socket", true, watch_open_network},
    {"devd", false, watch_open_devd},
    {NULL, false, NULL},
};
