#include "runtime/control/denials.h"

const char control_denials_file[] = "/var/log/kern.log";
