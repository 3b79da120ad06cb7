/*
 * Status for a person and for a program.
 */
#include <inttypes.h>
#include <jansson.h>
#include <string.h>
#include <time.h>

#include "runtime/apply/artefact.h"
#include "runtime/apply/private.h"

#define TIME_BYTES 32

/* The clock of UTC: "2026-01-31 12:00:00". */
static const char *
format_time(int64_t seconds, char text[TIME_BYTES])
{
	time_t time = (time_t)seconds;
	struct tm parts;

	if (seconds <= 0 || gmtime_r(&time, &parts) == NULL ||
	    strftime(text, TIME_BYTES, "%Y-%m-%d %H:%M:%S", &parts) == 0)
		return NULL;
	return text;
}

static void
print_generation(const struct apply_status *status, FILE *out)
{
	const struct host_generation *generation = status->generation;
	char text[TIME_BYTES];

	if (generation == NULL) {
		fputs("no generation of akin is in force\n", out);
		return;
	}
	if (generation->number != 0)
		fprintf(out, "generation %u", generation->number);
	else
		fputs("a generation that no record tells of", out);
	fprintf(out, " in set %u, digest %s, %zu rules\n", generation->set,
	    generation->digest, generation->n_rules);
	if (generation->policy != NULL)
		fprintf(out, "policy     %s\n", generation->policy);
	if (format_time(generation->since, text) != NULL)
		fprintf(out, "since      %s UTC\n", text);
	if (status->active != NULL)
		fprintf(out, "card       %s\n", status->active);
	fprintf(out, "states     %zu\n", generation->states);
}

static void
print_zones(const struct artefact *artefact, FILE *out)
{
	for (size_t i = 0; artefact != NULL && i < artefact->zones.n; i++) {
		const struct artefact_zone *zone = &artefact->zones.v[i];

		fprintf(out, "zone       %s", zone->name);
		for (size_t j = 0; j < zone->cards.n; j++)
			fprintf(out, "%s%s", j == 0 ? " on " : ", ",
			    zone->cards.v[j]);
		fputs(zone->present ? "\n" : " (no such card)\n", out);
	}
}

static void
print_nats(const struct apply_status *status, FILE *out)
{
	const struct artefact *artefact = status->artefact;

	for (size_t i = 0; artefact != NULL && i < artefact->nats.n; i++) {
		const struct artefact_nat *nat = &artefact->nats.v[i];
		const struct host_nat *there = host_find_nat(
		    status->host, nat->kernel, nat->id);

		fprintf(out, "nat        %s on %s", nat->card,
		    nat->kernel ? "instance" : "divert port");
		fprintf(out, " %u", (unsigned)nat->id);
		if (there != NULL && there->pid != 0)
			fprintf(out, ", natd is process %ld", (long)there->pid);
		putc('\n', out);
	}
}

static void
print_parked(const struct apply_status *status, FILE *out)
{
	const struct host_state *host = status->host;

	for (size_t i = 0; i < host->generations.n; i++) {
		const struct host_generation *one = &host->generations.v[i];

		if (!one->enabled)
			fprintf(out,
			    "parked     generation %u in set %u, %zu live "
			    "states\n",
			    one->number, one->set, one->states);
	}
}

static void
print_lines(const struct apply_status *status, FILE *out)
{
	if (status->lines.n > 0)
		fprintf(out, "%12s %15s  line\n", "packets", "bytes");
	else if (status->generation != NULL && status->artefact == NULL)
		fputs("lines      of the policy are not known: no record of "
		      "`akinc apply`, no comments\n",
		    out);
	for (size_t i = 0; i < status->lines.n; i++)
		fprintf(out, "%12" PRIu64 " %15" PRIu64 "  %s:%zu\n",
		    status->lines.v[i].packets, status->lines.v[i].bytes,
		    status->lines.v[i].file, status->lines.v[i].line);
}

