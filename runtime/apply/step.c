/*
 * The steps, each noted in the journal before it is done and looked at after.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/apply/file.h"
#include "runtime/apply/private.h"

static bool
note_all(struct apply *apply, const struct apply_step *step)
{
	for (size_t i = 0; i < step->notes.n; i++)
		if (!journal_note(apply, step->notes.v[i]))
			return false;
	return true;
}

static bool
load_modules(struct apply *apply, const struct apply_step *step)
{
	struct child_result result;
	word_list words = {0};

	vec_push(apply->arena, &words, apply->paths.kldload);
	for (size_t i = 0; i < step->words.n; i++)
		vec_push(apply->arena, &words, step->words.v[i]);
	vec_push(apply->arena, &words, NULL);
	return command_run(apply, words.v, NULL, 0, &result) ||
	    apply_fail(apply, APPLY_ENVIRONMENT, "%s %s%s%.*s",
		apply->paths.kldload, child_fault(apply->arena, &result),
		result.err.n > 0 ? ": " : "", (int)strcspn(result.err.p, "\n"),
		result.err.p);
}

static bool
setting_is(const struct child_result *result, const char *name, size_t length,
    const char *value)
{
	const char *line = result->out.p;

	while (*line != '\0') {
		size_t n = strcspn(line, "\n");

		if (strncmp(line, name, length) == 0 &&
		    strncmp(line + length, ": ", 2) == 0 &&
		    n == length + 2 + strlen(value) &&
		    strncmp(line + length + 2, value, strlen(value)) == 0)
			return true;
		line += n + (line[n] == '\n');
	}
	return false;
}

static bool
check_settings(struct apply *apply, const char *const *words, size_t n,
    const struct child_result *result)
{
	for (size_t i = 0; i < n; i++) {
		size_t length = strcspn(words[i], "=");

		if (!setting_is(
			result, words[i], length, words[i] + length + 1))
			return apply_fail(apply, APPLY_ENVIRONMENT,
			    "the kernel does not take %s", words[i]);
	}
	return true;
}

/* Settings are made and shown again by one process, but darwin's takes two. */
bool
step_set_settings(struct apply *apply, const char *const *words, size_t n)
{
	struct child_result result;
	word_list set = {0}, show = {0}, *last = apply->darwin ? &show : &set;

	vec_push(apply->arena, &set, apply->paths.sysctl);
	vec_push(apply->arena, &set, "-w");
	vec_push(apply->arena, &show, apply->paths.sysctl);
	for (size_t i = 0; i < n; i++)
		vec_push(apply->arena, &set, words[i]);
	for (size_t i = 0; i < n; i++)
		vec_push(apply->arena, last,
		    (const char *)arena_strndup(
			apply->arena, words[i], strcspn(words[i], "=")));
	vec_push(apply->arena, &set, NULL);
	vec_push(apply->arena, &show, NULL);
	if (!command_run(apply, set.v, NULL, 0, &result) ||
	    (apply->darwin && !command_run(apply, show.v, NULL, 0, &result)))
		return apply_fail(apply, APPLY_ENVIRONMENT, "%s %s%s%.*s",
		    apply->paths.sysctl, child_fault(apply->arena, &result),
		    result.err.n > 0 ? ": " : "",
		    (int)strcspn(result.err.p, "\n"), result.err.p);
	return check_settings(apply, words, n, &result);
}

static unsigned
table_question(const struct apply *apply)
{
	return apply->artefact->tables.n > 0 ? HOST_TABLES : 0;
}

/* On darwin the text that is kept is the mark. */
static bool
keep_text(struct apply *apply, unsigned set)
{
	const char *path = state_path(apply, "set.%u", set);
	struct buf text;
	int error;

	buf_init(&text, apply->arena);
	buf_printf(&text, "%s\n", apply->artefact->digest);
	host_set_text(&apply->host, set, &text);
	error = file_make_folder(apply->arena, apply->state_dir);
	if (error == 0)
		error = file_write(apply->arena, path, text.p, text.n);
	generation_find_all(apply);
	return error == 0 ||
	    apply_fail(
		apply, APPLY_ENVIRONMENT, "%s: %s", path, strerror(error));
}

