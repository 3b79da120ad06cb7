/*
 * What the merging passes share.
 */
#ifndef OPT_MERGE_H
#define OPT_MERGE_H

#include "ir/ir.h"

/* The one field in which rules that become one may differ. */
enum merge_field {
	MERGE_FROM,
	MERGE_TO,
	MERGE_PORTS,
	MERGE_SOURCE,
	MERGE_TARGET,
};

/* A hash of all fields but FIELD. */
uint64_t merge_hash(const struct ir_rule *rule, enum merge_field field);
/* Equal in all fields but FIELD, and there both have a condition. */
bool merge_fits(
    const struct ir_rule *a, const struct ir_rule *b, enum merge_field field);

#endif
