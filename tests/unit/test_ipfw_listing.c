/*
 * Every command of the recorded sessions that adds, deletes, moves or lists
 * rules: the answer must be the one that was recorded, and so must the exit
 * code.  And every line of a listing reads as a rule that is listed so.
 */
#include <stdio.h>
#include <string.h>

#include "eval/emu/command.h"
#include "target/ipfw/text/read.h"
#include "target/ipfw/text/write.h"
#include "tests/unit/unit.h"
#include "tests/unit/vectors.h"

struct tally {
	size_t listings, lines, echoes, codes, failures, unreadable;
};

static bool
is_about(const struct vector_step *step, const char *word)
{
	for (size_t i = 0; i < step->words.n; i++)
		if (strcmp(step->words.v[i], word) == 0)
			return true;
	return false;
}

static bool
is_about_rules(const struct vector_step *step)
{
	return !is_about(step, "table") && !is_about(step, "sysctl") &&
	    !is_about(step, "flush");
}

/* Answers up to the states; what ipfw(8) says besides may be worded freely. */
static const char *
expected_text(struct arena *arena, const struct vector_step *step)
{
	struct buf text;

	buf_init(&text, arena);
	for (size_t i = 0; i < step->answers.n; i++) {
		const char *answer = step->answers.v[i];

		if (strncmp(answer, "## ", 3) == 0)
			break;
		if (strncmp(answer, "rc=", 3) != 0 &&
		    strncmp(answer, "ipfw: ", 6) != 0)
			buf_printf(&text, "%s\n", answer);
	}
	return text.p;
}

static void
count_step(struct tally *tally, const struct vector_step *step, int code)
{
	tally->codes++;
	tally->failures += code != 0;
	if (is_about(step, "add"))
		tally->echoes += step->answers.n > 0;
	if (!is_about(step, "list"))
		return;
	tally->listings++;
	tally->lines += step->answers.n;
}

static void
check_step(const struct vector *vector, const struct vector_step *step,
    int code, struct buf *out, struct buf *err)
{
	char *states = strstr(out->p, "## ");

	if (states != NULL)
		*states = '\0';
	ck_assert_msg(code == vector_code(step),
	    "%s:%zu: %s\nexit code %d (%s), not %d", vector->path, step->line,
	    step->text, code, err->p, vector_code(step));
	if (code == 0)
		ck_assert_msg(
		    strcmp(out->p, expected_text(out->arena, step)) == 0,
		    "%s:%zu: %s\n%s\nnot\n%s", vector->path, step->line,
		    step->text, out->p, expected_text(out->arena, step));
}

static void
run_vector(const struct vector *vector, struct tally *tally)
{
	struct machine *machine = machine_create(&run_freebsd);

	ck_assert_ptr_nonnull(machine);
	ipfw_engine_set_default(machine->engine, vector->default_allow);
	for (size_t i = 0; i < vector->steps.n; i++) {
		const struct vector_step *step = &vector->steps.v[i];
		struct arena *arena;
		struct buf out, err;
		int code;

		if (strcmp(step->words.v[0], "ipfw") != 0)
			continue;
		arena = unit_arena();
		buf_init(&out, arena);
		buf_init(&err, arena);
		code = command_run(
		    machine, step->words.v + 1, step->words.n - 1, &out, &err);
		if (is_about_rules(step)) {
			check_step(vector, step, code, &out, &err);
			count_step(tally, step, code);
		}
		arena_destroy(arena);
	}
	machine_destroy(machine);
}

START_TEST(sessions_list_what_was_recorded)
{
	struct arena *arena = unit_arena();
	struct tally tally = {0};
	vector_list list;

	vectors_read(arena, &list);
	for (size_t i = 0; i < list.n; i++)
		run_vector(&list.v[i], &tally);
	printf("%zu sessions: %zu listings of %zu lines, %zu echoes and %zu "
	       "exit codes (%zu of them not 0) compared\n",
	    list.n, tally.listings, tally.lines, tally.echoes, tally.codes,
	    tally.failures);
	ck_assert_uint_gt(tally.listings, 300);
	ck_assert_uint_gt(tally.failures, 250);
	arena_destroy(arena);
}
END_TEST

