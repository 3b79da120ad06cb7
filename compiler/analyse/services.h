/*
 * Sets of services: protocols with their ports and types, of both families, as
 * diagrams of their own, and the words for them.
 */
#ifndef ANALYSE_SERVICES_H
#define ANALYSE_SERVICES_H

#include "analyse/slice.h"
#include "sema/policy.h"

/*
 * The variables come after those of no other diagram: a set of services is
 * never put together with a set of packets.
 */
struct services {
	struct arena *arena;
	struct bdd *bdd;
	struct slicer slicer;
	struct field family, protocol, target, source, type;
	bdd_ref every; /* what there can be: no ICMP over IPv6, say */
	VEC(struct services_name) names; /* in the order of preference */
};

/* A word of the policy or of the catalogue. */
struct services_name {
	const char *name;
	bdd_ref set;
};

/* Ranges of one family; an empty list is no condition. */
struct services_box {
	enum family family;
	const struct slice_piece *protocol, *target, *type, *source;
};

void services_init(
    struct services *services, struct arena *arena, struct bdd *bdd);
/*
 * Words to use: those that the policies define, those that they say, then the
 * others of the catalogue that are one port.
 */
void services_learn(struct services *services,
    const struct policy *const *policies, size_t n,
    const struct catalogue *catalogue);

bdd_ref services_box(struct services *services, const struct services_box *box);
bdd_ref services_parts(
    struct services *services, const service_parts *parts, bool any);
/* All that SERVICES holds of the families in the mask. */
bdd_ref services_of_family(
    struct services *services, bdd_ref set, enum family families);
bool services_covers(struct services *services, bdd_ref outer, bdd_ref inner);
bdd_ref services_minus(struct services *services, bdd_ref a, bdd_ref b);

/*
 * "ssh, tcp 8443, ping"; "any but smtp"; "any".  FAMILIES are those that there
 * are between the two ends: only what holds for one of them alone says so.
 */
const char *services_text(
    struct services *services, bdd_ref set, enum family families);

#endif
