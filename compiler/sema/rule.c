/*
 * Blocks of rules, in the order of the text.
 */
#include <string.h>

#include "sema/resolve.h"

enum verdict
resolve_verdict(enum ast_verdict verdict)
{
	switch (verdict) {
	case AST_ALLOW:
		return VERDICT_ALLOW;
	case AST_DENY:
		return VERDICT_DENY;
	case AST_REJECT:
		return VERDICT_REJECT;
	}
	return VERDICT_DENY;
}

/* Said once for each service: the user has to know, not to hear it daily. */
static void
warn_caveats(struct resolve *r, const struct ast_rule *tree,
    const struct service_value *services)
{
	for (size_t i = 0; i < services->caveats.n; i++) {
		const struct service *service = services->caveats.v[i];
		struct diag *diag;
		size_t at = 0;

		if (map_put(&r->caveats, service->name, r) != NULL)
			continue;
		for (size_t j = 0; j < tree->services.n; j++) {
			if (tree->services.v[j].word.text == service->name)
				at = j;
		}
		diag = diag_add(r->diags, W_CAVEAT, tree->services.v[at].span,
		    "'%s' needs more than its ports", service->name);
		diag_help(r->diags, diag, "%s", service->caveat);
	}
}

static const struct service_part *
find_exchange(const service_parts *parts)
{
	for (size_t i = 0; i < parts->n; i++) {
		if (parts->v[i].exchange != EXCHANGE_NONE)
			return &parts->v[i];
	}
	return NULL;
}

/*
 * The packets of an exchange are let through by rules for this host.  Pairs
 * that "any" made beside those are not meant.
 */
static bool
check_exchange(struct resolve *r, const struct pairs *pairs,
    const struct service_value *services)
{
	const struct service_part *part = find_exchange(&services->parts);
	struct endpoint_set from = pairs->from.named, to = pairs->to.named;
	struct diag *diag;

	if (part == NULL)
		return true;
	endpoint_set_remove(&from, ENDPOINT_SELF);
	endpoint_set_remove(&to, ENDPOINT_SELF);
	resolve_asked(r, &from, &to, &from, &to);
	if (endpoint_set_empty(&from))
		return true;
	diag = diag_add(r->diags, E_EXCHANGE_ENDS, part->span,
	    "this service is between a zone and this host");
	diag_label(r->diags, diag, ends_span(r, &pairs->from, &from),
	    "and this is not this host");
	diag_label(
	    r->diags, diag, ends_span(r, &pairs->to, &to), "nor is this");
	diag_help(r->diags, diag,
	    "its packets make no conversation that could be followed through: "
	    "write it in a block with 'self' on one side");
	return false;
}

/* Its groups have no such condition, and a condition must not be lost. */
static bool
check_here(struct resolve *r, const struct ast_qualifiers *qualifiers,
    const struct policy_rule *rule)
{
	const struct service_part *part = find_exchange(&rule->parts);
	bool source = rule->has_source &&
	    endpoint_set_has(&rule->from, ENDPOINT_SELF);
	struct diag *diag;

	if (part == NULL ||
	    (!source &&
		!(rule->has_target &&
		    endpoint_set_has(&rule->to, ENDPOINT_SELF))))
		return true;
	diag = diag_add(r->diags, E_EXCHANGE_HERE,
	    source ? qualifiers->from_span : qualifiers->to_span,
	    "this would be about addresses of this host");
	diag_label(r->diags, diag, part->span,
	    "and this is sent to groups, from whatever address the card has");
	diag_help(r->diags, diag,
	    "name hosts of the zone alone, and 'self' on the other side");
	return false;
}

static bool
check_limit(struct resolve *r, const struct ast_qualifiers *qualifiers,
    const struct policy_rule *rule)
{
	const struct service_part *part = find_exchange(&rule->parts);
	struct diag *diag;

	if (rule->limit == 0 || part == NULL)
		return true;
	diag = diag_add(r->diags, E_LIMIT_EXCHANGE, qualifiers->limit_span,
	    "a limit counts conversations, and this service has none");
	diag_label(r->diags, diag, part->span,
	    "its packets are let through one by one");
	return false;
}

