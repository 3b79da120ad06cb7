/*
 * Trust, and after it which pairs of ends are left for rules to decide.
 */
#include <string.h>

#include "sema/resolve.h"

static void
refuse(struct resolve *r, const struct ast_word *word, const char *why)
{
	diag_add(r->diags, E_TRUST, word->span, "'%s' cannot be trusted: %s",
	    word->text, why);
}

static void
trust_zone(struct resolve *r, const struct ast_word *word, size_t index)
{
	struct zone *zone = &r->policy->zones.v[index];
	struct diag *diag;

	r->zone_work[index].mentioned = true;
	switch (zone->role) {
	case ZONE_LOOPBACK:
		diag_add(r->diags, E_LOOPBACK, word->span,
		    "zone '%s' is loopback, which is always open", word->text);
		return;
	case ZONE_UPLINK:
		refuse(r, word, "an uplink is everyone else");
		return;
	case ZONE_INNER:
		break;
	}
	if (zone->trusted) {
		diag = diag_add(r->diags, W_DUPLICATE, word->span,
		    "zone '%s' is trusted already", word->text);
		diag_label(r->diags, diag, zone->trust_span, "here");
		return;
	}
	zone->trusted = true;
	zone->trust_span = word->span;
	if (!zone->present)
		resolve_leave_out(r, index, word->span);
}

static void
trust_word(struct resolve *r, const struct ast_word *word)
{
	const struct definition *definition;

	if (strcmp(word->text, "self") == 0) {
		refuse(r, word, "this host to itself is always open");
	} else if (name_is_reserved(word->text)) {
		refuse(r, word, "name the zone");
	} else {
		definition = resolve_zone_name(r, word);
		if (definition != NULL &&
		    definition->index < r->policy->zones.n)
			trust_zone(r, word, definition->index);
	}
}

static void
sort_zone(struct resolve *r, size_t index)
{
	const struct zone *zone = &r->policy->zones.v[index];
	enum family families = addr_set_families(&zone->own);
	endpoint end = ENDPOINT_OF_ZONE(index);

	if (r->zone_work[index].nets_broken)
		families = FAMILY_BOTH;
	if (zone->role != ZONE_LOOPBACK)
		endpoint_set_add(&r->everyone, end);
	if (zone->role == ZONE_UPLINK)
		endpoint_set_add(&r->uplinks, end);
	if (zone->present)
		endpoint_set_add(&r->live, end);
	if ((families & FAMILY_4) != 0)
		endpoint_set_add(&r->with_v4, end);
	if ((families & FAMILY_6) != 0)
		endpoint_set_add(&r->with_v6, end);
}

static void
sort_ends(struct resolve *r)
{
	size_t n = r->policy->zones.n;

	endpoint_set_add(&r->everyone, ENDPOINT_SELF);
	endpoint_set_add(&r->live, ENDPOINT_SELF);
	endpoint_set_add(&r->with_v4, ENDPOINT_SELF);
	endpoint_set_add(&r->with_v6, ENDPOINT_SELF);
	for (size_t i = 0; i < n; i++)
		sort_zone(r, i);
	for (endpoint from = 0; from <= n; from++) {
		for (endpoint to = 0; to <= n; to++) {
			if (policy_pair_asked(r->policy, from, to))
				endpoint_set_add(&r->asked[from], to);
		}
	}
}

void
resolve_trust(struct resolve *r)
{
	for (size_t i = 0; i < r->statements.n; i++) {
		const struct ast_statement *statement = r->statements.v[i];
		const ast_words *zones = &statement->u.trust.zones;

		if (statement->kind != AST_TRUST)
			continue;
		for (size_t j = 0; j < zones->n; j++)
			trust_word(r, &zones->v[j]);
	}
	sort_ends(r);
}
