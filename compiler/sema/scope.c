/*
 * The rules for names.  They hold for quoted names too: a name goes into
 * comments of the ruleset and into messages, so it stays plain.
 */
#include <string.h>

#include "sema/scope.h"

#define NAME_MAX_BYTES 63

void
scope_init(struct scope *scope, struct arena *arena, const char *kind)
{
	memset(scope, 0, sizeof(*scope));
	scope->arena = arena;
	scope->kind = kind;
	map_init(&scope->map, arena);
}

/* ASCII only: what a name is must not depend on the locale. */
static bool
is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static bool
is_name_byte(char c)
{
	return is_letter(c) || (c >= '0' && c <= '9') || c == '.' || c == '-';
}

static bool
is_name(const char *text)
{
	if (!is_letter(text[0]))
		return false;
	for (const char *p = text; *p != '\0'; p++) {
		if (!is_name_byte(*p))
			return false;
	}
	return true;
}

bool
name_is_reserved(const char *text)
{
	return strcmp(text, "self") == 0 || strcmp(text, "any") == 0 ||
	    strcmp(text, "active") == 0;
}

static void
check_form(
    const struct scope *scope, struct diags *diags, const struct ast_word *name)
{
	struct diag *diag;

	if (!is_name(name->text)) {
		diag = diag_add(diags, E_NAME, name->span,
		    "'%s' is not a name for a %s", name->text, scope->kind);
		diag_help(diags, diag,
		    "a name is made of letters, digits, '_', '.' and '-', "
		    "and begins with a letter or '_'");
	} else if (strlen(name->text) > NAME_MAX_BYTES) {
		diag_add(diags, E_NAME, name->span,
		    "a name has at most %d bytes, this one has %zu",
		    NAME_MAX_BYTES, strlen(name->text));
	}
}

static bool
is_free(
    const struct scope *scope, struct diags *diags, const struct ast_word *name)
{
	const struct definition *first = scope_find(scope, name->text);
	struct diag *diag;

	if (name_is_reserved(name->text)) {
		diag = diag_add(diags, E_NAME_RESERVED, name->span,
		    "'%s' has a meaning of its own and names no %s", name->text,
		    scope->kind);
		diag_help(diags, diag, "choose another name");
		return false;
	}
	if (first != NULL) {
		diag = diag_add(diags, E_NAME_TWICE, name->span,
		    "%s '%s' is defined twice", scope->kind, name->text);
		diag_label(diags, diag, first->name.span, "first defined here");
		return false;
	}
	return true;
}

struct definition *
scope_define(struct scope *scope, struct diags *diags,
    const struct ast_word *name, const struct ast_statement *statement)
{
	struct definition *definition;

	if (!is_free(scope, diags, name))
		return NULL;
	check_form(scope, diags, name);
	definition = arena_new(scope->arena, struct definition);
	definition->name = *name;
	definition->statement = statement;
	definition->index = scope->list.n;
	vec_push(scope->arena, &scope->list, definition);
	map_put(&scope->map, name->text, definition);
	return definition;
}

struct definition *
scope_find(const struct scope *scope, const char *name)
{
	return map_get(&scope->map, name);
}

void
scope_suggest(
    const struct scope *scope, struct suggest *suggest, size_t *budget)
{
	if (scope->list.n > *budget)
		return;
	*budget -= scope->list.n;
	for (size_t i = 0; i < scope->list.n; i++)
		suggest_offer(suggest, scope->list.v[i]->name.text);
}
