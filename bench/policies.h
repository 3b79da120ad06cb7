/*
 * Rules looked at by packets of a policy, of each kind that its rules tell
 * apart.
 */
#ifndef BENCH_POLICIES_H
#define BENCH_POLICIES_H

#include "bench/metric.h"

/*
 * The most and the mean, a pass, of each class of packets, and the mean of all
 * by how often each class comes; for policies of the folder POLICIES, and for
 * those of the examples beside it that need no more files.
 */
void policies_measure(struct metrics *metrics, const char *policies);

/* Prints for each class of packets one that looks at the most rules. */
int policies_show(const char *path, const char *nic, const char *flavour);

#endif
