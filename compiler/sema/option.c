/*
 * Statements that stand once: default, and the closed list of options.
 */
#include <string.h>

#include "sema/resolve.h"

struct option_reader {
	const char *name;
	bool repeats;
	void (*read)(struct resolve *r, const struct ast_statement *statement);
};

static void
report_value(struct resolve *r, const struct ast_word *word,
    const char *const choices[2])
{
	struct suggest suggest;
	struct diag *diag;

	diag = diag_add(r->diags, E_OPTION_VALUE, word->span,
	    "'%s' is not a value of this option", word->text);
	suggest_init(&suggest, word->text);
	for (size_t i = 0; i < 2 && choices[i] != NULL; i++)
		suggest_offer(&suggest, choices[i]);
	if (suggest.best != NULL)
		resolve_help_suggest(r, diag, &suggest);
	else if (choices[1] == NULL)
		diag_help(r->diags, diag, "write '%s'", choices[0]);
	else
		diag_help(r->diags, diag, "write '%s' or '%s'", choices[0],
		    choices[1]);
}

/* Which of CHOICES stands there.  Returns false after an error. */
static bool
read_choice(struct resolve *r, const struct ast_option *option,
    const char *const choices[2], size_t *out)
{
	const struct ast_word *word = &option->values.v[0];

	if (option->values.n > 1) {
		diag_add(r->diags, E_OPTION_VALUE, option->values.v[1].span,
		    "option '%s' has one value", option->name.text);
		return false;
	}
	for (size_t i = 0; i < 2 && choices[i] != NULL; i++) {
		if (strcmp(word->text, choices[i]) == 0) {
			*out = i;
			return true;
		}
	}
	report_value(r, word, choices);
	return false;
}

static void
read_nat(struct resolve *r, const struct ast_statement *statement)
{
	static const char *const choices[2] = {"divert", "kernel"};
	size_t choice;

	if (!read_choice(r, &statement->u.option, choices, &choice))
		return;
	r->policy->options.nat = choice == 0 ? NAT_DIVERT : NAT_KERNEL;
	r->policy->options.nat_span = statement->span;
}

static void
read_pickup(struct resolve *r, const struct ast_statement *statement)
{
	static const char *const choices[2] = {"on", "off"};
	size_t choice;

	if (read_choice(r, &statement->u.option, choices, &choice))
		r->policy->options.pickup = choice == 0;
}

static void
read_drift(struct resolve *r, const struct ast_statement *statement)
{
	static const char *const choices[2] = {"report", "repair"};
	size_t choice;

	if (read_choice(r, &statement->u.option, choices, &choice))
		r->policy->options.drift_repair = choice == 1;
}

static void
read_ipv6(struct resolve *r, const struct ast_statement *statement)
{
	static const char *const choices[2] = {"uncovered-ok", NULL};
	size_t choice;

	if (read_choice(r, &statement->u.option, choices, &choice))
		r->policy->options.ipv6_uncovered_ok = true;
}

static bool
has_two_uplinks(const struct resolve *r)
{
	size_t n = 0;

	for (size_t i = 0; i < r->policy->zones.n; i++)
		n += r->policy->zones.v[i].role == ZONE_UPLINK;
	return n > 1;
}

static void
set_verrevpath(struct resolve *r, const struct ast_word *word, size_t index)
{
	struct zone *zone = &r->policy->zones.v[index];
	struct diag *diag;

	if (zone->role == ZONE_LOOPBACK) {
		diag_add(r->diags, E_LOOPBACK, word->span,
		    "zone '%s' is loopback, which is always open", word->text);
		return;
	}
	if (zone->role == ZONE_UPLINK && has_two_uplinks(r)) {
		diag = diag_add(r->diags, E_OPTION_VALUE, word->span,
		    "'%s' is one of two uplinks, and verrevpath would close it",
		    word->text);
		diag_help(r->diags, diag,
		    "it refuses what does not come from where the route goes, "
		    "and the default route goes to one uplink only");
		return;
	}
	zone->verrevpath = true;
}

