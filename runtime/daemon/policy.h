/*
 * Where the policy is that akind keeps in force unless it is told of another.
 * One file a system; what is installed, the service and the manual agree.
 */
#ifndef RUNTIME_DAEMON_POLICY_H
#define RUNTIME_DAEMON_POLICY_H

extern const char daemon_policy[];

#endif