/* What ipfw(8) lists and cannot read itself. */
static bool
is_unreadable(const char *line)
{
	return strstr(line, "unreach6 ") != NULL ||
	    strstr(line, " or to ") != NULL ||
	    strstr(line, " to not me not ") != NULL;
}

static void
check_line(struct arena *arena, const char *answer, struct tally *tally)
{
	bool disabled = strncmp(answer, "# DISABLED ", 11) == 0;
	const char *plain = disabled ? answer + 11 : answer;
	struct ipfw_reader reader;
	struct ipfw_line line;
	struct buf text;

	ipfw_reader_init(&reader, arena);
	if (is_unreadable(answer)) {
		ck_assert_msg(
		    !ipfw_read_line(&reader, answer, &line), "%s", answer);
		tally->unreadable++;
		return;
	}
	ck_assert_msg(ipfw_read_line(&reader, answer, &line), "%s: %s", answer,
	    reader.message);
	buf_init(&text, arena);
	ipfw_write_listing(&text, &line.rule, strstr(answer, " set ") != NULL);
	ck_assert_str_eq(text.p, plain);
	ck_assert(line.disabled == disabled);
	tally->lines++;
}

static void
check_listing(
    struct arena *arena, const struct vector_step *step, struct tally *tally)
{
	for (size_t i = 0; i < step->answers.n; i++) {
		if (strncmp(step->answers.v[i], "## ", 3) == 0)
			break;
		check_line(arena, step->answers.v[i], tally);
	}
}

START_TEST(a_listed_line_is_listed_again)
{
	struct arena *all = unit_arena();
	struct tally tally = {0};
	vector_list list;

	vectors_read(all, &list);
	for (size_t i = 0; i < list.n; i++) {
		struct arena *arena = unit_arena();

		for (size_t j = 0; j < list.v[i].steps.n; j++) {
			const struct vector_step *step = &list.v[i].steps.v[j];

			if (is_about(step, "list") && is_about_rules(step) &&
			    vector_code(step) == 0)
				check_listing(arena, step, &tally);
		}
		arena_destroy(arena);
	}
	printf("%zu lines listed again, %zu cannot be read\n", tally.lines,
	    tally.unreadable);
	ck_assert_uint_gt(tally.lines, 5000);
	arena_destroy(all);
}
END_TEST

