/*
 * What a zone is: inner, uplink or loopback.
 *
 * An uplink is everything that no inner zone has, so it cannot have nets of
 * its own; an inner zone without nets would be everything as well, and then
 * an address would belong to two zones.
 */
#include <string.h>

#include "sema/resolve.h"

static bool
is_loopback(const struct zone_card *card)
{
	return strcmp(card->pattern, "lo0") == 0 ||
	    strcmp(card->pattern, "lo*") == 0;
}

static void
warn_loopback_pattern(struct resolve *r, const struct zone_card *card)
{
	struct diag *diag;

	if (!card->wildcard)
		return;
	diag = diag_add(r->diags, W_LOOPBACK_PATTERN, card->span,
	    "'lo*' is always open, with jails that live on lo1");
	diag_help(r->diags, diag, "write lo0");
}

static void
report_loopback_mixed(struct resolve *r, size_t index, struct span span)
{
	diag_add(r->diags, E_LOOPBACK, span,
	    "a loopback card is always open and cannot share zone '%s' with "
	    "other cards",
	    r->policy->zones.v[index].name);
	r->zone_work[index].cards_broken = true;
}

/* Returns true if all cards are loopback cards. */
static bool
check_loopback(struct resolve *r, size_t index)
{
	const struct zone *zone = &r->policy->zones.v[index];
	const struct zone_card *found = NULL;
	size_t n = 0;

	for (size_t i = 0; i < zone->cards.n; i++) {
		if (!is_loopback(&zone->cards.v[i]))
			continue;
		found = &zone->cards.v[i];
		warn_loopback_pattern(r, found);
		n++;
	}
	if (n == 0)
		return false;
	if (n == zone->cards.n && !zone->active)
		return true;
	report_loopback_mixed(r, index, found->span);
	return false;
}

static bool
holds_default_route(const struct resolve *r, size_t index)
{
	const struct host *host = r->sema->host;
	struct endpoint_set zones;

	if (!host->active_known || host->active == NULL)
		return false;
	zones = policy_card_zones(r->policy, host->active);
	return endpoint_set_has(&zones, ENDPOINT_OF_ZONE(index));
}

static void
refuse_nets(
    struct resolve *r, size_t index, enum diag_code code, const char *what)
{
	struct zone_work *work = &r->zone_work[index];
	struct diag *diag;

	if (!work->tree->has_nets)
		return;
	diag = diag_add(r->diags, code, work->tree->nets_span,
	    "zone '%s' is %s and takes no nets", work->tree->name.text, what);
	diag_help(r->diags, diag,
	    "leave the nets out; 'from HOSTS' and 'to HOSTS' narrow a rule");
	work->nets_broken = true;
}

static void
require_nets(struct resolve *r, size_t index)
{
	struct zone_work *work = &r->zone_work[index];
	struct diag *diag;

	if (work->tree->has_nets)
		return;
	if (!work->cards_broken) {
		diag = diag_add(r->diags, E_ZONE_NETS, work->tree->name.span,
		    "zone '%s' has no net and is no uplink",
		    work->tree->name.text);
		diag_help(r->diags, diag,
		    "add 'net PREFIX', or make it an uplink: 'on active', "
		    "'nat ZONE to %s', or host facts that say it holds the "
		    "default route",
		    work->tree->name.text);
	}
	work->nets_broken = true;
}

/*
 * Unknown is not absent: as long as nobody knows the default route, the one
 * zone without a net holds it, unless the policy has an uplink by its words.
 * Returns zones.n if there is no such zone.
 */
static size_t
find_assumed(const struct resolve *r)
{
	size_t n = r->policy->zones.n, found = n;

	if (r->sema->host->active_known)
		return n;
	for (size_t i = 0; i < n; i++) {
		const struct zone_work *work = &r->zone_work[i];
		const struct zone *zone = &r->policy->zones.v[i];

		if (work->nat_target || zone->active)
			return n;
		if (work->tree->has_nets || work->cards_broken ||
		    zone->role == ZONE_LOOPBACK)
			continue;
		if (found < n)
			return n;
		found = i;
	}
	return found;
}

static void
decide_role(struct resolve *r, size_t index, bool likely)
{
	struct zone *zone = &r->policy->zones.v[index];
	const struct zone_work *work = &r->zone_work[index];

	if (work->nat_target || zone->active) {
		zone->role = ZONE_UPLINK;
		refuse_nets(r, index, E_UPLINK_NETS, "an uplink");
	} else if (!work->tree->has_nets && !work->cards_broken &&
	    (likely || holds_default_route(r, index))) {
		zone->role = ZONE_UPLINK;
	} else {
		zone->role = ZONE_INNER;
		require_nets(r, index);
	}
}

static void
make_loopback(struct resolve *r, size_t index)
{
	struct zone *zone = &r->policy->zones.v[index];
	struct zone_work *work = &r->zone_work[index];

	zone->role = ZONE_LOOPBACK;
	refuse_nets(r, index, E_LOOPBACK, "a loopback zone");
	if (!work->nat_target)
		return;
	diag_add(r->diags, E_LOOPBACK, work->nat_span,
	    "zone '%s' is loopback: nothing goes out by it", zone->name);
	work->nat_target = false;
}

static void
check_count(struct resolve *r)
{
	size_t n = 0;

	for (size_t i = 0; i < r->policy->zones.n; i++) {
		const struct zone *zone = &r->policy->zones.v[i];

		if (zone->role != ZONE_INNER || ++n <= POLICY_INNER_ZONES_MAX)
			continue;
		diag_add(r->diags, E_ZONES_MANY, zone->span,
		    "more than %d inner zones", POLICY_INNER_ZONES_MAX);
		return;
	}
}

void
resolve_roles(struct resolve *r)
{
	size_t n = r->policy->zones.n, n_open = 0;
	size_t assumed;

	for (size_t i = 0; i < n; i++) {
		if (check_loopback(r, i))
			make_loopback(r, i);
		else
			n_open++;
	}
	assumed = find_assumed(r);
	for (size_t i = 0; i < n; i++) {
		if (r->policy->zones.v[i].role != ZONE_LOOPBACK)
			decide_role(r, i, n_open == 1 || i == assumed);
	}
	check_count(r);
}