/* The rules are disabled, so there is time to look at all of them. */
static bool
load(struct apply *apply, const struct apply_step *step)
{
	const struct host_generation *generation;
	struct buf lines;
	const char *why;

	buf_init(&lines, apply->arena);
	load_lines(apply->artefact, step->set, &lines);
	if (!host_list(apply, &lines, table_question(apply), NULL))
		return false;
	if (host_set_enabled(&apply->host, step->set))
		return apply_fail(apply, APPLY_ENVIRONMENT,
		    "set %u stays enabled", step->set);
	if (!loaded_equals(apply, step->set, !apply->request->force, &why))
		return apply_fail(
		    apply, APPLY_ENVIRONMENT, "the kernel lists %s", why);
	if (!keep_text(apply, step->set))
		return false;
	generation = host_generation_of(&apply->host, step->set);
	return (generation != NULL &&
		   strcmp(generation->digest, apply->artefact->digest) == 0) ||
	    apply_fail(
		apply, APPLY_ENVIRONMENT, "nothing marks set %u", step->set);
}

static bool
write_lifeline_numbers(struct apply *apply, unsigned number)
{
	const char *path = run_path(apply, "lifeline");
	struct buf text;

	buf_init(&text, apply->arena);
	for (size_t i = 0; i < apply->host.lifeline.n; i++)
		if (apply->host.lifeline.v[i] != number)
			buf_printf(&text, "%u ", apply->host.lifeline.v[i]);
	buf_printf(&text, "%u\n", number);
	return apply_write(apply, apply->run_dir, path, text.p, text.n);
}

static bool
add_lifeline(struct apply *apply, const struct apply_step *step)
{
	struct buf lines;

	buf_init(&lines, apply->arena);
	load_lifeline_lines(
	    apply->artefact, apply->plan.set, step->set, &lines);
	return write_lifeline_numbers(apply, step->set) &&
	    host_list(apply, &lines, 0, NULL) &&
	    (loaded_lifeline(apply, step->set, apply->plan.set) ||
		apply_fail(apply, APPLY_ENVIRONMENT,
		    "the kernel lists another lifeline"));
}

/* The rules are written down, so that they can be loaded again. */
static bool
keep_lifeline(struct apply *apply, unsigned number)
{
	const char *path = journal_path(apply, "former.%u", number);
	struct buf text;
	int error;

	buf_init(&text, apply->arena);
	for (size_t i = 0; i < apply->host.rules.n; i++) {
		const struct host_rule *rule = &apply->host.rules.v[i];

		if (rule->set == APPLY_SET_LIFELINE && rule->number == number)
			buf_printf(&text, "add %u set %d %s\n", number,
			    APPLY_SET_LIFELINE, rule->text);
	}
	error = file_write(apply->arena, path, text.p, text.n);
	return error == 0 ||
	    apply_fail(
		apply, APPLY_ENVIRONMENT, "%s: %s", path, strerror(error));
}

static bool
drop_lifeline(struct apply *apply, const struct apply_step *step)
{
	return (step->late || keep_lifeline(apply, step->set)) &&
	    note_all(apply, step) &&
	    (undo_delete_lifeline(apply, step->set) ||
		apply_fail(apply, APPLY_ENVIRONMENT,
		    "rules %u of set 31 are still there", step->set));
}

bool
step_change_sets(struct apply *apply, uint32_t disable, uint32_t enable)
{
	struct buf lines;

	if (disable == 0 && enable == 0)
		return true;
	buf_init(&lines, apply->arena);
	buf_puts(&lines, "set");
	for (unsigned set = 0; set < APPLY_SET_LIFELINE; set++)
		if ((disable >> set & 1) != 0)
			buf_printf(&lines, " disable %u", set);
	for (unsigned set = 0; set < APPLY_SET_LIFELINE; set++)
		if ((enable >> set & 1) != 0)
			buf_printf(&lines, " enable %u", set);
	buf_putc(&lines, '\n');
	return host_list(apply, &lines, 0, NULL) &&
	    (apply->host.disabled & disable) == disable &&
	    (apply->host.disabled & enable) == 0;
}

static bool
keep_nat_record(struct apply *apply, uint32_t id)
{
	struct buf text;

	buf_init(&text, apply->arena);
	return file_read(run_path(apply, "nat.%u", (unsigned)id),
		   STATE_FILE_MAX, &text) != 0 ||
	    file_write(apply->arena,
		journal_path(apply, "nat.%u", (unsigned)id), text.p,
		text.n) == 0;
}

