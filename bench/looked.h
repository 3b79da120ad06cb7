/*
 * Rules looked at.
 */
#ifndef BENCH_LOOKED_H
#define BENCH_LOOKED_H

#include "bench/generate.h"
#include "bench/metric.h"

/*
 * The classes of packets of the laptop's policy in the folder POLICIES, and of
 * the same policy without its NAT, which FOLDER takes; in both flavours.
 */
void looked_laptop(
    struct metrics *metrics, const char *folder, const char *policies);

/*
 * The most and the mean over a packet for each line of a policy of N lines,
 * and one beside it that no line is about.  MOST is the bound, or 0.
 */
void looked_lines(struct metrics *metrics, enum generate_kind kind, size_t n,
    const char *path, const char *flavour, double most);

/* Each pass of a new conversation, over all pairs of N zones. */
void looked_zones(
    struct metrics *metrics, size_t n, const char *path, const char *flavour);

#endif
