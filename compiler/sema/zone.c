/*
 * Zones as they are written: their cards and nets, each on its own.  How
 * zones stand to one another is decided in role.c and overlap.c.
 */
#include <string.h>

#include "sema/resolve.h"

/* Addresses that no card of a zone may bear, or that all of them do. */
struct strange_net {
	const char *text;
	const char *what;
};

static const struct strange_net strange_nets[] = {
    {"0.0.0.0/8", "addresses of hosts that have none yet"},
    {"127.0.0.0/8", "loopback addresses"},
    {"224.0.0.0/3", "multicast and reserved addresses"},
    {"::", "the address of hosts that have none yet"},
    {"::1", "the loopback address"},
    {"fe80::/10", "link-local addresses"},
    {"ff00::/8", "multicast addresses"},
};

#define N_STRANGE_NETS (sizeof(strange_nets) / sizeof(strange_nets[0]))

static bool
ranges_overlap(struct addr_range a, struct addr_range b)
{
	return addr_compare(a.lo, b.hi) <= 0 && addr_compare(b.lo, a.hi) <= 0;
}

static const struct strange_net *
find_strange(enum family family, struct addr_range range)
{
	for (size_t i = 0; i < N_STRANGE_NETS; i++) {
		const struct strange_net *net = &strange_nets[i];
		struct addr_range other;
		enum family of;
		int length;

		addr_parse(net->text, strlen(net->text), &of, &other, &length);
		if (of == family && ranges_overlap(range, other))
			return net;
	}
	return NULL;
}

static bool
check_net(struct resolve *r, const struct ast_word *word, enum family family,
    struct addr_range range)
{
	const struct strange_net *strange = find_strange(family, range);
	struct diag *diag;

	if (strange == NULL)
		return true;
	diag = diag_add(r->diags, E_ZONE_NET, word->span,
	    "a zone's net cannot hold %s (%s)", strange->what, strange->text);
	if (addr_compare(range.lo, (struct addr){0, 0}) == 0 &&
	    addr_compare(range.hi, addr_max(family)) == 0)
		diag_help(r->diags, diag,
		    "a zone that is everywhere else is an uplink, and has no "
		    "net");
	return false;
}

static void
read_nets(struct resolve *r, size_t index)
{
	struct zone_work *work = &r->zone_work[index];
	struct address_list list = {0};
	struct map seen;

	map_init(&seen, r->arena);
	for (size_t i = 0; i < work->tree->nets.n; i++) {
		const struct ast_word *word = &work->tree->nets.v[i];
		struct addr_range range;
		enum family family;

		if (!resolve_list_entry(r, &seen, word->text, word->span))
			continue;
		if (address_read(r->diags, word->text, strlen(word->text),
			word->span, &family, &range) &&
		    check_net(r, word, family, range))
			address_list_add(r->arena, &list, family, range);
		else
			work->nets_broken = true;
	}
	r->policy->zones.v[index].nets = address_list_set(r->arena, &list);
}

static void
read_card(struct resolve *r, size_t index, const struct ast_word *word)
{
	struct zone *zone = &r->policy->zones.v[index];
	struct zone_card card;

	if (strcmp(word->text, "active") == 0) {
		zone->active = true;
		r->zone_work[index].active_span = word->span;
	} else if (card_read(r, word, &card)) {
		vec_push(r->arena, &zone->cards, card);
	} else {
		r->zone_work[index].cards_broken = true;
	}
}

static void
read_cards(struct resolve *r, size_t index)
{
	struct zone_work *work = &r->zone_work[index];
	struct diag *diag;
	struct map seen;

	if (!work->tree->has_cards) {
		diag = diag_add(r->diags, E_ZONE_CARDS, work->tree->name.span,
		    "zone '%s' has no card", work->tree->name.text);
		diag_help(r->diags, diag,
		    "without a card its addresses could come from anywhere: "
		    "add 'on CARD', or use 'hosts' for a list of addresses");
		work->cards_broken = true;
		return;
	}
	map_init(&seen, r->arena);
	for (size_t i = 0; i < work->tree->cards.n; i++) {
		const struct ast_word *word = &work->tree->cards.v[i];

		if (resolve_list_entry(r, &seen, word->text, word->span))
			read_card(r, index, word);
	}
}

void
resolve_zones(struct resolve *r)
{
	for (size_t i = 0; i < r->policy->zones.n; i++) {
		read_cards(r, i);
		read_nets(r, i);
	}
}

static const struct zone_card *
find_card(const struct zone *zone, const char *name)
{
	for (size_t i = 0; i < zone->cards.n; i++) {
		if (!zone->cards.v[i].wildcard &&
		    zone->cards.v[i].pattern == name)
			return &zone->cards.v[i];
	}
	return NULL;
}

/* Where a zone names a card itself, or NULL; the zone INDEX comes first. */
static const struct zone_card *
find_named(const struct resolve *r, const char *name, size_t index)
{
	const struct zone *zones = r->policy->zones.v;
	const struct zone_card *card = find_card(&zones[index], name);

	for (size_t i = 0; i < r->policy->zones.n && card == NULL; i++)
		card = find_card(&zones[i], name);
	return card;
}

/*
 * Give the zones with `on active` their card.  A zone that names the card
 * keeps it: that is what a user writes who knows it.
 */
static void
place_active(struct resolve *r, const char *name)
{
	size_t n = r->policy->zones.n;
	const struct zone_card **named = arena_calloc(
	    r->arena, n, sizeof(const struct zone_card *));

	for (size_t i = 0; i < n; i++) {
		if (r->policy->zones.v[i].active)
			named[i] = find_named(r, name, i);
	}
	for (size_t i = 0; i < n; i++) {
		struct zone *zone = &r->policy->zones.v[i];
		struct zone_card card = {
		    name, false, r->zone_work[i].active_span};

		if (!zone->active)
			continue;
		if (named[i] == NULL)
			vec_push(r->arena, &zone->cards, card);
		else if (named[i] != find_card(zone, name))
			r->zone_work[i].active_taken = named[i];
	}
}

/* The name comes from a command line or a file of facts. */
static const char *
active_card(struct resolve *r, struct span span)
{
	struct ast_word word = {r->sema->host->active, span, false};
	struct zone_card card;

	word.text = sym_intern_string(r->sema->syms, word.text);
	if (!card_read(r, &word, &card))
		return NULL;
	if (card.wildcard) {
		diag_add(r->diags, E_CARD, span,
		    "the active card is one card, and '%s' is a pattern",
		    word.text);
		return NULL;
	}
	return word.text;
}

static void
report_active_unknown(struct resolve *r, struct span span)
{
	struct diag *diag;

	diag = diag_add(r->diags, E_ACTIVE_UNKNOWN, span,
	    "which card is 'active' is not known");
	diag_help(r->diags, diag,
	    "name the card with --nic, or give host facts with --host");
}

static void
resolve_active(struct resolve *r)
{
	const struct host *host = r->sema->host;
	const char *name = NULL;
	size_t i = 0;

	while (i < r->policy->zones.n && !r->policy->zones.v[i].active)
		i++;
	if (i == r->policy->zones.n)
		return;
	if (!host->active_known) {
		if (r->sema->need_active)
			report_active_unknown(r, r->zone_work[i].active_span);
		return;
	}
	if (host->active != NULL)
		name = active_card(r, r->zone_work[i].active_span);
	if (name != NULL)
		place_active(r, name);
}

void
resolve_cards(struct resolve *r)
{
	resolve_active(r);
	card_find_meetings(r);
}
