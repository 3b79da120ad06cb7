/*
 * What the policy defines and never uses.
 *
 * After an error nothing is said: what is broken may have been the use.
 */
#include "sema/resolve.h"

/*
 * A file that is included is a library: that a policy does not use all of it
 * is no mistake.
 */
static void
warn_scope(struct resolve *r, const struct scope *scope)
{
	for (size_t i = 0; i < scope->list.n; i++) {
		const struct definition *definition = scope->list.v[i];

		if (definition->used || definition->included)
			continue;
		diag_add(r->diags, W_UNUSED, definition->name.span,
		    "%s '%s' is never used", scope->kind,
		    definition->name.text);
	}
}

/* "any" reaches further than the zones that somebody had in mind. */
static void
warn_opened(struct resolve *r, size_t index)
{
	const struct zone *zone = &r->policy->zones.v[index];
	const struct zone_work *work = &r->zone_work[index];
	struct diag *diag;

	if (work->mentioned || work->opened.file == 0)
		return;
	diag = diag_add(r->diags, W_ZONE_OPENED, work->opened,
	    "'any' opens zone '%s', which nothing names", zone->name);
	diag_label(r->diags, diag, zone->span, "this zone");
	diag_help(r->diags, diag,
	    "name the zones that are meant, or deny it what it shall not get");
}

/* With `default allow` a zone is open without being named. */
static void
warn_zone(struct resolve *r, size_t index)
{
	const struct zone *zone = &r->policy->zones.v[index];
	struct diag *diag;

	if (r->zone_work[index].mentioned || r->zone_work[index].by_any ||
	    zone->role == ZONE_LOOPBACK || r->policy->fallback == VERDICT_ALLOW)
		return;
	if (!r->zones.list.v[index]->used) {
		diag = diag_add(r->diags, W_UNUSED, zone->span,
		    "zone '%s' is never used", zone->name);
	} else {
		diag = diag_add(r->diags, W_ZONE_CLOSED, zone->span,
		    "nothing reaches zone '%s', and it reaches nothing",
		    zone->name);
	}
	diag_help(r->diags, diag,
	    "no rule, trust, nat or forward names it, so all its packets are "
	    "refused");
}

void
resolve_unused(struct resolve *r)
{
	if (r->diags->n_errors > 0)
		return;
	warn_scope(r, &r->services);
	warn_scope(r, &r->hosts);
	for (size_t i = 0; i < r->policy->zones.n; i++)
		warn_zone(r, i);
	for (size_t i = 0; i < r->policy->zones.n; i++)
		warn_opened(r, i);
}
