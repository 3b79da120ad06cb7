/*
 * The artefact, from JSON.
 */
#include <jansson.h>
#include <string.h>

#include "base/buf.h"
#include "runtime/apply/artefact.h"
#include "runtime/apply/words.h"

#define FORM 1
#define NUMBER_MAX 65534

struct reader {
	struct arena *arena;
	struct artefact *artefact;
	const char **wrong;
};

static bool
refuse(struct reader *reader, const char *what)
{
	if (*reader->wrong == NULL)
		*reader->wrong = what;
	return false;
}

/* A member of OBJECT that passes CHECK, copied. */
static bool
take_text(struct reader *reader, const json_t *object, const char *key,
    bool (*check)(const char *), const char **out)
{
	const char *text = json_string_value(json_object_get(object, key));

	if (text == NULL || (check != NULL && !check(text)))
		return refuse(reader, key);
	*out = arena_strdup(reader->arena, text);
	return true;
}

static bool
take_number(struct reader *reader, const json_t *object, const char *key,
    uint64_t max, uint64_t *out)
{
	const json_t *value = json_object_get(object, key);

	if (!json_is_integer(value) || json_integer_value(value) < 0 ||
	    (uint64_t)json_integer_value(value) > max)
		return refuse(reader, key);
	*out = (uint64_t)json_integer_value(value);
	return true;
}

static bool
take_flag(
    struct reader *reader, const json_t *object, const char *key, bool *out)
{
	const json_t *value = json_object_get(object, key);

	if (!json_is_boolean(value))
		return refuse(reader, key);
	*out = json_is_true(value);
	return true;
}

/* Call TAKE for each element of the list OBJECT has for KEY. */
static bool
each(struct reader *reader, const json_t *object, const char *key,
    bool (*take)(struct reader *, const json_t *, void *), void *into)
{
	const json_t *list = json_object_get(object, key);
	size_t n = json_array_size(list);

	if (!json_is_array(list))
		return refuse(reader, key);
	for (size_t i = 0; i < n; i++)
		if (!take(reader, json_array_get(list, i), into))
			return refuse(reader, key);
	return true;
}

static bool
push_checked(struct reader *reader, const json_t *value, artefact_texts *list,
    bool (*check)(const char *))
{
	const char *text = json_string_value(value);

	if (text == NULL || !check(text))
		return false;
	vec_push(reader->arena, list,
	    (const char *)arena_strdup(reader->arena, text));
	return true;
}

static bool
take_module(struct reader *reader, const json_t *value, void *into)
{
	return push_checked(reader, value, into, word_is_module);
}

static bool
take_net(struct reader *reader, const json_t *value, void *into)
{
	return push_checked(reader, value, into, word_is_net);
}

static bool
take_entry(struct reader *reader, const json_t *value, void *into)
{
	struct artefact_table *table = into;

	return push_checked(reader, value, &table->entries, words_are_entry);
}

static bool
take_card(struct reader *reader, const json_t *value, void *into)
{
	struct artefact_zone *zone = into;

	return push_checked(reader, value, &zone->cards, word_is_card);
}

static bool
take_origin(struct reader *reader, const json_t *value, void *into)
{
	struct artefact_rule *rule = into;
	struct artefact_origin origin;
	uint64_t line;

	if (!take_text(reader, value, "file", NULL, &origin.file) ||
	    !take_number(reader, value, "line", UINT32_MAX, &line))
		return false;
	origin.line = line;
	vec_push(reader->arena, &rule->origins, origin);
	return true;
}

static bool
take_rule(struct reader *reader, const json_t *value, void *into)
{
	struct artefact *artefact = into;
	struct artefact_rule rule = {0};
	uint64_t number;

	if (!take_number(reader, value, "number", NUMBER_MAX, &number) ||
	    !take_text(reader, value, "add", words_are_rule, &rule.add) ||
	    !take_text(reader, value, "list", words_are_rule, &rule.list) ||
	    !take_flag(reader, value, "lifeline", &rule.lifeline) ||
	    !each(reader, value, "policy", take_origin, &rule))
		return false;
	rule.number = (uint16_t)number;
	if (rule.number == 0)
		return false;
	vec_push(reader->arena, &artefact->rules, rule);
	return true;
}

static bool
take_table(struct reader *reader, const json_t *value, void *into)
{
	struct artefact *artefact = into;
	struct artefact_table table = {0};

	if (!take_text(reader, value, "name", word_is_table, &table.name) ||
	    !take_text(
		reader, value, "type", word_is_table_type, &table.type) ||
	    !take_text(
		reader, value, "options", word_is_table_type, &table.options) ||
	    !each(reader, value, "entries", take_entry, &table))
		return false;
	vec_push(reader->arena, &artefact->tables, table);
	return true;
}

static bool
take_natd_words(
    struct reader *reader, const json_t *value, struct artefact_nat *nat)
{
	const json_t *list = json_object_get(value, "natd");
	struct buf words;

	buf_init(&words, reader->arena);
	for (size_t i = 0; i < json_array_size(list); i++) {
		const char *word = json_string_value(json_array_get(list, i));

		if (word == NULL || strchr(word, ' ') != NULL)
			return false;
		buf_printf(&words, "%s%s", i > 0 ? " " : "", word);
	}
	nat->words = words.p;
	return words_are_natd(words.p);
}

