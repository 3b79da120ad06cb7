/*
 * The host-only cards of hypervisors, from policies/hypervisors.yaml.
 */
#ifndef RUNTIME_DAEMON_HYPERVISORS_H
#define RUNTIME_DAEMON_HYPERVISORS_H

#include <jansson.h>

#include "runtime/daemon/log.h"

struct hypervisor {
	const char *name;
	/* Names of cards, ended by NULL; "vmnet*" is each that begins so. */
	const char *const *cards;
};

/* The catalogue, ended by a NULL name; made from the YAML by the build. */
extern const struct hypervisor hypervisors[];

/* Array of {"name", "cards"} of those whose cards are among FACTS. */
json_t *hypervisors_find(const json_t *facts);
/* Log those that came and went. */
void hypervisors_tell(
    struct log *log, const json_t *before, const json_t *after);

#endif
