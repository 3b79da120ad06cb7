#include "runtime/daemon/policy.h"

const char daemon_policy[] = "/usr/local/etc/akin/policy.akp";
