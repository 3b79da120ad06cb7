/*
 * Card names are checked as if a user had written them: on Linux a card may be
 * called almost anything.
 */
#include <string.h>

#include "cli/host_facts.h"

static uint64_t
load64(const uint8_t *bytes)
{
	uint64_t value = 0;

	for (size_t i = 0; i < 8; i++)
		value = value << 8 | bytes[i];
	return value;
}

static struct host_address
address_of(const struct facts_address *fact)
{
	struct host_address address = {FAMILY_4, {0, 0}, fact->length};

	if (fact->six) {
		address.family = FAMILY_6;
		address.addr.hi = load64(fact->bytes);
		address.addr.lo = load64(fact->bytes + 8);
	} else {
		address.addr.lo = load64(fact->bytes) >> 32;
	}
	return address;
}

static void
add_card(struct host *host, struct arena *arena, struct sym_table *syms,
    const struct facts_card *fact)
{
	struct host_card card = {.span = SPAN_NONE};

	card.name = sym_intern_string(syms, fact->name);
	card.loopback = fact->loopback;
	for (size_t i = 0; i < fact->n_addresses; i++)
		vec_push(
		    arena, &card.addresses, address_of(&fact->addresses[i]));
	vec_push(arena, &host->cards, card);
}

bool
host_from_facts(struct host *host, struct arena *arena, struct sym_table *syms,
    const struct facts *facts)
{
	const char *active = facts->route4[0] != '\0' ? facts->route4
						      : facts->route6;

	memset(host, 0, sizeof(*host));
	for (size_t i = 0; i < facts->n_cards; i++) {
		if (host_card_name_valid(facts->cards[i].name))
			add_card(host, arena, syms, &facts->cards[i]);
	}
	host->known = true;
	host->active_known = true;
	if (active[0] == '\0')
		return true;
	if (!host_card_name_valid(active))
		return false;
	host->active = sym_intern_string(syms, active);
	return true;
}
