/*
 * Cards of zones, and where those of two zones meet.
 */
#include <string.h>

#include "sema/host.h"
#include "sema/resolve.h"

bool
card_read(
    struct resolve *r, const struct ast_word *word, struct zone_card *card)
{
	const char *fault = host_card_fault(word->text);
	size_t length = strlen(word->text);
	struct diag *diag;

	if (fault != NULL) {
		diag = diag_add(
		    r->diags, E_CARD, word->span, "'%s' %s", word->text, fault);
		diag_help(r->diags, diag,
		    "write a name such as em0, a name with a '*' at its end "
		    "such as vboxnet*, or active");
		return false;
	}
	card->pattern = word->text;
	card->wildcard = word->text[length - 1] == '*';
	card->span = word->span;
	return true;
}

/* A card of a zone, in a chain of those with equal names. */
struct card_user {
	size_t zone;
	const struct zone_card *card;
	struct card_user *next;
};

/*
 * Names, and what stands before the "*" of patterns.  A pattern that matches
 * a name is a prefix of it, so a card meets only what its own prefixes find.
 */
struct card_index {
	struct map names, patterns;
};

static void
index_add(struct resolve *r, struct map *map, const char *key, size_t zone,
    const struct zone_card *card)
{
	struct card_user *user = arena_new(r->arena, struct card_user);

	user->zone = zone;
	user->card = card;
	user->next = map_get(map, key);
	map_put(map, key, user);
}

static void
meeting_note(struct resolve *r, enum meeting_kind kind, size_t zone,
    const struct zone_card *card, const struct card_user *other)
{
	bool first = zone < other->zone;
	size_t low = first ? zone : other->zone;
	size_t high = first ? other->zone : zone;
	struct meeting *meeting;

	if (low == high)
		return;
	meeting = &r->meetings[low * r->policy->zones.n + high];
	if (meeting->kind >= kind)
		return;
	meeting->kind = kind;
	meeting->card[first ? 0 : 1] = card;
	meeting->card[first ? 1 : 0] = other->card;
}

static void
meet_all(struct resolve *r, const struct map *map, const char *key,
    enum meeting_kind kind, size_t zone, const struct zone_card *card)
{
	const struct card_user *other = map_get(map, key);

	for (; other != NULL; other = other->next)
		meeting_note(r, kind, zone, card, other);
}

static size_t
stem_length(const struct zone_card *card)
{
	return strlen(card->pattern) - (card->wildcard ? 1 : 0);
}

static const char *
stem(struct resolve *r, const struct zone_card *card, size_t length)
{
	return sym_intern(r->sema->syms, card->pattern, length);
}

static void
card_meet(struct resolve *r, const struct card_index *index, size_t zone,
    const struct zone_card *card)
{
	enum meeting_kind kind = card->wildcard ? MEETING_SAME
						: MEETING_PATTERN;

	if (!card->wildcard)
		meet_all(
		    r, &index->names, card->pattern, MEETING_SAME, zone, card);
	for (size_t length = 1; length <= stem_length(card); length++)
		meet_all(r, &index->patterns, stem(r, card, length), kind, zone,
		    card);
}

/* "on active" meets another "on active", known or not. */
static void
index_active(struct resolve *r, struct card_index *index, size_t zone)
{
	const char *key = sym_intern_string(r->sema->syms, "active");
	struct zone_card *card;

	if (!r->policy->zones.v[zone].active)
		return;
	card = arena_new(r->arena, struct zone_card);
	card->pattern = key;
	card->span = r->zone_work[zone].active_span;
	meet_all(r, &index->names, key, MEETING_SAME, zone, card);
	index_add(r, &index->names, key, zone, card);
}

static void
index_zone(struct resolve *r, struct card_index *index, size_t zone)
{
	const struct zone *z = &r->policy->zones.v[zone];

	for (size_t i = 0; i < z->cards.n; i++) {
		const struct zone_card *card = &z->cards.v[i];

		if (card->wildcard)
			index_add(r, &index->patterns,
			    stem(r, card, stem_length(card)), zone, card);
		else
			index_add(r, &index->names, card->pattern, zone, card);
	}
	index_active(r, index, zone);
}

void
card_find_meetings(struct resolve *r)
{
	size_t n = r->policy->zones.n;
	struct card_index index;

	r->meetings = arena_calloc(r->arena, n * n, sizeof(*r->meetings));
	map_init(&index.names, r->arena);
	map_init(&index.patterns, r->arena);
	for (size_t i = 0; i < n; i++)
		index_zone(r, &index, i);
	for (size_t i = 0; i < n; i++) {
		const struct zone *zone = &r->policy->zones.v[i];

		for (size_t j = 0; j < zone->cards.n; j++)
			card_meet(r, &index, i, &zone->cards.v[j]);
	}
}
