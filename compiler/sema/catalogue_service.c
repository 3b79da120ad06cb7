/*
 * The services of a file.
 *
 * A service may use another that stands later, so all are entered first and
 * completed second, those that are used before those that use them.
 */
#include <string.h>

#include "sema/catalogue_read.h"

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

#define LEVELS_MAX 16
#define TEXT_LENGTH_MAX 200

enum progress {
	FRESH,
	OPEN, /* being completed: whoever needs it now is part of it */
	DONE,
};

struct definition {
	const struct yaml_node *key, *body;
	struct service *service;
	enum progress progress;
	unsigned level; /* of services that use services */
	bool broken;	/* an error says why it may be empty */
};

struct scope {
	const struct catalogue_reader *reader;
	struct map definitions; /* of this file, by name */
};

static bool complete(
    struct scope *scope, struct definition *definition, unsigned depth);

/* One line of printable ASCII: it is shown on terminals as it is. */
static const char *
read_line(const struct catalogue_reader *reader, const struct yaml_node *map,
    const char *key)
{
	const struct yaml_node *node = yaml_get(map, key);
	size_t n;

	if (node == NULL || !yaml_expect(&reader->yaml, node, YAML_TEXT, key))
		return NULL;
	n = strlen(node->text);
	for (size_t i = 0; i < n; i++) {
		if (node->text[i] < ' ' || node->text[i] > '~')
			n = 0;
	}
	if (n > 0 && n <= TEXT_LENGTH_MAX)
		return node->text;
	diag_add(reader->yaml.diags, E_CATALOGUE_TEXT, node->span,
	    "%s must be one line of at most %d printable ASCII characters", key,
	    TEXT_LENGTH_MAX);
	return NULL;
}

static bool
report_use(struct scope *scope, const struct yaml_node *node,
    const struct definition *used)
{
	struct diags *diags = scope->reader->yaml.diags;
	struct diag *diag = diag_add(diags, E_CATALOGUE_LOOP, node->span,
	    "service '%s' would be part of itself", used->key->text);

	diag_label(diags, diag, used->key->span, "defined here");
	return false;
}

static bool
report_level(struct scope *scope, const struct yaml_node *node)
{
	diag_add(scope->reader->yaml.diags, E_YAML_LIMIT, node->span,
	    "services use services more than %d levels deep", LEVELS_MAX);
	return false;
}

/* The service that NODE names, complete; NULL after an error. */
static const struct service *
find_used(struct scope *scope, const struct yaml_node *node, unsigned depth,
    unsigned *level)
{
	const struct catalogue_reader *reader = scope->reader;
	struct definition *used = map_get(&scope->definitions, node->text);
	const struct service *service;

	*level = 1;
	if (used == NULL) {
		service = catalogue_find(reader->catalogue, node->text);
		if (service == NULL)
			catalogue_report_unknown(reader, node, "service",
			    &reader->catalogue->services);
		return service;
	}
	if (used->progress == OPEN) {
		report_use(scope, node, used);
		return NULL;
	}
	if (depth >= LEVELS_MAX) {
		report_level(scope, node);
		return NULL;
	}
	if (!complete(scope, used, depth + 1))
		return NULL;
	*level = used->level;
	return used->service;
}

static bool
use_service(struct scope *scope, struct definition *definition,
    const struct yaml_node *node, unsigned depth)
{
	const struct catalogue_reader *reader = scope->reader;
	struct service *service = definition->service;
	const struct service *used;
	unsigned level;

	if (!yaml_expect(
		&reader->yaml, node, YAML_TEXT, "the name of a service"))
		return false;
	used = find_used(scope, node, depth, &level);
	if (used == NULL)
		return false;
	if (level >= LEVELS_MAX)
		return report_level(scope, node);
	if (level + 1 > definition->level)
		definition->level = level + 1;
	for (size_t i = 0; i < used->parts.n; i++) {
		if (!catalogue_add_part(
			reader->yaml.arena, &service->parts, &used->parts.v[i]))
			return catalogue_report_limit(reader, node);
	}
	if (service->caveat == NULL)
		service->caveat = used->caveat;
	return true;
}

static bool
use_services(struct scope *scope, struct definition *definition, unsigned depth)
{
	const struct yaml_node *list = yaml_get(definition->body, "use");
	bool ok = true;

	for (size_t i = 0; list != NULL && i < yaml_item_count(list); i++)
		ok = use_service(
			 scope, definition, yaml_item(list, i), depth) &&
		    ok;
	return ok;
}

