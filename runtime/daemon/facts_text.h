/*
 * Host facts as akinc reads them by --host, and as status tells them.
 */
#ifndef RUNTIME_DAEMON_FACTS_TEXT_H
#define RUNTIME_DAEMON_FACTS_TEXT_H

#include <jansson.h>

#include "base/buf.h"
#include "runtime/facts.h"

/* YAML.  Cards whose names no rule could bear are left out. */
void facts_text_write(struct buf *out, const struct facts *facts);
/* {"active", "active6", "cards"} of runtime/control/protocol.h. */
json_t *facts_text_json(const struct facts *facts);

#endif
