/*
 * A catalogue: its maps, and the sections of its files.
 *
 * The sections of a file may stand in any order.  Names of types and
 * protocols are read first, because services are made of them.
 */
#include <stdlib.h>
#include <string.h>

#include "base/suggest.h"
#include "sema/catalogue.h"
#include "sema/catalogue_read.h"

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

void
catalogue_init(struct catalogue *catalogue, struct arena *arena)
{
	memset(catalogue, 0, sizeof(*catalogue));
	map_init(&catalogue->services, arena);
	map_init(&catalogue->icmp_types, arena);
	map_init(&catalogue->icmp6_types, arena);
	map_init(&catalogue->protocols, arena);
}

struct names {
	const char **v;
	size_t n;
};

struct service *
catalogue_find(const struct catalogue *catalogue, const char *name)
{
	return map_get(&catalogue->services, name);
}

static int
compare_names(const void *left, const void *right)
{
	const char *const *a = left, *const *b = right;

	return strcmp(*a, *b);
}

/* The names in MAP, sorted: its own order is that of addresses. */
static struct names
names_of(struct arena *arena, const struct map *map)
{
	struct names names = {NULL, 0};

	names.v = arena_calloc(arena, map->n, sizeof(*names.v));
	for (size_t i = 0; i < map->cap; i++) {
		if (map->slots[i].key != NULL)
			names.v[names.n++] = map->slots[i].key;
	}
	if (names.n > 0)
		qsort(names.v, names.n, sizeof(*names.v), compare_names);
	return names;
}

bool
catalogue_report_unknown(const struct catalogue_reader *reader,
    const struct yaml_node *node, const char *what, const struct map *map)
{
	struct diags *diags = reader->yaml.diags;
	struct names names;
	struct suggest suggest;
	struct diag *diag;

	diag = diag_add(diags, E_CATALOGUE_UNKNOWN, node->span,
	    "no %s is called '%.40s'", what, node->text);
	/* Nobody sees the help of what is not shown. */
	if (diags->n_errors > DIAG_SHOWN_MAX)
		return false;
	names = names_of(diags->arena, map);
	suggest_init(&suggest, node->text);
	for (size_t i = 0; i < names.n; i++)
		suggest_offer(&suggest, names.v[i]);
	if (suggest.best != NULL)
		diag_help(diags, diag, "did you mean '%s'?", suggest.best);
	return false;
}

static bool
is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool
is_name(const char *text)
{
	size_t n = strlen(text);

	if (n == 0 || n > CATALOGUE_NAME_MAX || !is_letter(text[0]))
		return false;
	for (size_t i = 1; i < n; i++) {
		if (!is_letter(text[i]) &&
		    !(text[i] >= '0' && text[i] <= '9') && text[i] != '-' &&
		    text[i] != '_')
			return false;
	}
	return true;
}

bool
catalogue_check_name(
    const struct catalogue_reader *reader, const struct yaml_node *key)
{
	struct diags *diags = reader->yaml.diags;
	struct diag *diag;

	if (is_name(key->text))
		return true;
	diag = diag_add(diags, E_CATALOGUE_NAME, key->span,
	    "'%.40s' cannot be a name", key->text);
	diag_help(diags, diag,
	    "a name is a letter and up to %d letters, digits, '-' and '_'",
	    CATALOGUE_NAME_MAX - 1);
	return false;
}

static void
read_number(const struct catalogue_reader *reader, const struct yaml_pair *pair,
    const char *what, unsigned minimum, struct map *map)
{
	const struct yaml *yaml = &reader->yaml;
	struct number_name *entry;
	unsigned number = 0;

	if (!catalogue_check_name(reader, pair->key) ||
	    !yaml_expect(yaml, pair->value, YAML_TEXT, what))
		return;
	if (!yaml_number(pair->value->text, strlen(pair->value->text),
		UINT8_MAX, &number) ||
	    number < minimum) {
		diag_add(yaml->diags, E_CATALOGUE_NUMBER, pair->value->span,
		    "%s is a number from %u to %u", what, minimum, UINT8_MAX);
		return;
	}
	entry = arena_new(yaml->arena, struct number_name);
	entry->name = pair->key->text;
	entry->number = number;
	entry->span = pair->key->span;
	map_put(map, entry->name, entry);
}

/* A section that maps names to numbers of eight bits. */
static void
read_numbers(const struct catalogue_reader *reader,
    const struct yaml_node *root, const char *section, unsigned minimum,
    struct map *map)
{
	const struct yaml_node *node = yaml_get(root, section);
	const char *what = strcmp(section, "protocols") == 0 ? "an IP protocol"
							     : "an ICMP type";

	if (node == NULL ||
	    !yaml_expect(&reader->yaml, node, YAML_MAP, section))
		return;
	for (size_t i = 0; i < node->pairs.n; i++)
		read_number(reader, &node->pairs.v[i], what, minimum, map);
}

static void
list_services(struct catalogue *catalogue, struct arena *arena)
{
	struct names names = names_of(arena, &catalogue->services);

	catalogue->list.n = 0;
	for (size_t i = 0; i < names.n; i++)
		vec_push(arena, &catalogue->list,
		    catalogue_find(catalogue, names.v[i]));
}

static void
read_sections(
    const struct catalogue_reader *reader, const struct yaml_node *root)
{
	static const char *const keys[] = {
	    "services", "protocols", "icmp", "icmp6"};
	struct catalogue *catalogue = reader->catalogue;
	const struct yaml_node *services;

	if (!yaml_expect(&reader->yaml, root, YAML_MAP, "a catalogue"))
		return;
	yaml_check_keys(&reader->yaml, root, keys, LENGTH(keys));
	/* 0 is "any protocol" to ipfw, and the type of an echo reply. */
	read_numbers(reader, root, "protocols", 1, &catalogue->protocols);
	read_numbers(reader, root, "icmp", 0, &catalogue->icmp_types);
	read_numbers(reader, root, "icmp6", 0, &catalogue->icmp6_types);
	services = yaml_get(root, "services");
	if (services != NULL &&
	    yaml_expect(&reader->yaml, services, YAML_MAP, "services"))
		catalogue_read_services(reader, services);
}

bool
catalogue_read(struct catalogue *catalogue, struct arena *arena,
    struct sym_table *syms, const struct sources *sources, uint32_t file,
    struct diags *diags)
{
	struct catalogue_reader reader = {
	    {arena, syms, sources, diags}, catalogue};
	size_t n_errors = diags->n_errors;
	const struct yaml_node *root = yaml_read(&reader.yaml, file);

	if (root != NULL)
		read_sections(&reader, root);
	list_services(catalogue, arena);
	return diags->n_errors == n_errors;
}