void
apply_status_print(const struct apply_status *status, FILE *out)
{
	print_generation(status, out);
	print_zones(status->artefact, out);
	print_nats(status, out);
	print_parked(status, out);
	if (status->busy)
		fputs("a run is under way\n", out);
	for (size_t i = 0; i < status->drift.n; i++)
		fprintf(out, "drift      %s\n", status->drift.v[i]);
	print_lines(status, out);
}

static json_t *
json_text_or_null(const char *text)
{
	json_t *value = text != NULL ? json_string(text) : NULL;

	return value != NULL ? value : json_null();
}

static json_t *
json_generation(const struct host_generation *generation)
{
	if (generation == NULL)
		return json_null();
	return json_pack("{s:I, s:I, s:s, s:I, s:I, s:b, s:o, s:I}",
	    "generation", (json_int_t)generation->number, "set",
	    (json_int_t)generation->set, "digest", generation->digest, "rules",
	    (json_int_t)generation->n_rules, "states",
	    (json_int_t)generation->states, "enabled", generation->enabled,
	    "policy", json_text_or_null(generation->policy), "since",
	    (json_int_t)generation->since);
}

static json_t *
json_nats(const struct apply_status *status)
{
	const struct artefact *artefact = status->artefact;
	json_t *list = json_array();

	for (size_t i = 0; artefact != NULL && i < artefact->nats.n; i++) {
		const struct artefact_nat *nat = &artefact->nats.v[i];
		const struct host_nat *there = host_find_nat(
		    status->host, nat->kernel, nat->id);

		json_array_append_new(list,
		    json_pack("{s:s, s:I, s:s, s:I}", "method",
			nat->kernel ? "kernel" : "divert", "id",
			(json_int_t)nat->id, "card", nat->card, "process",
			(json_int_t)(there != NULL ? there->pid : 0)));
	}
	return list;
}

static json_t *
json_lines(const struct apply_status *status)
{
	json_t *list = json_array();

	for (size_t i = 0; i < status->lines.n; i++)
		json_array_append_new(list,
		    json_pack("{s:o, s:I, s:I, s:I}", "file",
			json_text_or_null(status->lines.v[i].file), "line",
			(json_int_t)status->lines.v[i].line, "packets",
			(json_int_t)status->lines.v[i].packets, "bytes",
			(json_int_t)status->lines.v[i].bytes));
	return list;
}

static json_t *
json_parked(const struct host_state *host)
{
	json_t *list = json_array();

	for (size_t i = 0; i < host->generations.n; i++)
		if (!host->generations.v[i].enabled)
			json_array_append_new(
			    list, json_generation(&host->generations.v[i]));
	return list;
}

static json_t *
json_zones(const struct artefact *artefact)
{
	json_t *list = json_array();

	for (size_t i = 0; artefact != NULL && i < artefact->zones.n; i++) {
		const struct artefact_zone *zone = &artefact->zones.v[i];
		json_t *cards = json_array();

		for (size_t j = 0; j < zone->cards.n; j++)
			json_array_append_new(
			    cards, json_string(zone->cards.v[j]));
		json_array_append_new(list,
		    json_pack("{s:o, s:o, s:b}", "name",
			json_text_or_null(zone->name), "cards", cards,
			"present", zone->present));
	}
	return list;
}

void
apply_status_print_json(const struct apply_status *status, FILE *out)
{
	json_t *drift = json_array(), *value;

	for (size_t i = 0; i < status->drift.n; i++)
		json_array_append_new(
		    drift, json_text_or_null(status->drift.v[i]));
	value = json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:b, s:b}",
	    "generation", json_generation(status->generation), "card",
	    json_text_or_null(status->active), "zones",
	    json_zones(status->artefact), "nat", json_nats(status), "parked",
	    json_parked(status->host), "drift", drift, "lines",
	    json_lines(status), "interrupted", status->interrupted, "busy",
	    status->busy);
	json_dumpf(value, out, JSON_COMPACT);
	putc('\n', out);
	json_decref(value);
}