static enum family
rule_families(const struct policy_rule *rule)
{
	enum family families = FAMILY_BOTH;

	if (rule->has_source)
		families &= addr_set_families(&rule->source);
	if (rule->has_target)
		families &= addr_set_families(&rule->target);
	return families;
}

/* The parts are the rule's own, so they are cut down where they are. */
static void
cut_parts(service_parts *parts, enum family families)
{
	size_t kept = 0;

	for (size_t i = 0; i < parts->n; i++) {
		parts->v[i].families &= families;
		if (parts->v[i].families != FAMILY_NONE)
			parts->v[kept++] = parts->v[i];
	}
	parts->n = kept;
}

/* A list with addresses of one family makes the rule of that family only. */
static bool
keep_families(struct resolve *r, struct policy_rule *rule)
{
	enum family families = rule_families(rule);
	struct diag *diag;

	cut_parts(&rule->parts, families);
	if (rule->parts.n > 0 || (rule->any_service && families != FAMILY_NONE))
		return true;
	diag = diag_add(
	    r->diags, E_RULE_EMPTY, rule->span, "this rule can match nothing");
	diag_help(r->diags, diag,
	    "its hosts and services have no address family in common");
	return false;
}

/* The ends that have the hosts may be a pair that rules do not decide. */
static bool
keep_asked(struct resolve *r, struct policy_rule *rule)
{
	struct diag *diag;

	resolve_asked(r, &rule->from, &rule->to, &rule->from, &rule->to);
	if (!endpoint_set_empty(&rule->from))
		return true;
	diag = diag_add(
	    r->diags, E_RULE_EMPTY, rule->span, "this rule can match nothing");
	diag_help(r->diags, diag,
	    "rules do not decide between the zones that hold its hosts");
	return false;
}

static enum family
end_families(const struct resolve *r, const struct endpoint_set *ends)
{
	struct endpoint_set four = endpoint_set_intersect(ends, &r->with_v4);
	struct endpoint_set six = endpoint_set_intersect(ends, &r->with_v6);

	return (endpoint_set_empty(&four) ? FAMILY_NONE : FAMILY_4) |
	    (endpoint_set_empty(&six) ? FAMILY_NONE : FAMILY_6);
}

static void
warn_families(struct resolve *r, const struct policy_rule *rule)
{
	enum family families = end_families(r, &rule->from) &
	    end_families(r, &rule->to) & rule_families(rule);
	enum family wanted = rule->any_service ? FAMILY_BOTH : FAMILY_NONE;
	struct diag *diag;

	for (size_t i = 0; i < rule->parts.n; i++)
		wanted |= rule->parts.v[i].families;
	if ((families & wanted) != FAMILY_NONE)
		return;
	diag = diag_add(
	    r->diags, W_RULE_EMPTY, rule->span, "this rule can match nothing");
	diag_help(r->diags, diag,
	    "its zones have no nets of the address family that it is about");
}

static size_t
count_ends(const struct resolve *r, const struct endpoint_set *set)
{
	size_t n = 0;

	for (endpoint e = 0; e <= r->policy->zones.n; e++)
		n += endpoint_set_has(set, e);
	return n;
}

static void
warn_limits(struct resolve *r, const struct ast_qualifiers *qualifiers,
    const struct policy_rule *rule)
{
	/* "any" is TCP, whose conversations have a beginning, and the rest. */
	size_t protocols = rule->any_service ? 2 : rule->parts.n;
	size_t n = protocols * count_ends(r, &rule->to);
	struct diag *diag;

	if (rule->limit == 0 || n <= 1)
		return;
	diag = diag_add(r->diags, W_LIMIT_COUNTS, qualifiers->limit_span,
	    "this line makes %zu counts, each with this limit", n);
	diag_help(r->diags, diag,
	    "each protocol and each target zone counts for itself");
}

/* Does an end of SET other than this host and INNER itself reach INNER? */
static bool
others_reach(
    const struct resolve *r, const struct endpoint_set *set, endpoint inner)
{
	for (endpoint e = 1; e <= r->policy->zones.n; e++) {
		if (e != inner && endpoint_set_has(set, e) &&
		    endpoint_set_has(&r->asked[e], inner))
			return true;
	}
	return false;
}

