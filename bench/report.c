/*
 * A table, JSON, and ratios to the baseline.
 */
#include "bench/report.h"

#include <jansson.h>
#include <math.h>
#include <string.h>

/* Of rules and commands, where the baseline has a rounded mean. */
#define COUNT_SLACK 0.05

static void
print_row(const struct metric *metric, double before)
{
	printf("%-52s %12.*f %-9s", metric->name,
	    metric_is_count(metric) ? 1 : 3, metric->value,
	    metric_unit_name(metric->unit));
	if (metric->bound != 0)
		printf(" <= %-9.6g", metric->bound);
	else
		printf(" %12s", "");
	if (before > 0)
		printf(" x%.2f", metric->value / before);
	puts(metric_keeps_bound(metric) ? "" : "  OVER");
}

void
report_table(const struct metrics *metrics, const struct metrics *before)
{
	printf("%-52s %12s %-9s %-12s %s\n", "measure", "value", "unit",
	    "   bound", "to baseline");
	for (size_t i = 0; i < metrics->n; i++)
		print_row(
		    &metrics->v[i], metric_get(before, metrics->v[i].name));
}

void
report_json(const struct metrics *metrics)
{
	json_t *all = json_array();

	for (size_t i = 0; i < metrics->n; i++) {
		const struct metric *metric = &metrics->v[i];
		json_t *one = json_pack("{s:s, s:f, s:s}", "name", metric->name,
		    "value", metric->value, "unit",
		    metric_unit_name(metric->unit));

		if (metric->bound != 0)
			json_object_set_new(
			    one, "bound", json_real(metric->bound));
		json_array_append_new(all, one);
	}
	json_dumpf(all, stdout, JSON_INDENT(0) | JSON_REAL_PRECISION(6));
	putchar('\n');
	json_decref(all);
}

bool
report_read(const char *path, struct metrics *metrics)
{
	json_t *all = json_load_file(path, 0, NULL), *one;
	size_t i;

	if (!json_is_array(all))
		return false;
	json_array_foreach(all, i, one)
	{
		const char *name = json_string_value(
		    json_object_get(one, "name"));

		if (name != NULL)
			metric_add(metrics,
			    json_number_value(json_object_get(one, "value")),
			    METRIC_RATIO, 0, "%s", name);
	}
	json_decref(all);
	return true;
}

size_t
report_bounds(const struct metrics *metrics)
{
	size_t n = 0;

	for (size_t i = 0; i < metrics->n; i++) {
		if (metric_keeps_bound(&metrics->v[i]))
			continue;
		fprintf(stderr, "bench: %s is %g, more than %g\n",
		    metrics->v[i].name, metrics->v[i].value,
		    metrics->v[i].bound);
		n++;
	}
	return n;
}

/* Better is news as well: then the baseline is to be written anew. */
size_t
report_counts(const struct metrics *metrics, const struct metrics *before)
{
	size_t n = 0;

	for (size_t i = 0; i < metrics->n; i++) {
		const struct metric *metric = &metrics->v[i];
		double old = metric_get(before, metric->name);

		if (!metric_is_count(metric) ||
		    (metric_keeps_bound(metric) && old >= 0 &&
			fabs(metric->value - old) < COUNT_SLACK))
			continue;
		fprintf(stderr,
		    "bench: %s is %g, in bench/baseline.json %g, bound %g\n",
		    metric->name, metric->value, old, metric->bound);
		n++;
	}
	return n;
}
