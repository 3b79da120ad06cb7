/*
 * "table NAME create …" and "table NAME add …".  A word may be cut short as
 * long as only one begins so.
 */
#include <stdlib.h>
#include <string.h>

#include "target/ipfw/names.h"
#include "target/ipfw/text/read.h"
#include "target/ipfw/ruleset.h"

static const char *const commands[] = {"add", "delete", "create", "destroy",
    "flush", "modify", "swap", "info", "detail", "list", "lookup", "atomic",
    "lock", "unlock", NULL};
static const char *const create_options[] = {
    "type", "valtype", "algo", "limit", "locked", NULL};

struct table_scan {
	struct ipfw_reader *reader;
	const char *const *words;
	size_t n, at;
	const char *name;
	struct ipfw_ruleset *ruleset;
};

static bool
fail(struct table_scan *scan, enum ipfw_exit code, const char *format,
    const char *what)
{
	scan->reader->code = code;
	scan->reader->message = arena_printf(
	    scan->reader->arena, "%s: %s", format, what);
	scan->reader->word = scan->at;
	return false;
}

static const char *
current(const struct table_scan *scan)
{
	return scan->at < scan->n ? scan->words[scan->at] : NULL;
}

/* The only word of LIST that TEXT begins, or NULL. */
static const char *
find_word(const char *const *list, const char *text)
{
	const char *found = NULL;

	for (; *list != NULL; list++) {
		if (strncmp(*list, text, strlen(text)) != 0)
			continue;
		if (found != NULL)
			return NULL;
		found = *list;
	}
	return found;
}

static bool
check_name(struct table_scan *scan)
{
	size_t n = strspn(scan->name, IPFW_TABLE_NAME_BYTES);

	if (n == 0 || n > IPFW_TABLE_NAME_MAX || scan->name[n] != '\0' ||
	    strcmp(scan->name, "all") == 0)
		return fail(
		    scan, IPFW_EXIT_USAGE, "invalid table name", scan->name);
	return true;
}

/* "flow:src-ip,proto" is a type and which parts of a packet make the key. */
static bool
read_type(struct table_scan *scan, struct ipfw_table *table)
{
	const char *word = current(scan);
	size_t n = strcspn(word, ":");
	unsigned type;

	if (!ipfw_name_find(ipfw_table_types, word, n, &type))
		return fail(scan, IPFW_EXIT_USAGE, "unknown table type", word);
	table->type = (enum ipfw_table_type)type;
	if (word[n] == '\0')
		return true;
	if (table->type != IPFW_TABLE_FLOW)
		return fail(
		    scan, IPFW_EXIT_USAGE, "unsupported suboptions", word);
	table->flow = arena_strdup(scan->reader->arena, word + n + 1);
	return true;
}

static bool
read_create_option(
    struct table_scan *scan, struct ipfw_table *table, struct buf *options)
{
	const char *option = find_word(create_options, current(scan));

	if (option == NULL)
		return fail(
		    scan, IPFW_EXIT_USAGE, "invalid option", current(scan));
	scan->at++;
	if (strcmp(option, "locked") != 0 && current(scan) == NULL)
		return fail(scan, IPFW_EXIT_USAGE, "missing argument", option);
	if (strcmp(option, "type") == 0) {
		if (!read_type(scan, table))
			return false;
	} else {
		buf_printf(options, "%s%s", options->n > 0 ? " " : "", option);
		if (strcmp(option, "locked") == 0)
			return true;
		buf_printf(options, " %s", current(scan));
	}
	scan->at++;
	return true;
}

/*
 * Tables stand behind a listing, whose last rule no file can add: there they
 * have been made by the rules that name them.
 */
static bool
is_of_listing(const struct table_scan *scan, const struct ipfw_table *there,
    const struct ipfw_table *created)
{
	size_t n = scan->ruleset->rules.n;

	return n > 0 &&
	    scan->ruleset->rules.v[n - 1].number == IPFW_DEFAULT_NUMBER &&
	    there->entries.n == 0 && there->flow == NULL &&
	    there->options == NULL && there->type == created->type;
}

static bool
create(struct table_scan *scan)
{
	struct ipfw_table table = {.type = IPFW_TABLE_ADDR}, *added;
	struct buf options;

	buf_init(&options, scan->reader->arena);
	while (current(scan) != NULL)
		if (!read_create_option(scan, &table, &options))
			return false;
	added = ipfw_ruleset_table(scan->ruleset, scan->name);
	if (added != NULL && is_of_listing(scan, added, &table)) {
		added->flow = table.flow;
		added->options = options.n > 0 ? options.p : NULL;
		return true;
	}
	if (added != NULL)
		return fail(scan, IPFW_EXIT_OS, "the table exists", scan->name);
	added = ipfw_ruleset_add_table(
	    scan->reader->arena, scan->ruleset, scan->name, table.type);
	added->flow = table.flow;
	added->options = options.n > 0 ? options.p : NULL;
	return true;
}

static bool
read_address_key(struct table_scan *scan, const char **key)
{
	const char *word = current(scan);
	struct addr_range range;
	enum family family;
	enum addr_error error;
	struct prefix prefix;
	struct buf text;
	int length;

	error = addr_parse(word, strlen(word), &family, &range, &length);
	if (error == ADDR_BAD_LENGTH)
		return fail(scan, IPFW_EXIT_DATA, "bad mask width", word);
	if ((error != ADDR_OK && error != ADDR_HOST_BITS) ||
	    strchr(word, '-') != NULL)
		return fail(scan, IPFW_EXIT_NO_HOST, "hostname unknown", word);
	prefix.addr = range.lo;
	prefix.length = family == FAMILY_4 ? 32 : 128;
	if (length >= 0)
		prefix.length = (unsigned)length;
	buf_init(&text, scan->reader->arena);
	prefix_format(&text, family, prefix);
	*key = text.p;
	return true;
}

