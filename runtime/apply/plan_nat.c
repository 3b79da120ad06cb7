/*
 * NAT.  What has not changed is left alone, since conversations depend on it;
 * what must change says how many it ends.
 */
#include <string.h>

#include "runtime/apply/private.h"

/* The artefact in force, or NULL; its nets are those that are hidden now. */
static const struct artefact *
artefact_in_force(struct apply *apply)
{
	if (apply->former == NULL && apply->host.current != NULL)
		apply->former = generation_artefact(apply, apply->host.current);
	return apply->former;
}

static size_t
count_translated(struct apply *apply)
{
	const struct artefact *former = artefact_in_force(apply);

	return host_count_translated(&apply->host,
	    former != NULL ? &former->translated
			   : &apply->artefact->translated);
}

static const struct artefact_nat *
find_in(const struct artefact *artefact, const struct artefact_nat *nat)
{
	for (size_t i = 0; i < artefact->nats.n; i++) {
		const struct artefact_nat *one = &artefact->nats.v[i];

		if (one->kernel == nat->kernel && one->id == nat->id)
			return one;
	}
	return NULL;
}

static bool
card_changed(struct apply *apply, const struct artefact_nat *nat)
{
	const struct artefact *former = artefact_in_force(apply);
	const struct artefact_nat *was = former != NULL ? find_in(former, nat)
							: NULL;

	return was != NULL && strcmp(was->card, nat->card) != 0;
}

static bool
add_instance(struct apply *apply, const struct artefact_nat *nat)
{
	const struct host_nat *there = host_find_nat(
	    &apply->host, true, nat->id);
	const char *shown = there != NULL ? there->shown : "";
	struct apply_step step = {.kind = APPLY_STEP_NAT, .id = nat->id};

	if (there != NULL && there->mine != NULL &&
	    strcmp(there->mine,
		arena_printf(apply->arena, "%s = %s", nat->words, shown)) == 0)
		return true;
	if (there != NULL && there->mine == NULL && !apply->request->take_over)
		return apply_fail(apply, APPLY_ENVIRONMENT,
		    "NAT instance %u is not ours; --take-over takes it",
		    (unsigned)nat->id);
	step.text = arena_printf(apply->arena,
	    "configure NAT instance %u%s: %s", (unsigned)nat->id,
	    there != NULL ? " anew, which drops its packets for a moment" : "",
	    nat->words);
	step.undo = there != NULL ? "configure it as it was" : "delete it";
	if (there != NULL && card_changed(apply, nat))
		step.cuts = count_translated(apply);
	vec_push(apply->arena, &step.words, nat->words);
	vec_push(apply->arena, &step.notes,
	    (const char *)arena_printf(apply->arena, "nat %u%s%s",
		(unsigned)nat->id, *shown != '\0' ? " " : "", shown));
	plan_add(apply, &step);
	return true;
}

/* natd cannot be told anew: to change is to start again. */
static bool
add_natd(struct apply *apply, const struct artefact_nat *nat)
{
	const struct host_nat *there = host_find_nat(
	    &apply->host, false, nat->id);
	bool runs = there != NULL && there->pid != 0;
	const char *was = runs && there->mine != NULL ? there->mine : "";
	struct apply_step step = {.kind = APPLY_STEP_NATD, .id = nat->id};

	if (runs && strcmp(was, nat->words) == 0)
		return true;
	step.text = arena_printf(apply->arena,
	    "start natd on divert port %u%s: %s", (unsigned)nat->id,
	    runs ? " anew" : "", nat->words);
	step.undo = runs ? "start it as it was" : "stop it";
	step.cuts = runs ? count_translated(apply) : 0;
	vec_push(apply->arena, &step.words, nat->words);
	vec_push(apply->arena, &step.notes,
	    (const char *)arena_printf(apply->arena, "natd %u%s%s",
		(unsigned)nat->id, *was != '\0' ? " " : "", was));
	plan_add(apply, &step);
	return true;
}

bool
plan_add_nats(struct apply *apply)
{
	for (size_t i = 0; i < apply->artefact->nats.n; i++) {
		const struct artefact_nat *nat = &apply->artefact->nats.v[i];

		if (nat->kernel ? !add_instance(apply, nat)
				: !add_natd(apply, nat))
			return false;
	}
	return true;
}

void
plan_drop_natds(struct apply *apply)
{
	const struct host_state *host = &apply->host;

	for (size_t i = 0; i < host->nats.n; i++) {
		const struct host_nat *there = &host->nats.v[i];
		struct artefact_nat nat = {.id = there->id};
		struct apply_step step = {.kind = APPLY_STEP_NATD_STOP,
		    .id = there->id,
		    .late = true};

		if (there->kernel || there->pid == 0 ||
		    find_in(apply->artefact, &nat) != NULL)
			continue;
		step.text = arena_printf(apply->arena,
		    "stop natd on divert port %u", (unsigned)there->id);
		plan_add(apply, &step);
	}
}

/*
 * The former generation's translators that the new one has not: whose packets
 * they hid are not hidden any more, or by another.
 */
size_t
plan_lost(struct apply *apply)
{
	const struct artefact *former = artefact_in_force(apply);

	for (size_t i = 0; former != NULL && i < former->nats.n; i++)
		if (find_in(apply->artefact, &former->nats.v[i]) == NULL)
			return count_translated(apply);
	return 0;
}
