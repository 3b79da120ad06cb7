/*
 * The questions that a resolved policy answers: which pairs of ends rules
 * decide, and which zones a card belongs to.
 */
#include <assert.h>
#include <string.h>

#include "sema/policy.h"

const struct zone *
policy_zone(const struct policy *policy, endpoint e)
{
	assert(e != ENDPOINT_SELF && ENDPOINT_ZONE(e) < policy->zones.n);
	return &policy->zones.v[ENDPOINT_ZONE(e)];
}

const char *
policy_end_name(const struct policy *policy, endpoint e)
{
	return e == ENDPOINT_SELF ? "self" : policy_zone(policy, e)->name;
}

struct endpoint_set
policy_live_ends(const struct policy *policy)
{
	struct endpoint_set all = {{0, 0}};

	endpoint_set_add(&all, ENDPOINT_SELF);
	for (size_t i = 0; i < policy->zones.n; i++)
		if (policy->zones.v[i].present &&
		    policy->zones.v[i].role != ZONE_LOOPBACK)
			endpoint_set_add(&all, ENDPOINT_OF_ZONE(i));
	return all;
}

/* This host and one of its zones, or a zone and itself. */
static bool
pair_asked_within(const struct zone *zone, bool with_self)
{
	if (zone->role == ZONE_LOOPBACK || zone->trusted)
		return false;
	return with_self || zone->role != ZONE_UPLINK;
}

bool
policy_pair_asked(const struct policy *policy, endpoint from, endpoint to)
{
	const struct zone *a, *b;

	if (from == ENDPOINT_SELF && to == ENDPOINT_SELF)
		return false;
	if (from == ENDPOINT_SELF)
		return pair_asked_within(policy_zone(policy, to), true);
	a = policy_zone(policy, from);
	if (to == ENDPOINT_SELF)
		return pair_asked_within(a, true);
	if (from == to)
		return pair_asked_within(a, false);
	b = policy_zone(policy, to);
	if (a->role == ZONE_LOOPBACK || b->role == ZONE_LOOPBACK)
		return false;
	return a->role != ZONE_UPLINK || b->role != ZONE_UPLINK;
}

bool
zone_card_matches(const struct zone_card *card, const char *name)
{
	if (!card->wildcard)
		return strcmp(card->pattern, name) == 0;
	return strncmp(card->pattern, name, strlen(card->pattern) - 1) == 0;
}

static bool
lists_card(const struct zone *zone, const char *name, bool wildcard)
{
	for (size_t i = 0; i < zone->cards.n; i++) {
		if (zone->cards.v[i].wildcard == wildcard &&
		    zone_card_matches(&zone->cards.v[i], name))
			return true;
	}
	return false;
}

struct endpoint_set
policy_card_zones(const struct policy *policy, const char *name)
{
	struct endpoint_set named = {{0, 0}}, matched = {{0, 0}};

	for (size_t i = 0; i < policy->zones.n; i++) {
		const struct zone *zone = &policy->zones.v[i];

		if (lists_card(zone, name, false))
			endpoint_set_add(&named, ENDPOINT_OF_ZONE(i));
		else if (lists_card(zone, name, true))
			endpoint_set_add(&matched, ENDPOINT_OF_ZONE(i));
	}
	return endpoint_set_empty(&named) ? matched : named;
}

bool
policy_card_is_loopback(const struct policy *policy, const char *name)
{
	struct endpoint_set zones = policy_card_zones(policy, name);

	for (endpoint e = 1; e <= policy->zones.n; e++) {
		if (endpoint_set_has(&zones, e) &&
		    policy_zone(policy, e)->role == ZONE_LOOPBACK)
			return true;
	}
	return strcmp(name, "lo0") == 0;
}

/* An exact name takes its card from all patterns. */
static bool
cards_meet(const struct zone_card *a, const struct zone_card *b)
{
	size_t n = strlen(a->pattern), m = strlen(b->pattern);

	if (a->wildcard != b->wildcard)
		return false;
	if (!a->wildcard)
		return strcmp(a->pattern, b->pattern) == 0;
	return strncmp(a->pattern, b->pattern, (n < m ? n : m) - 1) == 0;
}

bool
zone_shares_card(const struct zone *a, const struct zone *b)
{
	for (size_t i = 0; i < a->cards.n; i++)
		for (size_t j = 0; j < b->cards.n; j++)
			if (cards_meet(&a->cards.v[i], &b->cards.v[j]))
				return true;
	return false;
}

bool
policy_shares_link(const struct policy *policy, endpoint zone)
{
	const struct zone *mine = policy_zone(policy, zone);

	for (size_t i = 0; i < policy->zones.n; i++) {
		const struct zone *other = &policy->zones.v[i];

		if (other != mine && other->present && !other->trusted &&
		    zone_shares_card(mine, other))
			return true;
	}
	return false;
}
