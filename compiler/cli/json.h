/*
 * JSON on the standard output.
 */
#ifndef CLI_JSON_H
#define CLI_JSON_H

#include <jansson.h>

#include "cli/session.h"

/* A string value, whatever bytes TEXT has. */
json_t *json_text(const char *text);
/* Print VALUE and release it. */
void json_print(json_t *value);
/* The ruleset, its tables and NAT. */
json_t *json_ruleset(const struct session *session);
/* The same and what it takes to put it in force. */
json_t *json_artefact(const struct session *session);
/* The places in policies that ORIGINS, or NULL, are. */
json_t *json_origins(
    const struct session *session, const struct spans *origins);

#endif
