/*
 * table NAME create, destroy, add, delete, flush, list, lookup, swap, info.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "eval/emu/command.h"
#include "target/ipfw/names.h"
#include "target/ipfw/engine/table.h"

/* The words after "table NAME": the command and what belongs to it. */
struct table_command {
	struct command *command;
	const char *name;
	bool all;
	const char *const *word;
	size_t n;
};

static bool
is_name(const char *name)
{
	size_t length = strlen(name);

	if (length == 0 || length > IPFW_TABLE_NAME_MAX)
		return false;
	for (; *name != '\0'; name++)
		if (!isalnum((unsigned char)*name) && *name != '_' &&
		    *name != '-' && *name != '.')
			return false;
	return true;
}

/* A failure that the kernel reported. */
static int
fail_os(
    const struct table_command *table, const char *what, enum ipfw_error error)
{
	static const char *const reasons[] = {
	    [IPFW_OK] = "ok",
	    [IPFW_NO_MEMORY] = "Cannot allocate memory",
	    [IPFW_LIMIT_REACHED] = "limit hit",
	    [IPFW_INVALID] = "Invalid argument",
	    [IPFW_EXISTS] = "File exists",
	    [IPFW_NOT_FOUND] = "No such process",
	    [IPFW_BUSY] = "Device busy",
	};

	return command_fail(
	    table->command, IPFW_EXIT_OS, "%s: %s", what, reasons[error]);
}

static int
usage(const struct table_command *table, const char *what)
{
	return command_fail(table->command, IPFW_EXIT_USAGE, "%s", what);
}

static int
create(struct table_command *table)
{
	struct ipfw_table_info info = {.name = table->name};
	enum ipfw_error error;

	for (size_t i = 0; i < table->n; i++) {
		const char *option = table->word[i], *value;

		if (command_is(option, "locked"))
			continue;
		value = i + 1 < table->n ? table->word[++i] : NULL;
		if (value == NULL)
			return usage(table, "a value is required");
		if (command_is(option, "type")) {
			if (!ipfw_table_parse_type(value, &info))
				return usage(table, "unknown table type");
		} else if (command_is(option, "valtype")) {
			if (!ipfw_table_parse_value_type(
				value, &info.value_type))
				return usage(table, "unknown value type");
		} else if (!command_is(option, "algo") &&
		    !command_is(option, "limit")) {
			return usage(table, "invalid option");
		}
	}
	if (table->command->options->dry)
		return 0;
	error = ipfw_table_create(table->command->machine->engine, &info);
	if (error != IPFW_OK)
		return fail_os(table, "Table creation failed", error);
	return 0;
}

static void
write_entry(const struct table_command *table,
    const struct ipfw_table_info *info, const struct ipfw_table_key *key,
    uint32_t value)
{
	struct buf *out = table->command->out;

	ipfw_table_write_key(out, info, key);
	if (table->command->options->values_as_ip) {
		buf_putc(out, ' ');
		addr_format(out, FAMILY_4, (struct addr){0, value});
		buf_putc(out, '\n');
	} else {
		buf_printf(out, " %lu\n", (unsigned long)value);
	}
}

/* The code for a key that is none of its table's type. */
static int
bad_key(const struct table_command *table, const struct ipfw_table_info *info,
    const char *text)
{
	size_t plain = strcspn(text, "/");
	struct addr_range range;
	enum family family;
	int length;

	if (info->type == IPFW_TABLE_ADDR &&
	    addr_parse(text, plain, &family, &range, &length) != ADDR_OK)
		return command_fail(table->command, IPFW_EXIT_NO_HOST,
		    "hostname ``%s'' unknown", text);
	return command_fail(
	    table->command, IPFW_EXIT_DATA, "bad key ``%s''", text);
}

/*
 * The table that is named; for an address, one that is not there is made.
 * Returns an exit code.
 */
static int
find_or_make(
    struct table_command *table, const char *key, struct ipfw_table_info *info)
{
	struct ipfw_engine *engine = table->command->machine->engine;
	struct ipfw_table_key parsed;

	if (ipfw_table_find(engine, table->name, info))
		return 0;
	*info = (struct ipfw_table_info){.name = table->name};
	if (!ipfw_table_parse_key(info, key, &parsed))
		return command_fail(table->command, IPFW_EXIT_USAGE,
		    "Table %s does not exist, cannot guess key '%s' type",
		    table->name, key);
	buf_printf(table->command->err,
	    "DEPRECATED: inserting data info non-existent table %s. "
	    "(auto-created)\n",
	    table->name);
	return ipfw_table_create(engine, info) == IPFW_OK
	    ? 0
	    : fail_os(table, "Table creation failed", IPFW_NO_MEMORY);
}

