/*
 * Dynamic states as `ipfw -d list` shows them:
 *
 *	00400 3 120 (300s) STATE tcp 192.0.2.5 1002 <-> 198.51.100.7 443
 *
 * The counters and the time left stand there if rules are shown with theirs,
 * and later versions add the name of the state at the end.
 */
#include <stdlib.h>
#include <string.h>

#include "target/ipfw/names.h"
#include "target/ipfw/text/read.h"

#define BLANKS " \t\f\v\r"
#define WORDS_MAX 32
#define PROTOCOL_MAX 255

struct state_scan {
	struct ipfw_reader *reader;
	const char *words[WORDS_MAX];
	size_t n, at;
	struct ipfw_state *state;
};

static bool
fail(struct state_scan *scan, const char *message)
{
	scan->reader->code = IPFW_EXIT_DATA;
	scan->reader->message = message;
	scan->reader->word = scan->at;
	return false;
}

static void
split(struct state_scan *scan, const char *line)
{
	line += strspn(line, BLANKS);
	while (*line != '\0' && scan->n < WORDS_MAX) {
		size_t length = strcspn(line, BLANKS);

		scan->words[scan->n++] = arena_strndup(
		    scan->reader->arena, line, length);
		line += length;
		line += strspn(line, BLANKS);
	}
}

static const char *
word(const struct state_scan *scan)
{
	return scan->at < scan->n ? scan->words[scan->at] : "";
}

/* The current word as a number of at most MAX; taken if it is one. */
static bool
take_number(struct state_scan *scan, unsigned long max, unsigned long *number)
{
	const char *text = word(scan);
	char *end;

	if (text[0] < '0' || text[0] > '9')
		return false;
	*number = strtoul(text, &end, 10);
	if (*end != '\0' || *number > max)
		return false;
	scan->at++;
	return true;
}

/* "3 120 (300s)" */
static void
skip_counters(struct state_scan *scan)
{
	unsigned long number;

	while (take_number(scan, ~0UL, &number))
		continue;
	if (word(scan)[0] != '(')
		return;
	while (scan->at < scan->n && strchr(word(scan), ')') == NULL)
		scan->at++;
	scan->at += scan->at < scan->n;
}

static bool
take_kind(struct state_scan *scan)
{
	const char *kind = word(scan);
	unsigned long count;

	scan->at++;
	scan->state->parent = strcmp(kind, "PARENT") == 0;
	if (strcmp(kind, "STATE") == 0 || strcmp(kind, "LIMIT") == 0)
		return true;
	if (scan->state->parent && take_number(scan, ~0UL, &count))
		return true;
	scan->at--;
	return fail(scan, "neither STATE nor LIMIT nor PARENT");
}

static bool
take_protocol(struct state_scan *scan)
{
	unsigned long number;

	if (strcmp(word(scan), "proto") == 0) {
		scan->at++;
		if (!take_number(scan, PROTOCOL_MAX, &number))
			return fail(scan, "not the number of a protocol");
		scan->state->protocol = (unsigned)number;
		return true;
	}
	if (!ipfw_protocol_find(word(scan), &scan->state->protocol))
		return fail(scan, "not a protocol");
	scan->at++;
	return true;
}

static bool
take_end(struct state_scan *scan, struct addr *addr, uint16_t *port)
{
	enum family family;
	struct addr_range range;
	unsigned long number;
	int length;

	if (addr_parse(word(scan), strcspn(word(scan), "%"), &family, &range,
		&length) != ADDR_OK ||
	    length != -1)
		return fail(scan, "not an address");
	if (scan->state->family != FAMILY_NONE && scan->state->family != family)
		return fail(scan, "an address of another family");
	scan->state->family = family;
	*addr = range.lo;
	scan->at++;
	if (!take_number(scan, UINT16_MAX, &number))
		return fail(scan, "not a port");
	*port = (uint16_t)number;
	return true;
}

static bool
take_ends(struct state_scan *scan)
{
	struct ipfw_state *state = scan->state;

	if (!take_end(scan, &state->source, &state->source_port))
		return false;
	if (strcmp(word(scan), "<->") != 0)
		return fail(scan, "expected <->");
	scan->at++;
	return take_end(scan, &state->target, &state->target_port);
}

bool
ipfw_read_state(
    struct ipfw_reader *reader, const char *line, struct ipfw_state *out)
{
	struct state_scan scan = {.reader = reader, .state = out};
	unsigned long number;

	*out = (struct ipfw_state){.parent = false};
	split(&scan, line);
	if (!take_number(&scan, IPFW_DEFAULT_NUMBER, &number))
		return fail(
		    &scan, "the line does not begin with the number of a rule");
	out->number = (unsigned)number;
	skip_counters(&scan);
	return take_kind(&scan) && take_protocol(&scan) && take_ends(&scan);
}
