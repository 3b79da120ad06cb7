/*
 * The artefact: what `akinc --emit=artefact` prints, read and checked.
 *
 * It comes from a process that read a policy, so nothing of it is believed:
 * every string that could reach an argument vector or a line of ipfw's has
 * passed words.h, settings and modules are from a closed list.
 */
#ifndef RUNTIME_APPLY_ARTEFACT_H
#define RUNTIME_APPLY_ARTEFACT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

#define ARTEFACT_BYTES_MAX ((size_t)64 * 1024 * 1024)

typedef VEC(const char *) artefact_texts;

struct artefact_origin {
	const char *file;
	size_t line;
};

struct artefact_rule {
	uint16_t number;
	bool lifeline;
	const char *add;  /* for "add NUMBER set N ADD" */
	const char *list; /* as ipfw 10 lists it */
	VEC(struct artefact_origin) origins;
};

struct artefact_table {
	const char *name; /* akin_… */
	const char *type, *options;
	artefact_texts entries; /* "KEY VALUE" */
};

struct artefact_nat {
	bool kernel;
	uint32_t id; /* instance, or divert port */
	const char *card;
	const char *words; /* of the configuration, or natd's, blanks between */
};

struct artefact_setting {
	const char *name;
	uint64_t value;
	bool exactly; /* else at least */
};

struct artefact_zone {
	const char *name;
	bool present, active;
	artefact_texts cards;
};

typedef VEC(struct artefact_setting) artefact_settings;

struct artefact {
	const char *text; /* as it was read */
	size_t size;
	const char *version; /* of akin */
	bool darwin;	     /* no comments, no tables, no "set N list" */
	const char *digest;
	const char *source; /* the policy's file */
	const char *active; /* card, or NULL */
	VEC(struct artefact_rule) rules;
	VEC(struct artefact_table) tables;
	VEC(struct artefact_nat) nats;
	artefact_texts modules;
	artefact_settings before, after;
	artefact_texts translated; /* IPv4 nets that NAT hides */
	VEC(struct artefact_zone) zones;
	artefact_texts files; /* that it was made from */
	bool repair;	      /* option drift repair */
};

/*
 * TEXT as an artefact.  NULL: it is none, and WRONG says why.  TEXT must live
 * as long as the result.
 */
struct artefact *artefact_read(
    struct arena *arena, const char *text, size_t size, const char **wrong);
bool artefact_has_lifeline(const struct artefact *artefact);
/* The number of rules that are in the generation's set. */
size_t artefact_n_rules(const struct artefact *artefact);

#endif
