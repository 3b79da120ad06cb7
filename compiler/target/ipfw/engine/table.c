/*
 * Tables.  All keys are brought into one form of five words and kept in an
 * open hash; the longest prefix of an address is found by asking for each
 * length that occurs, the longest first.
 */
#include <stdlib.h>
#include <string.h>

#include "target/ipfw/engine/private.h"

#define KEY_WORDS 5
#define SLOTS_FIRST 16
#define LENGTHS_MAX 129
#define FLOW_ALL                                                               \
	(RUN_FLOW_SOURCE | RUN_FLOW_PROTOCOL | RUN_FLOW_SOURCE_PORT |          \
	    RUN_FLOW_TARGET | RUN_FLOW_TARGET_PORT)

enum slot_use {
	SLOT_FREE,
	SLOT_USED,
	SLOT_DELETED,
};

struct slot {
	uint64_t key[KEY_WORDS];
	uint32_t value;
	uint32_t use; /* enum slot_use */
};

/* What a swap exchanges. */
struct contents {
	struct slot *slots;
	size_t n_slots;			/* a power of two, or 0 */
	size_t n, n_taken;		/* taken: used or deleted */
	size_t lengths[2][LENGTHS_MAX]; /* entries of a family by length */
};

struct run_table {
	struct contents contents;
	struct ipfw_table_info info;
	char name[IPFW_TABLE_NAME_MAX + 1];
};

static uint64_t
hash_key(const uint64_t *key)
{
	uint64_t hash = 0;

	for (size_t i = 0; i < KEY_WORDS; i++) {
		hash = (hash ^ key[i]) * UINT64_C(0x9e3779b97f4a7c15);
		hash ^= hash >> 32;
	}
	return hash;
}

/* The slot of KEY, or the one it would go to; NULL without slots. */
static struct slot *
find_slot(const struct contents *contents, const uint64_t *key)
{
	struct slot *hole = NULL;
	size_t i;

	if (contents->n_slots == 0)
		return NULL;
	for (i = hash_key(key) & (contents->n_slots - 1);;
	     i = (i + 1) & (contents->n_slots - 1)) {
		struct slot *slot = &contents->slots[i];

		if (slot->use == SLOT_FREE)
			return hole != NULL ? hole : slot;
		if (slot->use == SLOT_DELETED) {
			if (hole == NULL)
				hole = slot;
		} else if (memcmp(slot->key, key, sizeof(slot->key)) == 0) {
			return slot;
		}
	}
}

static bool
grow(struct contents *contents)
{
	struct contents bigger = *contents;

	if ((contents->n_taken + 1) * 4 <= contents->n_slots * 3)
		return true;
	bigger.n_slots = SLOTS_FIRST;
	while (bigger.n_slots < (contents->n + 1) * 2)
		bigger.n_slots *= 2;
	bigger.slots = calloc(bigger.n_slots, sizeof(*bigger.slots));
	if (bigger.slots == NULL)
		return false;
	for (size_t i = 0; i < contents->n_slots; i++)
		if (contents->slots[i].use == SLOT_USED)
			*find_slot(&bigger,
			    contents->slots[i].key) = contents->slots[i];
	free(contents->slots);
	*contents = bigger;
	contents->n_taken = contents->n;
	return true;
}

static uint64_t
high_bits(unsigned length)
{
	return length == 0 ? 0 : ~UINT64_C(0) << (64 - length);
}

static struct addr
mask_addr(enum family family, struct addr addr, unsigned length)
{
	if (family == FAMILY_4) {
		addr.hi = 0;
		addr.lo &= length >= 32 ? UINT32_MAX : high_bits(length) >> 32;
	} else if (length <= 64) {
		addr.hi &= high_bits(length);
		addr.lo = 0;
	} else if (length < 128) {
		addr.lo &= high_bits(length - 64);
	}
	return addr;
}

static unsigned
family_index(enum family family)
{
	return family == FAMILY_6;
}

