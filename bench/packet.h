/*
 * What a packet costs in the evaluator.
 */
#ifndef BENCH_PACKET_H
#define BENCH_PACKET_H

#include "bench/metric.h"

void packet_measure(struct metrics *metrics, const char *policies);

#endif
