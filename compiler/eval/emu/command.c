/*
 * Words, options and the choice of the command.
 *
 * A single word is a whole line: it is split at blanks, blanks behind a comma
 * are dropped, and "#" begins a comment.  Of several words, one that ends with
 * a comma is joined to the next.
 */
#include <ctype.h>
#include <stdarg.h>
#include <string.h>

#include "eval/emu/command.h"

#define BLANKS " \t\f\v\n\r"

typedef VEC(const char *) word_list;

int
command_fail(const struct command *command, int code, const char *format, ...)
{
	va_list args;

	buf_printf(command->err, "%s: ", command->prefix);
	va_start(args, format);
	buf_vprintf(command->err, format, args);
	va_end(args);
	buf_putc(command->err, '\n');
	return code;
}

void
command_warn(const struct command *command, const char *format, ...)
{
	va_list args;

	buf_printf(command->err, "%s: ", command->prefix);
	va_start(args, format);
	buf_vprintf(command->err, format, args);
	va_end(args);
	buf_putc(command->err, '\n');
}

bool
command_is(const char *word, const char *full)
{
	return word != NULL && strncmp(word, full, strlen(word)) == 0;
}

unsigned long
command_number(const char *text)
{
	unsigned long number = 0;

	for (; isdigit((unsigned char)*text) && number < 100000000; text++)
		number = number * 10 + (unsigned long)(*text - '0');
	return number;
}

static void
split_line(
    struct arena *arena, const char *line, size_t length, word_list *words)
{
	struct buf word;
	bool joins = false;

	buf_init(&word, arena);
	for (size_t i = 0; i < length && line[i] != '#' && line[i] != '\0';
	     i++) {
		if (strchr(BLANKS, line[i]) == NULL) {
			joins = line[i] == ',';
			buf_putc(&word, line[i]);
		} else if (word.n > 0 && !joins) {
			vec_push(arena, words,
			    (const char *)arena_strdup(arena, word.p));
			buf_reset(&word);
		}
	}
	if (word.n > 0)
		vec_push(
		    arena, words, (const char *)arena_strdup(arena, word.p));
}

static void
join_words(
    struct arena *arena, const char *const *given, size_t n, word_list *words)
{
	struct buf word;

	buf_init(&word, arena);
	for (size_t i = 0; i < n; i++) {
		size_t length = strlen(given[i]);

		buf_puts(&word, given[i]);
		if (length > 0 && given[i][length - 1] == ',' && i + 1 < n)
			continue;
		vec_push(
		    arena, words, (const char *)arena_strdup(arena, word.p));
		buf_reset(&word);
	}
}

static bool
set_option(struct command_options *options, char letter)
{
	switch (letter) {
	case 'a':
		return options->counters = true;
	case 'd':
		return options->dynamic = true;
	case 'D':
		return options->dynamic = options->only_dynamic = true;
	case 'e':
		return options->expired = true;
	case 'i':
		return options->values_as_ip = true;
	case 'n':
		return options->dry = true;
	case 'q':
		return options->quiet = true;
	case 'S':
		return options->sets = true;
	case 't':
		options->time = 1;
		return true;
	case 'T':
		options->time = 2;
		return true;
	case 'b':
	case 'c':
	case 'f':
	case 'N':
	case 'v':
		return true;
	}
	return false;
}

/* Take the options off the words.  False: one is not known. */
static bool
take_options(struct command *command, const char *allowed)
{
	while (command->n > 0 && command->word[0][0] == '-' &&
	    command->word[0][1] != '\0') {
		const char *letter = command->word[0] + 1;

		command->word++;
		command->n--;
		if (strcmp(letter, "-") == 0)
			return true;
		for (; *letter != '\0'; letter++)
			if ((allowed != NULL &&
				strchr(allowed, *letter) == NULL) ||
			    !set_option(command->options, *letter))
				return false;
	}
	return true;
}

/* "100 add …" is "add 100 …". */
static void
swap_number(struct command *command)
{
	const char **words = (const char **)command->word;
	const char *first;

	if (command->n < 2 || !isdigit((unsigned char)words[0][0]))
		return;
	first = words[0];
	words[0] = words[1];
	words[1] = first;
}

static void
drop_words(struct command *command, size_t n)
{
	command->word += n;
	command->n -= n;
}

static int
take_set(struct command *command)
{
	const char *number = command->n > 1 ? command->word[1] : "";
	unsigned long set = command_number(number);

	if (!isdigit((unsigned char)number[0]))
		return 0;
	if (number[strspn(number, "0123456789")] != '\0' || set > IPFW_SET_MAX)
		return command_fail(
		    command, IPFW_EXIT_DATA, "invalid set number %s", number);
	command->has_set = true;
	command->set = (unsigned)set;
	drop_words(command, 2);
	return 0;
}

