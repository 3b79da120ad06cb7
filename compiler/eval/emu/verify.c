/*
 * Recorded answers.
 */
#include <stdlib.h>
#include <string.h>

#include "eval/emu/verify.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

typedef VEC(const char *) line_list;

/* Of what is never emitted and never run; see the head of the vectors. */
static const char *const foreign_words[] = {"pipe", "queue", "sched", "call",
    "return", "tag", "untag", "tagged", "prob", "uid", "gid", "jail", "setfib",
    "fib"};

static void
split_lines(struct arena *arena, const char *text, size_t size,
    const char *lead, line_list *lines)
{
	size_t skip = strlen(lead);

	for (size_t at = 0; at < size;) {
		const char *line = text + at;
		const char *end = memchr(line, '\n', size - at);
		size_t length = end != NULL ? (size_t)(end - line) : size - at;
		size_t cut = length >= skip && memcmp(line, lead, skip) == 0
		    ? skip
		    : (length > 0 && *lead != '\0');

		vec_push(arena, lines,
		    (const char *)arena_strndup(
			arena, line + cut, length - cut));
		at += length + 1;
	}
}

static bool
has_word(
    struct arena *arena, const char *text, const char *const *words, size_t n)
{
	line_list parts = {NULL, 0, 0};
	char *copy = arena_strdup(arena, text);

	for (char *space = copy; *space != '\0'; space++)
		if (*space == ' ')
			*space = '\n';
	split_lines(arena, copy, strlen(copy), "", &parts);
	for (size_t i = 0; i < parts.n; i++)
		for (size_t j = 0; j < n; j++)
			if (strcmp(parts.v[i], words[j]) == 0)
				return true;
	return false;
}

/* The exit code that was recorded. */
static int
recorded_code(const line_list *recorded)
{
	static const char lead[] = "rc=";
	const char *last;

	if (recorded->n == 0)
		return 0;
	last = recorded->v[recorded->n - 1];
	if (strncmp(last, lead, strlen(lead)) != 0)
		return 0;
	return (int)strtol(last + strlen(lead), NULL, 10);
}

static bool
same_lines(const line_list *a, const line_list *b)
{
	if (a->n != b->n)
		return false;
	for (size_t i = 0; i < a->n; i++)
		if (strcmp(a->v[i], b->v[i]) != 0)
			return false;
	return true;
}

static bool
is_listing(struct arena *arena, const char *step)
{
	static const char *const words[] = {"list", "show", "print"};

	return has_word(arena, step, words, COUNT(words));
}

static enum verify_result
verify_command(struct verify *verify, const struct step *step,
    const line_list *recorded, const line_list *answered)
{
	int code = recorded_code(recorded);
	bool foreign = has_word(
	    verify->arena, verify->step, foreign_words, COUNT(foreign_words));
	static const char *const sysctl[] = {"sysctl"};

	if (code != step->code) {
		/* A sysctl that is not known answers 1, the recorded one 0. */
		if (foreign ||
		    (step->code == 1 &&
			has_word(verify->arena, verify->step, sysctl,
			    COUNT(sysctl))))
			return VERIFY_SKIPPED;
		return VERIFY_FAILED;
	}
	if (code == 0 && is_listing(verify->arena, verify->step) &&
	    !same_lines(recorded, answered))
		return VERIFY_FAILED;
	return VERIFY_PASSED;
}

struct parent {
	const char *rule, *set, *protocol;
	const char *source, *source_port, *target, *target_port;
	unsigned long count;
};

/* The word at *TEXT, which is cut off there; "" at the end. */
static const char *
cut_word(char **text)
{
	char *word = *text;
	size_t length = strcspn(word, " ");

	*text = word + length + (word[length] == ' ');
	word[length] = '\0';
	return word;
}

/* "state rule=R set=S PROTO A P <-> B P expire=… … PARENT count=N", IPv6 */
static bool
parse_parent(struct arena *arena, const char *line, struct parent *parent)
{
	const char *kind = strstr(line, " PARENT count=");
	char *text = arena_strdup(arena, line);

	if (kind == NULL || strcmp(cut_word(&text), "state") != 0)
		return false;
	parent->count = strtoul(strchr(kind, '=') + 1, NULL, 10);
	parent->rule = cut_word(&text);
	parent->set = cut_word(&text);
	parent->protocol = cut_word(&text);
	parent->source = cut_word(&text);
	parent->source_port = cut_word(&text);
	cut_word(&text);
	parent->target = cut_word(&text);
	parent->target_port = cut_word(&text);
	return strchr(parent->source, ':') != NULL;
}

static bool
same_address(const char *recorded, const char *answered)
{
	return strcmp(recorded, answered) == 0 ||
	    (strcmp(answered, "::") == 0 && strchr(recorded, ':') != NULL);
}

static bool
same_parent(const struct parent *recorded, const struct parent *answered)
{
	return strcmp(recorded->rule, answered->rule) == 0 &&
	    strcmp(recorded->set, answered->set) == 0 &&
	    strcmp(recorded->protocol, answered->protocol) == 0 &&
	    strcmp(recorded->source_port, answered->source_port) == 0 &&
	    strcmp(recorded->target_port, answered->target_port) == 0 &&
	    same_address(recorded->source, answered->source) &&
	    same_address(recorded->target, answered->target);
}

