/*
 * A session is read line by line; a step is run when all of its recorded
 * answer has been read.  Each step has an arena of its own.
 */
#include <string.h>

#include "eval/emu/session.h"
#include "eval/emu/step.h"
#include "eval/emu/verify.h"

struct reader {
	const char *text;
	size_t size, at;
	unsigned long number; /* of the line */
};

struct recorded {
	const char *step;
	size_t step_length;
	const char *answer; /* lines of the session, as they stand */
	size_t answer_length;
	unsigned long number;
};

/* The next line without its newline; false at the end. */
static bool
next_line(struct reader *reader, const char **line, size_t *length)
{
	const char *end;

	if (reader->at >= reader->size)
		return false;
	*line = reader->text + reader->at;
	end = memchr(*line, '\n', reader->size - reader->at);
	*length = end != NULL ? (size_t)(end - *line)
			      : reader->size - reader->at;
	reader->at += *length + 1;
	reader->number++;
	return true;
}

static bool
begins(const char *line, size_t length, const char *start)
{
	size_t n = strlen(start);

	return length >= n && memcmp(line, start, n) == 0;
}

/* The lines that begin with "=" after a step. */
static void
read_answer(struct reader *reader, struct recorded *recorded)
{
	struct reader ahead = *reader;
	const char *line;
	size_t length;

	recorded->answer = reader->text + reader->at;
	recorded->answer_length = 0;
	while (next_line(&ahead, &line, &length) && begins(line, length, "=")) {
		*reader = ahead;
		recorded->answer_length = (size_t)(line + length -
		    recorded->answer);
	}
}

static bool
set_default(struct machine *machine, const char *line, size_t length)
{
	static const char allow[] = "default allow", deny[] = "default deny";

	if (length == strlen(allow) && memcmp(line, allow, length) == 0)
		ipfw_engine_set_default(machine->engine, true);
	else if (length == strlen(deny) && memcmp(line, deny, length) == 0)
		ipfw_engine_set_default(machine->engine, false);
	else
		return false;
	return true;
}

static struct recorded
recorded_step(struct reader *reader, const char *line, size_t length)
{
	struct recorded recorded = {
	    .step = line + 1 + (length > 1 && line[1] == ' '),
	    .number = reader->number,
	};

	recorded.step_length = (size_t)(line + length - recorded.step);
	read_answer(reader, &recorded);
	return recorded;
}

static void
write_answer(struct buf *out, const struct step *step)
{
	const char *line = step->answer.p;

	if (step->error != NULL)
		buf_printf(out, "= error: %s\n", step->error);
	while (*line != '\0') {
		size_t length = strcspn(line, "\n");

		buf_puts(out, "= ");
		buf_write(out, line, length);
		buf_putc(out, '\n');
		line += length + (line[length] == '\n');
	}
}

static bool
replay_step(
    struct machine *machine, const struct recorded *recorded, struct buf *out)
{
	struct arena *arena = arena_create(0, NULL, NULL);
	struct step step;

	if (arena == NULL)
		return false;
	step_run(machine, arena,
	    arena_strndup(arena, recorded->step, recorded->step_length), true,
	    &step);
	write_answer(out, &step);
	arena_destroy(arena);
	return true;
}

bool
session_replay(const struct run_flavour *flavour, const char *text, size_t size,
    struct buf *out)
{
	struct reader reader = {.text = text, .size = size};
	struct machine *machine = machine_create(flavour);
	bool ok = machine != NULL;
	const char *line;
	size_t length;

	while (ok && next_line(&reader, &line, &length)) {
		bool known = begins(line, length, "#") || length == 0;

		if (begins(line, length, "="))
			continue;
		buf_write(out, line, length);
		buf_putc(out, '\n');
		if (begins(line, length, ">")) {
			struct recorded recorded = recorded_step(
			    &reader, line, length);

			ok = replay_step(machine, &recorded, out);
		} else if (!known && !set_default(machine, line, length)) {
			buf_puts(out, "= error: not a line of a session\n");
		}
	}
	machine_destroy(machine);
	return ok;
}

static bool
verify_step(struct machine *machine, const char *name,
    const struct recorded *recorded, struct session_counts *counts,
    struct buf *report)
{
	struct arena *arena = arena_create(0, NULL, NULL);
	struct verify verify;
	struct step step;

	if (arena == NULL)
		return false;
	verify = (struct verify){
	    .arena = arena,
	    .step = arena_strndup(arena, recorded->step, recorded->step_length),
	    .recorded = recorded->answer,
	    .recorded_length = recorded->answer_length,
	};
	step_run(machine, arena, verify.step, false, &step);
	switch (verify_answer(&verify, &step)) {
	case VERIFY_NOTHING:
		break;
	case VERIFY_PASSED:
		counts->passed++;
		break;
	case VERIFY_SKIPPED:
		counts->skipped++;
		break;
	case VERIFY_FAILED:
		counts->failed++;
		buf_printf(report, "%s:%lu: %s\n", name, recorded->number,
		    verify.step);
		verify_report(&verify, &step, report);
		break;
	}
	arena_destroy(arena);
	return true;
}

bool
session_verify(const struct run_flavour *flavour, const char *name,
    const char *text, size_t size, struct session_counts *counts,
    struct buf *report)
{
	struct reader reader = {.text = text, .size = size};
	struct machine *machine = machine_create(flavour);
	bool ok = machine != NULL;
	const char *line;
	size_t length;

	while (ok && next_line(&reader, &line, &length)) {
		if (begins(line, length, ">")) {
			struct recorded recorded = recorded_step(
			    &reader, line, length);

			ok = verify_step(
			    machine, name, &recorded, counts, report);
		} else if (length > 0 && !begins(line, length, "#") &&
		    !set_default(machine, line, length)) {
			counts->failed++;
			buf_printf(report, "%s:%lu: not a line of a session\n",
			    name, reader.number);
		}
	}
	machine_destroy(machine);
	return ok;
}
