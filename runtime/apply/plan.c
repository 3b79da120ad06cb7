/*
 * From what the host runs to the steps that lead to the artefact.
 *
 * What needs no step gets none: an artefact that is in force, with its NAT and
 * settings as they should be, makes an empty plan.
 */
#include <string.h>

#include "runtime/apply/private.h"

#define LIFELINE_LAST 9

void
plan_add(struct apply *apply, const struct apply_step *step)
{
	vec_push(apply->arena, &apply->plan.steps, *step);
	apply->plan.cuts += step->cuts;
}

static void
note(struct apply *apply, struct apply_step *step, const char *line)
{
	vec_push(apply->arena, &step->notes, line);
}

/* One that holds the artefact already, the one in force first. */
static bool
find_equal(struct apply *apply)
{
	const struct host_state *host = &apply->host;
	bool found = false;

	for (size_t i = 0; i < host->generations.n; i++) {
		const struct host_generation *one = &host->generations.v[i];
		const char *why;

		if (strcmp(one->digest, apply->artefact->digest) != 0 ||
		    (one->recorded && !one->as_loaded) ||
		    !loaded_equals(
			apply, one->set, !apply->request->force, &why))
			continue;
		if (!found || one->enabled)
			apply->plan.set = one->set;
		found = true;
	}
	return found;
}

static bool
find_empty(struct apply *apply)
{
	for (unsigned set = APPLY_SET_FIRST; set <= APPLY_SET_LAST; set++)
		if (host_set_empty(&apply->host, set)) {
			apply->plan.set = set;
			return true;
		}
	return false;
}

static void
add_collect(
    struct apply *apply, const struct host_generation *generation, bool late)
{
	struct apply_step step = {
	    .kind = APPLY_STEP_COLLECT,
	    .set = generation->set,
	    .cuts = generation->states,
	    .late = late,
	};

	step.text = arena_printf(apply->arena,
	    "delete set %u, a former generation with %zu live states",
	    generation->set, generation->states);
	plan_add(apply, &step);
}

/* The parked set with the fewest live states makes room. */
static bool
take_parked(struct apply *apply)
{
	const struct host_state *host = &apply->host;
	const struct host_generation *best = NULL;

	if (!host_count_states(apply))
		return false;
	for (size_t i = 0; i < host->generations.n; i++) {
		const struct host_generation *one = &host->generations.v[i];

		if (!one->enabled &&
		    (best == NULL || one->states < best->states))
			best = one;
	}
	if (best == NULL)
		return apply_fail(apply, APPLY_ENVIRONMENT,
		    "sets %d to %d hold rules of others", APPLY_SET_FIRST,
		    APPLY_SET_LAST);
	apply->plan.set = best->set;
	add_collect(apply, best, false);
	return true;
}

static void
add_load(struct apply *apply)
{
	unsigned set = apply->plan.set;
	struct apply_step step = {.kind = APPLY_STEP_LOAD, .set = set};
	size_t tables = apply->artefact->tables.n;

	step.text = arena_printf(apply->arena, "load %zu rules%s into set %u",
	    artefact_n_rules(apply->artefact),
	    tables == 0	      ? ""
		: tables == 1 ? " and a table"
			      : " and tables",
	    set);
	step.undo = arena_printf(apply->arena, "delete set %u", set);
	note(apply, &step, arena_printf(apply->arena, "set %u", set));
	plan_add(apply, &step);
}

/* Is a table or rule of the set's number left from an interrupted run? */
static bool
has_leavings(const struct apply *apply)
{
	const char *own = arena_printf(
	    apply->arena, "akin%u_", apply->plan.set);

	for (size_t i = 0; i < apply->host.tables.n; i++)
		if (strncmp(apply->host.tables.v[i].name, own, strlen(own)) ==
		    0)
			return true;
	return false;
}

static bool
choose_set(struct apply *apply)
{
	struct host_generation empty = {0};

	if (find_equal(apply))
		return true;
	apply->plan.load = true;
	if (!find_empty(apply))
		return take_parked(apply);
	empty.set = apply->plan.set;
	if (has_leavings(apply))
		add_collect(apply, &empty, false);
	return true;
}

static bool
is_our_lifeline(const struct apply *apply, const struct host_rule *rule)
{
	const struct host_state *host = &apply->host;

	if (rule->set != APPLY_SET_LIFELINE)
		return false;
	for (size_t i = 0; i < host->lifeline.n; i++)
		if (host->lifeline.v[i] == rule->number)
			return true;
	return false;
}

