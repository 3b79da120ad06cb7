/*
 * Files of commands and listings, line by line, each fault with its place.
 *
 * A '#' cuts a line wherever it stands, and blanks behind a comma are nothing:
 * so ipfw(8) cuts its lines.  It reads 4095 bytes at once and would run the
 * rest of a longer line as a command of its own; such a line is refused here.
 */
#include <stdlib.h>
#include <string.h>

#include "target/ipfw/text/read_private.h"
#include "target/ipfw/ruleset.h"

#define LINE_LIMIT 4094 /* bytes without the newline */
#define BLANKS " \t\f\v\r\n"
#define STATES "## " /* heads the list of states */
#define HELP_COMMAND "give other commands to ipfw(8) by themselves"

struct file_scan {
	struct ipfw_reader *reader;
	struct diags *diags;
	uint32_t file;
	struct ipfw_ruleset *ruleset;
	const char *line;  /* of the text, with its end */
	size_t at, length; /* place of the line in the file */
	VEC(const char *) words;
	VEC(struct span) spans;
	bool ok;
};

static struct span
line_span(const struct file_scan *scan)
{
	return (struct span){
	    scan->file, (uint32_t)scan->at, (uint32_t)scan->length};
}

/* HELP says what to do; it may be NULL. */
static void
report(struct file_scan *scan, enum diag_code code, size_t word,
    const char *message, const char *help)
{
	struct span span = line_span(scan);
	struct diag *diag;

	if (word < scan->spans.n)
		span = scan->spans.v[word];
	diag = diag_add(scan->diags, code, span, "%s", message);
	if (help != NULL)
		diag_help(scan->diags, diag, "%s", help);
	scan->ok = false;
}

/* What the reader says about the words from FIRST on. */
static void
report_reader(struct file_scan *scan, size_t first)
{
	enum diag_code code = scan->reader->code == IPFW_EXIT_UNAVAILABLE
	    ? E_IPFW_KERNEL
	    : E_IPFW_REFUSED;

	report(scan, code, first + scan->reader->word, scan->reader->message,
	    scan->reader->code == IPFW_EXIT_NO_HOST
		? "write the address; no resolver is asked"
		: NULL);
}

static void
split_line(struct file_scan *scan, size_t length)
{
	struct arena *arena = scan->reader->arena;
	const char *line = scan->line;
	size_t i = 0;

	scan->words.n = scan->spans.n = 0;
	for (;;) {
		size_t start;

		while (i < length && strchr(BLANKS, line[i]) != NULL)
			i++;
		if (i == length)
			return;
		start = i;
		while (i < length && strchr(BLANKS, line[i]) == NULL)
			i++;
		vec_push(arena, &scan->words,
		    arena_strndup(arena, line + start, i - start));
		vec_push(arena, &scan->spans,
		    ((struct span){scan->file, (uint32_t)(scan->at + start),
			(uint32_t)(i - start)}));
	}
}

static void
read_add(struct file_scan *scan, size_t first)
{
	struct ipfw_reader *reader = scan->reader;
	struct ipfw_rule rule;

	if (!ipfw_read_rule(
		reader, scan->words.v + first, scan->words.n - first, &rule)) {
		report_reader(scan, first);
		return;
	}
	rule.origin = line_span(scan);
	if (!ipfw_ruleset_bind_tables(reader->arena, scan->ruleset, &rule)) {
		report(scan, E_IPFW_KERNEL, first,
		    "a table that this rule names has another type",
		    "name a table of the type that this place asks for");
		return;
	}
	ipfw_ruleset_insert(reader->arena, scan->ruleset, &rule);
}

static void
read_nat(struct file_scan *scan, size_t first)
{
	struct ipfw_nat nat = {.kernel = true};
	size_t options = first + 2;
	char *end;
	long id;

	if (scan->words.n < options ||
	    strcmp(scan->words.v[first + 1], "config") != 0) {
		report(scan, E_IPFW_COMMAND, first,
		    "only \"nat N config\" is read here", HELP_COMMAND);
		return;
	}
	id = strtol(scan->words.v[first], &end, 0);
	if (id <= 0 || id > IPFW_NUMBER_MAX || *end != '\0') {
		report(scan, E_IPFW_REFUSED, first, "illegal nat id",
		    "take a number from 1 to 65534");
		return;
	}
	nat.id = (uint32_t)id;
	if (!ipfw_read_nat(scan->reader, scan->words.v + options,
		scan->words.n - options, &nat)) {
		report_reader(scan, options);
		return;
	}
	nat.origin = scan->spans.v[first];
	vec_push(scan->reader->arena, &scan->ruleset->nats, nat);
}

static void
read_table(struct file_scan *scan, size_t first)
{
	if (first == scan->words.n) {
		report(
		    scan, E_IPFW_REFUSED, first - 1, "table needs name", NULL);
		return;
	}
	if (!ipfw_read_table(scan->reader, scan->words.v[first],
		scan->words.v + first + 1, scan->words.n - first - 1,
		scan->ruleset))
		report_reader(scan, first + 1);
}

