/*
 * Numbers, ports and addresses as decision diagrams.
 *
 * A field is a run of variables, the most significant bit first.
 */
#ifndef SET_ENCODE_H
#define SET_ENCODE_H

#include "set/addr.h"
#include "set/bdd.h"
#include "set/port.h"

struct field {
	unsigned first; /* variable of the most significant bit */
	unsigned width; /* bits, at most 128 */
};

bdd_ref encode_number(struct bdd *bdd, struct field field, uint64_t number);
/* The ranges are sorted and do not overlap. */
bdd_ref encode_ranges(struct bdd *bdd, struct field field,
    const struct addr_range *ranges, size_t n);
/* What holds for numbers of RANGE; it asks for later variables alone. */
struct encode_case {
	struct addr_range range;
	bdd_ref function;
};

/* The cases are sorted and do not overlap; elsewhere it is BDD_FALSE. */
bdd_ref encode_cases(struct bdd *bdd, struct field field,
    const struct encode_case *cases, size_t n);
/*
 * The function of the case that the number in FIELD is in, or OTHERWISE.  The
 * cases do not overlap; what the functions ask is free.
 */
bdd_ref encode_switch(struct arena *arena, struct bdd *bdd, struct field field,
    const struct encode_case *cases, size_t n, bdd_ref otherwise);
bdd_ref encode_range(
    struct bdd *bdd, struct field field, uint64_t lo, uint64_t hi);
bdd_ref encode_ports(
    struct bdd *bdd, struct field field, const struct port_set *ports);
/* The addresses of SET that are FAMILY's. */
bdd_ref encode_addresses(struct bdd *bdd, struct field field,
    const struct addr_set *set, enum family family);
bdd_ref encode_prefix(struct bdd *bdd, struct field field, enum family family,
    struct prefix prefix);

/* The number that BITS hold in the field, and the other way. */
struct addr field_read(struct field field, const uint8_t *bits);
void field_write(struct field field, struct addr number, uint8_t *bits);

#endif