static void
key_of_flow(const struct ipfw_tuple *flow, unsigned fields, uint64_t *words)
{
	if (fields & RUN_FLOW_SOURCE) {
		words[0] = flow->source.hi;
		words[1] = flow->source.lo;
	}
	if (fields & RUN_FLOW_TARGET) {
		words[2] = flow->target.hi;
		words[3] = flow->target.lo;
	}
	if (fields & (RUN_FLOW_SOURCE | RUN_FLOW_TARGET))
		words[4] = (uint64_t)flow->family << 40;
	if (fields & RUN_FLOW_PROTOCOL)
		words[4] |= (uint64_t)flow->protocol << 32;
	if (fields & RUN_FLOW_SOURCE_PORT)
		words[4] |= (uint64_t)flow->source_port << 16;
	if (fields & RUN_FLOW_TARGET_PORT)
		words[4] |= flow->target_port;
}

static void
key_words(const struct ipfw_table_info *info, const struct ipfw_table_key *key,
    uint64_t *words)
{
	struct addr addr;

	memset(words, 0, KEY_WORDS * sizeof(*words));
	switch (info->type) {
	case IPFW_TABLE_ADDR:
		addr = mask_addr(key->family, key->addr, key->length);
		words[0] = addr.hi;
		words[1] = addr.lo;
		words[2] = (uint64_t)key->family << 8 | key->length;
		break;
	case IPFW_TABLE_IFACE:
		memcpy(words, key->card, sizeof(key->card));
		break;
	case IPFW_TABLE_NUMBER:
		words[0] = key->number;
		break;
	case IPFW_TABLE_FLOW:
		key_of_flow(&key->flow, info->flow_fields, words);
		break;
	}
}

static void
key_from_words(const struct ipfw_table_info *info, const uint64_t *words,
    struct ipfw_table_key *key)
{
	memset(key, 0, sizeof(*key));
	switch (info->type) {
	case IPFW_TABLE_ADDR:
		key->addr = (struct addr){words[0], words[1]};
		key->family = (enum family)(words[2] >> 8);
		key->length = words[2] & 0xff;
		break;
	case IPFW_TABLE_IFACE:
		memcpy(key->card, words, sizeof(key->card));
		break;
	case IPFW_TABLE_NUMBER:
		key->number = (uint32_t)words[0];
		break;
	case IPFW_TABLE_FLOW:
		key->flow.source = (struct addr){words[0], words[1]};
		key->flow.target = (struct addr){words[2], words[3]};
		key->flow.family = (enum family)(words[4] >> 40);
		key->flow.protocol = (uint8_t)(words[4] >> 32);
		key->flow.source_port = (uint16_t)(words[4] >> 16);
		key->flow.target_port = (uint16_t)words[4];
		break;
	}
}

static const struct slot *
lookup_exact(const struct run_table *table, const struct ipfw_table_key *key)
{
	uint64_t words[KEY_WORDS];
	const struct slot *slot;

	key_words(&table->info, key, words);
	slot = find_slot(&table->contents, words);
	return slot != NULL && slot->use == SLOT_USED ? slot : NULL;
}

static const struct slot *
lookup_longest(const struct run_table *table, const struct ipfw_table_key *key)
{
	const size_t *lengths =
	    table->contents.lengths[family_index(key->family)];
	struct ipfw_table_key shorter = *key;

	for (unsigned length = key->family == FAMILY_6 ? 129 : 33;
	     length-- > 0;) {
		const struct slot *slot;

		if (lengths[length] == 0)
			continue;
		shorter.length = length;
		slot = lookup_exact(table, &shorter);
		if (slot != NULL)
			return slot;
	}
	return NULL;
}

static const struct slot *
lookup(const struct run_table *table, const struct ipfw_table_key *key)
{
	if (table->info.type == IPFW_TABLE_ADDR)
		return lookup_longest(table, key);
	return lookup_exact(table, key);
}

bool
run_table_match(const struct run_table *table, const struct ipfw_table_key *key,
    uint32_t *value, enum run_value_type *type)
{
	const struct slot *slot;

	if (table->contents.n == 0)
		return false;
	slot = lookup(table, key);
	if (slot == NULL)
		return false;
	*value = slot->value;
	*type = table->info.value_type;
	return true;
}

