/*
 * What is measured: named numbers.
 */
#ifndef BENCH_METRIC_H
#define BENCH_METRIC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

enum metric_unit {
	METRIC_MS,
	METRIC_MB,
	METRIC_NS,
	METRIC_RULES,	 /* looked at by a packet, or emitted */
	METRIC_COMMANDS, /* processes */
	METRIC_EXPONENT,
	METRIC_RATIO,
	METRIC_UNITS
};

struct metric {
	char name[64];
	double value;
	enum metric_unit unit;
	double bound; /* the most that it may be, or 0 */
};

struct metrics {
	struct metric *v;
	size_t n, capacity;
};

/* NAME is a format; exits if there is no memory. */
void metric_add(struct metrics *metrics, double value, enum metric_unit unit,
    double bound, const char *name, ...) __attribute__((format(printf, 5, 6)));
/* -1 if there is none of that name. */
double metric_get(const struct metrics *metrics, const char *name);
/* Counts are the same on every machine; times are not. */
bool metric_is_count(const struct metric *metric);
bool metric_keeps_bound(const struct metric *metric);
const char *metric_unit_name(enum metric_unit unit);
/* Lines "NAME VALUE UNIT BOUND", from another program. */
void metrics_read(struct metrics *metrics, FILE *in);

#endif