/* A number in any base, or a dotted address where the type is legacy. */
static int
parse_value(const struct table_command *table,
    const struct ipfw_table_info *info, const char *text, uint32_t *value)
{
	bool legacy = info->value_type == RUN_VALUE_LEGACY;
	struct addr_range range;
	enum family family;
	char *end;
	int length;

	*value = (uint32_t)strtoul(text, &end, legacy ? 0 : 10);
	if (end != text && *end == '\0')
		return 0;
	if (!legacy)
		return command_fail(table->command, IPFW_EXIT_USAGE,
		    "Unable to parse value %s", text);
	if (addr_parse(text, strlen(text), &family, &range, &length) !=
		ADDR_OK ||
	    family != FAMILY_4)
		return command_fail(table->command, IPFW_EXIT_OS,
		    "Unable to parse value %s", text);
	*value = (uint32_t)range.lo.lo;
	return 0;
}

/* One key and its value; *TAKEN words are read. */
static int
add_entry(struct table_command *table, const char *const *word, size_t n,
    size_t *taken)
{
	struct command *command = table->command;
	struct ipfw_table_info info;
	struct ipfw_table_key key;
	enum ipfw_error error;
	uint32_t value = 0;
	bool updated;
	int code = find_or_make(table, word[0], &info);

	*taken = 1;
	if (code != 0)
		return code;
	if (!ipfw_table_parse_key(&info, word[0], &key))
		return bad_key(table, &info, word[0]);
	if (n > 1) {
		*taken = 2;
		code = parse_value(table, &info, word[1], &value);
		if (code != 0)
			return code;
	}
	error = ipfw_table_add(command->machine->engine, table->name, &key,
	    value, command->options->quiet, &updated);
	if (error != IPFW_OK)
		code = command_fail(command, IPFW_EXIT_OS,
		    "Adding record failed: %s",
		    error == IPFW_EXISTS ? "record already exists"
					 : "limit hit");
	buf_puts(command->out,
	    error == IPFW_EXISTS   ? "exists: "
		: error != IPFW_OK ? "error: "
		: updated	   ? "updated: "
				   : "added: ");
	write_entry(table, &info, &key, value);
	return code;
}

static int
add(struct table_command *table)
{
	size_t taken;
	int failed = 0;

	if (table->n == 0)
		return usage(table, "address required");
	/* Nothing can be asked of a kernel that must not be asked. */
	if (table->command->options->dry)
		return command_fail(table->command, IPFW_EXIT_DATA,
		    "Unsupported table type: 0");
	for (size_t i = 0; i < table->n; i += taken) {
		int code = add_entry(
		    table, table->word + i, table->n - i, &taken);

		if (code != 0)
			failed = code;
		if (code != 0 && code != IPFW_EXIT_OS)
			return code;
	}
	return failed;
}

static int
delete_entry(struct table_command *table, const struct ipfw_table_info *info,
    const char *word)
{
	struct command *command = table->command;
	struct ipfw_table_key key;
	uint32_t value = 0;
	int code = 0;

	if (!ipfw_table_parse_key(info, word, &key))
		return bad_key(table, info, word);
	if (ipfw_table_delete(command->machine->engine, table->name, &key,
		&value) != IPFW_OK) {
		code = command_fail(command, IPFW_EXIT_OS,
		    "Deleting record failed: record not found");
		buf_puts(command->out, "notfound: ");
	} else {
		buf_puts(command->out, "deleted: ");
	}
	write_entry(table, info, &key, value);
	return code;
}

static int delete (struct table_command *table)
{
	struct ipfw_table_info info;
	int failed = 0;

	if (table->n == 0)
		return usage(table, "address required");
	if (!ipfw_table_find(
		table->command->machine->engine, table->name, &info))
		return command_fail(table->command, IPFW_EXIT_DATA,
		    "Table %s does not exist", table->name);
	for (size_t i = 0; i < table->n; i++) {
		int code = delete_entry(table, &info, table->word[i]);

		if (code != 0)
			failed = code;
		if (code != 0 && code != IPFW_EXIT_OS)
			return code;
	}
	return failed;
}