static struct run_table *
find_table(const struct ipfw_engine *engine, const char *name)
{
	for (size_t i = 0; i < engine->n_tables; i++)
		if (strcmp(engine->tables[i]->name, name) == 0)
			return engine->tables[i];
	return NULL;
}

static struct run_table *
make_table(struct ipfw_engine *engine, const struct ipfw_table_info *info)
{
	struct run_table **tables, *table;

	if (engine->n_tables == engine->tables_capacity) {
		size_t capacity = engine->tables_capacity * 2 + 8;

		tables = realloc(engine->tables, capacity * sizeof(*tables));
		if (tables == NULL)
			return NULL;
		engine->tables = tables;
		engine->tables_capacity = capacity;
	}
	table = calloc(1, sizeof(*table));
	if (table == NULL)
		return NULL;
	table->info = *info;
	memcpy(table->name, info->name, strlen(info->name) + 1);
	table->info.name = table->name;
	table->info.references = 0;
	if (info->type == IPFW_TABLE_FLOW && info->flow_fields == 0)
		table->info.flow_fields = FLOW_ALL;
	engine->tables[engine->n_tables++] = table;
	return table;
}

struct run_table *
run_table_refer(struct ipfw_engine *engine, const char *name,
    enum ipfw_table_type type, enum ipfw_error *error)
{
	struct ipfw_table_info info = {.name = name, .type = type};
	struct run_table *table = find_table(engine, name);

	*error = IPFW_INVALID;
	if (strlen(name) > IPFW_TABLE_NAME_MAX ||
	    (table != NULL && table->info.type != type))
		return NULL;
	*error = IPFW_NO_MEMORY;
	if (table == NULL)
		table = make_table(engine, &info);
	if (table != NULL)
		table->info.references++;
	return table;
}

void
run_table_release(struct run_table *table)
{
	table->info.references--;
}

enum ipfw_error
ipfw_table_create(
    struct ipfw_engine *engine, const struct ipfw_table_info *info)
{
	if (!engine->flavour->tables ||
	    strlen(info->name) > IPFW_TABLE_NAME_MAX)
		return IPFW_INVALID;
	if (find_table(engine, info->name) != NULL)
		return IPFW_EXISTS;
	return make_table(engine, info) != NULL ? IPFW_OK : IPFW_NO_MEMORY;
}

static void
empty_table(struct ipfw_engine *engine, struct run_table *table)
{
	engine->n_entries -= table->contents.n;
	free(table->contents.slots);
	memset(&table->contents, 0, sizeof(table->contents));
}

enum ipfw_error
ipfw_table_destroy(struct ipfw_engine *engine, const char *name)
{
	struct run_table *table = find_table(engine, name);
	size_t i = 0;

	if (table == NULL)
		return IPFW_NOT_FOUND;
	if (table->info.references > 0)
		return IPFW_BUSY;
	while (engine->tables[i] != table)
		i++;
	engine->tables[i] = engine->tables[--engine->n_tables];
	empty_table(engine, table);
	free(table);
	return IPFW_OK;
}

void
run_tables_free(struct ipfw_engine *engine)
{
	for (size_t i = 0; i < engine->n_tables; i++) {
		free(engine->tables[i]->contents.slots);
		free(engine->tables[i]);
	}
	free(engine->tables);
}

enum ipfw_error
ipfw_table_flush(struct ipfw_engine *engine, const char *name)
{
	struct run_table *table = find_table(engine, name);

	if (table == NULL)
		return IPFW_NOT_FOUND;
	empty_table(engine, table);
	return IPFW_OK;
}

enum ipfw_error
ipfw_table_swap(struct ipfw_engine *engine, const char *a, const char *b)
{
	struct run_table *left = find_table(engine, a);
	struct run_table *right = find_table(engine, b);
	struct contents contents;

	if (left == NULL || right == NULL)
		return IPFW_NOT_FOUND;
	if (left->info.type != right->info.type ||
	    left->info.flow_fields != right->info.flow_fields)
		return IPFW_INVALID;
	contents = left->contents;
	left->contents = right->contents;
	right->contents = contents;
	return IPFW_OK;
}

