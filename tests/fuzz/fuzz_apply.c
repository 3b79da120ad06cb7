/*
 * Any bytes as an artefact and as what ipfw prints.
 *
 * Whatever they are, they are taken or refused; what is taken holds no string
 * that could be another command.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/apply/private.h"
#include "runtime/apply/words.h"

#define SIZE_LIMIT 65536

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
expect(bool holds, const char *what)
{
	if (holds)
		return;
	fprintf(stderr, "%s\n", what);
	abort();
}

/* Each line that would be loaded begins with one of three words. */
static void
check_lines(struct arena *arena, const struct artefact *artefact)
{
	struct buf lines;

	buf_init(&lines, arena);
	load_lines(artefact, 29, &lines);
	load_lifeline_lines(artefact, 29, 9, &lines);
	for (const char *line = lines.p; *line != '\0';) {
		size_t length = strcspn(line, "\n");

		expect(strncmp(line, "add ", 4) == 0 ||
			strncmp(line, "table akin29_", 13) == 0 ||
			strncmp(line, "set disable 29", 14) == 0,
		    line);
		expect(length < 4095, "a line is too long");
		expect(memchr(line, '#', length) == NULL, "a line is cut");
		line += length + (line[length] == '\n');
	}
}

static void
read_artefact(struct arena *arena, const char *text, size_t size)
{
	const char *wrong;
	struct artefact *artefact = artefact_read(arena, text, size, &wrong);

	expect((artefact == NULL) == (wrong != NULL), "no reason");
	if (artefact == NULL)
		return;
	check_lines(arena, artefact);
	for (size_t i = 0; i < artefact->nats.n; i++)
		expect(artefact->nats.v[i].kernel
			? words_are_nat(artefact->nats.v[i].words)
			: words_are_natd(artefact->nats.v[i].words),
		    "words of NAT");
}

static void
read_listing(struct arena *arena, const char *text, bool counters)
{
	struct listing_request request = {arena, counters};
	struct listing listing;
	const char *wrong;

	if (!listing_read(&request, text, false, &listing, &wrong))
		return;
	for (size_t i = 0; i < listing.rules.n; i++)
		expect(listing.rules.v[i].set < APPLY_SETS, "a set");
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *arena;
	char *text;

	if (size > SIZE_LIMIT)
		return 0;
	arena = arena_create(0, NULL, NULL);
	text = arena_strndup(arena, (const char *)data, size);
	read_artefact(arena, text, strlen(text));
	read_listing(arena, text, false);
	read_listing(arena, text, true);
	arena_destroy(arena);
	return 0;
}
