/*
 * Random packets for a stage, and what the policy says of each.
 */
#ifndef CROSSCHECK_PACKETS_H
#define CROSSCHECK_PACKETS_H

#include "eval/scene.h"
#include "tests/crosscheck/random.h"

#define PACKETS_POOL_MAX 256

struct packet_maker {
	struct chance *chance;
	const struct scene *scene;
	struct addr pool4[PACKETS_POOL_MAX], pool6[PACKETS_POOL_MAX];
	size_t n4, n6;
};

/* A packet and the flow that it begins. */
struct trial {
	struct flow flow;
	const char *card_in, *card_out; /* NULL: none */
	bool unknown_card;		/* one of them is in no zone */
};

void packets_init(struct packet_maker *maker, struct chance *chance,
    const struct scene *scene);
/*
 * False if what came out cannot be told from its cards and addresses, or is
 * no packet that a host would have.
 */
bool packets_make(struct packet_maker *maker, struct trial *trial);

#endif