/* Take from RECORDED all parents that LINE, one of ours, stands for. */
static bool
take_parents(struct arena *arena, line_list *recorded, const char *line)
{
	struct parent ours, theirs;
	unsigned long count = 0;
	size_t kept = 0;

	if (!parse_parent(arena, line, &ours))
		return false;
	for (size_t i = 0; i < recorded->n; i++) {
		if (parse_parent(arena, recorded->v[i], &theirs) &&
		    same_parent(&theirs, &ours))
			count += theirs.count;
		else
			recorded->v[kept++] = recorded->v[i];
	}
	recorded->n = kept;
	return count == ours.count;
}

/* Take LINE from LINES; false if it is not there. */
static bool
take_line(line_list *lines, const char *line)
{
	for (size_t i = 0; i < lines->n; i++) {
		if (strcmp(line, lines->v[i]) != 0)
			continue;
		lines->v[i] = lines->v[--lines->n];
		return true;
	}
	return false;
}

/* The closing line, "states N", must count the lines above it. */
static bool
drop_total(struct arena *arena, line_list *lines)
{
	if (lines->n == 0)
		return false;
	lines->n--;
	return strcmp(lines->v[lines->n],
		   arena_printf(arena, "states %zu", lines->n)) == 0;
}

static bool
same_states(struct arena *arena, line_list *recorded, line_list *answered)
{
	size_t kept = 0;

	if (!drop_total(arena, recorded) || !drop_total(arena, answered))
		return false;
	for (size_t i = 0; i < answered->n; i++)
		if (!take_line(recorded, answered->v[i]))
			answered->v[kept++] = answered->v[i];
	for (size_t i = 0; i < kept; i++)
		if (!take_parents(arena, recorded, answered->v[i]))
			return false;
	return recorded->n == 0;
}

/* "time T states A->B keepalives K" */
static bool
parse_time(const char *line, unsigned long numbers[4])
{
	static const char *const leads[] = {
	    "time ", " states ", "->", " keepalives "};

	for (size_t i = 0; i < COUNT(leads); i++) {
		char *end;

		if (strncmp(line, leads[i], strlen(leads[i])) != 0)
			return false;
		line += strlen(leads[i]);
		numbers[i] = strtoul(line, &end, 10);
		if (end == line)
			return false;
		line = end;
	}
	return *line == '\0';
}

static bool
same_time(const struct step *step, const line_list *recorded,
    const line_list *answered)
{
	unsigned long theirs[4], ours[4];

	if (recorded->n != 1 || answered->n != 1 ||
	    !parse_time(recorded->v[0], theirs) ||
	    !parse_time(answered->v[0], ours))
		return false;
	return theirs[0] == ours[0] && theirs[3] == ours[3] &&
	    theirs[1] >= ours[1] && theirs[1] - ours[1] <= step->loose_before &&
	    theirs[2] >= ours[2] && theirs[2] - ours[2] <= step->loose_after;
}

enum verify_result
verify_answer(struct verify *verify, const struct step *step)
{
	line_list recorded = {NULL, 0, 0}, answered = {NULL, 0, 0};
	bool same = false;

	if (step->error != NULL)
		return VERIFY_FAILED;
	if (step->foreign)
		return VERIFY_SKIPPED;
	split_lines(verify->arena, verify->recorded, verify->recorded_length,
	    "= ", &recorded);
	split_lines(
	    verify->arena, step->answer.p, step->answer.n, "", &answered);
	switch (step->kind) {
	case STEP_COMMAND:
		return verify_command(verify, step, &recorded, &answered);
	case STEP_STATE:
		same = same_states(verify->arena, &recorded, &answered);
		break;
	case STEP_TIME:
		same = same_time(step, &recorded, &answered);
		break;
	case STEP_PACKET:
		same = same_lines(&recorded, &answered);
		break;
	case STEP_SETUP:
	case STEP_ECHO:
		/* These do not count, unless they say something else. */
		if (recorded.n == 0 || same_lines(&recorded, &answered))
			return VERIFY_NOTHING;
		break;
	}
	return same ? VERIFY_PASSED : VERIFY_FAILED;
}

static void
report_lines(const char *lead, const line_list *lines, struct buf *report)
{
	for (size_t i = 0; i < lines->n; i++)
		buf_printf(report, "  %s %s\n", lead, lines->v[i]);
}

void
verify_report(
    const struct verify *verify, const struct step *step, struct buf *report)
{
	line_list recorded = {NULL, 0, 0}, answered = {NULL, 0, 0};

	split_lines(verify->arena, verify->recorded, verify->recorded_length,
	    "= ", &recorded);
	split_lines(
	    verify->arena, step->answer.p, step->answer.n, "", &answered);
	report_lines("recorded:", &recorded, report);
	report_lines("answered:", &answered, report);
	if (step->error != NULL)
		buf_printf(report, "  error: %s\n", step->error);
}
