/*
 * All that is ours is taken out.
 *
 * The switch comes first and can be taken back; from then on what is ours
 * decides nothing any more, and each step looks at what there is: who is
 * interrupted runs it again.
 */
#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "runtime/apply/file.h"
#include "runtime/apply/private.h"

#define INSTANCES_MAX 16 /* one for each uplink at most */

/* An artefact that asks for the settings that are to be put back. */
static void
read_wanted(struct apply *apply, struct history *history)
{
	struct artefact *wanted = arena_new(apply->arena, struct artefact);

	history_read(apply, history);
	wanted->darwin = apply->darwin;
	for (size_t i = 0; i < history->settings.n; i++)
		vec_push(apply->arena, &wanted->before, history->settings.v[i]);
	apply->artefact = wanted;
}

/* What is not known cannot be put back, and is not to be passed over. */
static bool
read_settings(struct apply *apply, const struct history *history)
{
	if (history->damaged)
		apply_say(apply, APPLY_WARNING,
		    "%s is damaged: not all that akin has changed may be put "
		    "back",
		    run_path(apply, "history"));
	if (history->settings.n > 0 && !host_read_settings(apply))
		return false;
	for (size_t i = 0; i < history->settings.n; i++) {
		const char *name = history->settings.v[i].name;

		if (host_setting_find(&apply->host, name) == NULL)
			return apply_fail(apply, APPLY_ENVIRONMENT,
			    "%s does not tell %s", apply->paths.sysctl, name);
	}
	return true;
}

/* An instance that is written down is there, whatever kldstat(8) says. */
static bool
has_instances(const struct apply *apply)
{
	for (unsigned id = 1; id <= INSTANCES_MAX; id++)
		if (file_exists(run_path(apply, "nat.%u", id)))
			return true;
	return false;
}

static bool
read_host(struct apply *apply, struct history *history)
{
	unsigned wanted = apply->darwin ? 0 : HOST_TABLES;

	read_wanted(apply, history);
	if (!host_read_modules(apply) || !read_settings(apply, history))
		return false;
	if (has_instances(apply))
		wanted |= HOST_NATS;
	if (!host_list(apply, NULL, wanted, NULL))
		return false;
	apply_find_lifeline(apply);
	natd_find_all(apply);
	return host_count_states(apply);
}

static void
add_switch(struct apply *apply, const struct history *history)
{
	const struct host_state *host = &apply->host;
	struct apply_step step = {.kind = APPLY_STEP_SWITCH,
	    .enable = history->taken & host->disabled};
	struct buf ours;

	buf_init(&ours, apply->arena);
	for (size_t i = 0; i < host->generations.n; i++)
		if (host->generations.v[i].enabled) {
			unsigned set = host->generations.v[i].set;

			step.disable |= UINT32_C(1) << set;
			buf_printf(&ours, " %u", set);
		}
	for (unsigned set = APPLY_SET_FIRST; set <= APPLY_SET_LAST; set++)
		if (cut_is_set(apply, set) && host_set_enabled(host, set)) {
			step.disable |= UINT32_C(1) << set;
			buf_printf(&ours, " %u", set);
		}
	if (step.disable == 0 && step.enable == 0)
		return;
	step.text = "disable the sets of akin by one command, and enable "
		    "those that it took over";
	step.undo = "switch back";
	vec_push(apply->arena, &step.notes,
	    (const char *)arena_printf(apply->arena, "enable%s", ours.p));
	for (unsigned set = 0; set < APPLY_SET_LIFELINE; set++)
		if ((step.enable >> set & 1) != 0)
			vec_push(apply->arena, &step.notes,
			    (const char *)arena_printf(
				apply->arena, "switch %u", set));
	plan_add(apply, &step);
}

static void
add_nats(struct apply *apply)
{
	const struct host_state *host = &apply->host;

	for (size_t i = 0; i < host->nats.n; i++) {
		const struct host_nat *nat = &host->nats.v[i];
		struct apply_step step = {.id = nat->id, .late = true};

		if (nat->kernel ? nat->mine == NULL : nat->pid == 0)
			continue;
		step.kind = nat->kernel ? APPLY_STEP_NAT_DROP
					: APPLY_STEP_NATD_STOP;
		step.text = arena_printf(apply->arena,
		    nat->kernel ? "delete NAT instance %u"
				: "stop natd on divert port %u",
		    (unsigned)nat->id);
		plan_add(apply, &step);
	}
}

/* Somebody has set it anew since. */
static bool
is_others(const struct history *history, const struct host_setting *now)
{
	for (size_t i = 0; i < history->made.n; i++)
		if (strcmp(history->made.v[i].name, now->name) == 0)
			return history->made.v[i].value != now->value;
	return false;
}

