/*
 * Facts about the running host: its cards, their addresses, the cards of the
 * default routes.
 *
 * Cards are in order of name and addresses in order of value, so that the same
 * host gives the same facts whatever the kernel lists first.
 */
#ifndef RUNTIME_FACTS_H
#define RUNTIME_FACTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FACTS_NAME_SIZE 16 /* with the NUL */

struct facts_address {
	bool six;
	uint8_t bytes[16]; /* network order; IPv4 in the first four */
	unsigned length;   /* of the connected net's prefix */
};

struct facts_card {
	char name[FACTS_NAME_SIZE];
	bool up, loopback;
	struct facts_address *addresses;
	size_t n_addresses;
};

struct facts {
	struct facts_card *cards;
	size_t n_cards;
	/* The card of the best default route; "" if there is none. */
	char route4[FACTS_NAME_SIZE];
	char route6[FACTS_NAME_SIZE];
};

/* Returns 0, or an errno value with FACTS empty. */
int facts_collect(struct facts *facts);
void facts_free(struct facts *facts);

#endif
