/*
 * What is asked how often: services and their weights, from a file.
 */
#ifndef SEMA_PROFILE_H
#define SEMA_PROFILE_H

#include "sema/catalogue.h"

#define PROFILE_WEIGHT_MAX 1000000u

struct profile_entry {
	const struct service_part *part;
	unsigned weight;
};

/* Empty: nothing is known. */
struct profile {
	VEC(struct profile_entry) entries;
};

/*
 * Read FILE (YAML, registered in SOURCES): a map from services of CATALOGUE
 * to weights.  Returns false after an error in DIAGS.
 */
bool profile_read(struct profile *profile, struct arena *arena,
    struct sym_table *syms, const struct sources *sources, uint32_t file,
    struct diags *diags, const struct catalogue *catalogue);

/* The weights of all parts that a flow of this kind may belong to. */
unsigned long profile_weight(
    const struct profile *profile, int protocol, const struct port_set *ports);

#endif
