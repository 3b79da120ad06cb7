/*
 * What is in force, what its rules have counted, and what is not as it was
 * loaded.  Reads only.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/apply/file.h"
#include "runtime/apply/private.h"
#include "runtime/apply/status_lines.h"

static void
drift(struct apply *apply, struct apply_status *status, const char *text)
{
	vec_push(apply->arena, &status->drift, text);
}

static void
check_sets(struct apply *apply, struct apply_status *status)
{
	const struct host_state *host = &apply->host;
	const struct host_generation *current = host->current;

	for (size_t i = 0; i < host->generations.n; i++)
		if (host->generations.v[i].enabled &&
		    &host->generations.v[i] != current)
			drift(apply, status,
			    arena_printf(apply->arena,
				"set %u is enabled beside it",
				host->generations.v[i].set));
	if (current->recorded && !current->as_loaded)
		drift(apply, status,
		    arena_printf(apply->arena,
			"the rules of set %u are not as they were loaded",
			current->set));
	plan_find_foreign(apply);
	for (size_t i = 0; i < host->foreign.n; i++)
		drift(apply, status,
		    arena_printf(apply->arena,
			"a rule of others decides before: set %u: %u %s",
			(unsigned)host->foreign.v[i].set,
			(unsigned)host->foreign.v[i].number,
			host->foreign.v[i].text));
}

/* The kernel against the artefact, for what no listing of the set shows. */
static void
check_artefact(struct apply *apply, struct apply_status *status)
{
	const struct host_generation *current = apply->host.current;
	const char *why;

	if (!loaded_equals(apply, current->set, false, &why))
		drift(apply, status,
		    arena_printf(apply->arena, "there is %s", why));
	if (artefact_has_lifeline(apply->artefact) &&
	    (apply->host.lifeline.n == 0 ||
		!loaded_lifeline(
		    apply, apply->host.lifeline.v[0], current->set)))
		drift(apply, status, "the lifeline is not there");
}

static void
check_settings(struct apply *apply, struct apply_status *status,
    const artefact_settings *settings)
{
	for (size_t i = 0; i < settings->n; i++) {
		const struct artefact_setting *want = &settings->v[i];
		const struct host_setting *there = host_setting_find(
		    &apply->host, want->name);

		if (there != NULL &&
		    (want->exactly ? there->value == want->value
				   : there->value >= want->value))
			continue;
		drift(apply, status,
		    arena_printf(apply->arena, "%s is not %" PRIu64, want->name,
			want->value));
	}
}

static void
check_nat(struct apply *apply, struct apply_status *status,
    const struct artefact_nat *nat)
{
	const struct host_nat *there = host_find_nat(
	    &apply->host, nat->kernel, nat->id);
	unsigned id = (unsigned)nat->id;

	if (nat->kernel && (there == NULL || there->shown == NULL))
		drift(apply, status,
		    arena_printf(
			apply->arena, "NAT instance %u is not there", id));
	else if (nat->kernel &&
	    (there->mine == NULL ||
		strcmp(there->mine,
		    arena_printf(apply->arena, "%s = %s", nat->words,
			there->shown)) != 0))
		drift(apply, status,
		    arena_printf(apply->arena,
			"NAT instance %u is not as it was configured", id));
	else if (!nat->kernel && (there == NULL || there->pid == 0))
		drift(apply, status,
		    arena_printf(
			apply->arena, "no natd runs on divert port %u", id));
	else if (!nat->kernel &&
	    (there->mine == NULL || strcmp(there->mine, nat->words) != 0))
		drift(apply, status,
		    arena_printf(apply->arena,
			"natd on divert port %u has other arguments", id));
}

static void
check_all(struct apply *apply, struct apply_status *status)
{
	const struct artefact *artefact = apply->artefact;

	check_sets(apply, status);
	if (artefact == NULL)
		return;
	check_artefact(apply, status);
	check_settings(apply, status, &artefact->before);
	check_settings(apply, status, &artefact->after);
	for (size_t i = 0; i < artefact->nats.n; i++)
		check_nat(apply, status, &artefact->nats.v[i]);
}

/* A rule that several lines asked for counts for each of them. */
static void
count_lines(struct apply *apply, struct apply_status *status)
{
	const struct host_state *host = &apply->host;
	size_t at = 0;

	for (size_t i = 0; i < apply->artefact->rules.n; i++) {
		const struct artefact_rule *rule = &apply->artefact->rules.v[i];

		if (rule->lifeline)
			continue;
		while (at < host->rules.n &&
		    host->rules.v[at].set != host->current->set)
			at++;
		if (at == host->rules.n)
			return;
		for (size_t j = 0; j < rule->origins.n; j++) {
			const struct artefact_origin *origin =
			    &rule->origins.v[j];
			struct status_line *line = status_find_line(
			    apply, status, origin->file, origin->line);

			line->packets += host->rules.v[at].packets;
			line->bytes += host->rules.v[at].bytes;
		}
		at++;
	}
}

static int
compare_lines(const void *a, const void *b)
{
	const struct status_line *x = a, *y = b;
	int files = strcmp(x->file, y->file);

	return files != 0 ? files : (x->line > y->line) - (x->line < y->line);
}

/* Rules stand in the order of their sections, a policy is read downwards. */
static void
sort_lines(struct apply_status *status)
{
	if (status->lines.n != 0)
		qsort(status->lines.v, status->lines.n,
		    sizeof(*status->lines.v), compare_lines);
}

static bool
has_kernel_nat(const struct artefact *artefact)
{
	for (size_t i = 0; artefact != NULL && i < artefact->nats.n; i++)
		if (artefact->nats.v[i].kernel)
			return true;
	return false;
}

/* What is asked depends on the artefact, and which that is on the rules. */
static bool
read_host(struct apply *apply, struct apply_status *status)
{
	unsigned questions = HOST_COUNTERS | HOST_STATES;

	if (!apply->darwin)
		questions |= HOST_TABLES;
	if (!host_list(apply, NULL, questions, NULL))
		return false;
	status->generation = apply->host.current;
	if (status->generation != NULL)
		apply->artefact = generation_artefact(
		    apply, status->generation);
	if (has_kernel_nat(apply->artefact) &&
	    !host_list(apply, NULL, questions | HOST_NATS, NULL))
		return false;
	status->generation = apply->host.current;
	if (apply->artefact != NULL && !host_read_settings(apply))
		return false;
	apply_find_lifeline(apply);
	natd_find_all(apply);
	return host_count_states(apply);
}

enum apply_code
apply_status(const struct apply_request *request, struct arena *arena,
    struct apply_status *status)
{
	struct apply *apply = apply_begin(request, arena);

	memset(status, 0, sizeof(*status));
	status->host = &apply->host;
	status->interrupted = journal_left(apply) &&
	    !lock_busy(arena, apply->lock_dir);
	status->busy = lock_busy(arena, apply->lock_dir);
	if (!apply_find_ipfw(apply) || !read_host(apply, status))
		return apply->result.code;
	status->artefact = apply->artefact;
	if (status->generation == NULL) {
		drift(apply, status, "no generation of akin is in force");
		return APPLY_POLICY;
	}
	check_all(apply, status);
	if (apply->artefact != NULL) {
		status->active = apply->artefact->active;
		count_lines(apply, status);
	} else {
		status_read_lines(apply, status);
	}
	sort_lines(status);
	if (status->interrupted)
		drift(apply, status, "a run was interrupted");
	return status->drift.n > 0 ? APPLY_POLICY : APPLY_FINE;
}
