/*
 * Which sets are ours.
 *
 * Where rules keep comments, ours is a set whose rule 50100 says so with its
 * digest.  On darwin it is one whose text is in `set.N` of the state folder,
 * below its digest, as the printed script writes it.  There is a `set.N` for
 * the other flavours as well, since a set that does not list as it did when it
 * was loaded has drifted; and `generation.N`, a line of JSON that tells where
 * it came from, with the artefact below it.  Neither is believed unless its
 * digest is that of the set.
 */
#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "runtime/apply/file.h"
#include "runtime/apply/private.h"
#include "runtime/apply/words.h"

#define MARK "// akin "

static bool
read_state_file(
    struct apply *apply, const char *name, unsigned set, struct buf *out)
{
	buf_init(out, apply->arena);
	return file_read(state_path(apply, "%s.%u", name, set), STATE_FILE_MAX,
		   out) == 0;
}

/* The digest in the comment of the rule at the last anchor. */
static const char *
find_mark(const struct host_state *host, unsigned set)
{
	for (size_t i = 0; i < host->rules.n; i++) {
		const struct host_rule *rule = &host->rules.v[i];
		const char *mark = strstr(rule->text, MARK);

		if (rule->set == set && rule->number == APPLY_ANCHOR_ALLOW &&
		    mark != NULL && word_is_digest(mark + sizeof(MARK) - 1))
			return mark + sizeof(MARK) - 1;
	}
	return NULL;
}

/* DIGEST, a newline and the lines of the set: is that what is kept? */
static const char *
find_kept(struct apply *apply, unsigned set, bool *as_loaded)
{
	struct buf kept, text;
	size_t length;

	*as_loaded = false;
	if (!read_state_file(apply, "set", set, &kept))
		return NULL;
	length = strcspn(kept.p, "\n");
	if (kept.p[length] != '\n')
		return NULL;
	kept.p[length] = '\0';
	if (!word_is_digest(kept.p))
		return NULL;
	buf_init(&text, apply->arena);
	host_set_text(&apply->host, set, &text);
	*as_loaded = strcmp(kept.p + length + 1, text.p) == 0;
	return kept.p;
}

/* ARTEFACT, which may be NULL, is set to the text below the record. */
static json_t *
read_record(struct apply *apply, const struct host_generation *generation,
    const char **artefact)
{
	struct buf text;
	json_t *record;
	const char *digest;
	size_t length;

	if (!read_state_file(apply, "generation", generation->set, &text))
		return NULL;
	length = strcspn(text.p, "\n");
	if (artefact != NULL)
		*artefact = text.p + length;
	record = json_loadb(text.p, length, JSON_REJECT_DUPLICATES, NULL);
	digest = json_string_value(json_object_get(record, "digest"));
	if (digest != NULL && strcmp(digest, generation->digest) == 0)
		return record;
	json_decref(record);
	return NULL;
}

static void
learn_record(struct apply *apply, struct host_generation *generation)
{
	json_t *record = read_record(apply, generation, NULL);
	const char *policy;
	json_int_t number;

	if (record == NULL)
		return;
	policy = json_string_value(json_object_get(record, "policy"));
	number = json_integer_value(json_object_get(record, "generation"));
	if (policy != NULL)
		generation->policy = arena_strdup(apply->arena, policy);
	if (number > 0 && number <= INT32_MAX)
		generation->number = (unsigned)number;
	generation->taken = (uint32_t)json_integer_value(
	    json_object_get(record, "taken"));
	generation->since = json_integer_value(
	    json_object_get(record, "since"));
	json_decref(record);
}

/* A record stays as it is while we hold the lock: it is read once. */
static void
read_facts(struct apply *apply, struct host_generation *generation)
{
	struct host_generation *record = &apply->records[generation->set];

	if (strcmp(record->digest, generation->digest) != 0) {
		*record = *generation;
		learn_record(apply, record);
	}
	generation->number = record->number;
	generation->policy = record->policy;
	generation->taken = record->taken;
	generation->since = record->since;
}

static void
forget_record(struct apply *apply, unsigned set)
{
	memset(&apply->records[set], 0, sizeof(apply->records[set]));
}

static size_t
count_rules(const struct host_state *host, unsigned set)
{
	size_t n = 0;

	for (size_t i = 0; i < host->rules.n; i++)
		n += host->rules.v[i].set == set;
	return n;
}

static void
find_in_set(struct apply *apply, unsigned set)
{
	struct host_state *host = &apply->host;
	struct host_generation generation = {.set = set};
	const char *mark = find_mark(host, set), *kept;

	if (host_set_empty(host, set))
		return;
	kept = find_kept(apply, set, &generation.as_loaded);
	if (mark == NULL && !generation.as_loaded)
		return;
	if (mark != NULL && kept != NULL && strcmp(kept, mark) != 0)
		kept = NULL;
	if (kept == NULL)
		generation.as_loaded = false;
	generation.recorded = kept != NULL;
	memcpy(generation.digest, mark != NULL ? mark : kept,
	    sizeof(generation.digest));
	generation.enabled = host_set_enabled(host, set);
	generation.n_rules = count_rules(host, set);
	read_facts(apply, &generation);
	vec_push(apply->arena, &host->generations, generation);
}

