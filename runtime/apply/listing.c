/*
 * The output of `list` or `show` with -S and -d, `set show`, `table all list`
 * and `nat show config`, one behind the other.
 *
 * Each has lines of a shape of its own, so no line can be taken for another
 * command's.  A line of no known shape is an error: who does not understand
 * what the host runs must not change it.
 */
#include <stdlib.h>
#include <string.h>

#include "runtime/apply/private.h"

#define NUMBER_MAX 65535
#define TABLE_NAME_MAX 63

struct reading {
	const struct listing_request *request;
	struct listing *out;
	struct host_table *table; /* whose entries come */
	word_list entries;
	bool states; /* behind "## Dynamic rules" */
	bool sets;   /* were shown */
};

static bool
skip_text(const char **at, const char *text)
{
	size_t length = strlen(text);

	if (strncmp(*at, text, length) != 0)
		return false;
	*at += length;
	return true;
}

static bool
take_number(const char **at, uint64_t max, uint64_t *out)
{
	const char *start = *at;

	*out = 0;
	for (; **at >= '0' && **at <= '9'; ++*at) {
		if (*out > (UINT64_MAX - 9) / 10)
			return false;
		*out = *out * 10 + (uint64_t)(**at - '0');
	}
	return *at > start && *out <= max;
}

static void
skip_blanks(const char **at)
{
	while (**at == ' ')
		++*at;
}

/* "[# DISABLED ]00100 [3 252 ]set 10 allow …" */
static bool
read_rule(struct reading *reading, const char *line)
{
	struct host_rule rule = {0};
	const char *at = line;
	uint64_t number, set;

	skip_text(&at, "# DISABLED ");
	if (!take_number(&at, NUMBER_MAX, &number) || *at != ' ')
		return false;
	skip_blanks(&at);
	if (reading->request->counters) {
		if (!take_number(&at, UINT64_MAX, &rule.packets))
			return false;
		skip_blanks(&at);
		if (!take_number(&at, UINT64_MAX, &rule.bytes))
			return false;
		skip_blanks(&at);
	}
	if (!skip_text(&at, "set ") || !take_number(&at, 31, &set) ||
	    !skip_text(&at, " ") || *at == '\0')
		return false;
	rule.number = (uint16_t)number;
	rule.set = (uint8_t)set;
	rule.text = at;
	if (number == NUMBER_MAX)
		reading->out->fallback = rule.text;
	else
		vec_push(reading->request->arena, &reading->out->rules, rule);
	return true;
}

/* "00010 STATE tcp 192.0.2.1 4000 <-> 198.51.100.7 443", with counters more */
static bool
read_state(struct reading *reading, const char *line)
{
	const char *arrow = strstr(line, " <-> "), *at = line;
	uint64_t number;

	skip_blanks(&at);
	if (arrow == NULL || !take_number(&at, NUMBER_MAX, &number))
		return false;
	if (strstr(line, " PARENT ") != NULL)
		return true;
	vec_push(reading->request->arena, &reading->out->states, line);
	return true;
}

/* "disable 10 11 enable 0 1 2 …" */
static bool
read_sets(struct reading *reading, const char *line)
{
	bool disabled = false;
	uint32_t mask = 0;

	for (const char *at = line; *at != '\0'; skip_blanks(&at)) {
		uint64_t set;

		if (skip_text(&at, "disable"))
			disabled = true;
		else if (skip_text(&at, "enable"))
			disabled = false;
		else if (!take_number(&at, 31, &set))
			return false;
		else if (disabled)
			mask |= UINT32_C(1) << set;
		if (*at != ' ' && *at != '\0')
			return false;
	}
	reading->out->disabled = mask;
	reading->sets = true;
	return true;
}

static void
finish_table(struct reading *reading)
{
	if (reading->table == NULL)
		return;
	reading->table->n_entries = reading->entries.n;
	reading->table->digest = loaded_table_digest(
	    reading->request->arena, reading->entries.v, reading->entries.n);
	reading->entries.n = 0;
	reading->table = NULL;
}

/* "--- table(NAME), set(0) ---" */
static bool
read_table(struct reading *reading, const char *line)
{
	struct arena *arena = reading->request->arena;
	struct host_table table = {0};
	size_t length;

	finish_table(reading);
	if (!skip_text(&line, "--- table("))
		return false;
	length = strcspn(line, ")");
	if (length == 0 || length > TABLE_NAME_MAX || line[length] != ')')
		return false;
	table.name = arena_strndup(arena, line, length);
	vec_push(arena, &reading->out->tables, table);
	reading->table = &reading->out->tables.v[reading->out->tables.n - 1];
	return true;
}

/* "ipfw nat 1 config if em0 same_ports" */
static bool
read_nat(struct reading *reading, const char *line)
{
	struct host_nat nat = {.kernel = true};
	uint64_t id;

	finish_table(reading);
	if (!skip_text(&line, "ipfw nat ") ||
	    !take_number(&line, NUMBER_MAX, &id) ||
	    !skip_text(&line, " config"))
		return false;
	skip_blanks(&line);
	nat.id = (uint32_t)id;
	nat.shown = line;
	vec_push(reading->request->arena, &reading->out->nats, nat);
	return true;
}

static bool
read_line(struct reading *reading, const char *line)
{
	if (*line == '\0')
		return true;
	if (strncmp(line, "## Dynamic rules", 16) == 0)
		return reading->states = true;
	if (strncmp(line, "disable", 7) == 0 || strncmp(line, "enable", 6) == 0)
		return read_sets(reading, line);
	if (strncmp(line, "--- table(", 10) == 0)
		return read_table(reading, line);
	if (strncmp(line, "ipfw nat ", 9) == 0)
		return read_nat(reading, line);
	if (reading->table != NULL) {
		vec_push(reading->request->arena, &reading->entries, line);
		return true;
	}
	if (reading->sets)
		return false;
	return reading->states ? read_state(reading, line)
			       : read_rule(reading, line);
}

static bool
shows_sets(const char *line)
{
	return strncmp(line, "disable ", 8) == 0 ||
	    strncmp(line, "enable ", 7) == 0;
}

bool
listing_read(const struct listing_request *request, const char *text, bool skip,
    struct listing *out, const char **wrong)
{
	struct reading reading = {.request = request, .out = out};
	char *copy = arena_strdup(request->arena, text), *line = copy;

	memset(out, 0, sizeof(*out));
	while (*line != '\0') {
		size_t length = strcspn(line, "\n");
		bool last = line[length] == '\0';

		line[length] = '\0';
		*wrong = line;
		if (skip)
			skip = !shows_sets(line);
		else if (!read_line(&reading, line))
			return false;
		line += length + !last;
	}
	finish_table(&reading);
	*wrong = "the end, where the sets are due";
	return reading.sets;
}