static void
list_one(struct table_command *table, const struct ipfw_table_info *info)
{
	struct command *command = table->command;
	struct ipfw_table_row *rows;
	size_t n;

	buf_printf(command->out, "--- table(%s), set(0) ---\n", info->name);
	rows = ipfw_table_rows(
	    command->machine->engine, info->name, command->arena, &n);
	for (size_t i = 0; i < n; i++)
		write_entry(table, info, &rows[i].key, rows[i].value);
}

static void
show_info(struct table_command *table, const struct ipfw_table_info *info)
{
	const char *type = ipfw_name_of(ipfw_table_types, info->type);

	buf_printf(table->command->out,
	    "--- table(%s), set(0) ---\n type: %s\n references: %zu\n"
	    " items: %zu\n",
	    info->name, type != NULL ? type : "unknown", info->references,
	    info->n_entries);
}

static void
flush_one(struct table_command *table, const struct ipfw_table_info *info)
{
	ipfw_table_flush(table->command->machine->engine, info->name);
}

/* Do it to the table that is named, or to all. */
static int
for_each(struct table_command *table,
    void (*act)(struct table_command *, const struct ipfw_table_info *))
{
	struct ipfw_engine *engine = table->command->machine->engine;
	struct ipfw_table_info info;

	if (table->command->options->dry)
		return 0;
	if (!table->all) {
		if (!ipfw_table_find(engine, table->name, &info))
			return fail_os(table, "failed to request table info",
			    IPFW_NOT_FOUND);
		act(table, &info);
		return 0;
	}
	for (size_t i = 0; i < ipfw_engine_n_tables(engine); i++) {
		info = ipfw_engine_table(engine, i);
		act(table, &info);
	}
	return 0;
}

static int
look_up(struct table_command *table)
{
	struct command *command = table->command;
	struct ipfw_table_info info;
	struct ipfw_table_key key, found;
	uint32_t value;

	if (table->n == 0)
		return usage(table, "address required");
	if (!ipfw_table_find(command->machine->engine, table->name, &info))
		return command_fail(command, IPFW_EXIT_DATA,
		    "Table %s does not exist", table->name);
	if (!ipfw_table_parse_key(&info, table->word[0], &key))
		return bad_key(table, &info, table->word[0]);
	if (ipfw_table_lookup(command->machine->engine, table->name, &key,
		&value, &found) != IPFW_OK)
		return command_fail(command, IPFW_EXIT_UNAVAILABLE,
		    "Entry %s not found", table->word[0]);
	write_entry(table, &info, &found, value);
	return 0;
}

static int
destroy(struct table_command *table)
{
	enum ipfw_error error;

	if (table->command->options->dry)
		return 0;
	error = ipfw_table_destroy(
	    table->command->machine->engine, table->name);
	if (error != IPFW_OK)
		return fail_os(table, "failed to destroy table", error);
	return 0;
}

static int
swap(struct table_command *table)
{
	enum ipfw_error error;

	if (table->n == 0)
		return usage(table, "second table name required");
	if (!is_name(table->word[0]))
		return usage(table, "table name is invalid");
	if (table->command->options->dry)
		return 0;
	error = ipfw_table_swap(
	    table->command->machine->engine, table->name, table->word[0]);
	/* Of a table that is not there the command says nothing. */
	return error == IPFW_INVALID
	    ? usage(table, "Unable to swap table: check types")
	    : 0;
}

static int
run(struct table_command *table, const char *word)
{
	static const struct {
		const char *name;
		int (*act)(struct table_command *);
	} commands[] = {
	    {"add", add},
	    {"delete", delete},
	    {"create", create},
	    {"destroy", destroy},
	    {"lookup", look_up},
	    {"swap", swap},
	};

	if (command_is(word, "list"))
		return for_each(table, list_one);
	if (command_is(word, "flush"))
		return for_each(table, flush_one);
	if (command_is(word, "info") || command_is(word, "detail"))
		return for_each(table, show_info);
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
		if (command_is(word, commands[i].name))
			return table->all ? usage(table, "table name required")
					  : commands[i].act(table);
	return usage(table, "invalid table command");
}

int
command_table(struct command *command)
{
	struct table_command table = {.command = command};

	if (command->n < 2)
		return usage(&table, "table needs name");
	table.name = command->word[1];
	table.all = strcmp(table.name, "all") == 0;
	if (!table.all && !is_name(table.name))
		return usage(&table, "table name is invalid");
	if (command->n < 3)
		return usage(&table, "table needs command");
	table.word = command->word + 3;
	table.n = command->n - 3;
	return run(&table, command->word[2]);
}
