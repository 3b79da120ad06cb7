/*
 * What the lowering knows about the ends of conversations: which are there,
 * which may talk, whose addresses are translated.
 */
#include <string.h>

#include "target/ipfw/lower/private.h"

const struct zone *
lower_zone(const struct lower *l, endpoint e)
{
	return policy_zone(l->policy, e);
}

struct endpoint_set
end_only(endpoint e)
{
	struct endpoint_set set = {{0, 0}};

	endpoint_set_add(&set, e);
	return set;
}

struct spans
lower_origin(struct lower *l, struct span span)
{
	struct spans origins = {0};

	vec_push(l->arena, &origins, span);
	return origins;
}

static void
sort_zone(struct lower *l, size_t index)
{
	const struct zone *zone = &l->policy->zones.v[index];
	endpoint e = ENDPOINT_OF_ZONE(index);

	if (zone->role == ZONE_INNER)
		l->inner_nets = addr_set_union(
		    l->arena, &l->inner_nets, &zone->nets);
	if (!zone->present)
		return;
	if (zone->role == ZONE_UPLINK)
		endpoint_set_add(&l->uplinks, e);
	if (zone->role == ZONE_INNER)
		endpoint_set_add(&l->inners, e);
	if (zone->role == ZONE_INNER && zone->trusted)
		endpoint_set_add(&l->trusted, e);
}

static void
add_reach(struct lower *l, endpoint from, const struct endpoint_set *to)
{
	l->reaches[from] = endpoint_set_union(&l->reaches[from], to);
}

/*
 * A line with nothing but exchanges is about this host alone, whatever pairs
 * it names.
 */
static bool
is_exchange(const struct policy_rule *rule)
{
	for (size_t i = 0; i < rule->parts.n; i++)
		if (rule->parts.v[i].exchange == EXCHANGE_NONE)
			return false;
	return !rule->any_service;
}

/* As the text has it: what an earlier line refuses opens the pair as well. */
static void
add_rule_reach(struct lower *l, const struct policy_rule *rule)
{
	bool narrow = is_exchange(rule);

	if (rule->verdict != VERDICT_ALLOW)
		return;
	for (endpoint a = 0; a <= l->policy->zones.n; a++)
		for (endpoint b = 0; endpoint_set_has(&rule->from, a) &&
		     b <= l->policy->zones.n;
		     b++)
			if (endpoint_set_has(&rule->to, b) &&
			    (!narrow || a == ENDPOINT_SELF ||
				b == ENDPOINT_SELF) &&
			    policy_pair_asked(l->policy, a, b))
				endpoint_set_add(&l->reaches[a], b);
}

static void
add_default_reach(struct lower *l)
{
	for (endpoint a = 0; a <= l->policy->zones.n; a++)
		for (endpoint b = 0; b <= l->policy->zones.n; b++)
			if (policy_pair_asked(l->policy, a, b))
				endpoint_set_add(&l->reaches[a], b);
}

static void
add_trust_reach(struct lower *l, endpoint e)
{
	struct endpoint_set self = end_only(ENDPOINT_SELF);
	struct endpoint_set zone = end_only(e);

	if (!endpoint_set_has(&l->trusted, e))
		return;
	add_reach(l, e, &self);
	add_reach(l, e, &zone);
	add_reach(l, ENDPOINT_SELF, &zone);
}

static void
find_neighbours(struct lower *l, endpoint e)
{
	const struct zone *zone = lower_zone(l, e);

	for (size_t i = 0; i < zone->cards.n; i++)
		if (zone->cards.v[i].wildcard)
			endpoint_set_add(&l->patterned, e);
	for (endpoint o = 1; o <= l->policy->zones.n; o++)
		if (o != e && lower_zone(l, o)->present &&
		    lower_share_card(l, e, o))
			endpoint_set_add(&l->beside[e], o);
}

static void
note_families(struct lower *l)
{
	for (endpoint e = 0; e <= l->policy->zones.n; e++) {
		enum family families = lower_end_families(l, e);

		if (families & FAMILY_4)
			endpoint_set_add(&l->with_v4, e);
		if (families & FAMILY_6)
			endpoint_set_add(&l->with_v6, e);
	}
}

