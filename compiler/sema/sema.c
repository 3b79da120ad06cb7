/*
 * From the syntax tree to the resolved policy: the steps in their order.
 *
 * Names come first, because every statement may use what a later one defines.
 * Only rules and forwards mean something by their order in the text.
 */
#include "sema/resolve.h"

/* Names that "did you mean" may look at in one compilation. */
#define SUGGESTIONS_MAX ((size_t)1000000)

/* Includes are not deep: the parser has a limit for them. */
static void
collect_statements(struct resolve *r, const struct ast_file *tree)
{
	for (const struct ast_statement *s = tree->statements; s != NULL;
	     s = s->next) {
		if (s->kind != AST_INCLUDE)
			vec_push(r->arena, &r->statements, s);
		else if (s->u.include.file != NULL)
			collect_statements(r, s->u.include.file);
	}
}

static void
define(struct resolve *r, struct scope *scope, const struct ast_word *name,
    const struct ast_statement *statement)
{
	struct definition *definition = scope_define(
	    scope, r->diags, name, statement);

	if (definition != NULL)
		definition->included = name->span.file != r->tree->file;
}

static void
define_names(struct resolve *r)
{
	for (size_t i = 0; i < r->statements.n; i++) {
		const struct ast_statement *s = r->statements.v[i];

		if (s->kind == AST_ZONE)
			define(r, &r->zones, &s->u.zone.name, s);
		else if (s->kind == AST_SERVICE)
			define(r, &r->services, &s->u.service.name, s);
		else if (s->kind == AST_HOSTS)
			define(r, &r->hosts, &s->u.hosts.name, s);
	}
}

static void
add_zones(struct resolve *r)
{
	r->zone_work = arena_calloc(
	    r->arena, POLICY_ZONES_MAX, sizeof(*r->zone_work));
	for (size_t i = 0; i < r->zones.list.n; i++) {
		const struct definition *definition = r->zones.list.v[i];
		struct zone zone = {
		    .name = definition->name.text,
		    .span = definition->name.span,
		};

		if (i == POLICY_ZONES_MAX) {
			diag_add(r->diags, E_ZONES_MANY, zone.span,
			    "more than %d zones", POLICY_ZONES_MAX);
			return;
		}
		r->zone_work[i].tree = &definition->statement->u.zone;
		vec_push(r->arena, &r->policy->zones, zone);
	}
}

static void
resolve_names(struct resolve *r)
{
	collect_statements(r, r->tree);
	define_names(r);
	add_zones(r);
}

static void
resolve_init(struct resolve *r, struct sema *sema, const struct ast_file *tree)
{
	r->sema = sema;
	r->arena = sema->arena;
	r->diags = sema->diags;
	r->tree = tree;
	r->suggestions = SUGGESTIONS_MAX;
	r->policy = arena_new(sema->arena, struct policy);
	r->policy->host = sema->host;
	scope_init(&r->zones, sema->arena, "zone");
	scope_init(&r->hosts, sema->arena, "host list");
	scope_init(&r->services, sema->arena, "service");
	map_init(&r->caveats, sema->arena);
	map_init(&r->said, sema->arena);
	map_init(&r->labels, sema->arena);
}

/* Loaded, such a policy would cut the host off from everything. */
static void
resolve_nothing(struct resolve *r)
{
	struct span start = {.file = r->tree->file};
	struct diag *diag;

	if (r->policy->zones.n != 0 || r->diags->n_errors != 0)
		return;
	diag = diag_add(r->diags, E_NO_ZONE, start,
	    "the policy names no zone, so nothing could pass");
	diag_help(r->diags, diag, "begin with 'zone public on active'");
}

struct policy *
sema_policy(struct sema *sema, const struct ast_file *tree)
{
	struct resolve *r = arena_new(sema->arena, struct resolve);

	resolve_init(r, sema, tree);
	resolve_names(r);
	resolve_hosts(r);
	resolve_services(r);
	resolve_zones(r);
	resolve_cards(r);
	resolve_nat_uplinks(r);
	resolve_roles(r);
	resolve_own(r);
	resolve_presence(r);
	resolve_trust(r);
	resolve_nat(r);
	resolve_rules(r);
	resolve_options(r);
	resolve_conflicts(r);
	resolve_rejects(r);
	resolve_tests(r);
	resolve_absent(r);
	resolve_unused(r);
	resolve_nothing(r);
	resolve_keep_names(r);
	return r->policy;
}
