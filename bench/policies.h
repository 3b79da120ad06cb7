/*
 * Rules looked at by packets of a policy, of each kind that its rules tell
 * apart.
 */
#ifndef BENCH_POLICIES_H
#define BENCH_POLICIES_H

/* Prints for each class of packets one that looks at the most rules. */
int policies_show(const char *path, const char *nic, const char *flavour);

#endif
