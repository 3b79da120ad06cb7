#include "runtime/daemon/policy.h"

const char daemon_policy[] = "/etc/akin/policy.akp";
