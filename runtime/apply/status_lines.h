/*
 * What the lines of a policy have counted, without a record of the ruleset.
 */
#ifndef RUNTIME_APPLY_STATUS_LINES_H
#define RUNTIME_APPLY_STATUS_LINES_H

#include "runtime/apply/apply.h"

/* The line NUMBER of FILE, which is new if there was none. */
struct status_line *status_find_line(struct apply *apply,
    struct apply_status *status, const char *file, size_t number);
/* From the comments of the rules of STATUS's generation, if they have any. */
void status_read_lines(struct apply *apply, struct apply_status *status);

#endif
