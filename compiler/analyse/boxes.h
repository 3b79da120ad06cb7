/*
 * A diagram as a short list of disjoint boxes: services times targets times
 * sources, each with one value.
 */
#ifndef ANALYSE_BOXES_H
#define ANALYSE_BOXES_H

#include "analyse/services.h"
#include "prove/space.h"

#define BOXES_NO_VALUE UINT32_MAX

struct flow_box {
	uint32_t value;
	enum family family;
	bdd_ref services; /* of struct services */
	struct addr_set source, target;
	bdd_ref packets; /* in the variables of the space */
};

typedef VEC(struct flow_box) flow_boxes;

struct boxes_cutter {
	struct arena *arena;
	const struct space *space;
	struct slicer *slicer;
	struct services *services;
};

/*
 * FUNCTION asks for protocol, ports, types and addresses alone; where it is
 * BOXES_NO_VALUE there is no box.  Boxes are added to OUT.
 */
void boxes_cut(
    const struct boxes_cutter *cutter, bdd_ref function, flow_boxes *out);

/* The addresses of a set of packets that asks for FIELD alone. */
struct addr_set boxes_addresses(
    const struct boxes_cutter *cutter, bdd_ref set, struct field field);

#endif