/* An uplink behind "any" is what everybody means by it, an inner zone not. */
static void
note_opened(struct resolve *r, const struct pairs *pairs,
    const struct policy_rule *rule)
{
	if (rule->verdict != VERDICT_ALLOW || pairs->to.any.file == 0)
		return;
	for (size_t i = 0; i < r->policy->zones.n; i++) {
		endpoint end = ENDPOINT_OF_ZONE(i);

		if (r->policy->zones.v[i].role == ZONE_INNER &&
		    r->zone_work[i].opened.file == 0 &&
		    endpoint_set_has(&rule->to, end) &&
		    others_reach(r, &rule->from, end))
			r->zone_work[i].opened = pairs->to.any;
	}
}

/* The first of the rule's zones that is not present; there is one. */
static size_t
first_absent(const struct resolve *r, const struct policy_rule *rule)
{
	struct endpoint_set ends = endpoint_set_union(&rule->from, &rule->to);
	size_t i;

	for (i = 0; i + 1 < r->policy->zones.n; i++) {
		if (endpoint_set_has(&ends, ENDPOINT_OF_ZONE(i)) &&
		    !r->policy->zones.v[i].present)
			break;
	}
	return i;
}

bool
resolve_rule_add(struct resolve *r, struct policy_rule *rule)
{
	struct endpoint_set from = endpoint_set_intersect(
	    &rule->from, &r->live);
	struct endpoint_set to = endpoint_set_intersect(&rule->to, &r->live);

	resolve_asked(r, &from, &to, &from, &to);
	if (endpoint_set_empty(&from)) {
		resolve_leave_out(r, first_absent(r, rule), rule->span);
		return false;
	}
	rule->from = from;
	rule->to = to;
	vec_push(r->arena, &r->policy->rules, *rule);
	return true;
}

static void
add_rule(
    struct resolve *r, const struct pairs *pairs, const struct ast_rule *tree)
{
	const struct ast_qualifiers *qualifiers = tree->qualifiers;
	struct policy_rule rule = {.span = tree->span};
	struct service_value services = {.any = false};
	bool good;

	rule.verdict = resolve_verdict(tree->verdict);
	resolve_service_list(r, &tree->services, &services);
	if (rule.verdict == VERDICT_ALLOW)
		warn_caveats(r, tree, &services);
	good = resolve_qualifiers(r, qualifiers, pairs, &rule);
	if (!good || pairs->broken || services.broken)
		return;
	rule.parts = services.parts;
	rule.any_service = services.any;
	rule.entries = resolve_keep_entries(r, &services);
	good = check_exchange(r, pairs, &services);
	good &= check_here(r, qualifiers, &rule);
	good &= check_limit(r, qualifiers, &rule);
	good &= keep_families(r, &rule);
	good &= keep_asked(r, &rule);
	if (!good)
		return;
	warn_families(r, &rule);
	warn_limits(r, qualifiers, &rule);
	note_opened(r, pairs, &rule);
	resolve_rule_add(r, &rule);
}

static void
add_block(struct resolve *r, const struct ast_block *block)
{
	struct pairs pairs;

	resolve_pairs(r, block, &pairs);
	for (const struct ast_rule *rule = block->rules; rule != NULL;
	     rule = rule->next)
		add_rule(r, &pairs, rule);
}

static size_t
count_rules(const struct resolve *r)
{
	size_t n = 0;

	for (size_t i = 0; i < r->statements.n; i++) {
		const struct ast_statement *statement = r->statements.v[i];
		const struct ast_rule *rule = NULL;

		if (statement->kind == AST_BLOCK)
			rule = statement->u.block.rules;
		n += statement->kind == AST_FORWARD;
		for (; rule != NULL; rule = rule->next)
			n++;
	}
	return n;
}

void
resolve_rules(struct resolve *r)
{
	vec_reserve(r->arena, &r->policy->rules, count_rules(r));
	for (size_t i = 0; i < r->statements.n; i++) {
		const struct ast_statement *statement = r->statements.v[i];

		if (statement->kind == AST_BLOCK)
			add_block(r, &statement->u.block);
		else if (statement->kind == AST_FORWARD)
			resolve_forward(r, statement);
	}
}
