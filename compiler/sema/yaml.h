/*
 * YAML files as trees of maps, lists and texts, each with its place.
 *
 * We read one document of plain structure.  Anchors, aliases and tags are
 * refused, so a tree is never larger than the text that it was made from, and
 * no value has a type of its own: what a text means is up to who asks for it.
 */
#ifndef SEMA_YAML_H
#define SEMA_YAML_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/diag.h"
#include "base/source.h"
#include "base/sym.h"

#define YAML_BYTES_MAX ((size_t)4 * 1024 * 1024)
#define YAML_NODES_MAX ((size_t)100 * 1000)
#define YAML_DEPTH_MAX 16

enum yaml_kind {
	YAML_BROKEN, /* an error has been reported: say no more of it */
	YAML_TEXT,
	YAML_LIST,
	YAML_MAP,
};

struct yaml_node {
	enum yaml_kind kind;
	struct span span;
	/* YAML_TEXT: interned; no control characters but newline and tab. */
	const char *text;
	bool quoted;
	VEC(struct yaml_node *) items; /* YAML_LIST */
	VEC(struct yaml_pair) pairs;   /* YAML_MAP, in order, no key twice */
};

struct yaml_pair {
	struct yaml_node *key; /* YAML_TEXT */
	struct yaml_node *value;
};

/* What reading needs, and who reads hands on. */
struct yaml {
	struct arena *arena;
	struct sym_table *syms;
	const struct sources *sources;
	struct diags *diags;
};

/*
 * The tree of FILE.  NULL if the text breaks off in an error; after other
 * errors a tree is returned, with broken nodes in it, so that its reader can
 * find more.
 */
struct yaml_node *yaml_read(const struct yaml *yaml, uint32_t file);

/*
 * Is NODE of KIND?  If not, an error says that WHAT ("a port") must be one,
 * unless NODE is broken.
 */
bool yaml_expect(const struct yaml *yaml, const struct yaml_node *node,
    enum yaml_kind kind, const char *what);

/* NULL if MAP, which is a map, has no such key. */
const struct yaml_node *yaml_get(const struct yaml_node *map, const char *key);

/* Nothing was written: "key:" and no more. */
bool yaml_is_void(const struct yaml_node *node);

/* An error for each key of MAP that is not among KEYS (N of them). */
void yaml_check_keys(const struct yaml *yaml, const struct yaml_node *map,
    const char *const *keys, size_t n);

/*
 * A list, or one value for a list of one: the number of items, 0 if NODE is
 * broken, and the item at INDEX.
 */
size_t yaml_item_count(const struct yaml_node *node);
const struct yaml_node *yaml_item(const struct yaml_node *node, size_t index);

/* "true" or "false" into *VALUE, else an error. */
bool yaml_boolean(const struct yaml *yaml, const struct yaml_node *node,
    const char *what, bool *value);

/*
 * LENGTH bytes of TEXT as a decimal number of at most MAXIMUM, without sign
 * and leading zeros.  Reports nothing.
 */
bool yaml_number(
    const char *text, size_t length, unsigned maximum, unsigned *value);

#endif
