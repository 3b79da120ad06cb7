#include <arpa/inet.h>
#include <ctype.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#include "runtime/daemon/facts_text.h"

/* On Linux a card may be called almost anything. */
static bool
name_is_usual(const char *name)
{
	if (!isalpha((unsigned char)name[0]) || strcmp(name, "any") == 0)
		return false;
	for (; *name != '\0'; name++) {
		if (!isalnum((unsigned char)*name) &&
		    strchr("_.-", *name) == NULL)
			return false;
	}
	return true;
}

static void
format_address(const struct facts_address *address, char text[64])
{
	size_t length;

	inet_ntop(address->six ? AF_INET6 : AF_INET, address->bytes, text,
	    INET6_ADDRSTRLEN);
	length = strlen(text);
	snprintf(text + length, 64 - length, "/%u", address->length);
}

/* What akinc takes for a card's address: see host.c there. */
static bool
is_unicast(const struct facts_address *address)
{
	static const uint8_t none[16];

	if (memcmp(address->bytes, none, address->six ? 16 : 4) == 0)
		return false;
	return address->six ? address->bytes[0] != 0xff
			    : address->bytes[0] < 0xe0;
}

static void
write_card(struct buf *out, const struct facts_card *card)
{
	const char *separator = "";
	char text[64];

	buf_printf(out, "  \"%s\":\n    loopback: %s\n    addresses: [",
	    card->name, card->loopback ? "true" : "false");
	for (size_t i = 0; i < card->n_addresses; i++) {
		if (!is_unicast(&card->addresses[i]))
			continue;
		format_address(&card->addresses[i], text);
		buf_printf(out, "%s\"%s\"", separator, text);
		separator = ", ";
	}
	buf_puts(out, "]\n");
}

static bool
is_listed(const struct facts *facts, const char *name)
{
	for (size_t i = 0; i < facts->n_cards; i++) {
		if (strcmp(facts->cards[i].name, name) == 0)
			return true;
	}
	return false;
}

void
facts_text_write(struct buf *out, const struct facts *facts)
{
	const char *active = facts->route4[0] != '\0' ? facts->route4
						      : facts->route6;

	buf_puts(out, "interfaces:\n");
	for (size_t i = 0; i < facts->n_cards; i++) {
		if (name_is_usual(facts->cards[i].name))
			write_card(out, &facts->cards[i]);
	}
	/*
	 * A card that went while we read is none; of one that no rule could
	 * name it is unknown which is active.
	 */
	if (active[0] == '\0' || !is_listed(facts, active))
		buf_puts(out, "default-route: none\n");
	else if (name_is_usual(active))
		buf_printf(out, "default-route: \"%s\"\n", active);
}

static json_t *
json_card(const struct facts_card *card)
{
	json_t *addresses = json_array();
	char text[64];

	for (size_t i = 0; i < card->n_addresses; i++) {
		format_address(&card->addresses[i], text);
		json_array_append_new(addresses, json_string(text));
	}
	return json_pack("{s:s, s:b, s:o}", "name", card->name, "up", card->up,
	    "addresses", addresses);
}

static json_t *
json_name(const char *name)
{
	return name[0] == '\0' ? json_null() : json_string(name);
}

json_t *
facts_text_json(const struct facts *facts)
{
	json_t *cards = json_array();

	for (size_t i = 0; i < facts->n_cards; i++) {
		if (name_is_usual(facts->cards[i].name))
			json_array_append_new(
			    cards, json_card(&facts->cards[i]));
	}
	return json_pack("{s:o, s:o, s:o}", "active", json_name(facts->route4),
	    "active6", json_name(facts->route6), "cards", cards);
}
