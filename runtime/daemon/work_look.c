/*
 * What is in force, what its rules have counted, and whether it is as it was
 * loaded.
 */
#include <string.h>

#include "runtime/daemon/work.h"

static json_t *
json_generation(const struct apply_status *status)
{
	const struct host_generation *generation = status->generation;

	if (generation == NULL)
		return json_null();
	return json_pack("{s:i, s:i, s:s, s:I}", "number",
	    (int)generation->number, "set", (int)generation->set, "digest",
	    generation->digest, "since", (json_int_t)generation->since);
}

static json_t *
json_drift(const struct apply_status *status)
{
	json_t *list = json_array();

	for (size_t i = 0; i < status->drift.n; i++)
		json_array_append_new(list, json_string(status->drift.v[i]));
	return list;
}

static json_t *
json_counters(const struct apply_status *status)
{
	json_t *list = json_array();

	for (size_t i = 0; i < status->lines.n; i++) {
		const struct status_line *line = &status->lines.v[i];

		json_array_append_new(list,
		    json_pack("{s:s, s:I, s:I, s:I}", "file", line->file,
			"line", (json_int_t)line->line, "packets",
			(json_int_t)line->packets, "bytes",
			(json_int_t)line->bytes));
	}
	return list;
}

static bool
refuses(const struct host_rule *rule)
{
	static const char *const actions[] = {
	    "deny", "unreach", "reject", "reset"};

	for (size_t i = 0; i < sizeof(actions) / sizeof(actions[0]); i++) {
		if (strncmp(rule->text, actions[i], strlen(actions[i])) == 0)
			return true;
	}
	return false;
}

static json_t *
json_denied(const struct apply_status *status)
{
	uint64_t packets = 0, bytes = 0;

	for (size_t i = 0;
	     status->generation != NULL && i < status->host->rules.n; i++) {
		const struct host_rule *rule = &status->host->rules.v[i];

		if (rule->set != status->generation->set || !refuses(rule))
			continue;
		packets += rule->packets;
		bytes += rule->bytes;
	}
	return json_pack("{s:I, s:I}", "packets", (json_int_t)packets, "bytes",
	    (json_int_t)bytes);
}

/* The card of a divert port is the artefact's to know. */
static const char *
card_of(const struct apply_status *status, uint32_t port)
{
	for (size_t i = 0;
	     status->artefact != NULL && i < status->artefact->nats.n; i++) {
		const struct artefact_nat *nat = &status->artefact->nats.v[i];

		if (!nat->kernel && nat->id == port)
			return nat->card;
	}
	return NULL;
}

static json_t *
json_natds(const struct apply_status *status)
{
	json_t *list = json_array();

	for (size_t i = 0; i < status->host->nats.n; i++) {
		const struct host_nat *nat = &status->host->nats.v[i];
		const char *card = card_of(status, nat->id);

		if (nat->kernel || card == NULL)
			continue;
		json_array_append_new(list,
		    json_pack("{s:I, s:s, s:I}", "port", (json_int_t)nat->id,
			"card", card, "pid", (json_int_t)nat->pid));
	}
	return list;
}

void
work_look(struct work *work)
{
	struct apply_request request = work_request(work);
	struct apply_status status;
	enum apply_code code = apply_status(&request, work->arena, &status);

	work_add(work, "code", json_integer(code));
	if (code != APPLY_FINE && code != APPLY_POLICY)
		return;
	work_add(work, "generation", json_generation(&status));
	work_add(work, "drift", json_drift(&status));
	work_add(work, "counters", json_counters(&status));
	work_add(work, "denied", json_denied(&status));
	work_add(work, "natds", json_natds(&status));
}
