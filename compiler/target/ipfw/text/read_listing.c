/*
 * What `ipfw list` and its kin print: a rule as its command has it, behind
 * "# DISABLED", the number, counters and the set.
 */
#include <stdlib.h>
#include <string.h>

#include "target/ipfw/text/read.h"

#define BLANKS " \t\f\v\r"
#define DISABLED "# DISABLED "
#define DISABLED_WORDS 2
#define COUNTERS 2

typedef VEC(const char *) line_words;

static void
split_line(struct arena *arena, const char *line, line_words *words)
{
	const char *p = line + strspn(line, BLANKS);

	while (*p != '\0') {
		size_t n = strcspn(p, BLANKS);

		vec_push(arena, words, arena_strndup(arena, p, n));
		p += n;
		p += strspn(p, BLANKS);
	}
}

static bool
is_number(const char *word, uint64_t *number)
{
	char *end;

	if (word[0] < '0' || word[0] > '9')
		return false;
	*number = strtoull(word, &end, 10);
	return *end == '\0';
}

/* Two numbers behind the first word are counters: take them out. */
static void
take_counters(line_words *words, struct ipfw_line *out)
{
	if (words->n < 1 + COUNTERS || !is_number(words->v[1], &out->packets) ||
	    !is_number(words->v[2], &out->bytes))
		return;
	out->has_counters = true;
	for (size_t i = 1 + COUNTERS; i < words->n; i++)
		words->v[i - COUNTERS] = words->v[i];
	words->n -= COUNTERS;
}

static bool
read_words(struct ipfw_reader *reader, line_words *words, struct ipfw_line *out)
{
	bool listing = reader->listing;
	uint64_t number;
	bool ok;

	if (words->n == 0 || !is_number(words->v[0], &number)) {
		reader->code = IPFW_EXIT_DATA;
		reader->message = "the line does not begin with the number of "
				  "a rule";
		reader->word = 0;
		return false;
	}
	take_counters(words, out);
	reader->listing = true;
	ok = ipfw_read_rule(reader, words->v, words->n, &out->rule);
	reader->listing = listing;
	if (out->has_counters && reader->word > 0)
		reader->word += COUNTERS;
	return ok;
}

bool
ipfw_read_line(
    struct ipfw_reader *reader, const char *line, struct ipfw_line *out)
{
	line_words words = {NULL, 0, 0};

	*out = (struct ipfw_line){
	    .disabled = strncmp(line, DISABLED, strlen(DISABLED)) == 0};
	if (out->disabled)
		line += strlen(DISABLED);
	split_line(reader->arena, line, &words);
	if (read_words(reader, &words, out))
		return true;
	if (out->disabled)
		reader->word += DISABLED_WORDS;
	return false;
}
