/*
 * Names of cards in rules.
 *
 * FreeBSD compares the whole name, or takes it as a shell pattern if it has a
 * star, a question mark or a bracket.  Darwin cuts a name at its first digit
 * or star into a base and a unit; what has no base, like the star alone, is
 * taken for an address and matches no card, and a card with a digit inside its
 * base is out of reach.
 */
#include <ctype.h>
#include <fnmatch.h>
#include <stdio.h>
#include <string.h>

#include "target/ipfw/engine/private.h"

static void
card_copy(struct run_card *card, const char *name, size_t length)
{
	if (length > IPFW_NAME_MAX)
		length = IPFW_NAME_MAX;
	memcpy(card->name, name, length);
	card->name[length] = '\0';
	card->length = (unsigned)length;
}

void
run_card_compile_freebsd(const char *name, struct run_card *card)
{
	size_t plain = strcspn(name, "*?[\\");

	if (name[plain] == '\0') {
		card->kind = RUN_CARD_NAME;
	} else if (name[plain] == '*' && name[plain + 1] == '\0') {
		card->kind = RUN_CARD_PREFIX;
		card_copy(card, name, plain);
		return;
	} else if (strpbrk(name, "*?[") == NULL) {
		card->kind = RUN_CARD_NAME;
	} else {
		card->kind = RUN_CARD_GLOB;
	}
	card_copy(card, name, strlen(name));
}

/* A unit as the kernel reads it: digits up to something else. */
static unsigned
unit_of(const char *digits)
{
	unsigned unit = 0;

	for (; isdigit((unsigned char)*digits) && unit < 100000; digits++)
		unit = unit * 10 + (unsigned)(*digits - '0');
	return unit;
}

void
run_card_compile_darwin(const char *name, struct run_card *card)
{
	size_t base = strcspn(name, "*0123456789");
	char whole[IPFW_NAME_MAX + 16];

	if (base == 0 || base > IPFW_NAME_MAX) {
		card->kind = RUN_CARD_NEVER;
		return;
	}
	if (name[base] == '*') {
		card->kind = RUN_CARD_UNITS;
		card_copy(card, name, base);
		return;
	}
	/* No unit is unit 0, and 01 is unit 1. */
	card->kind = RUN_CARD_NAME;
	snprintf(whole, sizeof(whole), "%.*s%u", (int)base, name,
	    unit_of(name + base));
	card_copy(card, whole, strlen(whole));
}

/* Is NAME the base of CARD and then a unit, with no digit in the base? */
static bool
match_units(const struct run_card *card, const char *name)
{
	const char *unit = name + card->length;

	if (strncmp(name, card->name, card->length) != 0 || *unit == '\0')
		return false;
	return unit[strspn(unit, "0123456789")] == '\0';
}

bool
run_card_match(
    const struct run_card *card, const char *name, const struct ipfw_host *host)
{
	if (name == NULL)
		return false;
	switch (card->kind) {
	case RUN_CARD_NEVER:
		return false;
	case RUN_CARD_NAME:
		return strncmp(name, card->name, IPFW_NAME_MAX + 1) == 0;
	case RUN_CARD_PREFIX:
		return strncmp(name, card->name, card->length) == 0;
	case RUN_CARD_GLOB:
		return fnmatch(card->name, name, 0) == 0;
	case RUN_CARD_UNITS:
		return match_units(card, name);
	case RUN_CARD_ADDRESS:
		return host != NULL &&
		    host->card_has(
			host->context, name, (struct addr){0, card->address});
	}
	return false;
}
