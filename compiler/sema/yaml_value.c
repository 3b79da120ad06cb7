/*
 * What a reader of a YAML tree asks of its nodes, with the errors for nodes
 * that are not what they should be.
 */
#include <string.h>

#include "base/suggest.h"
#include "sema/yaml.h"

static const char *
kind_name(enum yaml_kind kind)
{
	switch (kind) {
	case YAML_BROKEN:
		return "broken";
	case YAML_TEXT:
		return "a single value";
	case YAML_LIST:
		return "a list";
	case YAML_MAP:
		return "a map";
	}
	return "";
}

/* Of a map or list the first line says enough. */
static struct span
brief_span(const struct yaml_node *node)
{
	if (node->kind == YAML_MAP && node->pairs.n > 0)
		return node->pairs.v[0].key->span;
	if (node->kind == YAML_LIST && node->items.n > 0)
		return node->items.v[0]->span;
	return node->span;
}

bool
yaml_expect(const struct yaml *yaml, const struct yaml_node *node,
    enum yaml_kind kind, const char *what)
{
	if (node->kind == kind)
		return true;
	if (node->kind != YAML_BROKEN)
		diag_add(yaml->diags, E_YAML_KIND, brief_span(node),
		    "%s must be %s, not %s", what, kind_name(kind),
		    yaml_is_void(node) ? "nothing" : kind_name(node->kind));
	return false;
}

const struct yaml_node *
yaml_get(const struct yaml_node *map, const char *key)
{
	for (size_t i = 0; i < map->pairs.n; i++) {
		if (strcmp(map->pairs.v[i].key->text, key) == 0)
			return map->pairs.v[i].value;
	}
	return NULL;
}

bool
yaml_is_void(const struct yaml_node *node)
{
	return node->kind == YAML_TEXT && !node->quoted &&
	    node->text[0] == '\0';
}

static void
check_key(const struct yaml *yaml, const struct yaml_node *key,
    const char *const *keys, size_t n)
{
	struct suggest suggest;
	struct diag *diag;

	suggest_init(&suggest, key->text);
	for (size_t i = 0; i < n; i++) {
		if (strcmp(key->text, keys[i]) == 0)
			return;
		suggest_offer(&suggest, keys[i]);
	}
	diag = diag_add(yaml->diags, E_YAML_KEY, key->span,
	    "there is no key '%.40s' here", key->text);
	if (suggest.best != NULL)
		diag_help(
		    yaml->diags, diag, "did you mean '%s'?", suggest.best);
}

void
yaml_check_keys(const struct yaml *yaml, const struct yaml_node *map,
    const char *const *keys, size_t n)
{
	for (size_t i = 0; i < map->pairs.n; i++)
		check_key(yaml, map->pairs.v[i].key, keys, n);
}

size_t
yaml_item_count(const struct yaml_node *node)
{
	if (node->kind == YAML_LIST)
		return node->items.n;
	return node->kind == YAML_BROKEN ? 0 : 1;
}

const struct yaml_node *
yaml_item(const struct yaml_node *node, size_t index)
{
	return node->kind == YAML_LIST ? node->items.v[index] : node;
}

bool
yaml_boolean(const struct yaml *yaml, const struct yaml_node *node,
    const char *what, bool *value)
{
	if (!yaml_expect(yaml, node, YAML_TEXT, what))
		return false;
	*value = strcmp(node->text, "true") == 0;
	if (*value || strcmp(node->text, "false") == 0)
		return true;
	diag_add(yaml->diags, E_YAML_KIND, node->span,
	    "%s must be true or false", what);
	return false;
}

bool
yaml_number(const char *text, size_t length, unsigned maximum, unsigned *value)
{
	unsigned number = 0;

	if (length == 0 || (length > 1 && text[0] == '0'))
		return false;
	for (size_t i = 0; i < length; i++) {
		unsigned digit = (unsigned char)text[i] - (unsigned)'0';

		if (digit > 9 || digit > maximum ||
		    number > (maximum - digit) / 10)
			return false;
		number = number * 10 + digit;
	}
	*value = number;
	return true;
}