static void
find_current(struct host_state *host)
{
	const struct host_generation *current = NULL;

	for (size_t i = 0; i < host->generations.n; i++) {
		const struct host_generation *one = &host->generations.v[i];

		if (one->enabled &&
		    (current == NULL || one->number > current->number))
			current = one;
	}
	host->current = current;
}

void
generation_find_all(struct apply *apply)
{
	apply->host.generations.n = 0;
	for (unsigned set = APPLY_SET_FIRST; set <= APPLY_SET_LAST; set++)
		find_in_set(apply, set);
	find_current(&apply->host);
}

static unsigned
next_number(const struct host_state *host)
{
	unsigned number = 0;

	for (size_t i = 0; i < host->generations.n; i++)
		if (host->generations.v[i].number > number)
			number = host->generations.v[i].number;
	return number + 1;
}

static bool
write_state(struct apply *apply, const char *name, unsigned set,
    const char *text, size_t size)
{
	return apply_write(apply, apply->state_dir,
	    state_path(apply, "%s.%u", name, set), text, size);
}

/* The policy's file, wherever somebody stands who asks for it later. */
static json_t *
policy_file(const struct apply *apply)
{
	const char *given = apply->request->policy;
	char *path = given != NULL ? realpath(given, NULL) : NULL;
	json_t *value = path != NULL ? json_string(path) : NULL;

	free(path);
	return value != NULL ? value : json_string(apply->artefact->source);
}

bool
generation_record(struct apply *apply)
{
	unsigned set = apply->plan.set, number = next_number(&apply->host);
	json_t *record = json_pack("{s:I, s:s, s:o, s:I, s:I}", "generation",
	    (json_int_t)number, "digest", apply->artefact->digest, "policy",
	    policy_file(apply), "since", (json_int_t)time(NULL), "taken",
	    (json_int_t)apply->plan.taken);
	char *line = json_dumps(record, JSON_COMPACT);
	struct buf text;

	json_decref(record);
	if (line == NULL)
		return apply_fail(
		    apply, APPLY_ENVIRONMENT, "there is no memory left");
	buf_init(&text, apply->arena);
	buf_printf(&text, "%s\n", line);
	free(line);
	buf_write(&text, apply->artefact->text, apply->artefact->size);
	forget_record(apply, set);
	apply->result.generation = number;
	return write_state(apply, "generation", set, text.p, text.n);
}

/*
 * What comes again when the machine starts.  It is written when there is no
 * way back, so that it never is what was taken back.
 */
void
generation_confirm(struct apply *apply)
{
	const struct artefact *artefact = apply->artefact;
	const char *path = state_path(apply, "confirmed");
	struct buf text;
	int error;

	buf_init(&text, apply->arena);
	if (file_read(path, STATE_FILE_MAX, &text) == 0 &&
	    text.n == artefact->size &&
	    memcmp(text.p, artefact->text, text.n) == 0)
		return;
	error = file_make_folder(apply->arena, apply->state_dir);
	if (error == 0)
		error = file_write(
		    apply->arena, path, artefact->text, artefact->size);
	if (error != 0)
		apply_say(apply, APPLY_WARNING,
		    "%s: %s; when the machine starts anew the one before "
		    "comes back",
		    path, strerror(error));
}

const struct artefact *
generation_artefact(
    struct apply *apply, const struct host_generation *generation)
{
	const char *text, *wrong;
	json_t *record = read_record(apply, generation, &text);
	const struct artefact *artefact;

	if (record == NULL)
		return NULL;
	json_decref(record);
	artefact = artefact_read(apply->arena, text, strlen(text), &wrong);
	return artefact != NULL &&
		strcmp(artefact->digest, generation->digest) == 0
	    ? artefact
	    : NULL;
}

void
generation_forget(struct apply *apply, unsigned set)
{
	forget_record(apply, set);
	file_remove(state_path(apply, "set.%u", set));
	file_remove(state_path(apply, "generation.%u", set));
	file_remove(run_path(apply, "cut.%u", set));
}

const struct host_generation *
generation_before(const struct apply *apply)
{
	const struct host_state *host = &apply->host;
	const struct host_generation *best = NULL;
	unsigned now = host->current != NULL ? host->current->number : 0;

	for (size_t i = 0; i < host->generations.n; i++) {
		const struct host_generation *one = &host->generations.v[i];

		if (!one->enabled && (now == 0 || one->number < now) &&
		    (best == NULL || one->number > best->number))
			best = one;
	}
	return best;
}