static int
run_rules(struct command *command)
{
	const char *word = command->word[0];

	if (command_is(word, "delete"))
		return command_delete(command);
	if (command_is(word, "flush"))
		return command_flush(command);
	if (command_is(word, "zero"))
		return command_zero(command, false);
	if (command_is(word, "resetlog"))
		return command_zero(command, true);
	if (command_is(word, "print") || command_is(word, "list"))
		return command_list(command, command->options->counters);
	if (command_is(word, "show"))
		return command_list(command, true);
	return command_fail(command, IPFW_EXIT_USAGE, "bad command `%s'", word);
}

static int
run_word(struct command *command)
{
	const char *word = command->word[0];

	if (command->has_set)
		return run_rules(command);
	if (command_is(word, "add"))
		return command_add(command);
	if (command_is(word, "set"))
		return command_sets(command);
	if (command_is(word, "table"))
		return command_table(command);
	if (command_is(word, "enable"))
		return command_switch(command, true);
	if (command_is(word, "disable"))
		return command_switch(command, false);
	return run_rules(command);
}

static int
dispatch(struct command *command)
{
	int code = 0;

	if (command->n == 0)
		return command_fail(command, IPFW_EXIT_USAGE,
		    "bad arguments, for usage summary ``ipfw''");
	swap_number(command);
	if (command_is(command->word[0], "nat")) {
		drop_words(command, 1);
		swap_number(command);
		return command_nat(command);
	}
	if (command_is(command->word[0], "set"))
		code = take_set(command);
	if (code != 0)
		return code;
	if (command->n == 0)
		return command_fail(
		    command, IPFW_EXIT_USAGE, "missing command");
	return run_word(command);
}

/* Options and a command.  Nothing at all is a call for help. */
static int
run_words(struct command *command)
{
	static const char usage[] = "usage: ipfw [options]";

	if (command->n == 0)
		return command_fail(command, IPFW_EXIT_USAGE, "%s", usage);
	if (strcmp(command->word[0], "sysctl") == 0)
		return command_sysctl(command);
	if (strcmp(command->word[0], "-h") == 0) {
		buf_printf(command->out, "%s\n", usage);
		return 0;
	}
	if (!take_options(command, NULL))
		return command_fail(command, IPFW_EXIT_USAGE, "%s", usage);
	return dispatch(command);
}

/* The words of a command of its own end with NULL. */
static void
set_words(struct command *command, word_list *words)
{
	vec_push(command->arena, words, (const char *)NULL);
	command->word = words->v;
	command->n = words->n - 1;
}

int
command_run(struct machine *machine, const char *const *words, size_t n,
    struct buf *out, struct buf *err)
{
	struct command_options options = {.time = 0};
	struct command command = {
	    .machine = machine,
	    .arena = out->arena,
	    .options = &options,
	    .prefix = "ipfw",
	    .out = out,
	    .err = err,
	};
	word_list list = {NULL, 0, 0};

	if (n == 1)
		split_line(out->arena, words[0], strlen(words[0]), &list);
	else
		join_words(out->arena, words, n, &list);
	set_words(&command, &list);
	return run_words(&command);
}

/* A line has an arena of its own: a file may have a million of them. */
static int
run_line(const struct command *file, unsigned long number, const char *line,
    size_t length)
{
	struct command command = *file;
	word_list list = {NULL, 0, 0};
	int code = 0;

	command.arena = arena_create(0, NULL, NULL);
	if (command.arena == NULL)
		return command_fail(file, IPFW_EXIT_OS, "out of memory");
	split_line(command.arena, line, length, &list);
	if (list.n > 0) {
		command.prefix = arena_printf(
		    command.arena, "Line %lu", number);
		set_words(&command, &list);
		code = run_words(&command);
	}
	arena_destroy(command.arena);
	return code;
}

/* The length of the line at TEXT as fgets(3) takes it, newline included. */
static size_t
line_length(const char *text, size_t size)
{
	const char *end;

	if (size > COMMAND_LINE_MAX)
		size = COMMAND_LINE_MAX;
	end = memchr(text, '\n', size);
	return end != NULL ? (size_t)(end - text) + 1 : size;
}

static int
run_lines(const struct command *command, const char *text, size_t size)
{
	unsigned long number = 0;
	size_t at = 0;
	int code = 0;

	while (at < size && code == 0) {
		size_t length = line_length(text + at, size - at);

		code = run_line(command, ++number, text + at, length);
		at += length;
	}
	return code;
}

int
command_run_file(struct machine *machine, const char *const *words, size_t n,
    const char *text, size_t size, struct buf *out, struct buf *err)
{
	struct command_options options = {.time = 0};
	struct command command = {
	    .machine = machine,
	    .arena = out->arena,
	    .options = &options,
	    .prefix = "ipfw",
	    .out = out,
	    .err = err,
	    .word = words,
	    .n = n,
	};

	if (!take_options(&command, "cfNnqS"))
		return command_fail(&command, IPFW_EXIT_USAGE,
		    "bad arguments, for usage summary ``ipfw''");
	if (command.n != 1)
		return command_fail(&command, IPFW_EXIT_USAGE,
		    "extraneous filename arguments %s", words[n - 1]);
	return run_lines(&command, text, size);
}
