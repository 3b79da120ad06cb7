/*
 * Outcomes of conversations in words, with the lines that decide them.
 */
#ifndef CLI_OUTCOME_TEXT_H
#define CLI_OUTCOME_TEXT_H

#include <jansson.h>

#include "analyse/flows.h"
#include "analyse/rows.h"
#include "cli/session.h"

/*
 * "denied by default", "allowed, at most 3 per source (new.akp:12)".  IDS are
 * outcomes of SIDE, whose lines are in SESSION; they are sorted.  DETAILED:
 * say NAT and state as well.
 */
void outcome_write(struct buf *out, const struct session *session,
    const struct flow_side *side, row_outcomes *ids, bool detailed);
json_t *outcome_json(const struct session *session,
    const struct flow_side *side, row_outcomes *ids);

/* "wan, lan -> self" */
void row_write_ends(struct buf *out, const struct flow_row *row);
/* "ssh from admins to web"; names are those of POLICY. */
void row_write_services(struct buf *out, struct services *services,
    const struct policy *policy, const struct flow_row *row);
json_t *row_json(struct services *services, const struct policy *policy,
    struct arena *arena, const struct flow_row *row);

#endif
