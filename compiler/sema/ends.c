/*
 * Lists of zones, and the pairs of a block of rules.
 */
#include <string.h>

#include "sema/resolve.h"

static void
add_any(struct resolve *r, const struct ast_word *word, struct ends *out)
{
	out->all = r->everyone;
	out->any = word->span;
	for (size_t i = 0; i < r->policy->zones.n; i++)
		r->zone_work[i].by_any = true;
	if (out->words->n > 1)
		diag_add(r->diags, W_DUPLICATE, word->span,
		    "'any' holds every other end of this list");
}

static void
report_active(struct resolve *r, const struct ast_word *word)
{
	struct diag *diag;

	diag = diag_add(r->diags, E_WRONG_KIND, word->span,
	    "'active' is a card and not a zone");
	diag_help(r->diags, diag, "define 'zone NAME on active'");
}

static bool
add_zone(struct resolve *r, const struct ast_word *word, struct ends *out)
{
	const struct definition *definition = resolve_zone_name(r, word);

	if (definition == NULL || definition->index >= r->policy->zones.n)
		return false;
	r->zone_work[definition->index].mentioned = true;
	if (r->policy->zones.v[definition->index].role == ZONE_LOOPBACK) {
		diag_add(r->diags, E_LOOPBACK, word->span,
		    "zone '%s' is loopback, which is always open: it has no "
		    "place in a rule",
		    word->text);
		return false;
	}
	endpoint_set_add(&out->named, ENDPOINT_OF_ZONE(definition->index));
	return true;
}

/* Returns false after an error. */
static bool
add_end(struct resolve *r, const struct ast_word *word, struct ends *out)
{
	if (strcmp(word->text, "any") == 0) {
		add_any(r, word, out);
	} else if (strcmp(word->text, "self") == 0) {
		endpoint_set_add(&out->named, ENDPOINT_SELF);
	} else if (strcmp(word->text, "active") == 0) {
		report_active(r, word);
		return false;
	} else {
		return add_zone(r, word, out);
	}
	return true;
}

void
resolve_ends(struct resolve *r, const ast_words *words, struct ends *out)
{
	struct map seen;

	memset(out, 0, sizeof(*out));
	out->words = words;
	map_init(&seen, r->arena);
	for (size_t i = 0; i < words->n; i++) {
		const struct ast_word *word = &words->v[i];

		if (words->n > 1 &&
		    !resolve_list_entry(r, &seen, word->text, word->span))
			continue;
		if (!add_end(r, word, out))
			out->broken = true;
	}
	out->all = endpoint_set_union(&out->all, &out->named);
}

struct span
ends_span(const struct resolve *r, const struct ends *ends,
    const struct endpoint_set *set)
{
	for (size_t i = 0; i < ends->words->n; i++) {
		const struct ast_word *word = &ends->words->v[i];
		const struct definition *definition = scope_find(
		    &r->zones, word->text);
		endpoint end = ENDPOINT_SELF;

		if (definition != NULL)
			end = ENDPOINT_OF_ZONE(definition->index);
		else if (strcmp(word->text, "self") != 0)
			continue;
		if (endpoint_set_has(set, end))
			return word->span;
	}
	return ends->words->v[0].span;
}

void
resolve_asked(const struct resolve *r, const struct endpoint_set *from,
    const struct endpoint_set *to, struct endpoint_set *from_out,
    struct endpoint_set *to_out)
{
	struct endpoint_set from_set = {{0, 0}}, to_set = {{0, 0}};

	for (endpoint e = 0; e <= r->policy->zones.n; e++) {
		struct endpoint_set asked;

		if (!endpoint_set_has(from, e))
			continue;
		asked = endpoint_set_intersect(&r->asked[e], to);
		if (endpoint_set_empty(&asked))
			continue;
		endpoint_set_add(&from_set, e);
		to_set = endpoint_set_union(&to_set, &asked);
	}
	*from_out = from_set;
	*to_out = to_set;
}

static const char *
first_name(const struct resolve *r, const struct endpoint_set *set)
{
	endpoint e = ENDPOINT_SELF;

	while (!endpoint_set_has(set, e))
		e++;
	return policy_end_name(r->policy, e);
}