static const char *
shown_nat(const struct apply *apply, uint32_t id)
{
	const struct host_nat *nat = host_find_nat(&apply->host, true, id);

	return nat != NULL ? nat->shown : NULL;
}

bool
step_config_nat(struct apply *apply, uint32_t id, const char *words)
{
	const char *path = run_path(apply, "nat.%u", (unsigned)id), *shown;
	struct buf text;

	buf_init(&text, apply->arena);
	buf_printf(&text, "nat %u config %s\n", (unsigned)id, words);
	if (!host_list(apply, &text, HOST_NATS, NULL))
		return false;
	natd_find_all(apply);
	shown = shown_nat(apply, id);
	if (shown == NULL)
		return apply_fail(apply, APPLY_ENVIRONMENT,
		    "NAT instance %u is not there", (unsigned)id);
	buf_reset(&text);
	buf_printf(&text, "%s = %s\n", words, shown);
	return apply_write(apply, apply->run_dir, path, text.p, text.n);
}

static bool
start_natd(struct apply *apply, const struct apply_step *step)
{
	return natd_stop(apply, step->id) &&
	    natd_start(apply, step->id, step->words.v[0]);
}

static bool
drop_nat(struct apply *apply, const struct apply_step *step)
{
	struct buf lines;

	buf_init(&lines, apply->arena);
	buf_printf(&lines, "nat %u delete\n", (unsigned)step->id);
	return host_list(apply, &lines, HOST_NATS, NULL) &&
	    file_remove(run_path(apply, "nat.%u", (unsigned)step->id)) == 0;
}

static bool
switch_sets(struct apply *apply, const struct apply_step *step)
{
	return step_change_sets(apply, step->disable, step->enable) ||
	    apply_fail(apply, APPLY_ENVIRONMENT,
		"the sets are not as they were to be");
}

static bool
unload_modules(struct apply *apply, const struct apply_step *step)
{
	bool ok = true;

	for (size_t i = 0; i < step->words.n; i++) {
		const char *words[] = {
		    apply->paths.kldunload, step->words.v[i], NULL};

		ok = command_run(apply, words, NULL, 0, NULL) && ok;
	}
	return ok;
}

static bool
do_kind(struct apply *apply, const struct apply_step *step)
{
	switch (step->kind) {
	case APPLY_STEP_MODULES:
		return load_modules(apply, step);
	case APPLY_STEP_MODULES_DROP:
		return unload_modules(apply, step);
	case APPLY_STEP_SETTINGS_BEFORE:
	case APPLY_STEP_SETTINGS_AFTER:
	case APPLY_STEP_RESTORE:
		return step_set_settings(apply, step->words.v, step->words.n);
	case APPLY_STEP_COLLECT:
		return undo_delete_set(apply, step->set);
	case APPLY_STEP_LOAD:
		return load(apply, step);
	case APPLY_STEP_LIFELINE:
		return add_lifeline(apply, step);
	case APPLY_STEP_NAT:
		return step_config_nat(apply, step->id, step->words.v[0]);
	case APPLY_STEP_NATD:
		return start_natd(apply, step);
	case APPLY_STEP_CUT:
		return cut_load(apply, step);
	case APPLY_STEP_SWITCH:
		return switch_sets(apply, step);
	case APPLY_STEP_LIFELINE_DROP:
		return drop_lifeline(apply, step);
	case APPLY_STEP_NAT_DROP:
		return drop_nat(apply, step);
	case APPLY_STEP_NATD_STOP:
		return natd_stop(apply, step->id);
	}
	return false;
}

/* Taking back needs what is kept, so it is there before the note is. */
static bool
keep(struct apply *apply, const struct apply_step *step)
{
	return step->kind != APPLY_STEP_NAT || keep_nat_record(apply, step->id);
}

bool
step_do(struct apply *apply, const struct apply_step *step)
{
	bool own_notes = step->kind == APPLY_STEP_LIFELINE_DROP;

	return keep(apply, step) && (own_notes || note_all(apply, step)) &&
	    do_kind(apply, step);
}
