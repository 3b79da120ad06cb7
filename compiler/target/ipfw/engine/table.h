/*
 * Tables of an engine: addresses, cards, numbers and flows with a value each.
 */
#ifndef TARGET_IPFW_ENGINE_TABLE_H
#define TARGET_IPFW_ENGINE_TABLE_H

#include "base/buf.h"
#include "target/ipfw/engine/run.h"

/* The fields of a flow table's key, in the order in which they are written. */
enum run_flow_field {
	RUN_FLOW_SOURCE = 1,
	RUN_FLOW_PROTOCOL = 2,
	RUN_FLOW_SOURCE_PORT = 4,
	RUN_FLOW_TARGET = 8,
	RUN_FLOW_TARGET_PORT = 16,
};

/* What a value is for; a table without a type uses it for everything. */
enum run_value_type {
	RUN_VALUE_LEGACY,
	RUN_VALUE_SKIPTO,
	RUN_VALUE_NAT,
	RUN_VALUE_DIVERT,
	RUN_VALUE_LIMIT,
	RUN_VALUE_OTHER, /* for actions that are never run */
};

struct ipfw_table_info {
	const char *name;
	enum ipfw_table_type type;
	unsigned flow_fields;
	enum run_value_type value_type;
	size_t n_entries;
	size_t references; /* rules that name the table */
};

/* An entry's key, before it is written into the table. */
struct ipfw_table_key {
	enum family family; /* addresses: of the key */
	struct addr addr;
	unsigned length;
	char card[IPFW_NAME_MAX + 1];
	uint32_t number;
	struct ipfw_tuple flow;
};

/* "flow:dst-ip,dst-port", a type and what its keys hold; "skipto". */
bool ipfw_table_parse_type(const char *text, struct ipfw_table_info *info);
bool ipfw_table_parse_value_type(const char *text, enum run_value_type *type);
/* What TABLE of a ruleset is; false if its words are none of ipfw(8)'s. */
bool ipfw_table_info_of(
    const struct ipfw_table *table, struct ipfw_table_info *info);

enum ipfw_error ipfw_table_create(
    struct ipfw_engine *engine, const struct ipfw_table_info *info);
/* IPFW_BUSY while a rule names it. */
enum ipfw_error ipfw_table_destroy(
    struct ipfw_engine *engine, const char *name);
enum ipfw_error ipfw_table_flush(struct ipfw_engine *engine, const char *name);
/* The contents change places; IPFW_INVALID if the types differ. */
enum ipfw_error ipfw_table_swap(
    struct ipfw_engine *engine, const char *a, const char *b);
bool ipfw_table_find(const struct ipfw_engine *engine, const char *name,
    struct ipfw_table_info *info);
size_t ipfw_engine_n_tables(const struct ipfw_engine *engine);
/* By name; names that are numbers come first, in their order. */
struct ipfw_table_info ipfw_engine_table(
    struct ipfw_engine *engine, size_t index);

/*
 * TEXT as a key of a table of the given type; false if it is none.  Of an
 * address, host bits beyond the length are kept in KEY.
 */
bool ipfw_table_parse_key(const struct ipfw_table_info *info, const char *text,
    struct ipfw_table_key *key);
void ipfw_table_write_key(struct buf *out, const struct ipfw_table_info *info,
    const struct ipfw_table_key *key);

/* UPDATE replaces the value of a key that is there; *UPDATED says so. */
enum ipfw_error ipfw_table_add(struct ipfw_engine *engine, const char *name,
    const struct ipfw_table_key *key, uint32_t value, bool update,
    bool *updated);
/* *VALUE is what the entry held. */
enum ipfw_error ipfw_table_delete(struct ipfw_engine *engine, const char *name,
    const struct ipfw_table_key *key, uint32_t *value);
enum ipfw_error ipfw_table_lookup(const struct ipfw_engine *engine,
    const char *name, const struct ipfw_table_key *key, uint32_t *value,
    struct ipfw_table_key *found);

struct ipfw_table_row {
	struct ipfw_table_key key;
	uint32_t value;
};

/* All entries of the table in the order in which they are listed. */
struct ipfw_table_row *ipfw_table_rows(const struct ipfw_engine *engine,
    const char *name, struct arena *arena, size_t *n);

#endif