void
lower_ends(struct lower *l)
{
	note_families(l);
	for (size_t i = 0; i < l->policy->zones.n; i++)
		sort_zone(l, i);
	for (endpoint e = 1; e <= l->policy->zones.n; e++)
		find_neighbours(l, e);
	for (endpoint e = 1; e <= l->policy->zones.n; e++)
		add_trust_reach(l, e);
	for (size_t i = 0; i < l->policy->rules.n; i++)
		add_rule_reach(l, &l->policy->rules.v[i]);
	if (l->policy->fallback == VERDICT_ALLOW)
		add_default_reach(l);
}

/* ICMP errors pass between two ends if either may begin a conversation. */
bool
lower_open(const struct lower *l, endpoint a, endpoint b)
{
	return endpoint_set_has(&l->reaches[a], b) ||
	    endpoint_set_has(&l->reaches[b], a);
}

bool
lower_talks(const struct lower *l, endpoint zone)
{
	for (endpoint e = 1; e <= l->policy->zones.n; e++)
		if (e != zone && lower_open(l, zone, e))
			return true;
	return false;
}

/*
 * Does a line refuse what the zone sends to another one otherwise than the
 * default would, or log it?
 */
static bool
is_answered(const struct lower *l, endpoint zone)
{
	for (size_t i = 0; i < l->ir->rules.n; i++) {
		const struct ir_rule *rule = &l->ir->rules.v[i];

		if ((rule->verdict == l->ir->fallback &&
			rule->log == l->ir->fallback_log) ||
		    !endpoint_set_has(&rule->from, zone))
			continue;
		for (endpoint e = 1; e <= l->policy->zones.n; e++)
			if (e != zone && endpoint_set_has(&rule->to, e))
				return true;
	}
	return false;
}

/*
 * A trusted zone's in pass asks for the source alone, and a refusal that
 * shows must be reached to be shown.
 */
bool
lower_gate_open(const struct lower *l, endpoint zone)
{
	return endpoint_set_has(&l->trusted, zone) || lower_talks(l, zone) ||
	    is_answered(l, zone);
}

bool
lower_pattern_takes(
    const struct lower *l, const struct endpoint_set *zones, const char *name)
{
	for (endpoint e = 1; e <= l->policy->zones.n; e++) {
		const struct zone *zone = lower_zone(l, e);

		for (size_t i = 0;
		     endpoint_set_has(zones, e) && i < zone->cards.n; i++)
			if (zone->cards.v[i].wildcard &&
			    zone_card_matches(&zone->cards.v[i], name))
				return true;
	}
	return false;
}

bool
lower_share_card(const struct lower *l, endpoint a, endpoint b)
{
	return zone_shares_card(lower_zone(l, a), lower_zone(l, b));
}

bool
lower_has_card(const struct zone *zone, const struct zone_card *card)
{
	for (size_t i = 0; i < zone->cards.n; i++)
		if (zone->cards.v[i].wildcard == card->wildcard &&
		    strcmp(zone->cards.v[i].pattern, card->pattern) == 0)
			return true;
	return false;
}

static bool
shared_with_others(const struct lower *l, const struct endpoint_set *zones)
{
	for (endpoint e = 1; e <= l->policy->zones.n; e++)
		if (endpoint_set_has(zones, e) &&
		    !endpoint_set_covers(zones, &l->beside[e]))
			return true;
	return false;
}

struct addr_set
lower_own(struct lower *l, const struct endpoint_set *zones)
{
	struct addr_set own = {0};

	for (endpoint e = 1; e <= l->policy->zones.n; e++)
		if (endpoint_set_has(zones, e))
			own = addr_set_union(
			    l->arena, &own, &lower_zone(l, e)->own);
	return own;
}

void
lower_name_sources(
    struct lower *l, const struct endpoint_set *zones, struct match *match)
{
	struct addr_set own;

	match->recv = *zones;
	if (!shared_with_others(l, zones))
		return;
	own = lower_own(l, zones);
	if (match->source.has_set)
		own = addr_set_intersect(l->arena, &own, &match->source.set);
	match->source = side_of(own);
}

/* Does NAT go out by UPLINK for a zone that is there? */
bool
lower_nated(const struct lower *l, endpoint uplink)
{
	struct endpoint_set zones = endpoint_set_intersect(
	    &lower_zone(l, uplink)->nat_from, &l->inners);

	return !endpoint_set_empty(&zones);
}

static struct addr_set
nets_of(struct lower *l, endpoint uplink, bool translated)
{
	const struct endpoint_set *nat = &lower_zone(l, uplink)->nat_from;
	struct addr_set result = {0};

	for (endpoint e = 1; e <= l->policy->zones.n; e++) {
		const struct zone *zone = lower_zone(l, e);

		if (zone->role != ZONE_INNER ||
		    endpoint_set_has(nat, e) != translated)
			continue;
		result = addr_set_union(l->arena, &result, &zone->own);
	}
	result.v6.n = 0;
	return result;
}

