/*
 * /proc/net/route and /proc/net/ipv6_route, a line at a time: a router's
 * table may have a million of them.
 *
 * A line without its newline is not used.  If the text was cut off there, the
 * name at its end may have lost letters.
 */
#include <string.h>

#include "runtime/facts_linux_parse.h"

#define LINE_SIZE 512
#define FIELDS_MAX 16

/* Of linux/route.h. */
#define ROUTE_UP 0x0001u
#define ROUTE_REJECT 0x0200u

struct best {
	char card[FACTS_NAME_SIZE];
	uint32_t metric;
	bool found;
};

struct line {
	char *fields[FIELDS_MAX];
	size_t n;
};

typedef void (*line_reader)(struct best *best, const struct line *line);

static int
digit_value(char c, unsigned base)
{
	int value = -1;

	if (c >= '0' && c <= '9')
		value = c - '0';
	else if (c >= 'a' && c <= 'f')
		value = c - 'a' + 10;
	else if (c >= 'A' && c <= 'F')
		value = c - 'A' + 10;
	return value < (int)base ? value : -1;
}

/* All of TEXT as a number of 32 bits. */
static bool
parse_number(const char *text, unsigned base, uint32_t *number)
{
	uint64_t value = 0;

	if (*text == '\0')
		return false;
	for (; *text != '\0'; text++) {
		int digit = digit_value(*text, base);

		if (digit < 0)
			return false;
		value = value * base + (unsigned)digit;
		if (value > UINT32_MAX)
			return false;
	}
	*number = (uint32_t)value;
	return true;
}

static bool
is_zero(const char *text)
{
	return text[0] != '\0' && text[strspn(text, "0")] == '\0';
}

static bool
is_usable(uint32_t flags)
{
	return (flags & ROUTE_UP) != 0 && (flags & ROUTE_REJECT) == 0;
}

/* Of equal metrics the first counts, as it does for the kernel. */
static void
offer(struct best *best, const char *card, uint32_t metric)
{
	size_t length = strlen(card);

	if (length == 0 || length >= FACTS_NAME_SIZE)
		return;
	if (best->found && best->metric <= metric)
		return;
	memcpy(best->card, card, length + 1);
	best->metric = metric;
	best->found = true;
}

/* Iface Destination Gateway Flags RefCnt Use Metric Mask … */
static void
read_line4(struct best *best, const struct line *line)
{
	char *const *fields = line->fields;
	uint32_t flags, metric;

	if (line->n < 8 || !is_zero(fields[1]) || !is_zero(fields[7]))
		return;
	if (parse_number(fields[3], 16, &flags) && is_usable(flags) &&
	    parse_number(fields[6], 10, &metric))
		offer(best, fields[0], metric);
}

/* Destination Length Source Length Gateway Metric RefCnt Use Flags Iface */
static void
read_line6(struct best *best, const struct line *line)
{
	char *const *fields = line->fields;
	uint32_t flags, metric;

	if (line->n != 10)
		return;
	for (size_t i = 0; i < 4; i++) {
		if (!is_zero(fields[i]))
			return;
	}
	if (parse_number(fields[8], 16, &flags) && is_usable(flags) &&
	    parse_number(fields[5], 16, &metric))
		offer(best, fields[9], metric);
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static struct line
split(char *text)
{
	struct line line = {{NULL}, 0};

	while (line.n < FIELDS_MAX) {
		while (is_blank(*text))
			*text++ = '\0';
		if (*text == '\0')
			break;
		line.fields[line.n++] = text;
		while (*text != '\0' && !is_blank(*text))
			text++;
	}
	return line;
}

static void
read_lines(FILE *file, line_reader read_line, char card[FACTS_NAME_SIZE])
{
	struct best best = {.found = false};
	char text[LINE_SIZE];
	bool inside = false; /* the rest of a line that was too long */

	while (fgets(text, sizeof(text), file) != NULL) {
		size_t n = strlen(text);
		bool whole = n > 0 && text[n - 1] == '\n';

		if (whole && !inside) {
			struct line line;

			text[n - 1] = '\0';
			line = split(text);
			read_line(&best, &line);
		}
		inside = !whole;
	}
	memcpy(card, best.card, FACTS_NAME_SIZE);
}

void
facts_linux_route4(FILE *file, char card[FACTS_NAME_SIZE])
{
	read_lines(file, read_line4, card);
}

void
facts_linux_route6(FILE *file, char card[FACTS_NAME_SIZE])
{
	read_lines(file, read_line6, card);
}
