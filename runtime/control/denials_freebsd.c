#include "runtime/control/denials.h"

/* The facility security, by the syslog.conf(5) that comes with the system. */
const char control_denials_file[] = "/var/log/security";
