/*
 * Cards and addresses, which every system tells by getifaddrs(3).
 */
#include <errno.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/facts.h"
#include "runtime/facts_system.h"

static void *
grow(void *array, size_t n, size_t size)
{
	if (n >= SIZE_MAX / size)
		return NULL;
	return realloc(array, (n + 1) * size);
}

/* Linux names addresses of a card "eth0:1": all before the colon counts. */
static size_t
name_length(const char *name)
{
	return strcspn(name, ":");
}

static struct facts_card *
find_card(struct facts *facts, const char *name, size_t length)
{
	for (size_t i = 0; i < facts->n_cards; i++) {
		struct facts_card *card = &facts->cards[i];

		if (strlen(card->name) == length &&
		    memcmp(card->name, name, length) == 0)
			return card;
	}
	return NULL;
}

/* The card called NAME, made if there is none.  NULL without memory. */
static struct facts_card *
get_card(struct facts *facts, const char *name, size_t length)
{
	struct facts_card *card = find_card(facts, name, length);
	struct facts_card *cards;

	if (card != NULL)
		return card;
	cards = grow(facts->cards, facts->n_cards, sizeof(*cards));
	if (cards == NULL)
		return NULL;
	facts->cards = cards;
	card = &cards[facts->n_cards++];
	memset(card, 0, sizeof(*card));
	memcpy(card->name, name, length);
	return card;
}

/* The address in SA; what the system cut off is zero. */
static void
copy_bytes(const struct sockaddr *sa, bool six, uint8_t bytes[16])
{
	size_t start = six ? offsetof(struct sockaddr_in6, sin6_addr)
			   : offsetof(struct sockaddr_in, sin_addr);
	size_t end = facts_system_size(sa);

	memset(bytes, 0, 16);
	if (end > start + (six ? 16 : 4))
		end = start + (six ? 16 : 4);
	if (end > start)
		memcpy(bytes, (const char *)sa + start, end - start);
}

static unsigned
leading_ones(const uint8_t *bytes, unsigned limit)
{
	unsigned n = 0;

	while (n < limit && (bytes[n / 8] >> (7 - n % 8) & 1) != 0)
		n++;
	return n;
}

static struct facts_address
read_address(const struct ifaddrs *entry)
{
	struct facts_address address;
	unsigned width;
	uint8_t mask[16];

	address.six = entry->ifa_addr->sa_family == AF_INET6;
	width = address.six ? 128 : 32;
	copy_bytes(entry->ifa_addr, address.six, address.bytes);
	/* KAME keeps the number of the card inside a link-local address. */
	if (address.six && address.bytes[0] == 0xfe &&
	    (address.bytes[1] & 0xc0) == 0x80)
		memset(address.bytes + 2, 0, 2);
	address.length = width;
	if (entry->ifa_netmask != NULL) {
		copy_bytes(entry->ifa_netmask, address.six, mask);
		address.length = leading_ones(mask, width);
	}
	return address;
}

static int
add_address(struct facts_card *card, const struct ifaddrs *entry)
{
	struct facts_address *addresses = grow(
	    card->addresses, card->n_addresses, sizeof(*addresses));

	if (addresses == NULL)
		return ENOMEM;
	card->addresses = addresses;
	addresses[card->n_addresses++] = read_address(entry);
	return 0;
}

static int
add_entry(struct facts *facts, const struct ifaddrs *entry)
{
	size_t length = name_length(entry->ifa_name);
	struct facts_card *card;

	if (length == 0 || length >= FACTS_NAME_SIZE)
		return 0;
	card = get_card(facts, entry->ifa_name, length);
	if (card == NULL)
		return ENOMEM;
	card->up = (entry->ifa_flags & IFF_UP) != 0;
	card->loopback = (entry->ifa_flags & IFF_LOOPBACK) != 0;
	if (entry->ifa_addr == NULL ||
	    (entry->ifa_addr->sa_family != AF_INET &&
		entry->ifa_addr->sa_family != AF_INET6))
		return 0;
	return add_address(card, entry);
}

static int
compare_addresses(const void *left, const void *right)
{
	const struct facts_address *a = left, *b = right;

	if (a->six != b->six)
		return a->six ? 1 : -1;
	return memcmp(a->bytes, b->bytes, sizeof(a->bytes));
}

static int
compare_cards(const void *left, const void *right)
{
	const struct facts_card *a = left, *b = right;

	return strcmp(a->name, b->name);
}

static void
sort_facts(struct facts *facts)
{
	for (size_t i = 0; i < facts->n_cards; i++) {
		struct facts_card *card = &facts->cards[i];

		if (card->n_addresses > 0)
			qsort(card->addresses, card->n_addresses,
			    sizeof(*card->addresses), compare_addresses);
	}
	if (facts->n_cards > 0)
		qsort(facts->cards, facts->n_cards, sizeof(*facts->cards),
		    compare_cards);
}

int
facts_collect(struct facts *facts)
{
	struct ifaddrs *list;
	int error = 0;

	memset(facts, 0, sizeof(*facts));
	if (getifaddrs(&list) == -1)
		return errno;
	for (const struct ifaddrs *entry = list; entry != NULL && error == 0;
	     entry = entry->ifa_next)
		error = add_entry(facts, entry);
	freeifaddrs(list);
	if (error == 0)
		error = facts_system_routes(facts);
	if (error != 0)
		facts_free(facts);
	sort_facts(facts);
	return error;
}

void
facts_free(struct facts *facts)
{
	for (size_t i = 0; i < facts->n_cards; i++)
		free(facts->cards[i].addresses);
	free(facts->cards);
	memset(facts, 0, sizeof(*facts));
}