static void
read_verrevpath(struct resolve *r, const struct ast_statement *statement)
{
	const ast_words *values = &statement->u.option.values;

	for (size_t i = 0; i < values->n; i++) {
		const struct ast_word *word = &values->v[i];
		const struct definition *definition;

		if (name_is_reserved(word->text)) {
			diag_add(r->diags, E_OPTION_VALUE, word->span,
			    "'%s' is not a zone", word->text);
			continue;
		}
		definition = resolve_zone_name(r, word);
		if (definition != NULL &&
		    definition->index < r->policy->zones.n)
			set_verrevpath(r, word, definition->index);
	}
}

/* A value is a word; which kind of host it is shows in its first letter. */
static struct ast_host
host_of_value(const struct ast_word *word)
{
	bool literal = !word->quoted &&
	    ((word->text[0] >= '0' && word->text[0] <= '9') ||
		strchr(word->text, ':') != NULL);

	return (struct ast_host){
	    literal ? AST_HOST_ADDRESS : AST_HOST_NAME, *word};
}

static void
read_lifeline(struct resolve *r, const struct ast_statement *statement)
{
	const ast_words *values = &statement->u.option.values;
	const struct hosts_value *hosts;
	struct hosts_value own;
	ast_hosts list = {NULL, 0, 0};

	for (size_t i = 0; i < values->n; i++)
		vec_push(r->arena, &list, host_of_value(&values->v[i]));
	hosts = resolve_hosts_list(r, &list, &own);
	if (hosts->broken)
		return;
	r->policy->options.has_lifeline = true;
	r->policy->options.lifeline = hosts->set;
	r->policy->options.lifeline_span = statement->span;
}

static const struct option_reader readers[] = {
    {"nat", false, read_nat},
    {"pickup", false, read_pickup},
    {"drift", false, read_drift},
    {"verrevpath", true, read_verrevpath},
    {"lifeline", false, read_lifeline},
    {"ipv6", false, read_ipv6},
};

#define N_READERS (sizeof(readers) / sizeof(readers[0]))

static void
report_option(struct resolve *r, const struct ast_word *name)
{
	struct suggest suggest;
	struct diag *diag;

	diag = diag_add(r->diags, E_OPTION, name->span,
	    "there is no option '%s'", name->text);
	suggest_init(&suggest, name->text);
	for (size_t i = 0; i < N_READERS; i++)
		suggest_offer(&suggest, readers[i].name);
	if (suggest.best != NULL)
		resolve_help_suggest(r, diag, &suggest);
	else
		diag_help(r->diags, diag,
		    "the options are nat, pickup, drift, verrevpath, "
		    "lifeline and ipv6");
}

/* FIRST is where the statement stood before, if it did. */
static bool
stands_once(
    struct resolve *r, struct span span, struct span *first, const char *what)
{
	struct diag *diag;

	if (first->file == 0) {
		*first = span;
		return true;
	}
	diag = diag_add(r->diags, E_ONCE, span, "%s stands once", what);
	diag_label(r->diags, diag, *first, "first given here");
	return false;
}

static void
add_option(struct resolve *r, const struct ast_statement *statement,
    struct span *first)
{
	const struct ast_option *option = &statement->u.option;
	size_t i = 0;

	while (i < N_READERS && strcmp(readers[i].name, option->name.text) != 0)
		i++;
	if (i == N_READERS) {
		report_option(r, &option->name);
		return;
	}
	if (readers[i].repeats ||
	    stands_once(r, statement->span, &first[i],
		arena_printf(r->arena, "option '%s'", readers[i].name)))
		readers[i].read(r, statement);
}

static void
add_default(struct resolve *r, const struct ast_statement *statement)
{
	const struct ast_default *fallback = &statement->u.fallback;

	if (!stands_once(
		r, statement->span, &r->policy->fallback_span, "'default'"))
		return;
	r->policy->fallback = resolve_verdict(fallback->verdict);
	r->policy->fallback_log = fallback->log;
}

void
resolve_options(struct resolve *r)
{
	struct span first[N_READERS] = {SPAN_NONE};

	r->policy->fallback = VERDICT_DENY;
	for (size_t i = 0; i < r->statements.n; i++) {
		const struct ast_statement *statement = r->statements.v[i];

		if (statement->kind == AST_OPTION)
			add_option(r, statement, first);
		else if (statement->kind == AST_DEFAULT)
			add_default(r, statement);
	}
}