void
plan_find_foreign(struct apply *apply)
{
	struct host_state *host = &apply->host;

	host->foreign.n = 0;
	for (size_t i = 0; i < host->rules.n; i++) {
		const struct host_rule *rule = &host->rules.v[i];

		if (rule->number > APPLY_ANCHOR_ALLOW ||
		    host_generation_of(host, rule->set) != NULL ||
		    cut_is_set(apply, rule->set) ||
		    is_our_lifeline(apply, rule))
			continue;
		if (rule->set == APPLY_SET_LIFELINE ||
		    host_set_enabled(host, rule->set))
			vec_push(apply->arena, &host->foreign, *rule);
	}
}

static bool
refuse_foreign(struct apply *apply, const char *advice)
{
	const struct host_state *host = &apply->host;
	struct buf text;

	buf_init(&text, apply->arena);
	buf_puts(&text, "these rules could decide before those of the policy:");
	for (size_t i = 0; i < host->foreign.n; i++)
		buf_printf(&text, "\n  set %u: %u %s",
		    (unsigned)host->foreign.v[i].set,
		    (unsigned)host->foreign.v[i].number,
		    host->foreign.v[i].text);
	apply_say(apply, APPLY_ERROR, "%s", text.p);
	return apply_fail(apply, APPLY_ENVIRONMENT, "%s", advice);
}

static bool
check_foreign(struct apply *apply)
{
	const struct host_state *host = &apply->host;
	uint32_t sets = 0;

	plan_find_foreign(apply);
	for (size_t i = 0; i < host->foreign.n; i++)
		sets |= UINT32_C(1) << host->foreign.v[i].set;
	if (sets == 0)
		return true;
	if ((sets >> APPLY_SET_LIFELINE & 1) != 0)
		return refuse_foreign(
		    apply, "set 31 cannot be disabled: delete them");
	if (!apply->request->take_over)
		return refuse_foreign(apply, "--take-over disables their sets");
	apply->plan.taken = sets;
	return true;
}

static bool
number_taken(const struct host_state *host, unsigned number)
{
	for (size_t i = 0; i < host->rules.n; i++)
		if (host->rules.v[i].number == number)
			return true;
	return false;
}

static bool
has_lifeline(const struct apply *apply)
{
	return apply->host.lifeline.n == 1 && !apply->plan.load &&
	    loaded_lifeline(apply, apply->host.lifeline.v[0], apply->plan.set);
}

static bool
add_lifeline(struct apply *apply)
{
	struct apply_step step = {.kind = APPLY_STEP_LIFELINE};

	if (!artefact_has_lifeline(apply->artefact) || has_lifeline(apply))
		return true;
	step.set = 1;
	while (number_taken(&apply->host, step.set))
		step.set++;
	if (step.set > LIFELINE_LAST)
		return apply_fail(apply, APPLY_ENVIRONMENT,
		    "the lifeline has no number: 1 to 9 are taken");
	step.text = arena_printf(
	    apply->arena, "load the lifeline as rules %u of set 31", step.set);
	step.undo = "delete them";
	note(apply, &step, arena_printf(apply->arena, "lifeline %u", step.set));
	plan_add(apply, &step);
	return true;
}

static void
drop_lifelines(struct apply *apply, bool late)
{
	const struct host_state *host = &apply->host;

	if (artefact_has_lifeline(apply->artefact) && has_lifeline(apply))
		return;
	for (size_t i = 0; i < host->lifeline.n; i++) {
		struct apply_step step = {
		    .kind = APPLY_STEP_LIFELINE_DROP,
		    .set = host->lifeline.v[i],
		    .late = late,
		    .undo = late ? NULL : "load them again",
		};

		step.text = arena_printf(apply->arena,
		    "delete the former lifeline, rules %u of set 31", step.set);
		note(apply, &step,
		    arena_printf(apply->arena, "former %u", step.set));
		plan_add(apply, &step);
	}
}

static const char *
list_sets(struct arena *arena, const char *word, uint32_t sets)
{
	struct buf text;

	buf_init(&text, arena);
	for (unsigned set = 0; set < APPLY_SET_LIFELINE; set++)
		if ((sets >> set & 1) != 0)
			buf_printf(
			    &text, "%s%u", text.n == 0 ? word : ", ", set);
	return text.p;
}