/* Traps of the commands about sets and numbers that no session shows. */
static const struct {
	const char *command;
	enum ipfw_exit code;
	const char *out; /* NULL: anything */
} traps[] = {
    {"100 add count ip from any to any", IPFW_EXIT_OK,
	"00100 count ip from any to any\n"},
    {"-q add 65435 count in", IPFW_EXIT_OK, ""},
    {"add count out", IPFW_EXIT_OK, "65435 count ip from any to any out\n"},
    {"-q flush", IPFW_EXIT_OK, ""},
    {"delete", IPFW_EXIT_USAGE, NULL},
    {"delete 0", IPFW_EXIT_UNAVAILABLE, NULL},
    {"-q add 100 count in", IPFW_EXIT_OK, ""},
    {"-q add 100 set 3 count out", IPFW_EXIT_OK, ""},
    {"-q add 101 set 31 count out", IPFW_EXIT_OK, ""},
    {"set 3 delete 101", IPFW_EXIT_UNAVAILABLE, NULL},
    {"set 3 delete 100", IPFW_EXIT_OK, ""},
    {"set 3 delete set 0", IPFW_EXIT_DATA, NULL},
    {"list 100", IPFW_EXIT_OK, "00100 count ip from any to any in\n"},
    {"delete 65535", IPFW_EXIT_UNAVAILABLE, NULL},
    /* 65536 is 0, and that is every rule outside of set 31. */
    {"delete 65536", IPFW_EXIT_OK, ""},
    {"list 100", IPFW_EXIT_UNAVAILABLE, NULL},
    {"list 101", IPFW_EXIT_OK, "00101 count ip from any to any out\n"},
    {"delete set 63", IPFW_EXIT_OK, ""},
    {"list", IPFW_EXIT_OK, "65535 deny ip from any to any\n"},
    {"set", IPFW_EXIT_USAGE, NULL},
    {"set flip", IPFW_EXIT_USAGE, NULL},
    {"set disable 32", IPFW_EXIT_DATA, NULL},
    {"set disable 1 enable 1", IPFW_EXIT_DATA, NULL},
    {"set disable one", IPFW_EXIT_DATA, NULL},
    {"set 32 list", IPFW_EXIT_DATA, NULL},
    {"set disable 1 31 2 enable 3", IPFW_EXIT_OK, ""},
    {"-q add 10 set 1 count in", IPFW_EXIT_OK, ""},
    {"-q add 20 set 3 count in", IPFW_EXIT_OK, ""},
    {"-q add 30 set 2 count in", IPFW_EXIT_OK, ""},
    {"-q add 40 set 2 unreach6 port out", IPFW_EXIT_OK, NULL},
    /* What has no line repeats the line before. */
    {"list", IPFW_EXIT_OK,
	"00020 count ip from any to any in\n"
	"00020 count ip from any to any in\n"
	"00020 count ip from any to any in\n"
	"65535 deny ip from any to any\n"},
    {"-S list 30-40", IPFW_EXIT_OK,
	"# DISABLED 00030 set 2 count ip from any to any in\n"
	"unreach6 port# DISABLED 00040 set 2  ip from any to any out\n"},
    {"set 3 list", IPFW_EXIT_OK, "00020 count ip from any to any in\n"},
    {"set swap 1", IPFW_EXIT_USAGE, NULL},
    {"set swap 1 32", IPFW_EXIT_DATA, NULL},
    {"set swap 1 3", IPFW_EXIT_OK, ""},
    {"set move 2 to 32", IPFW_EXIT_DATA, NULL},
    {"set move 2 3", IPFW_EXIT_USAGE, NULL},
    {"set move x to 3", IPFW_EXIT_DATA, NULL},
    {"set move 40 to 3", IPFW_EXIT_OK, ""},
    {"set move 2 to 0", IPFW_EXIT_OK, ""},
    /* 276 is 20 in the eight bits there are for it. */
    {"set move rule 276 to 7", IPFW_EXIT_OK, ""},
    {"-S list 10-30", IPFW_EXIT_OK,
	"00010 set 3 count ip from any to any in\n"
	"00020 set 7 count ip from any to any in\n"
	"00030 set 0 count ip from any to any in\n"},
    {"-n add 20 count foo", IPFW_EXIT_USAGE, NULL},
    {"list 5x", IPFW_EXIT_USAGE, NULL},
    {"list 5 5x", IPFW_EXIT_USAGE, NULL},
    {"set 3", IPFW_EXIT_USAGE, NULL},
    {"-q", IPFW_EXIT_USAGE, NULL},
    {"set 3 add 10 count in", IPFW_EXIT_USAGE, NULL},
};

START_TEST(traps_of_sets_and_numbers)
{
	struct machine *machine = machine_create(&run_freebsd);
	struct arena *arena = unit_arena();

	ck_assert_ptr_nonnull(machine);
	for (size_t i = 0; i < sizeof(traps) / sizeof(*traps); i++) {
		vector_words words = vector_split(arena, traps[i].command);
		struct buf out, err;
		int code;

		buf_init(&out, arena);
		buf_init(&err, arena);
		code = command_run(machine, words.v, words.n, &out, &err);
		ck_assert_msg(code == (int)traps[i].code, "%s: %d (%s)",
		    traps[i].command, code, err.p);
		if (traps[i].out != NULL)
			ck_assert_msg(strcmp(out.p, traps[i].out) == 0,
			    "%s\n%s", traps[i].command, out.p);
	}
	arena_destroy(arena);
	machine_destroy(machine);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("ipfw listing");
	TCase *tc = tcase_create("vectors");

	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, sessions_list_what_was_recorded);
	tcase_add_test(tc, a_listed_line_is_listed_again);
	tcase_add_test(tc, traps_of_sets_and_numbers);
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	return unit_run(suite());
}
