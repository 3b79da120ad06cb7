/*
 * Which addresses are a zone's own.
 *
 * The state of a conversation does not say by which card it came, so an
 * address must be admissible on the cards of one zone only.  Zones that share
 * a card may nest: the narrower net is then taken out of the wider zone.
 */
#include "sema/resolve.h"

static const struct zone *
zone_at(const struct resolve *r, size_t index)
{
	return &r->policy->zones.v[index];
}

static const struct meeting *
meeting_of(const struct resolve *r, size_t i, size_t j)
{
	size_t low = i < j ? i : j, high = i < j ? j : i;

	return &r->meetings[low * r->policy->zones.n + high];
}

/* Is every address of INNER in OUTER, and some more? */
static bool
is_narrower(const struct addr_set *inner, const struct addr_set *outer)
{
	return addr_set_covers(outer, inner) && !addr_set_equal(outer, inner);
}

static bool
is_nested(const struct addr_set *a, const struct addr_set *b)
{
	return is_narrower(a, b) || is_narrower(b, a);
}

/* An address that both have. */
static const char *
shared_address(struct resolve *r, size_t i, size_t j)
{
	struct addr_set both = addr_set_intersect(
	    r->arena, &zone_at(r, i)->nets, &zone_at(r, j)->nets);
	struct buf text;

	buf_init(&text, r->arena);
	if (both.v4.n > 0)
		addr_format(&text, FAMILY_4, both.v4.v[0].lo);
	else
		addr_format(&text, FAMILY_6, both.v6.v[0].lo);
	return text.p;
}

static void
report_no_nets(struct resolve *r, size_t i, size_t j)
{
	const struct meeting *meeting = meeting_of(r, i, j);
	struct diag *diag;

	diag = diag_add(r->diags, E_ZONES_OVERLAP, meeting->card[1]->span,
	    "zones '%s' and '%s' are on one card and neither has a net",
	    zone_at(r, i)->name, zone_at(r, j)->name);
	diag_label(r->diags, diag, meeting->card[0]->span, "also here");
	diag_help(
	    r->diags, diag, "give one of them the net by which it differs");
}

static void
report_equal_nets(struct resolve *r, size_t i, size_t j)
{
	struct diag *diag;

	diag = diag_add(r->diags, E_ZONES_OVERLAP,
	    r->zone_work[j].tree->nets_span,
	    "zones '%s' and '%s' are on one card and both have %s",
	    zone_at(r, i)->name, zone_at(r, j)->name, shared_address(r, i, j));
	diag_label(r->diags, diag, r->zone_work[i].tree->nets_span,
	    "the nets of '%s'", zone_at(r, i)->name);
	diag_help(r->diags, diag,
	    "on one card the nets of two zones are apart, or one lies within "
	    "the other");
}

static void
report_shared_address(struct resolve *r, size_t i, size_t j)
{
	struct diag *diag;

	diag = diag_add(r->diags, E_ZONES_SHARE,
	    r->zone_work[j].tree->nets_span,
	    "zones '%s' and '%s' are on different cards and both have %s",
	    zone_at(r, i)->name, zone_at(r, j)->name, shared_address(r, i, j));
	diag_label(r->diags, diag, r->zone_work[i].tree->nets_span,
	    "the nets of '%s'", zone_at(r, i)->name);
	diag_help(r->diags, diag,
	    "an address belongs to one zone: give each zone its own nets");
}

static void
warn_pattern(struct resolve *r, size_t i, size_t j)
{
	const struct meeting *meeting = meeting_of(r, i, j);
	size_t named = meeting->card[0]->wildcard ? 1 : 0;
	const struct zone_card *card = meeting->card[named];
	const struct zone_card *pattern = meeting->card[1 - named];
	struct diag *diag;

	diag = diag_add(r->diags, W_CARD_PATTERN, card->span,
	    "'%s' is a card of zone '%s', though '%s' of zone '%s' matches it",
	    card->pattern, zone_at(r, named == 0 ? i : j)->name,
	    pattern->pattern, zone_at(r, named == 0 ? j : i)->name);
	diag_label(
	    r->diags, diag, pattern->span, "the exact name wins over this");
}

static void
check_shared_card(struct resolve *r, size_t i, size_t j)
{
	const struct addr_set *a = &zone_at(r, i)->nets;
	const struct addr_set *b = &zone_at(r, j)->nets;

	if (meeting_of(r, i, j)->kind == MEETING_PATTERN)
		warn_pattern(r, i, j);
	else if (addr_set_empty(a) && addr_set_empty(b))
		report_no_nets(r, i, j);
	if (addr_set_overlaps(a, b) && !is_nested(a, b))
		report_equal_nets(r, i, j);
}

static void
check_pair(struct resolve *r, size_t i, size_t j)
{
	const struct zone_work *a = &r->zone_work[i], *b = &r->zone_work[j];

	if (a->cards_broken || b->cards_broken || a->nets_broken ||
	    b->nets_broken)
		return;
	if (meeting_of(r, i, j)->kind != MEETING_NONE)
		check_shared_card(r, i, j);
	else if (addr_set_overlaps(&zone_at(r, i)->nets, &zone_at(r, j)->nets))
		report_shared_address(r, i, j);
}

static struct addr_set
own_of_inner(struct resolve *r, size_t index)
{
	struct addr_set own = zone_at(r, index)->nets;

	for (size_t i = 0; i < r->policy->zones.n; i++) {
		const struct addr_set *other = &zone_at(r, i)->nets;

		if (i == index || addr_set_empty(other))
			continue;
		if (meeting_of(r, i, index)->kind != MEETING_NONE &&
		    is_narrower(other, &zone_at(r, index)->nets))
			own = addr_set_subtract(r->arena, &own, other);
	}
	return own;
}

static struct addr_set
own_of_uplink(struct resolve *r)
{
	struct addr_set own = addr_set_all(r->arena, FAMILY_BOTH);

	for (size_t i = 0; i < r->policy->zones.n; i++) {
		if (zone_at(r, i)->role == ZONE_INNER)
			own = addr_set_subtract(
			    r->arena, &own, &zone_at(r, i)->nets);
	}
	return own;
}

void
resolve_own(struct resolve *r)
{
	size_t n = r->policy->zones.n;
	struct addr_set elsewhere = own_of_uplink(r);

	for (size_t i = 0; i < n; i++) {
		for (size_t j = i + 1; j < n; j++)
			check_pair(r, i, j);
	}
	for (size_t i = 0; i < n; i++) {
		struct zone *zone = &r->policy->zones.v[i];

		switch (zone->role) {
		case ZONE_INNER:
			zone->own = own_of_inner(r, i);
			break;
		case ZONE_UPLINK:
			zone->own = elsewhere;
			break;
		case ZONE_LOOPBACK:
			break;
		}
	}
}
