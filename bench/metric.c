/*
 * A list of measures.
 */
#include "bench/metric.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

static const char *const units[METRIC_UNITS] = {
    [METRIC_MS] = "ms",
    [METRIC_MB] = "MB",
    [METRIC_NS] = "ns",
    [METRIC_RULES] = "rules",
    [METRIC_COMMANDS] = "commands",
    [METRIC_EXPONENT] = "exponent",
    [METRIC_RATIO] = "ratio",
};

void
metric_add(struct metrics *metrics, double value, enum metric_unit unit,
    double bound, const char *name, ...)
{
	struct metric *metric;
	va_list args;

	if (metrics->n == metrics->capacity) {
		metrics->capacity = metrics->capacity * 2 + 64;
		metrics->v = realloc(
		    metrics->v, metrics->capacity * sizeof(*metrics->v));
		if (metrics->v == NULL)
			exit(3);
	}
	metric = &metrics->v[metrics->n++];
	metric->value = value;
	metric->unit = unit;
	metric->bound = bound;
	va_start(args, name);
	vsnprintf(metric->name, sizeof(metric->name), name, args);
	va_end(args);
}

double
metric_get(const struct metrics *metrics, const char *name)
{
	for (size_t i = 0; i < metrics->n; i++)
		if (strcmp(metrics->v[i].name, name) == 0)
			return metrics->v[i].value;
	return -1;
}

bool
metric_is_count(const struct metric *metric)
{
	return metric->unit == METRIC_RULES || metric->unit == METRIC_COMMANDS;
}

bool
metric_keeps_bound(const struct metric *metric)
{
	return metric->bound == 0 || metric->value <= metric->bound;
}

const char *
metric_unit_name(enum metric_unit unit)
{
	return units[unit];
}

static enum metric_unit
unit_of(const char *name)
{
	enum metric_unit unit = METRIC_MS;

	while (unit < METRIC_RATIO && strcmp(units[unit], name) != 0)
		unit++;
	return unit;
}

void
metrics_read(struct metrics *metrics, FILE *in)
{
	char name[64], unit[16];
	double value, bound;

	while (fscanf(in, "%63s %lf %15s %lf", name, &value, unit, &bound) == 4)
		metric_add(metrics, value, unit_of(unit), bound, "%s", name);
}
