/*
 * Any text as a session of the emulator: rules, packets, time, translators.
 *
 * What a session answers, it must answer again: a replay is replayed as
 * itself, and verified by its own answers.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "eval/emu/session.h"

#define SIZE_LIMIT 16384

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
expect(bool holds, const char *what, const char *a, const char *b)
{
	if (holds)
		return;
	fprintf(stderr, "%s\n%s\n%s\n", what, a, b);
	abort();
}

static void
run(struct arena *arena, const struct run_flavour *flavour, const char *text,
    size_t size)
{
	struct session_counts counts = {0, 0, 0};
	struct buf first, second, report;

	buf_init(&first, arena);
	buf_init(&second, arena);
	buf_init(&report, arena);
	if (!session_replay(flavour, text, size, &first) ||
	    !session_replay(flavour, first.p, first.n, &second) ||
	    !session_verify(
		flavour, "input", first.p, first.n, &counts, &report))
		return;
	expect(first.n == second.n && memcmp(first.p, second.p, first.n) == 0,
	    "a replay is replayed as something else", first.p, second.p);
	/* What is no step, and the packets that no vector has, fail. */
	expect(counts.failed == 0 || strstr(first.p, "= error: ") != NULL ||
		strstr(first.p, "inner=") != NULL,
	    "a replay does not verify", first.p, report.p);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct run_flavour *const flavours[] = {
	    &run_freebsd, &run_darwin};

	if (size == 0 || size > SIZE_LIMIT || memchr(data, '\0', size) != NULL)
		return 0;
	for (size_t i = 0; i < sizeof(flavours) / sizeof(flavours[0]); i++) {
		struct arena *arena = arena_create(0, NULL, NULL);

		if (arena == NULL)
			return 0;
		run(arena, flavours[i], (const char *)data, size);
		arena_destroy(arena);
	}
	return 0;
}