static bool
is(const char *word, const char *name)
{
	return strncmp(word, name, strlen(word)) == 0;
}

/* "100 add allow …" is "add 100 allow …". */
static void
put_number_behind(struct file_scan *scan, size_t at)
{
	const char *word = scan->words.v[at];
	struct span span = scan->spans.v[at];

	if (!ipfw_scan_is_digit(word[0]) || at + 1 == scan->words.n)
		return;
	scan->words.v[at] = scan->words.v[at + 1];
	scan->words.v[at + 1] = word;
	scan->spans.v[at] = scan->spans.v[at + 1];
	scan->spans.v[at + 1] = span;
}

static void
read_command(struct file_scan *scan)
{
	const char *name;
	size_t at = 0;

	while (at < scan->words.n && scan->words.v[at][0] == '-')
		at++;
	if (at == scan->words.n) {
		if (at > 0)
			report(scan, E_IPFW_COMMAND, 0, "no command",
			    HELP_COMMAND);
		return;
	}
	put_number_behind(scan, at);
	name = scan->words.v[at];
	if (is(name, "add"))
		read_add(scan, at + 1);
	else if (is(name, "table"))
		read_table(scan, at + 1);
	else if (is(name, "nat"))
		read_nat(scan, at + 1);
	else if (is(name, "flush"))
		/* The file is meant to be the whole ruleset. */
		ipfw_ruleset_flush(scan->ruleset);
	else
		report(scan, E_IPFW_COMMAND, at,
		    "only add, table, nat and flush are read here",
		    HELP_COMMAND);
}

static void
read_listed(struct file_scan *scan)
{
	struct ipfw_line line;
	char *text = arena_strndup(
	    scan->reader->arena, scan->line, scan->length);

	if (!ipfw_read_line(scan->reader, text, &line)) {
		report_reader(scan, 0);
		return;
	}
	line.rule.origin = line_span(scan);
	if (line.disabled)
		scan->ruleset->disabled |= UINT32_C(1) << line.rule.set;
	ipfw_ruleset_bind_tables(
	    scan->reader->arena, scan->ruleset, &line.rule);
	ipfw_ruleset_insert(scan->reader->arena, scan->ruleset, &line.rule);
}

/* False at the end of the text. */
static bool
next_line(struct file_scan *scan, const struct source *source)
{
	const char *end;

	scan->at += scan->length + (scan->line != NULL);
	if (scan->at >= source->size)
		return false;
	scan->line = source->text + scan->at;
	end = memchr(scan->line, '\n', source->size - scan->at);
	scan->length = end != NULL ? (size_t)(end - scan->line)
				   : source->size - scan->at;
	return true;
}

/* Is the line one that ipfw(8) reads at once, without a NUL? */
static bool
check_line(struct file_scan *scan)
{
	scan->words.n = scan->spans.n = 0;
	if (memchr(scan->line, '\0', scan->length) != NULL) {
		report(scan, E_IPFW_REFUSED, 0, "a NUL in the line",
		    "take it out");
		return false;
	}
	if (scan->length > LINE_LIMIT) {
		report(scan, E_IPFW_LINE, 0,
		    "the rest of this line would be a command of its own",
		    "make several rules of it");
		return false;
	}
	return true;
}

static struct file_scan
file_scan_of(struct ipfw_reader *reader, struct diags *diags, uint32_t file,
    struct ipfw_ruleset *ruleset)
{
	return (struct file_scan){
	    .reader = reader,
	    .diags = diags,
	    .file = file,
	    .ruleset = ruleset,
	    .ok = true,
	};
}

bool
ipfw_read_file(struct ipfw_reader *reader, struct diags *diags, uint32_t file,
    struct ipfw_ruleset *ruleset)
{
	const struct source *source = sources_get(diags->sources, file);
	struct file_scan scan = file_scan_of(reader, diags, file, ruleset);

	while (next_line(&scan, source)) {
		const char *comment = memchr(scan.line, '#', scan.length);

		if (!check_line(&scan))
			continue;
		split_line(&scan,
		    comment != NULL ? (size_t)(comment - scan.line)
				    : scan.length);
		read_command(&scan);
	}
	return scan.ok;
}

bool
ipfw_read_listing(struct ipfw_reader *reader, struct diags *diags,
    uint32_t file, struct ipfw_ruleset *ruleset)
{
	const struct source *source = sources_get(diags->sources, file);
	struct file_scan scan = file_scan_of(reader, diags, file, ruleset);

	while (next_line(&scan, source)) {
		if (strncmp(scan.line, STATES, strlen(STATES)) == 0)
			break;
		if (!check_line(&scan))
			continue;
		split_line(&scan, scan.length);
		if (scan.words.n == 0)
			continue;
		if (strcmp(scan.words.v[0], "table") == 0)
			read_table(&scan, 1);
		else
			read_listed(&scan);
	}
	return scan.ok;
}
