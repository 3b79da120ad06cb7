/*
 * How each note of the journal is obeyed.
 *
 * Every deed looks first and does nothing that is done already, since a run
 * that takes back may be interrupted as well.
 */
#include <stdlib.h>
#include <string.h>

#include "runtime/apply/file.h"
#include "runtime/apply/private.h"
#include "runtime/apply/words.h"

#define LIFELINE_LAST 9

static unsigned
list_questions(const struct apply *apply)
{
	return apply->darwin ? 0 : HOST_TABLES;
}

/*
 * For ipfw(8) "delete set 32" is set 0, and "delete 0" is everything.  A set
 * that is empty is enabled, as it was before us.
 */
bool
undo_delete_set(struct apply *apply, unsigned set)
{
	const char *own = arena_printf(apply->arena, "akin%u_", set);
	struct buf lines;

	if (set < APPLY_SET_FIRST || set > APPLY_SET_LAST)
		return false;
	if (!host_list(apply, NULL, list_questions(apply), NULL))
		return false;
	buf_init(&lines, apply->arena);
	if (!host_set_empty(&apply->host, set)) {
		if (host_set_enabled(&apply->host, set))
			return apply_fail(apply, APPLY_ENVIRONMENT,
			    "set %u is enabled and is not deleted", set);
		buf_printf(&lines, "delete set %u\n", set);
	}
	for (size_t i = 0; i < apply->host.tables.n; i++)
		if (strncmp(apply->host.tables.v[i].name, own, strlen(own)) ==
		    0)
			buf_printf(&lines, "table %s destroy\n",
			    apply->host.tables.v[i].name);
	if (lines.n > 0 &&
	    (!host_list(apply, &lines, list_questions(apply), NULL) ||
		!host_set_empty(&apply->host, set)))
		return false;
	generation_forget(apply, set);
	return step_change_sets(apply, 0, UINT32_C(1) << set);
}

static bool
lifeline_there(const struct apply *apply, unsigned number, bool *shared)
{
	bool there = false;

	*shared = false;
	for (size_t i = 0; i < apply->host.rules.n; i++) {
		const struct host_rule *rule = &apply->host.rules.v[i];

		if (rule->number != number)
			continue;
		if (rule->set == APPLY_SET_LIFELINE)
			there = true;
		else
			*shared = true;
	}
	return there;
}

bool
undo_delete_lifeline(struct apply *apply, unsigned number)
{
	struct buf lines;
	bool shared;

	if (number < 1 || number > LIFELINE_LAST ||
	    !host_list(apply, NULL, 0, NULL))
		return false;
	if (!lifeline_there(apply, number, &shared))
		return true;
	buf_init(&lines, apply->arena);
	/* A number alone stands for the rules of all sets. */
	if (!apply->darwin)
		buf_printf(&lines, "set 31 delete %u\n", number);
	else if (shared)
		return false;
	else
		buf_printf(&lines, "delete %u\n", number);
	return host_list(apply, &lines, 0, NULL) &&
	    !lifeline_there(apply, number, &shared);
}

static bool
restore_lifeline(struct apply *apply, unsigned number)
{
	struct buf lines;
	bool shared;

	buf_init(&lines, apply->arena);
	if (!host_list(apply, NULL, 0, NULL))
		return false;
	if (lifeline_there(apply, number, &shared))
		return true;
	return file_read(journal_path(apply, "former.%u", number),
		   STATE_FILE_MAX, &lines) == 0 &&
	    host_list(apply, &lines, 0, NULL) &&
	    lifeline_there(apply, number, &shared);
}

static bool
unload_module(struct apply *apply, const char *name)
{
	const char *look[] = {apply->paths.kldstat, "-q", "-m", name, NULL};
	const char *unload[] = {apply->paths.kldunload, name, NULL};

	return word_is_module(name) &&
	    (!command_run(apply, look, NULL, 0, NULL) ||
		command_run(apply, unload, NULL, 0, NULL));
}

