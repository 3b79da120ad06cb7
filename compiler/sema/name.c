/*
 * Looking up names, with an error that helps: the nearest name, or what the
 * name stands for elsewhere.
 */
#include <string.h>

#include "sema/resolve.h"

void
resolve_help_suggest(
    struct resolve *r, struct diag *diag, const struct suggest *suggest)
{
	if (suggest->best != NULL)
		diag_help(r->diags, diag, "did you mean '%s'?", suggest->best);
}

void
resolve_suggest_map(struct suggest *suggest, const struct map *map)
{
	for (size_t i = 0; i < map->cap; i++) {
		const char *key = map->slots[i].key;
		struct suggest one;

		if (key == NULL)
			continue;
		suggest_init(&one, suggest->word);
		suggest_offer(&one, key);
		if (one.best == NULL || one.distance > suggest->distance)
			continue;
		if (suggest->best == NULL || one.distance < suggest->distance ||
		    strcmp(key, suggest->best) < 0)
			*suggest = one;
	}
}

static struct definition *
use(struct definition *definition)
{
	definition->used = true;
	return definition;
}

/* The name is known, but not as WANTED. */
static struct diag *
report_kind(struct resolve *r, const struct ast_word *word,
    const struct scope *scope, const char *wanted)
{
	struct definition *other = use(scope_find(scope, word->text));
	struct diag *diag;

	diag = diag_add(r->diags, E_WRONG_KIND, word->span,
	    "'%s' names a %s, and a %s is due here", word->text, scope->kind,
	    wanted);
	diag_label(r->diags, diag, other->name.span, "defined here");
	return diag;
}

static void
report_unknown(struct resolve *r, enum diag_code code,
    const struct scope *scope, const struct ast_word *word)
{
	struct suggest suggest;
	struct diag *diag;

	diag = diag_add(r->diags, code, word->span, "no %s is named '%s'",
	    scope->kind, word->text);
	suggest_init(&suggest, word->text);
	scope_suggest(scope, &suggest, &r->suggestions);
	if (scope == &r->zones) {
		suggest_offer(&suggest, "self");
		suggest_offer(&suggest, "any");
	}
	resolve_help_suggest(r, diag, &suggest);
}

struct definition *
resolve_zone_name(struct resolve *r, const struct ast_word *word)
{
	struct definition *definition = scope_find(&r->zones, word->text);
	struct diag *diag;

	if (definition != NULL)
		return use(definition);
	if (scope_find(&r->hosts, word->text) != NULL) {
		diag = report_kind(r, word, &r->hosts, "zone");
		diag_help(r->diags, diag,
		    "narrow a rule to hosts behind its services: "
		    "'allow ssh from %s'",
		    word->text);
		return NULL;
	}
	report_unknown(r, E_UNKNOWN_ZONE, &r->zones, word);
	return NULL;
}

static bool
is_host_name(const char *text)
{
	return strchr(text, '.') != NULL || strcmp(text, "localhost") == 0;
}

static void
report_host_name(struct resolve *r, const struct ast_word *word)
{
	struct suggest suggest;
	struct diag *diag;

	diag = diag_add(r->diags, E_HOST_NAME, word->span,
	    "'%s' is a host name, and an address is due here", word->text);
	suggest_init(&suggest, word->text);
	scope_suggest(&r->hosts, &suggest, &r->suggestions);
	resolve_help_suggest(r, diag, &suggest);
	diag_help(r->diags, diag,
	    "a ruleset that asks a resolver is what the resolver says: write "
	    "the address, or give it a name with 'host NAME = ADDRESS'");
}

/* An address in quotes: quotes make a name of it. */
static bool
is_quoted_address(const struct ast_word *word)
{
	return word->quoted &&
	    ((word->text[0] >= '0' && word->text[0] <= '9') ||
		strchr(word->text, ':') != NULL);
}

static void
report_quoted(struct resolve *r, const struct ast_word *word)
{
	struct diag *diag;

	diag = diag_add(r->diags, E_UNKNOWN_HOSTS, word->span,
	    "no host list is named '%s'", word->text);
	diag_help(r->diags, diag, "an address is written without quotes");
}

static void
report_hosts_reserved(struct resolve *r, const struct ast_word *word)
{
	struct diag *diag;

	diag = diag_add(r->diags, E_WRONG_KIND, word->span,
	    "'%s' is no host list", word->text);
	if (strcmp(word->text, "any") == 0)
		diag_help(r->diags, diag,
		    "without 'from' or 'to' a rule holds for every address");
	else
		diag_help(r->diags, diag,
		    "it stands where zones stand: 'from ZONE to ZONE'");
}

struct definition *
resolve_hosts_name(struct resolve *r, const struct ast_word *word)
{
	struct definition *definition = scope_find(&r->hosts, word->text);
	struct diag *diag;

	if (definition != NULL)
		return use(definition);
	if (name_is_reserved(word->text)) {
		report_hosts_reserved(r, word);
	} else if (scope_find(&r->zones, word->text) != NULL) {
		diag = report_kind(r, word, &r->zones, "host list");
		diag_help(r->diags, diag,
		    "a zone stands before the rule: 'from %s to ...'; for its "
		    "nets alone define 'hosts NAME = NET'",
		    word->text);
	} else if (is_quoted_address(word)) {
		report_quoted(r, word);
	} else if (is_host_name(word->text)) {
		report_host_name(r, word);
	} else {
		report_unknown(r, E_UNKNOWN_HOSTS, &r->hosts, word);
	}
	return NULL;
}

bool
resolve_list_entry(
    struct resolve *r, struct map *seen, const char *text, struct span span)
{
	const char *key = sym_intern_string(r->sema->syms, text);
	struct span *first = map_get(seen, key);
	struct diag *diag;

	if (first == NULL) {
		first = arena_new(r->arena, struct span);
		*first = span;
		map_put(seen, key, first);
		return true;
	}
	diag = diag_add(r->diags, W_DUPLICATE, span,
	    "'%s' stands in this list already", key);
	diag_label(r->diags, diag, *first, "here");
	return false;
}

bool
resolve_number(const char *text, unsigned max, unsigned *number)
{
	unsigned value = 0;

	if (text[0] == '\0' || (text[0] == '0' && text[1] != '\0'))
		return false;
	for (const char *p = text; *p != '\0'; p++) {
		unsigned digit = (unsigned)(*p - '0');

		if (*p < '0' || *p > '9' || digit > max ||
		    value > (max - digit) / 10)
			return false;
		value = value * 10 + digit;
	}
	*number = value;
	return true;
}