static bool
take_nat(struct reader *reader, const json_t *value, void *into)
{
	struct artefact *artefact = into;
	struct artefact_nat nat = {0};
	const char *method;
	uint64_t id;

	if (!take_text(reader, value, "method", NULL, &method) ||
	    !take_text(reader, value, "card", word_is_card, &nat.card))
		return false;
	nat.kernel = strcmp(method, "kernel") == 0;
	if (!take_number(reader, value, nat.kernel ? "instance" : "port",
		NUMBER_MAX, &id) ||
	    id == 0)
		return false;
	nat.id = (uint32_t)id;
	if (nat.kernel &&
	    !take_text(reader, value, "config", words_are_nat, &nat.words))
		return false;
	if (!nat.kernel && !take_natd_words(reader, value, &nat))
		return refuse(reader, "natd");
	vec_push(reader->arena, &artefact->nats, nat);
	return true;
}

static bool
take_setting(struct reader *reader, const json_t *value, void *into)
{
	artefact_settings *list = into;
	struct artefact_setting setting;

	if (!take_text(reader, value, "name", word_is_setting, &setting.name) ||
	    !take_number(reader, value, "value", UINT32_MAX, &setting.value) ||
	    !take_flag(reader, value, "exactly", &setting.exactly))
		return false;
	vec_push(reader->arena, list, setting);
	return true;
}

static bool
take_zone(struct reader *reader, const json_t *value, void *into)
{
	struct artefact *artefact = into;
	struct artefact_zone zone = {0};

	if (!take_text(reader, value, "name", NULL, &zone.name) ||
	    !take_flag(reader, value, "present", &zone.present) ||
	    !take_flag(reader, value, "active", &zone.active) ||
	    !each(reader, value, "cards", take_card, &zone))
		return false;
	vec_push(reader->arena, &artefact->zones, zone);
	return true;
}

static bool
take_file(struct reader *reader, const json_t *value, void *into)
{
	artefact_texts *list = into;

	if (!json_is_string(value))
		return false;
	vec_push(reader->arena, list,
	    (const char *)arena_strdup(
		reader->arena, json_string_value(value)));
	return true;
}

static bool
take_drift(struct reader *reader, const json_t *value)
{
	const char *mode;

	if (!take_text(reader, value, "drift", NULL, &mode))
		return false;
	reader->artefact->repair = strcmp(mode, "repair") == 0;
	return reader->artefact->repair || strcmp(mode, "report") == 0 ||
	    refuse(reader, "drift");
}

static bool
take_head(struct reader *reader, const json_t *value)
{
	struct artefact *artefact = reader->artefact;
	const char *flavour;
	uint64_t form;

	if (!take_number(reader, value, "artefact", UINT32_MAX, &form) ||
	    form != FORM)
		return refuse(reader, "artefact");
	if (!take_text(reader, value, "akin", NULL, &artefact->version) ||
	    !take_text(reader, value, "flavour", NULL, &flavour) ||
	    !take_text(reader, value, "source", NULL, &artefact->source) ||
	    !take_text(
		reader, value, "digest", word_is_digest, &artefact->digest))
		return false;
	artefact->darwin = strcmp(flavour, "darwin") == 0;
	if (!artefact->darwin && strcmp(flavour, "freebsd") != 0)
		return refuse(reader, "flavour");
	return json_is_null(json_object_get(value, "active")) ||
	    take_text(reader, value, "active", word_is_card, &artefact->active);
}

static bool
take_all(struct reader *reader, const json_t *value)
{
	struct artefact *artefact = reader->artefact;

	return take_head(reader, value) &&
	    each(reader, value, "rules", take_rule, artefact) &&
	    each(reader, value, "tables", take_table, artefact) &&
	    each(reader, value, "nat", take_nat, artefact) &&
	    each(reader, value, "modules", take_module, &artefact->modules) &&
	    each(reader, value, "before", take_setting, &artefact->before) &&
	    each(reader, value, "after", take_setting, &artefact->after) &&
	    each(
		reader, value, "translated", take_net, &artefact->translated) &&
	    each(reader, value, "zones", take_zone, artefact) &&
	    each(reader, value, "files", take_file, &artefact->files) &&
	    take_drift(reader, value);
}

/* The rule that bears the mark and lets pass what was not refused. */
static bool
has_anchor(const struct artefact *artefact)
{
	for (size_t i = 0; i < artefact->rules.n; i++)
		if (artefact->rules.v[i].number == 50100 &&
		    !artefact->rules.v[i].lifeline)
			return true;
	return false;
}

struct artefact *
artefact_read(
    struct arena *arena, const char *text, size_t size, const char **wrong)
{
	struct artefact *artefact = arena_new(arena, struct artefact);
	struct reader reader = {arena, artefact, wrong};
	json_error_t error;
	json_t *value = json_loadb(text, size, JSON_REJECT_DUPLICATES, &error);
	bool ok;

	*wrong = NULL;
	artefact->text = text;
	artefact->size = size;
	if (value == NULL) {
		*wrong = arena_strdup(arena, error.text);
		return NULL;
	}
	ok = take_all(&reader, value) &&
	    (has_anchor(artefact) || refuse(&reader, "rules"));
	json_decref(value);
	return ok ? artefact : NULL;
}

bool
artefact_has_lifeline(const struct artefact *artefact)
{
	return artefact_n_rules(artefact) < artefact->rules.n;
}

size_t
artefact_n_rules(const struct artefact *artefact)
{
	size_t n = 0;

	for (size_t i = 0; i < artefact->rules.n; i++)
		n += !artefact->rules.v[i].lifeline;
	return n;
}