static bool
read_key(
    struct table_scan *scan, const struct ipfw_table *table, const char **key)
{
	const char *word = current(scan);
	size_t length = strlen(word);
	char *end;

	if (table->type == IPFW_TABLE_ADDR)
		return read_address_key(scan, key);
	if (table->type == IPFW_TABLE_NUMBER) {
		uint32_t number = (uint32_t)strtol(word, &end, 10);

		if (*end != '\0')
			return fail(
			    scan, IPFW_EXIT_DATA, "invalid number", word);
		*key = arena_printf(
		    scan->reader->arena, "%u", (unsigned)number);
		return true;
	}
	if (table->type == IPFW_TABLE_IFACE && length > IPFW_NAME_MAX)
		length = IPFW_NAME_MAX;
	*key = arena_strndup(scan->reader->arena, word, length);
	return true;
}

/* A value is a number, or an address that stands for one. */
static bool
read_value(struct table_scan *scan, struct ipfw_table_entry *entry)
{
	const char *word = current(scan);
	struct addr_range range;
	enum family family;
	int length;
	char *end;

	entry->has_value = true;
	entry->value = (uint32_t)strtoul(word, &end, 0);
	if (*end == '\0')
		return true;
	if (strpbrk(word, "-/") != NULL ||
	    addr_parse(word, strlen(word), &family, &range, &length) !=
		ADDR_OK ||
	    family != FAMILY_4)
		return fail(scan, IPFW_EXIT_OS, "unable to parse value", word);
	entry->value = (uint32_t)range.lo.lo;
	return true;
}

static size_t
hash_of(const char *key)
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325);

	for (; *key != '\0'; key++)
		hash = (hash ^ (unsigned char)*key) * UINT64_C(0x100000001b3);
	return (size_t)(hash ^ hash >> 29);
}

/* The slot of KEY, or the free one that it would have. */
static uint32_t *
find_slot(const struct ipfw_table *table, const char *key)
{
	size_t at = hash_of(key) & (table->n_slots - 1);

	while (table->slots[at] != 0 &&
	    strcmp(table->entries.v[table->slots[at] - 1].key, key) != 0)
		at = (at + 1) & (table->n_slots - 1);
	return &table->slots[at];
}

/* Take in entries that are new since; of at most half of the slots. */
static void
know_entries(struct arena *arena, struct ipfw_table *table)
{
	if (table->n_slots < 2 * (table->entries.n + 1)) {
		table->n_slots = 64;
		while (table->n_slots < 4 * (table->entries.n + 1))
			table->n_slots *= 2;
		table->slots = arena_calloc(
		    arena, table->n_slots, sizeof(*table->slots));
		table->n_known = 0;
	}
	for (; table->n_known < table->entries.n; table->n_known++)
		*find_slot(table, table->entries.v[table->n_known].key) =
		    (uint32_t)table->n_known + 1;
}

static bool
has_key(struct arena *arena, struct ipfw_table *table, const char *key)
{
	know_entries(arena, table);
	return *find_slot(table, key) != 0;
}

/* A table that is not there is made, if the key is an address. */
static struct ipfw_table *
table_for_add(struct table_scan *scan)
{
	struct ipfw_table *table = ipfw_ruleset_table(
	    scan->ruleset, scan->name);
	const char *key;

	if (table != NULL)
		return table;
	if (!read_address_key(scan, &key)) {
		fail(scan, IPFW_EXIT_USAGE,
		    "the table does not exist, and this is no address",
		    current(scan));
		return NULL;
	}
	return ipfw_ruleset_add_table(
	    scan->reader->arena, scan->ruleset, scan->name, IPFW_TABLE_ADDR);
}

static bool
add(struct table_scan *scan)
{
	struct ipfw_table *table;

	if (current(scan) == NULL)
		return fail(
		    scan, IPFW_EXIT_USAGE, "address required", scan->name);
	table = table_for_add(scan);
	if (table == NULL)
		return false;
	while (current(scan) != NULL) {
		struct ipfw_table_entry entry = {.has_value = false};

		if (!read_key(scan, table, &entry.key))
			return false;
		if (has_key(scan->reader->arena, table, entry.key))
			return fail(
			    scan, IPFW_EXIT_OS, "the record exists", entry.key);
		scan->at++;
		if (current(scan) != NULL) {
			if (!read_value(scan, &entry))
				return false;
			scan->at++;
		}
		vec_push(scan->reader->arena, &table->entries, entry);
	}
	return true;
}

bool
ipfw_read_table(struct ipfw_reader *reader, const char *name,
    const char *const *words, size_t n, struct ipfw_ruleset *ruleset)
{
	struct table_scan scan = {
	    .reader = reader,
	    .words = words,
	    .n = n,
	    .name = arena_strdup(reader->arena, name),
	    .ruleset = ruleset,
	};
	const char *command;

	if (!check_name(&scan))
		return false;
	if (n == 0)
		return fail(
		    &scan, IPFW_EXIT_USAGE, "table needs command", name);
	command = find_word(commands, words[0]);
	if (command != NULL && strcmp(command, "atomic") == 0) {
		scan.at++;
		command = n > 1 ? find_word(commands, words[1]) : NULL;
	}
	scan.at++;
	if (command != NULL && strcmp(command, "add") == 0)
		return add(&scan);
	if (command != NULL && strcmp(command, "create") == 0)
		return create(&scan);
	scan.at = 0;
	return fail(
	    &scan, IPFW_EXIT_USAGE, "no command that is read here", words[0]);
}