struct addr_set
lower_translated(struct lower *l, endpoint uplink)
{
	return nets_of(l, uplink, true);
}

struct addr_set
lower_untranslated(struct lower *l, endpoint uplink)
{
	return nets_of(l, uplink, false);
}

static struct addr_set
address_set(struct lower *l, struct addr address)
{
	struct addr_range one = {address, address};

	return addr_set_of(l->arena, FAMILY_4, one);
}

static bool
card_matches(const struct zone *zone, const char *name)
{
	for (size_t i = 0; i < zone->cards.n; i++) {
		const char *pattern = zone->cards.v[i].pattern;
		size_t n = strlen(pattern);

		if (zone->cards.v[i].wildcard
			? strncmp(pattern, name, n - 1) == 0
			: strcmp(pattern, name) == 0)
			return true;
	}
	return false;
}

static void
add_connected(struct lower *l, const struct zone *zone, struct addr_set *set)
{
	const struct host *host = l->policy->host;

	for (size_t i = 0; host != NULL && i < host->cards.n; i++) {
		const struct host_card *card = &host->cards.v[i];

		if (!card_matches(zone, card->name))
			continue;
		for (size_t j = 0; j < card->addresses.n; j++) {
			const struct host_address *a = &card->addresses.v[j];
			struct prefix prefix = {a->addr, a->length};
			struct addr_set one;

			if (a->family != FAMILY_4 || a->length >= 31)
				continue;
			one = address_set(l, prefix_range(FAMILY_4, prefix).hi);
			*set = addr_set_union(l->arena, set, &one);
		}
	}
}

/* The last address of each net of a zone. */
static void
add_lasts(struct lower *l, endpoint e, struct addr_set *set)
{
	struct prefixes nets = addr_set_prefixes(
	    l->arena, &lower_zone(l, e)->nets, FAMILY_4);

	for (size_t i = 0; i < nets.n; i++) {
		struct addr_set last = address_set(
		    l, prefix_range(FAMILY_4, nets.v[i]).hi);

		if (nets.v[i].length < 31)
			*set = addr_set_union(l->arena, set, &last);
	}
}

/*
 * The IPv4 addresses that mean everybody on the cards of a zone: the limited
 * broadcast, the last address of each net of the zone and of those that share
 * a card with it, and of each connected net if the host is known.
 */
struct addr_set
lower_broadcasts(struct lower *l, endpoint e)
{
	static const char *const limited[] = {"255.255.255.255", NULL};
	struct addr_set result = lower_nets(l, limited);

	for (endpoint o = 1; o <= l->policy->zones.n; o++)
		if (o == e ||
		    (lower_zone(l, o)->present && lower_share_card(l, o, e)))
			add_lasts(l, o, &result);
	add_connected(l, lower_zone(l, e), &result);
	return result;
}

/* What inner zones on the cards of UPLINKS have. */
struct addr_set
lower_beside(struct lower *l, const struct endpoint_set *uplinks)
{
	struct endpoint_set zones = {{0, 0}};

	for (endpoint e = 1; e <= l->policy->zones.n; e++)
		for (endpoint u = 1; u <= l->policy->zones.n; u++)
			if (endpoint_set_has(&l->inners, e) &&
			    endpoint_set_has(uplinks, u) &&
			    lower_share_card(l, e, u))
				endpoint_set_add(&zones, e);
	return lower_own(l, &zones);
}

/*
 * Of inner zones on the cards of uplinks; and what means everybody there
 * though it is among the nets of a zone elsewhere.
 */
struct addr_set
lower_broadcasts_beside(struct lower *l)
{
	struct addr_set result = {0}, inner = lower_own(l, &l->inners);

	for (endpoint u = 1; u <= l->policy->zones.n; u++)
		if (endpoint_set_has(&l->uplinks, u))
			add_connected(l, lower_zone(l, u), &result);
	result = addr_set_intersect(l->arena, &result, &inner);
	for (endpoint e = 1; e <= l->policy->zones.n; e++)
		for (endpoint u = 1; u <= l->policy->zones.n; u++)
			if (endpoint_set_has(&l->inners, e) &&
			    endpoint_set_has(&l->uplinks, u) &&
			    lower_share_card(l, e, u))
				add_lasts(l, e, &result);
	return result;
}