static void
add_settings(struct apply *apply, const struct history *history)
{
	struct apply_step step = {.kind = APPLY_STEP_RESTORE, .late = true};
	struct buf text;

	buf_init(&text, apply->arena);
	for (size_t i = 0; i < history->settings.n; i++) {
		const struct artefact_setting *was = &history->settings.v[i];
		const struct host_setting *now = host_setting_find(
		    &apply->host, was->name);
		const char *word = arena_printf(
		    apply->arena, "%s=%" PRIu64, was->name, was->value);

		if (now == NULL || now->value == was->value ||
		    is_others(history, now))
			continue;
		vec_push(apply->arena, &step.words, word);
		buf_printf(&text, "%s%s",
		    text.n == 0 ? "put back " : ",\n     ", word);
	}
	step.text = text.p;
	if (step.words.n > 0)
		plan_add(apply, &step);
}

static void
add_sets(struct apply *apply)
{
	const struct host_state *host = &apply->host;

	for (size_t i = 0; i < host->generations.n; i++) {
		struct apply_step step = {.kind = APPLY_STEP_COLLECT,
		    .set = host->generations.v[i].set,
		    .cuts = host->generations.v[i].states,
		    .late = true};

		step.text = arena_printf(
		    apply->arena, "delete set %u", step.set);
		plan_add(apply, &step);
	}
	for (unsigned set = APPLY_SET_FIRST; set <= APPLY_SET_LAST; set++) {
		struct apply_step step = {
		    .kind = APPLY_STEP_COLLECT, .set = set, .late = true};

		step.text = arena_printf(apply->arena,
		    "delete set %u, which cuts conversations", set);
		if (cut_is_set(apply, set))
			plan_add(apply, &step);
	}
	for (size_t i = 0; i < host->lifeline.n; i++) {
		struct apply_step step = {.kind = APPLY_STEP_LIFELINE_DROP,
		    .set = host->lifeline.v[i],
		    .late = true};

		step.text = arena_printf(apply->arena,
		    "delete the lifeline, rules %u of set 31", step.set);
		plan_add(apply, &step);
	}
}

static void
add_modules(struct apply *apply, const struct history *history)
{
	struct apply_step step = {
	    .kind = APPLY_STEP_MODULES_DROP, .late = true};

	for (size_t i = 0; i < history->modules.n; i++)
		for (size_t j = 0; j < apply->host.modules.n; j++)
			if (strcmp(history->modules.v[i],
				apply->host.modules.v[j]) == 0) {
				vec_push(apply->arena, &step.words,
				    history->modules.v[i]);
				break;
			}
	step.text = "unload the modules that akin loaded";
	if (step.words.n > 0)
		plan_add(apply, &step);
}

static void
make_plan(struct apply *apply)
{
	struct history history;

	memset(&apply->plan, 0, sizeof(apply->plan));
	apply->plan.former = apply->host.current != NULL
	    ? (int)apply->host.current->set
	    : -1;
	history_read(apply, &history);
	add_switch(apply, &history);
	add_settings(apply, &history);
	add_sets(apply);
	add_nats(apply);
	add_modules(apply, &history);
}

static bool
is_ours(const char *name)
{
	return strncmp(name, "set.", 4) == 0 ||
	    strncmp(name, "generation.", 11) == 0;
}

static void
forget(struct apply *apply)
{
	DIR *dir = opendir(apply->state_dir);
	struct dirent *entry;

	file_remove(run_path(apply, "lifeline"));
	file_remove(run_path(apply, "history"));
	if (dir == NULL)
		return;
	while ((entry = readdir(dir)) != NULL)
		if (is_ours(entry->d_name))
			file_remove(state_path(apply, "%s", entry->d_name));
	closedir(dir);
}

/* What goes wrong here is told, and the next run goes on from there. */
static bool
finish(struct apply *apply)
{
	bool whole = true;

	for (size_t i = 0; i < apply->plan.steps.n; i++) {
		const struct apply_step *step = &apply->plan.steps.v[i];

		if (!step->late)
			continue;
		if (step_do(apply, step))
			apply->result.steps++;
		else
			whole = apply_fail(apply, APPLY_ENVIRONMENT,
			    "this was not done: %s", step->text);
	}
	if (whole)
		forget(apply);
	return whole;
}

/* From here on there is no way back. */
static bool
close_journal(struct apply *apply)
{
	const char *path = journal_path(apply, "undo");
	int error = file_remove(path);

	return error == 0 ||
	    apply_fail(
		apply, APPLY_ENVIRONMENT, "%s: %s", path, strerror(error));
}

static bool
change(struct apply *apply)
{
	if (!apply_execute(apply) || !close_journal(apply)) {
		apply_take_back(apply);
		return false;
	}
	return finish(apply);
}

static bool
stop(struct apply *apply, FILE *out)
{
	struct history history;

	if (!apply_open(apply) || !read_host(apply, &history))
		return false;
	make_plan(apply);
	if (apply->request->dry_run) {
		if (apply->plan.steps.n == 0)
			fputs("nothing of akin is here\n", out);
		else
			apply_plan_print(&apply->plan, out);
		return true;
	}
	return change(apply);
}

enum apply_code
apply_stop(const struct apply_request *request, struct arena *arena, FILE *out,
    struct apply_result *result)
{
	struct apply *apply = apply_begin(request, arena);
	struct sigaction former[SIGNALS_CAUGHT];

	signals_catch(former);
	stop(apply, out);
	apply_end(apply, result);
	signals_restore(former);
	return result->code;
}
