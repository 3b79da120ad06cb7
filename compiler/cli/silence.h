/*
 * Warnings that the policy says are meant: `# akin: allow W0456` at the end of
 * the line that one is about, or on a line of its own before it.
 */
#ifndef CLI_SILENCE_H
#define CLI_SILENCE_H

#include "cli/session.h"

/* Take out the warnings that are allowed where they stand. */
void silence_diagnostics(struct session *session);
/* Warn of such comments that name no warning. */
void silence_check_comments(
    struct session *session, const struct ast_file *tree);

#endif