/* "NAME VALUE" */
static bool
restore_setting(struct apply *apply, const char *words)
{
	const char *blank = strchr(words, ' '), *word;

	if (blank == NULL || blank[1 + strspn(blank + 1, "0123456789")] != '\0')
		return false;
	word = arena_printf(
	    apply->arena, "%.*s=%s", (int)(blank - words), words, blank + 1);
	return word_is_setting(arena_strndup(
		   apply->arena, words, (size_t)(blank - words))) &&
	    step_set_settings(apply, &word, 1);
}

static bool
restore_nat_record(struct apply *apply, uint32_t id)
{
	const char *old = journal_path(apply, "nat.%u", (unsigned)id);
	const char *record = run_path(apply, "nat.%u", (unsigned)id);
	struct buf text;

	buf_init(&text, apply->arena);
	if (file_read(old, STATE_FILE_MAX, &text) != 0)
		return file_remove(record) == 0;
	return file_write(apply->arena, record, text.p, text.n) == 0;
}

static bool
restore_nat(struct apply *apply, uint32_t id, const char *words)
{
	const struct host_nat *nat;
	struct buf lines;

	if (!host_list(apply, NULL, HOST_NATS, NULL))
		return false;
	nat = host_find_nat(&apply->host, true, id);
	buf_init(&lines, apply->arena);
	if (*words == '\0' && nat != NULL)
		buf_printf(&lines, "nat %u delete\n", (unsigned)id);
	else if (*words != '\0' &&
	    (nat == NULL || strcmp(nat->shown, words) != 0))
		buf_printf(&lines, "nat %u config %s\n", (unsigned)id, words);
	if (lines.n > 0 &&
	    (!(*words == '\0' || words_are_nat(words)) ||
		!host_list(apply, &lines, HOST_NATS, NULL)))
		return false;
	return restore_nat_record(apply, id);
}

static bool
restore_natd(struct apply *apply, uint32_t port, const char *words)
{
	return natd_stop(apply, port) &&
	    (*words == '\0' || natd_start(apply, port, words));
}

static uint32_t
mask_of(const char *words)
{
	uint32_t mask = 0;

	while (*words != '\0') {
		char *end;
		unsigned long set = strtoul(words, &end, 10);

		if (end == words)
			break;
		if (set < APPLY_SET_LIFELINE)
			mask |= UINT32_C(1) << set;
		words = end;
	}
	return mask;
}

/* NOTE is "KIND WORDS"; the words begin with a number for most. */
bool
undo_note(struct apply *apply, const char *note)
{
	size_t length = strcspn(note, " ");
	const char *kind = arena_strndup(apply->arena, note, length);
	const char *words = note + length + (note[length] == ' ');
	size_t digits = strspn(words, "0123456789");
	unsigned number = (unsigned)strtoul(words, NULL, 10);
	const char *rest = words + digits + (words[digits] == ' ');

	if (strcmp(kind, "module") == 0)
		return unload_module(apply, words);
	if (strcmp(kind, "sysctl") == 0)
		return restore_setting(apply, words);
	if (strcmp(kind, "enable") == 0)
		return step_change_sets(apply, 0, mask_of(words));
	if (digits == 0)
		return false;
	if (strcmp(kind, "set") == 0)
		return undo_delete_set(apply, number);
	if (strcmp(kind, "switch") == 0 && number < APPLY_SET_LIFELINE)
		return step_change_sets(
		    apply, UINT32_C(1) << number, mask_of(rest));
	if (strcmp(kind, "lifeline") == 0)
		return undo_delete_lifeline(apply, number);
	if (strcmp(kind, "former") == 0)
		return restore_lifeline(apply, number);
	if (strcmp(kind, "nat") == 0)
		return restore_nat(apply, number, rest);
	if (strcmp(kind, "natd") == 0)
		return restore_natd(apply, number, rest);
	return false;
}
