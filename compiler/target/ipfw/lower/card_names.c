/*
 * Names of cards that a flavour's ipfw cannot match.
 */
#include <string.h>

#include "target/ipfw/lower/private.h"

/* More would not fit the kernel's number of a unit. */
#define UNIT_DIGITS_MAX 5

/*
 * The name is a base without digits, then a unit: a star, or a number as a
 * kernel writes it.  A rule holds the number alone, so it would take en01 for
 * en1.
 */
static bool
base_and_unit(const char *name)
{
	const char *unit = name + strcspn(name, "0123456789*");
	size_t digits = strspn(unit, "0123456789");

	if (unit == name || *unit == '\0')
		return false;
	if (*unit == '*')
		return unit[1] == '\0';
	return unit[digits] == '\0' && digits <= UNIT_DIGITS_MAX &&
	    (*unit != '0' || digits == 1);
}

static void
refuse_card(struct lower *l, const struct zone_card *card)
{
	struct diag *diag = diag_add(l->diags, E_FLAVOUR_CARD, card->span,
	    "%s's ipfw cannot match a card named '%s'", l->flavour->name,
	    card->pattern);

	diag_help(l->diags, diag,
	    "a name is letters and then a number without leading noughts "
	    "there, or letters and a star");
	l->failed = true;
}

/* A star stands for the number alone there: e* matches e0, and not en0. */
static void
check_pattern(
    struct lower *l, const struct zone_card *card, const char *present)
{
	struct diag *diag;

	if (!zone_card_matches(card, present) ||
	    strcspn(present, "0123456789") == strlen(card->pattern) - 1)
		return;
	diag = diag_add(l->diags, E_FLAVOUR_CARD, card->span,
	    "%s's ipfw does not match '%s' with the card '%s'",
	    l->flavour->name, card->pattern, present);
	diag_help(l->diags, diag,
	    "the star stands for a number there: write all the letters "
	    "before it");
	l->failed = true;
}

static void
check_card(struct lower *l, const struct zone_card *card)
{
	const struct host *host = l->policy->host;

	if (!base_and_unit(card->pattern)) {
		refuse_card(l, card);
		return;
	}
	if (!card->wildcard)
		return;
	for (size_t i = 0; i < host->cards.n; i++)
		check_pattern(l, card, host->cards.v[i].name);
	if (host->cards.n == 0 && host->active != NULL)
		check_pattern(l, card, host->active);
}

void
lower_check_cards(struct lower *l)
{
	if (!l->flavour->base_and_unit)
		return;
	for (size_t i = 0; i < l->policy->zones.n; i++) {
		const struct zone *zone = &l->policy->zones.v[i];

		for (size_t j = 0; j < zone->cards.n; j++)
			check_card(l, &zone->cards.v[j]);
	}
}