/* The line by which the printed script, too, takes the switch back. */
static void
note_switch(struct apply *apply, struct apply_step *step, bool was_enabled)
{
	struct buf line;

	if (!was_enabled) {
		buf_init(&line, apply->arena);
		buf_printf(&line, "switch %u", apply->plan.set);
	} else {
		buf_init(&line, apply->arena);
		buf_puts(&line, "enable");
	}
	for (unsigned set = 0; set < APPLY_SET_LIFELINE; set++)
		if ((step->disable >> set & 1) != 0)
			buf_printf(&line, " %u", set);
	note(apply, step, line.p);
	/* Sets of others that are given back would be taken again. */
	for (unsigned set = 0; set < APPLY_SET_LIFELINE; set++)
		if ((apply->give_back >> set & 1) != 0)
			note(apply, step,
			    arena_printf(apply->arena, "switch %u", set));
}

static void
add_switch(struct apply *apply)
{
	const struct host_state *host = &apply->host;
	struct apply_step step = {
	    .kind = APPLY_STEP_SWITCH, .disable = apply->plan.taken};
	bool on = host_set_enabled(host, apply->plan.set) && !apply->plan.load;

	for (size_t i = 0; i < host->generations.n; i++)
		if (host->generations.v[i].enabled &&
		    host->generations.v[i].set != apply->plan.set)
			step.disable |= UINT32_C(1)
			    << host->generations.v[i].set;
	step.enable = apply->give_back;
	if (!on)
		step.enable |= UINT32_C(1) << apply->plan.set;
	if (step.enable == 0 && step.disable == 0)
		return;
	step.set = apply->plan.set;
	step.text = arena_printf(apply->arena, "switch by one command:%s%s",
	    list_sets(apply->arena, " disable set ", step.disable),
	    list_sets(apply->arena,
		step.disable != 0 ? ", enable set " : " enable set ",
		step.enable));
	step.undo = "switch back by one command";
	step.cuts = plan_lost(apply);
	note_switch(apply, &step, on);
	plan_add(apply, &step);
}

/*
 * Former generations whose conversations have ended are of no use, but for the
 * one that a rollback would go to.
 */
static bool
collect_drained(struct apply *apply)
{
	const struct host_state *host = &apply->host;
	const struct host_generation *keep = host->current != NULL
	    ? host->current
	    : generation_before(apply);

	if (!apply->plan.load || host->generations.n < 2)
		return true;
	if (!host_count_states(apply))
		return false;
	for (size_t i = 0; i < host->generations.n; i++) {
		const struct host_generation *one = &host->generations.v[i];

		if (!one->enabled && one->set != apply->plan.set &&
		    one->states == 0 && (keep == NULL || one->set != keep->set))
			add_collect(apply, one, true);
	}
	return true;
}

bool
apply_plan_make(struct apply *apply)
{
	struct apply_plan *plan = &apply->plan;
	const struct artefact *artefact = apply->artefact;

	memset(plan, 0, sizeof(*plan));
	plan->former = apply->host.current != NULL
	    ? (int)apply->host.current->set
	    : -1;
	plan_add_modules(apply);
	if (!plan_add_settings(
		apply, APPLY_STEP_SETTINGS_BEFORE, &artefact->before) ||
	    !choose_set(apply) || !check_foreign(apply))
		return false;
	if (plan->load)
		add_load(apply);
	if (!add_lifeline(apply) || !plan_add_nats(apply))
		return false;
	add_switch(apply);
	if (!plan_add_settings(
		apply, APPLY_STEP_SETTINGS_AFTER, &artefact->after))
		return false;
	drop_lifelines(apply, false);
	plan_drop_natds(apply);
	return collect_drained(apply);
}

static void
print_step(const struct apply_step *step, size_t i, FILE *out)
{
	fprintf(out, "%3zu. %s\n", i, step->text);
	if (step->cuts > 0)
		fprintf(out, "     CUTS %zu conversation%s\n", step->cuts,
		    step->cuts == 1 ? "" : "s");
	if (step->undo != NULL)
		fprintf(out, "     undo: %s\n", step->undo);
	else
		fputs("     not undone\n", out);
}

void
apply_plan_print(const struct apply_plan *plan, FILE *out)
{
	if (plan->steps.n == 0)
		fprintf(out, "set %u is in force: nothing to do\n", plan->set);
	for (size_t i = 0; i < plan->steps.n; i++)
		print_step(&plan->steps.v[i], i + 1, out);
}