/* Are ends of SET named on both sides? */
static bool
both_name(const struct pairs *pairs, const struct endpoint_set *set)
{
	struct endpoint_set from = endpoint_set_intersect(
	    &pairs->from.named, set);
	struct endpoint_set to = endpoint_set_intersect(&pairs->to.named, set);

	return !endpoint_set_empty(&from) && !endpoint_set_empty(&to);
}

static void
check_self(struct resolve *r, struct pairs *pairs)
{
	struct endpoint_set self = {{0, 0}};
	struct diag *diag;

	endpoint_set_add(&self, ENDPOINT_SELF);
	if (!both_name(pairs, &self))
		return;
	diag = diag_add(r->diags, E_RULE_SELF, ends_span(r, &pairs->to, &self),
	    "this host to itself is always open");
	diag_label(r->diags, diag, ends_span(r, &pairs->from, &self),
	    "self is here too");
	diag_help(r->diags, diag, "leave 'self' out on one side");
	pairs->broken = true;
}

static void
check_uplinks(struct resolve *r, struct pairs *pairs)
{
	struct diag *diag;

	if (!both_name(pairs, &r->uplinks))
		return;
	diag = diag_add(r->diags, E_RULE_UPLINKS,
	    ends_span(r, &pairs->to, &r->uplinks),
	    "nothing goes from one uplink to another, or back out by it");
	diag_label(r->diags, diag, ends_span(r, &pairs->from, &r->uplinks),
	    "this is an uplink too");
	diag_help(r->diags, diag,
	    "leave the uplink out on one side, or write two blocks");
	pairs->broken = true;
}

static void
check_asked(
    struct resolve *r, const struct ast_block *block, struct pairs *pairs)
{
	struct diag *diag;

	if (!endpoint_set_empty(&pairs->from_asked))
		return;
	diag = diag_add(r->diags, E_RULE_NEVER,
	    span_join(block->from.v[0].span, block->to.v[block->to.n - 1].span),
	    "these rules are never asked");
	for (size_t i = 0; i < r->policy->zones.n; i++) {
		const struct zone *zone = &r->policy->zones.v[i];
		endpoint end = ENDPOINT_OF_ZONE(i);

		if (zone->trusted &&
		    (endpoint_set_has(&pairs->from.all, end) ||
			endpoint_set_has(&pairs->to.all, end)))
			diag_label(r->diags, diag, zone->trust_span,
			    "trust has decided");
	}
	pairs->broken = true;
}

/* Of the zone END and what trust lets it talk to: itself and this host. */
static void
check_trusted(struct resolve *r, struct pairs *pairs, endpoint end)
{
	const struct zone *zone = policy_zone(r->policy, end);
	struct endpoint_set trusted = {{0, 0}}, from, to;
	struct diag *diag;

	if (!zone->trusted)
		return;
	endpoint_set_add(&trusted, end);
	endpoint_set_add(&trusted, ENDPOINT_SELF);
	from = endpoint_set_intersect(&pairs->from.named, &trusted);
	to = endpoint_set_intersect(&pairs->to.named, &trusted);
	if (endpoint_set_empty(&from) || endpoint_set_empty(&to) ||
	    !(endpoint_set_has(&from, end) || endpoint_set_has(&to, end)))
		return;
	diag = diag_add(r->diags, E_RULE_NEVER, ends_span(r, &pairs->to, &to),
	    "these rules are never asked from '%s' to '%s'",
	    first_name(r, &from), first_name(r, &to));
	diag_label(r->diags, diag, zone->trust_span, "trust has decided");
	diag_help(r->diags, diag, "leave one of them out, or write two blocks");
	pairs->broken = true;
}

static void
check_pairs(
    struct resolve *r, const struct ast_block *block, struct pairs *pairs)
{
	check_self(r, pairs);
	check_uplinks(r, pairs);
	if (!pairs->broken)
		check_asked(r, block, pairs);
	for (endpoint e = 1; !pairs->broken && e <= r->policy->zones.n; e++)
		check_trusted(r, pairs, e);
}

void
resolve_pairs(
    struct resolve *r, const struct ast_block *block, struct pairs *out)
{
	memset(out, 0, sizeof(*out));
	resolve_ends(r, &block->from, &out->from);
	resolve_ends(r, &block->to, &out->to);
	out->broken = out->from.broken || out->to.broken;
	resolve_asked(
	    r, &out->from.all, &out->to.all, &out->from_asked, &out->to_asked);
	if (!out->broken)
		check_pairs(r, block, out);
}
