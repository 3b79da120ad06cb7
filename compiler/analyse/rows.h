/*
 * Boxes of many pairs of zones put together into rows that read like a
 * sentence: "lan, guest to wan: ssh, ping".
 */
#ifndef ANALYSE_ROWS_H
#define ANALYSE_ROWS_H

#include "analyse/boxes.h"
#include "eval/meaning.h"

/* Where the packets of a box go between. */
struct flow_place {
	const char *from, *to;			/* names */
	const char *from_word, *to_word;	/* the zones in a witness */
	struct addr_set source, target;		/* what it is about */
	struct addr_set all_source, all_target; /* all that these have */
	enum family families;			/* that both ends have */
	unsigned rank;				/* smaller: looked at first */
	bool further; /* groups, the link, who has no address */
	bool midway;  /* TCP that begins nothing */
};

typedef VEC(uint32_t) row_outcomes;

struct flow_row {
	uint32_t value;
	VEC(const char *) from, to; /* names */
	enum family families;
	bool one_family; /* though its ends have both */
	bdd_ref services;
	/* What the row is about, and what there is. */
	struct addr_set source, target, all_source, all_target;
	bool from_all, to_all; /* while rows are put together */
	unsigned rank;
	bool further, midway;
	/* One packet of it. */
	struct flow witness;
	const char *witness_from, *witness_to;
	/* What decides its packets, before and after: numbers of outcomes. */
	row_outcomes before, after;
};

typedef VEC(struct flow_row) flow_rows;

/*
 * Rows of one pair and family, from BOXES; a witness is chosen.  BEFORE and
 * AFTER are diagrams of outcomes, the second of which may be none: BDD_FALSE.
 */
void rows_add(const struct boxes_cutter *cutter, const struct flow_place *place,
    const flow_boxes *boxes, const bdd_ref decided[2], flow_rows *out);
/* Do exchanges alone decide ROW, by lines that are written the other way? */
typedef bool (*rows_is_back)(void *context, const struct flow_row *row);

/* Put together what can be; then sort by rank. */
void rows_join(struct arena *arena, struct services *services, flow_rows *rows,
    rows_is_back is_back, void *context);

void row_add_outcome(struct arena *arena, row_outcomes *list, uint32_t id);
bool row_all_sources(struct arena *arena, const struct flow_row *row);
bool row_all_targets(struct arena *arena, const struct flow_row *row);

/* The packet in the words that `akinc why` takes. */
const char *row_witness_text(struct arena *arena, const struct flow_row *row);

#endif
