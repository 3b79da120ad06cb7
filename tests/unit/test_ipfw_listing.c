/*
 * Every command of the recorded sessions that adds, deletes, moves or lists
 * rules: the answer must be the one that was recorded, and so must the exit
 * code of each.
 */
#include <stdio.h>
#include <string.h>

#include "target/ipfw/command.h"
#include "tests/unit/unit.h"
#include "tests/unit/vectors.h"

struct session {
	const struct vector *vector;
	struct ipfw_reader reader;
	struct ipfw_ruleset ruleset;
	struct buf out;
	struct ipfw_command command;
};

struct tally {
	size_t listings, lines, echoes, codes, failures, sets;
};

static void
session_start(
    struct session *session, struct arena *arena, const struct vector *vector)
{
	*session = (struct session){.vector = vector};
	ipfw_reader_init(&session->reader, arena);
	buf_init(&session->out, arena);
	ipfw_ruleset_default(arena, &session->ruleset,
	    vector->default_allow ? IPFW_ALLOW : IPFW_DENY);
	ipfw_command_init(&session->command, &session->reader,
	    &session->ruleset, &session->out);
}

/* What ipfw(8) says besides; its wording is free. */
static bool
is_chatter(const char *answer)
{
	return strncmp(answer, "rc=", 3) == 0 ||
	    strncmp(answer, "ipfw: ", 6) == 0;
}

static const char *
expected_text(struct arena *arena, const struct vector_step *step)
{
	struct buf text;

	buf_init(&text, arena);
	for (size_t i = 0; i < step->answers.n; i++) {
		if (strncmp(step->answers.v[i], "## ", 3) == 0)
			break;
		if (!is_chatter(step->answers.v[i]))
			buf_printf(&text, "%s\n", step->answers.v[i]);
	}
	return text.p;
}

/* Tables have types, by which the kernel refuses rules. */
static void
run_table(struct session *session, const vector_words *words)
{
	if (words->n > 3 && strcmp(words->v[1], "table") == 0)
		ipfw_read_table(&session->reader, words->v[2], words->v + 3,
		    words->n - 3, &session->ruleset);
	if (words->n > 4 && strcmp(words->v[2], "table") == 0)
		ipfw_read_table(&session->reader, words->v[3], words->v + 4,
		    words->n - 4, &session->ruleset);
}

static bool
has_word(const vector_words *words, const char *word)
{
	for (size_t i = 0; i < words->n; i++)
		if (strcmp(words->v[i], word) == 0)
			return true;
	return false;
}

static void
count_step(struct tally *tally, const struct vector_step *step, int code)
{
	tally->codes++;
	tally->failures += code != 0;
	tally->sets += has_word(&step->words, "set") &&
	    has_word(&step->words, "show");
	if (has_word(&step->words, "add"))
		tally->echoes += step->answers.n > 0;
	if (!has_word(&step->words, "list"))
		return;
	tally->listings++;
	tally->lines += step->answers.n;
}

static void
run_step(struct session *session, const struct vector_step *step,
    struct tally *tally)
{
	struct arena *arena = session->out.arena;
	const vector_words *words = &step->words;
	enum ipfw_exit code = IPFW_EXIT_OK;

	if (strcmp(words->v[0], "ipfw") != 0)
		return;
	buf_reset(&session->out);
	if (!ipfw_command_run(
		&session->command, words->v + 1, words->n - 1, &code)) {
		run_table(session, words);
		return;
	}
	ck_assert_msg((int)code == vector_code(step),
	    "%s:%zu: %s\nexit code %d (%s), not %d", session->vector->path,
	    step->line, step->text, (int)code, session->command.message,
	    vector_code(step));
	if (code == IPFW_EXIT_OK && !has_word(words, "flush"))
		ck_assert_msg(
		    strcmp(session->out.p, expected_text(arena, step)) == 0,
		    "%s:%zu: %s\n%s\nnot\n%s", session->vector->path,
		    step->line, step->text, session->out.p,
		    expected_text(arena, step));
	count_step(tally, step, (int)code);
}

START_TEST(sessions_list_what_was_recorded)
{
	struct arena *all = unit_arena();
	struct tally tally = {0};
	vector_list list;

	vectors_read(all, &list);
	for (size_t i = 0; i < list.n; i++) {
		struct arena *arena = unit_arena();
		struct session session;

		session_start(&session, arena, &list.v[i]);
		for (size_t j = 0; j < list.v[i].steps.n; j++)
			run_step(&session, &list.v[i].steps.v[j], &tally);
		arena_destroy(arena);
	}
	printf("%zu sessions: %zu listings of %zu lines, %zu echoes, "
	       "%zu lists of sets and %zu exit codes (%zu of them not 0) "
	       "compared\n",
	    list.n, tally.listings, tally.lines, tally.echoes, tally.sets,
	    tally.codes, tally.failures);
	ck_assert_uint_gt(tally.listings, 0);
	ck_assert_uint_gt(tally.failures, 0);
	arena_destroy(all);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("ipfw listing");
	TCase *tc = tcase_create("vectors");

	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, sessions_list_what_was_recorded);
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	return unit_run(suite());
}
