/*
 * What a proof found, for a person and for a program.
 */
#ifndef CLI_PROVE_REPORT_H
#define CLI_PROVE_REPORT_H

#include <jansson.h>

#include "cli/session.h"

/* Add the differences and findings of RESULT to OUT, as text. */
void prove_report_text(const struct session *session,
    const struct prove_result *result, struct buf *out);
/* The same, EQUAL, and what the proof took, as an object. */
json_t *prove_report_json(const struct session *session, bool equal,
    const struct prove_result *result);
/* What to do when the proof has reached its bound, to the standard error. */
void prove_report_exhausted(void);

#endif
