/*
 * Packets of all kinds that two rules tell apart from others, one of each.
 *
 * Addresses and ports are cut where any rule cuts them; cards are those that
 * zones have, and another.
 */
#ifndef ALTER_CLASSES_H
#define ALTER_CLASSES_H

#include "eval/scene.h"
#include "tests/alter/kinds.h"

struct classes {
	struct arena *arena;
	const struct scene *scene;
	VEC(const char *) cards; /* the first is NULL */
	VEC(struct addr) v4, v6; /* where rules cut */
	VEC(uint16_t) ports;
	struct class_side {
		struct addr *v4, *v6;
		uint16_t *ports;
		size_t n4, n6, n_ports;
	} sides[2]; /* one of each kind, by enum side */
	bool types[256];
	size_t most; /* of packets, about; 0: all */
};

/* OTHER is the ruleset that SCENE's is compared with. */
void classes_init(struct classes *classes, struct arena *arena,
    const struct scene *scene, const struct ipfw_ruleset *other);

enum visited {
	VISITED_GO_ON,
	/* It came in and was refused: it does not go on to any card. */
	VISITED_REFUSED,
	VISITED_STOP,
};

/*
 * Calls VISIT with every packet that A or B matches in some pass, all packets
 * if either is NULL, until it says to stop.  Returns whether it never did.
 */
bool classes_each(const struct classes *classes, const struct ipfw_rule *a,
    const struct ipfw_rule *b,
    enum visited (*visit)(void *context, const struct ipfw_packet *packet),
    void *context);

#endif
