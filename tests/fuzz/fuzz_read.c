/*
 * Any text as lines of ipfw(8): as commands, as a file of them, as a listing.
 *
 * A rule that is read is written as a line for a file, and that line must give
 * the same instructions and be written the same again.  Where the listing is
 * that very line, it must be read as the same rule, too.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "target/ipfw/text/read.h"
#include "target/ipfw/ruleset.h"
#include "target/ipfw/text/write.h"
#include "tests/unit/same_rule.h"

#define SIZE_LIMIT 65536
#define BLANKS " \t\f\v\r"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct words {
	VEC(const char *) list;
};

static struct words
split(struct arena *arena, const char *text)
{
	struct words words = {{NULL, 0, 0}};

	for (;;) {
		size_t n;

		text += strspn(text, BLANKS);
		n = strcspn(text, BLANKS);
		if (n == 0)
			return words;
		vec_push(arena, &words.list, arena_strndup(arena, text, n));
		text += n;
	}
}

static void
expect(bool holds, const char *what, const char *a, const char *b)
{
	if (holds)
		return;
	fprintf(stderr, "%s\n%s\n%s\n", what, a, b);
	abort();
}

/* The line without the "add" in front of it. */
static const char *
line_of(struct arena *arena, const struct ipfw_rule *rule)
{
	struct buf text;

	buf_init(&text, arena);
	ipfw_write_add(&text, rule, rule->set, true);
	return text.p + strlen("add ");
}

static const char *
listing_of(struct arena *arena, const struct ipfw_rule *rule)
{
	struct buf text;

	buf_init(&text, arena);
	ipfw_write_listing(&text, rule, true);
	return text.p;
}

/*
 * A name that was cut behind a comma joins the word behind it when it is read
 * again; ipfw(8) cannot read what it lists for it either.
 */
static bool
has_comma_at_end(const struct ipfw_rule *rule)
{
	for (size_t i = 0; i < rule->insns.n; i++) {
		const char *text = rule->insns.v[i].text;
		size_t n = text != NULL ? strlen(text) : 0;

		if (n > 0 && text[n - 1] == ',')
			return true;
	}
	return false;
}

static void
check_line(struct ipfw_reader *reader, const struct ipfw_rule *rule)
{
	const char *line = line_of(reader->arena, rule);
	struct words words = split(reader->arena, line);
	struct ipfw_rule again;

	expect(ipfw_read_rule(reader, words.list.v, words.list.n, &again),
	    "a line that was written is refused", line, reader->message);
	expect(same_rule(rule, &again), "it is another rule", line,
	    line_of(reader->arena, &again));
	expect(strcmp(line, line_of(reader->arena, &again)) == 0,
	    "it is written in another way", line,
	    line_of(reader->arena, &again));
}

/* A listing lies about rules whose instructions are not in order. */
static void
check_listing(struct ipfw_reader *reader, const struct ipfw_rule *rule)
{
	const char *listing = listing_of(reader->arena, rule);
	const char *line = line_of(reader->arena, rule);
	struct ipfw_line read;

	if (strcmp(listing + strspn(listing, "0"), line) != 0)
		return;
	expect(ipfw_read_line(reader, listing, &read), "a listing is refused",
	    listing, reader->message);
	expect(same_rule(rule, &read.rule), "a listing is another rule",
	    listing, listing_of(reader->arena, &read.rule));
}

static void
run_line(struct ipfw_reader *reader, const char *text)
{
	struct words words = split(reader->arena, text);
	struct ipfw_rule rule;
	struct ipfw_line line;

	ipfw_read_line(reader, text, &line);
	if (words.list.n == 0 || strcmp(words.list.v[0], "add") != 0 ||
	    !ipfw_read_rule(
		reader, words.list.v + 1, words.list.n - 1, &rule) ||
	    has_comma_at_end(&rule))
		return;
	check_line(reader, &rule);
	check_listing(reader, &rule);
}

static void
run_lines(struct ipfw_reader *reader, const char *text)
{
	while (*text != '\0') {
		size_t n = strcspn(text, "\n");

		run_line(reader, arena_strndup(reader->arena, text, n));
		text += n;
		text += *text == '\n';
	}
}

static void
run_file(struct arena *arena, struct ipfw_reader *reader, const char *text,
    size_t size)
{
	struct ipfw_ruleset ruleset = {.disabled = 0}, listed = {.disabled = 0};
	struct sources sources;
	struct diags diags;
	uint32_t file;

	sources_init(&sources, arena);
	diags_init(&diags, arena, &sources);
	file = sources_add(&sources, "input", text, size);
	ipfw_read_file(reader, &diags, file, &ruleset);
	ipfw_read_listing(reader, &diags, file, &listed);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *arena;
	struct ipfw_reader reader;
	char *text;

	if (size > SIZE_LIMIT)
		return 0;
	arena = arena_create(0, NULL, NULL);
	if (arena == NULL)
		return 0;
	text = arena_strndup(arena, (const char *)data, size);
	ipfw_reader_init(&reader, arena);
	run_lines(&reader, text);
	run_file(arena, &reader, (const char *)data, size);
	arena_destroy(arena);
	return 0;
}
