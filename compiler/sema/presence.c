/*
 * The policy's zones and the host's cards.
 *
 * A zone without a card that is there has no packets.  Its rules are left
 * out, and the user is told which: a rule must never vanish unseen.
 */
#include "sema/resolve.h"

static bool
card_present(const struct host *host, const struct zone_card *card)
{
	if (!host->known)
		return true;
	if (host->active != NULL && zone_card_matches(card, host->active))
		return true;
	for (size_t i = 0; i < host->cards.n; i++) {
		if (zone_card_matches(card, host->cards.v[i].name))
			return true;
	}
	return false;
}

static bool
zone_present(const struct resolve *r, size_t index)
{
	const struct zone *zone = &r->policy->zones.v[index];

	if (zone->role == ZONE_LOOPBACK || r->zone_work[index].cards_broken)
		return true;
	if (zone->active && !r->sema->host->active_known)
		return true;
	for (size_t i = 0; i < zone->cards.n; i++) {
		if (card_present(r->sema->host, &zone->cards.v[i]))
			return true;
	}
	return false;
}

/* Addresses that every card has, whatever its zone's nets are. */
static bool
is_link_local(const struct host_address *address)
{
	return address->family == FAMILY_6 &&
	    address->addr.hi >> 54 == 0xfe80 >> 6;
}

static void
report_connected(struct resolve *r, const struct host_card *card,
    const struct host_address *address, size_t zone)
{
	struct prefix net = {address->addr, address->length};
	struct diag *diag;
	struct buf text;

	net.addr = prefix_range(address->family, net).lo;
	buf_init(&text, r->arena);
	prefix_format(&text, address->family, net);
	diag = diag_add(r->diags, E_CONNECTED_NET,
	    r->zone_work[zone].tree->nets_span,
	    "card '%s' is in net %s, and the nets of zone '%s' do not hold it",
	    card->name, text.p, r->policy->zones.v[zone].name);
	if (card->span.file != 0)
		diag_label(r->diags, diag, card->span, "by the host's facts");
	diag_help(r->diags, diag,
	    "the broadcast address of that net would pass for a stranger's: "
	    "add 'net %s'",
	    text.p);
}

static void
report_inside(struct resolve *r, const struct host_card *card,
    const struct host_address *address, size_t zone)
{
	struct diag *diag;
	struct buf text;

	buf_init(&text, r->arena);
	addr_format(&text, address->family, address->addr);
	diag = diag_add(r->diags, W_UPLINK_INSIDE,
	    r->zone_work[zone].tree->nets_span,
	    "the uplink's card '%s' has the address %s, which is in the nets "
	    "of zone '%s'",
	    card->name, text.p, r->policy->zones.v[zone].name);
	if (card->span.file != 0)
		diag_label(r->diags, diag, card->span, "by the host's facts");
	diag_help(r->diags, diag,
	    "what comes by this card from these nets is refused as forged, "
	    "though it may be from the uplink's own network: give the zone "
	    "others");
}

/* Nets that are inside must not be what the uplink is in. */
static void
check_uplink(struct resolve *r, const struct host_card *card,
    const struct endpoint_set *zones)
{
	for (size_t i = 0; i < r->policy->zones.n; i++) {
		const struct zone *zone = &r->policy->zones.v[i];

		if (zone->role != ZONE_INNER ||
		    endpoint_set_has(zones, ENDPOINT_OF_ZONE(i)))
			continue;
		for (size_t j = 0; j < card->addresses.n; j++) {
			const struct host_address *a = &card->addresses.v[j];

			if (!addr_set_contains(&zone->nets, a->family, a->addr))
				continue;
			report_inside(r, card, a, i);
			break;
		}
	}
}

static bool
is_uplinks(const struct resolve *r, const struct endpoint_set *zones)
{
	for (size_t i = 0; i < r->policy->zones.n; i++) {
		if (endpoint_set_has(zones, ENDPOINT_OF_ZONE(i)) &&
		    r->policy->zones.v[i].role == ZONE_UPLINK)
			return true;
	}
	return false;
}

static void
check_card(struct resolve *r, const struct host_card *card)
{
	struct endpoint_set zones = policy_card_zones(r->policy, card->name);
	struct addr_set nets = {{NULL, 0}, {NULL, 0}};
	size_t first = r->policy->zones.n;

	if (is_uplinks(r, &zones))
		check_uplink(r, card, &zones);
	for (size_t i = r->policy->zones.n; i-- > 0;) {
		const struct zone *zone = &r->policy->zones.v[i];

		if (!endpoint_set_has(&zones, ENDPOINT_OF_ZONE(i)))
			continue;
		if (zone->role != ZONE_INNER || r->zone_work[i].nets_broken)
			return;
		nets = addr_set_union(r->arena, &nets, &zone->nets);
		first = i;
	}
	if (first == r->policy->zones.n)
		return;
	for (size_t i = 0; i < card->addresses.n; i++) {
		const struct host_address *address = &card->addresses.v[i];
		struct prefix prefix = {address->addr, address->length};
		struct addr_set net = addr_set_of(r->arena, address->family,
		    prefix_range(address->family, prefix));

		if (!is_link_local(address) && !addr_set_covers(&nets, &net))
			report_connected(r, card, address, first);
	}
}

void
resolve_presence(struct resolve *r)
{
	const struct host *host = r->sema->host;

	for (size_t i = 0; i < r->policy->zones.n; i++)
		r->policy->zones.v[i].present = zone_present(r, i);
	for (size_t i = 0; i < host->cards.n; i++)
		check_card(r, &host->cards.v[i]);
}

void
resolve_leave_out(struct resolve *r, size_t zone, struct span span)
{
	struct zone_work *work = &r->zone_work[zone];

	if (work->n_left_out++ < LEFT_OUT_SHOWN)
		vec_push(r->arena, &work->left_out, span);
}

static struct diag *
warn_absent(struct resolve *r, size_t index)
{
	const struct zone *zone = &r->policy->zones.v[index];
	const struct zone_work *work = &r->zone_work[index];
	struct span span = work->tree->cards_span;
	struct diag *diag;

	if (work->active_taken != NULL) {
		diag = diag_add(r->diags, W_ACTIVE_TAKEN, work->active_span,
		    "the active card '%s' is named by another zone and is "
		    "not in zone '%s'",
		    work->active_taken->pattern, zone->name);
		diag_label(r->diags, diag, work->active_taken->span,
		    "the exact name wins");
		return diag;
	}
	if (zone->active && zone->cards.n == 0)
		return diag_add(r->diags, W_ZONE_ABSENT, span,
		    "there is no default route: zone '%s' has no card",
		    zone->name);
	return diag_add(r->diags, W_ZONE_ABSENT, span,
	    "no card of zone '%s' is present", zone->name);
}

void
resolve_absent(struct resolve *r)
{
	for (size_t i = 0; i < r->policy->zones.n; i++) {
		const struct zone_work *work = &r->zone_work[i];
		struct diag *diag;

		if (r->policy->zones.v[i].present && work->active_taken == NULL)
			continue;
		diag = warn_absent(r, i);
		for (size_t j = 0; j < work->left_out.n; j++)
			diag_label(
			    r->diags, diag, work->left_out.v[j], "left out");
		if (work->n_left_out > work->left_out.n)
			diag_help(r->diags, diag, "%zu more are left out",
			    work->n_left_out - work->left_out.n);
	}
}
