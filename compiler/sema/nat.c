/*
 * nat ZONES to UPLINKS: which zones are uplinks because of it, and which
 * zones go out by them with this host's address.
 */
#include <string.h>

#include "sema/resolve.h"

static void
report_to(struct resolve *r, const struct ast_word *word, const char *why)
{
	diag_add(r->diags, E_NAT_TO, word->span,
	    "NAT cannot go out by '%s': "
	    "%s",
	    word->text, why);
}

static void
mark_uplink(struct resolve *r, const struct ast_word *word)
{
	const struct definition *definition;
	struct zone_work *work;
	struct diag *diag;

	if (name_is_reserved(word->text)) {
		report_to(r, word, "name the zone of the uplink");
		return;
	}
	definition = resolve_zone_name(r, word);
	if (definition == NULL || definition->index >= r->policy->zones.n)
		return;
	work = &r->zone_work[definition->index];
	work->mentioned = true;
	if (work->tree->has_nets) {
		diag = diag_add(r->diags, E_NAT_TO, word->span,
		    "NAT goes out by an uplink, and zone '%s' has nets",
		    word->text);
		diag_label(r->diags, diag, work->tree->nets_span,
		    "an uplink is everything that no other zone is");
		return;
	}
	if (!work->nat_target)
		work->nat_span = word->span;
	work->nat_target = true;
}

void
resolve_nat_uplinks(struct resolve *r)
{
	for (size_t i = 0; i < r->statements.n; i++) {
		const struct ast_statement *statement = r->statements.v[i];
		const ast_words *to = &statement->u.nat.to;

		if (statement->kind != AST_NAT)
			continue;
		for (size_t j = 0; j < to->n; j++)
			mark_uplink(r, &to->v[j]);
	}
}

static void
report_from(struct resolve *r, const struct ast_word *word, const char *why)
{
	diag_add(r->diags, E_NAT_FROM, word->span,
	    "'%s' cannot be translated: %s", word->text, why);
}

/* Returns false after an error. */
static bool
check_source(struct resolve *r, const struct ast_word *word, size_t index)
{
	const struct zone *zone = &r->policy->zones.v[index];
	const struct zone_work *work = &r->zone_work[index];
	struct diag *diag;

	switch (zone->role) {
	case ZONE_LOOPBACK:
		report_from(r, word, "loopback packets leave by no uplink");
		return false;
	case ZONE_UPLINK:
		report_from(r, word, "it is an uplink itself");
		return false;
	case ZONE_INNER:
		break;
	}
	if (work->nets_broken || zone->nets.v4.n > 0)
		return true;
	diag = diag_add(r->diags, E_NAT_IPV4, word->span,
	    "zone '%s' has no IPv4 net, and NAT is for IPv4", word->text);
	diag_label(r->diags, diag, work->tree->nets_span, "its nets");
	diag_help(r->diags, diag,
	    "IPv6 is routed as it is: a rule is all that it needs");
	return false;
}

/* The index of the zone, or zones.n. */
static size_t
source_zone(struct resolve *r, const struct ast_word *word)
{
	const struct definition *definition;
	size_t none = r->policy->zones.n;

	if (strcmp(word->text, "self") == 0) {
		report_from(r, word, "this host has its own address already");
		return none;
	}
	if (name_is_reserved(word->text)) {
		report_from(r, word, "name the zones");
		return none;
	}
	definition = resolve_zone_name(r, word);
	if (definition == NULL || definition->index >= none)
		return none;
	r->zone_work[definition->index].mentioned = true;
	if (!check_source(r, word, definition->index))
		return none;
	return definition->index;
}

static void
warn_twice(
    struct resolve *r, const struct ast_word *from, const struct ast_word *to)
{
	diag_add(r->diags, W_DUPLICATE, from->span,
	    "zone '%s' goes out by '%s' with NAT already", from->text,
	    to->text);
}

static void
translate(struct resolve *r, const struct ast_nat *nat,
    const struct ast_word *from, size_t zone)
{
	for (size_t i = 0; i < nat->to.n; i++) {
		const struct definition *to = scope_find(
		    &r->zones, nat->to.v[i].text);
		struct zone *uplink;

		if (to == NULL || to->index >= r->policy->zones.n ||
		    !r->zone_work[to->index].nat_target)
			continue;
		uplink = &r->policy->zones.v[to->index];
		if (endpoint_set_has(&uplink->nat_from, ENDPOINT_OF_ZONE(zone)))
			warn_twice(r, from, &nat->to.v[i]);
		if (uplink->nat_span.file == 0)
			uplink->nat_span = span_join(
			    nat->from.v[0].span, nat->to.v[nat->to.n - 1].span);
		endpoint_set_add(&uplink->nat_from, ENDPOINT_OF_ZONE(zone));
	}
}

static void
leave_out_nat(struct resolve *r, const struct ast_nat *nat, struct span span)
{
	for (size_t i = 0; i < nat->to.n; i++) {
		const struct definition *to = scope_find(
		    &r->zones, nat->to.v[i].text);

		if (to != NULL && to->index < r->policy->zones.n &&
		    !r->policy->zones.v[to->index].present)
			resolve_leave_out(r, to->index, span);
	}
}

static void
add_nat(struct resolve *r, const struct ast_statement *statement)
{
	const struct ast_nat *nat = &statement->u.nat;

	for (size_t i = 0; i < nat->from.n; i++) {
		size_t zone = source_zone(r, &nat->from.v[i]);

		if (zone == r->policy->zones.n)
			continue;
		translate(r, nat, &nat->from.v[i], zone);
		if (!r->policy->zones.v[zone].present)
			resolve_leave_out(r, zone, nat->from.v[i].span);
	}
	leave_out_nat(r, nat, statement->span);
}

static void
check_count(struct resolve *r)
{
	size_t n = 0;

	for (size_t i = 0; i < r->policy->zones.n; i++) {
		const struct zone_work *work = &r->zone_work[i];

		if (!work->nat_target || ++n <= POLICY_NATED_UPLINKS_MAX)
			continue;
		diag_add(r->diags, E_NAT_MANY, work->nat_span,
		    "NAT goes out by more than %d uplinks",
		    POLICY_NATED_UPLINKS_MAX);
		return;
	}
}

void
resolve_nat(struct resolve *r)
{
	for (size_t i = 0; i < r->statements.n; i++) {
		if (r->statements.v[i]->kind == AST_NAT)
			add_nat(r, r->statements.v[i]);
	}
	check_count(r);
}
