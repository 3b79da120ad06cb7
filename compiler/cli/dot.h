/*
 * `--emit=dot`: zones and what may flow between them, for dot(1).
 */
#ifndef CLI_DOT_H
#define CLI_DOT_H

#include "base/buf.h"
#include "cli/session.h"

void dot_write(const struct session *session, struct buf *out);

#endif