static void
read_parts(const struct catalogue_reader *reader, const struct yaml_node *body,
    service_parts *parts)
{
	const struct yaml_node *list = yaml_get(body, "parts");

	if (list == NULL ||
	    !yaml_expect(&reader->yaml, list, YAML_LIST, "parts"))
		return;
	for (size_t i = 0; i < list->items.n; i++)
		catalogue_read_part(reader, list->items.v[i], parts);
}

static void
read_body(struct scope *scope, struct definition *definition, unsigned depth)
{
	static const char *const keys[] = {"about", "caveat", "tcp", "udp",
	    "icmp", "icmp6", "proto", "use", "parts"};
	const struct catalogue_reader *reader = scope->reader;
	const struct yaml_node *body = definition->body;
	struct service *service = definition->service;
	const char *about = read_line(reader, body, "about");

	yaml_check_keys(&reader->yaml, body, keys, LENGTH(keys));
	service->about = about != NULL ? about : "";
	service->caveat = read_line(reader, body, "caveat");
	catalogue_read_short(reader, body, &service->parts);
	read_parts(reader, body, &service->parts);
	if (!use_services(scope, definition, depth))
		definition->broken = true;
}

static void
report_empty(struct scope *scope, const struct definition *definition)
{
	struct diags *diags = scope->reader->yaml.diags;
	struct diag *diag = diag_add(diags, E_CATALOGUE_EMPTY,
	    definition->key->span, "service '%s' has no parts",
	    definition->key->text);

	diag_help(diags, diag,
	    "give it ports (tcp, udp), types (icmp, icmp6), a protocol "
	    "(proto) or other services (use)");
}

/* False if the definition is in error, its own or another's. */
static bool
complete(struct scope *scope, struct definition *definition, unsigned depth)
{
	const struct yaml *yaml = &scope->reader->yaml;
	size_t n_errors = yaml->diags->n_errors;

	if (definition->progress == DONE)
		return !definition->broken;
	definition->progress = OPEN;
	definition->level = 1;
	if (yaml_expect(yaml, definition->body, YAML_MAP, "a service"))
		read_body(scope, definition, depth);
	else
		definition->broken = true;
	if (yaml->diags->n_errors != n_errors)
		definition->broken = true;
	if (definition->service->parts.n == 0 && !definition->broken) {
		report_empty(scope, definition);
		definition->broken = true;
	}
	definition->progress = DONE;
	return !definition->broken;
}

/* Words that mean something of their own where a service may stand. */
static bool
is_reserved(const char *name)
{
	static const char *const words[] = {
	    "any", "icmp", "icmp6", "proto", "tcp", "udp"};

	for (size_t i = 0; i < LENGTH(words); i++) {
		if (strcmp(name, words[i]) == 0)
			return true;
	}
	return false;
}

static struct definition *
enter(struct scope *scope, const struct yaml_pair *pair)
{
	const struct catalogue_reader *reader = scope->reader;
	struct definition *definition;
	struct service *service;

	if (!catalogue_check_name(reader, pair->key))
		return NULL;
	if (is_reserved(pair->key->text)) {
		diag_add(reader->yaml.diags, E_CATALOGUE_NAME, pair->key->span,
		    "'%s' means something else in a list of services",
		    pair->key->text);
		return NULL;
	}
	service = arena_new(reader->yaml.arena, struct service);
	service->name = pair->key->text;
	service->about = "";
	service->span = pair->key->span;
	service->builtin = true;
	definition = arena_new(reader->yaml.arena, struct definition);
	definition->key = pair->key;
	definition->body = pair->value;
	definition->service = service;
	map_put(&scope->definitions, service->name, definition);
	map_put(&reader->catalogue->services, service->name, service);
	return definition;
}

void
catalogue_read_services(
    const struct catalogue_reader *reader, const struct yaml_node *section)
{
	struct scope scope = {.reader = reader};
	VEC(struct definition *) all = {NULL, 0, 0};

	map_init(&scope.definitions, reader->yaml.arena);
	for (size_t i = 0; i < section->pairs.n; i++) {
		struct definition *definition = enter(
		    &scope, &section->pairs.v[i]);

		if (definition != NULL)
			vec_push(reader->yaml.arena, &all, definition);
	}
	for (size_t i = 0; i < all.n; i++)
		complete(&scope, all.v[i], 1);
}
