/*
 * The journal: a line for each step, written before the step is done, that
 * says how it is taken back.  Its lines are those of the printed script, which
 * takes back what a run of ours left, and the other way round:
 *
 *	module NAME		unload it
 *	sysctl NAME VALUE	set it to that
 *	set N			delete it and its tables
 *	lifeline N		delete rules N of set 31
 *	former N		load them again, from the file former.N
 *	nat ID [WORDS]		configure it so, or delete it
 *	natd PORT [WORDS]	stop it, and start it so
 *	switch N [M…]		disable set N and enable the sets M
 *	enable M…
 *
 * What is kept for good goes to the history, by which `stop` knows what was
 * there before akin.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/apply/file.h"
#include "runtime/apply/private.h"
#include "runtime/apply/words.h"

bool
journal_note(struct apply *apply, const char *line)
{
	const char *path = journal_path(apply, "undo");
	int error = file_append(path, line);

	return error == 0 ||
	    apply_fail(
		apply, APPLY_ENVIRONMENT, "%s: %s", path, strerror(error));
}

bool
journal_left(const struct apply *apply)
{
	return file_exists(journal_path(apply, "undo"));
}

static int
read_lines(struct apply *apply, const char *path, word_list *lines)
{
	struct buf text;
	char *line;
	int error;

	buf_init(&text, apply->arena);
	error = file_read(path, STATE_FILE_MAX, &text);
	if (error != 0)
		return error == ENOENT ? 0 : error;
	/* A line without its end was not followed by the step. */
	for (line = text.p; strchr(line, '\n') != NULL;) {
		size_t length = strcspn(line, "\n");

		line[length] = '\0';
		vec_push(apply->arena, lines, (const char *)line);
		line += length + 1;
	}
	return 0;
}

static bool
take_back_all(struct apply *apply, const word_list *lines)
{
	bool whole = true;

	for (size_t i = lines->n; i > 0; i--) {
		if (undo_note(apply, lines->v[i - 1]))
			continue;
		apply_say(apply, APPLY_ERROR, "cannot take back: %s",
		    lines->v[i - 1]);
		whole = false;
	}
	return whole;
}

bool
journal_take_back(struct apply *apply)
{
	const char *path = journal_path(apply, "undo");
	word_list lines = {0};
	int error = read_lines(apply, path, &lines);

	if (error != 0)
		return apply_fail(
		    apply, APPLY_ENVIRONMENT, "%s: %s", path, strerror(error));
	if (!take_back_all(apply, &lines))
		return false;
	apply->result.taken_back = lines.n > 0;
	return file_remove(path) == 0;
}

static void
add_taken(const struct apply *apply, struct buf *text)
{
	for (unsigned set = 0; set < APPLY_SETS; set++)
		if ((apply->plan.taken >> set & 1) != 0)
			buf_printf(text, "taken %u\n", set);
}

/* By this `stop` tells whether a setting is still as we made it. */
static void
add_made(const struct apply *apply, struct buf *text)
{
	for (size_t i = 0; i < apply->plan.steps.n; i++) {
		const struct apply_step *step = &apply->plan.steps.v[i];

		if (step->kind != APPLY_STEP_SETTINGS_BEFORE &&
		    step->kind != APPLY_STEP_SETTINGS_AFTER)
			continue;
		for (size_t j = 0; j < step->words.n; j++) {
			const char *word = step->words.v[j];
			int length = (int)strcspn(word, "=");

			buf_printf(text, "made %.*s %s\n", length, word,
			    word + length + 1);
		}
	}
}

bool
journal_close(struct apply *apply)
{
	const char *path = journal_path(apply, "undo");
	const char *history = run_path(apply, "history");
	struct buf text;
	int error;

	buf_init(&text, apply->arena);
	error = file_make_folder(apply->arena, apply->run_dir);
	if (error == 0)
		error = file_read(history, STATE_FILE_MAX, &text);
	if (error == 0 || error == ENOENT)
		error = file_read(path, STATE_FILE_MAX, &text);
	if (error == ENOENT)
		return true;
	add_taken(apply, &text);
	add_made(apply, &text);
	if (error == 0)
		error = file_write(apply->arena, history, text.p, text.n);
	if (error == 0)
		error = file_remove(path);
	return error == 0 ||
	    apply_fail(
		apply, APPLY_ENVIRONMENT, "%s: %s", history, strerror(error));
}

/* "NAME VALUE" */
static bool
read_setting(
    struct apply *apply, const char *words, struct artefact_setting *setting)
{
	const char *blank = strchr(words, ' ');
	char *end;

	memset(setting, 0, sizeof(*setting));
	if (blank == NULL)
		return false;
	setting->name = arena_strndup(
	    apply->arena, words, (size_t)(blank - words));
	setting->value = strtoull(blank + 1, &end, 10);
	return end > blank + 1 && *end == '\0' &&
	    word_is_setting(setting->name);
}

/* What is noted first was there before us, what is made last is our will. */
static void
keep_setting(
    struct apply *apply, artefact_settings *list, const char *words, bool first)
{
	struct artefact_setting setting;

	if (!read_setting(apply, words, &setting))
		return;
	for (size_t i = 0; i < list->n; i++)
		if (strcmp(list->v[i].name, setting.name) == 0) {
			if (!first)
				list->v[i] = setting;
			return;
		}
	vec_push(apply->arena, list, setting);
}

/* Sets that are not of the numbers we use were taken over. */
static void
keep_sets(struct history *history, const char *words)
{
	while (*words != '\0') {
		char *end;
		unsigned long set = strtoul(words, &end, 10);

		if (end == words)
			return;
		if (set < APPLY_SET_FIRST ||
		    (set > APPLY_SET_LAST && set < APPLY_SET_LIFELINE))
			history->taken |= UINT32_C(1) << set;
		words = end;
	}
}

static void
keep_line(struct apply *apply, struct history *history, const char *line)
{
	if (strncmp(line, "sysctl ", 7) == 0)
		keep_setting(apply, &history->settings, line + 7, true);
	else if (strncmp(line, "made ", 5) == 0)
		keep_setting(apply, &history->made, line + 5, false);
	else if (strncmp(line, "switch ", 7) == 0)
		keep_sets(history, line + 7);
	else if (strncmp(line, "enable ", 7) == 0)
		keep_sets(history, line + 7);
	else if (strncmp(line, "taken ", 6) == 0)
		history->taken |= UINT32_C(1)
		    << (strtoul(line + 6, NULL, 10) & (APPLY_SETS - 1));
	else if (strncmp(line, "module ", 7) == 0 && word_is_module(line + 7))
		vec_push(apply->arena, &history->modules, line + 7);
}

void
history_read(struct apply *apply, struct history *history)
{
	const char *path = run_path(apply, "history");
	word_list lines = {0};
	struct buf text;

	memset(history, 0, sizeof(*history));
	buf_init(&text, apply->arena);
	history->damaged = file_read(path, STATE_FILE_MAX, &text) == 0 &&
	    text.n > 0 && text.p[text.n - 1] != '\n';
	read_lines(apply, path, &lines);
	for (size_t i = 0; i < lines.n; i++)
		keep_line(apply, history, lines.v[i]);
}