enum ipfw_error
ipfw_table_add(struct ipfw_engine *engine, const char *name,
    const struct ipfw_table_key *key, uint32_t value, bool update,
    bool *updated)
{
	struct run_table *table = find_table(engine, name);
	uint64_t words[KEY_WORDS];
	struct slot *slot;

	*updated = false;
	if (table == NULL)
		return IPFW_NOT_FOUND;
	if (!grow(&table->contents))
		return IPFW_NO_MEMORY;
	key_words(&table->info, key, words);
	slot = find_slot(&table->contents, words);
	if (slot->use == SLOT_USED) {
		*updated = update;
		if (update)
			slot->value = value;
		return update ? IPFW_OK : IPFW_EXISTS;
	}
	if (engine->n_entries >= engine->bounds.table_entries)
		return IPFW_LIMIT_REACHED;
	table->contents.n_taken += slot->use == SLOT_FREE;
	memcpy(slot->key, words, sizeof(words));
	slot->value = value;
	slot->use = SLOT_USED;
	table->contents.n++;
	engine->n_entries++;
	if (table->info.type == IPFW_TABLE_ADDR)
		table->contents
		    .lengths[family_index(key->family)][key->length]++;
	return IPFW_OK;
}

enum ipfw_error
ipfw_table_delete(struct ipfw_engine *engine, const char *name,
    const struct ipfw_table_key *key, uint32_t *value)
{
	struct run_table *table = find_table(engine, name);
	uint64_t words[KEY_WORDS];
	struct slot *slot;

	if (table == NULL)
		return IPFW_NOT_FOUND;
	key_words(&table->info, key, words);
	slot = find_slot(&table->contents, words);
	if (slot == NULL || slot->use != SLOT_USED)
		return IPFW_NOT_FOUND;
	*value = slot->value;
	slot->use = SLOT_DELETED;
	table->contents.n--;
	engine->n_entries--;
	if (table->info.type == IPFW_TABLE_ADDR)
		table->contents
		    .lengths[family_index(key->family)][key->length]--;
	return IPFW_OK;
}

enum ipfw_error
ipfw_table_lookup(const struct ipfw_engine *engine, const char *name,
    const struct ipfw_table_key *key, uint32_t *value,
    struct ipfw_table_key *found)
{
	const struct run_table *table = find_table(engine, name);
	const struct slot *slot;

	if (table == NULL)
		return IPFW_NOT_FOUND;
	slot = lookup(table, key);
	if (slot == NULL)
		return IPFW_NOT_FOUND;
	*value = slot->value;
	key_from_words(&table->info, slot->key, found);
	return IPFW_OK;
}

static struct ipfw_table_info
info_of(const struct run_table *table)
{
	struct ipfw_table_info info = table->info;

	info.n_entries = table->contents.n;
	return info;
}

bool
ipfw_table_find(const struct ipfw_engine *engine, const char *name,
    struct ipfw_table_info *info)
{
	const struct run_table *table = find_table(engine, name);

	if (table == NULL)
		return false;
	*info = info_of(table);
	return true;
}

size_t
ipfw_engine_n_tables(const struct ipfw_engine *engine)
{
	return engine->n_tables;
}

const struct run_table *
run_table_find(const struct ipfw_engine *engine, const char *name)
{
	return find_table(engine, name);
}

bool
run_table_next(
    const struct run_table *table, size_t *position, struct ipfw_table_row *row)
{
	const struct contents *contents = &table->contents;

	while (*position < contents->n_slots) {
		const struct slot *slot = &contents->slots[(*position)++];

		if (slot->use != SLOT_USED)
			continue;
		key_from_words(&table->info, slot->key, &row->key);
		row->value = slot->value;
		return true;
	}
	return false;
}

const struct ipfw_table_info *
run_table_info(const struct run_table *table)
{
	return &table->info;
}
