/*
 * Runs: stretches of the list whose rules may trade places, because each two
 * of them either have the same effect or match no packet in common with what
 * stands between.
 */
#ifndef OPT_RUN_H
#define OPT_RUN_H

#include "ir/ir.h"

/* The end (first index that is not in it) of the run that begins at FROM. */
size_t opt_run_end(const struct ir *ir, size_t from);

/* Bring ORIGINS into text order, each place once. */
void opt_origins_sort(struct spans *origins);

#endif
