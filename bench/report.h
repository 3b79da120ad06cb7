/*
 * Measures for people, for programs, and beside those of another time.
 */
#ifndef BENCH_REPORT_H
#define BENCH_REPORT_H

#include "bench/metric.h"

void report_table(const struct metrics *metrics, const struct metrics *before);
void report_json(const struct metrics *metrics);
/* A file that report_json() wrote; false if it is none. */
bool report_read(const char *path, struct metrics *metrics);
/* How many bounds are not kept; each is said. */
size_t report_bounds(const struct metrics *metrics);
/* How many counts differ from before, or exceed a bound; each is said. */
size_t report_counts(
    const struct metrics *metrics, const struct metrics *before);

#endif
