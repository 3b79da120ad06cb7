/*
 * Command lines of ipfw(8), with its exit codes.
 */
#include <stdarg.h>
#include <string.h>

#include "target/ipfw/command.h"
#include "target/ipfw/write.h"

void
ipfw_command_init(struct ipfw_command *command, struct ipfw_reader *reader,
    struct ipfw_ruleset *ruleset, struct buf *out)
{
	*command = (struct ipfw_command){
	    .reader = reader,
	    .ruleset = ruleset,
	    .out = out,
	    .message = "",
	    .set = -1,
	};
}

enum ipfw_exit
ipfw_command_fail(
    struct ipfw_command *command, enum ipfw_exit code, const char *format, ...)
{
	struct buf text;
	va_list args;

	buf_init(&text, command->out->arena);
	va_start(args, format);
	buf_vprintf(&text, format, args);
	va_end(args);
	command->message = text.p;
	return code;
}

bool
ipfw_command_is(const char *word, const char *name)
{
	return strncmp(word, name, strlen(word)) == 0;
}

int
ipfw_command_number(const char *word, bool *digit)
{
	*digit = word[0] >= '0' && word[0] <= '9';
	return ipfw_integer(word);
}

static enum ipfw_exit
run_add(struct ipfw_command *command, const char *const *words, size_t n)
{
	struct ipfw_reader *reader = command->reader;
	struct ipfw_rule rule, *added;

	if (!ipfw_read_rule(reader, words, n, &rule)) {
		/* Without the kernel nothing is refused by it. */
		if (command->dry && reader->code == IPFW_EXIT_UNAVAILABLE)
			return IPFW_EXIT_OK;
		return ipfw_command_fail(
		    command, reader->code, "%s", reader->message);
	}
	if (command->dry)
		return IPFW_EXIT_OK;
	if (!ipfw_ruleset_bind_tables(reader->arena, command->ruleset, &rule))
		return ipfw_command_fail(command, IPFW_EXIT_UNAVAILABLE,
		    "a table of this name has another type");
	added = ipfw_ruleset_insert(reader->arena, command->ruleset, &rule);
	if (command->hooks.added != NULL)
		command->hooks.added(command->hooks.context, added);
	if (!command->quiet) {
		ipfw_write_listing(command->out, added, command->sets);
		buf_putc(command->out, '\n');
	}
	return IPFW_EXIT_OK;
}

static size_t
delete_range(struct ipfw_command *command, const struct ipfw_range *range)
{
	if (command->dry)
		return 0;
	if (command->hooks.deleting != NULL)
		command->hooks.deleting(command->hooks.context, range);
	return ipfw_ruleset_delete(command->ruleset, range);
}

/*
 * Only the low bits of a number count, and number 0 is every rule outside of
 * set 31.  The kernel refuses the next number after one that deleted more
 * rules than there are sets, for the count is still in the request.
 */
static enum ipfw_exit
run_delete(struct ipfw_command *command, const char *const *words, size_t n)
{
	enum ipfw_exit code = IPFW_EXIT_OK;
	struct ipfw_range range = {.all = false};
	size_t deleted = 0, i = 0;
	bool sets, digit;

	if (n == 0)
		return ipfw_command_fail(
		    command, IPFW_EXIT_USAGE, "missing rule specification");
	sets = ipfw_command_is(words[0], "set");
	if (sets && command->set >= 0)
		return ipfw_command_fail(
		    command, IPFW_EXIT_DATA, "invalid syntax");
	for (i = sets; i < n; i++) {
		unsigned number = (unsigned)ipfw_command_number(
		    words[i], &digit);

		if (!digit)
			break;
		if (deleted > IPFW_SET_MAX)
			return ipfw_command_fail(command, IPFW_EXIT_UNAVAILABLE,
			    "rule %s: not deleted", words[i]);
		range.number = sets ? 0 : (uint16_t)number;
		range.all |= !sets && range.number == 0;
		range.by_number |= range.number != 0;
		range.by_set = sets || command->set >= 0;
		range.set = (uint8_t)(sets ? number & IPFW_SET_MAX
					   : (unsigned)command->set);
		deleted = delete_range(command, &range);
		if (deleted == 0)
			code = ipfw_command_fail(command, IPFW_EXIT_UNAVAILABLE,
			    "%s %s not found", sets ? "set" : "rule", words[i]);
	}
	return code;
}

static enum ipfw_exit
run_flush(struct ipfw_command *command)
{
	struct ipfw_range range = {
	    .all = command->set < 0,
	    .by_set = command->set >= 0,
	    .set = (uint8_t)command->set,
	};

	delete_range(command, &range);
	if (!command->quiet)
		buf_puts(command->out, "Flushed all rules.\n");
	return IPFW_EXIT_OK;
}

/* The letters of one word of options; false if one is not for rules. */
static bool
take_letters(struct ipfw_command *command, const char *letters)
{
	for (; *letters != '\0'; letters++) {
		switch (*letters) {
		case 'a':
			command->counters = true;
			break;
		case 'd':
			command->states = true;
			break;
		case 'e':
		case 'f':
		case 'i':
		case 'v':
			break;
		case 'n':
			command->dry = true;
			break;
		case 'q':
			command->quiet = true;
			break;
		case 'S':
			command->sets = true;
			break;
		default:
			return false;
		}
	}
	return true;
}

/* The command itself, "set N" and options taken away. */
static bool
run_named(struct ipfw_command *command, const char *const *words, size_t n,
    enum ipfw_exit *code)
{
	const char *name = words[0];

	if (command->set < 0) {
		static const char *const others[] = {"nat", "pipe", "queue",
		    "flowset", "sched", "table", "enable", "disable"};

		if (ipfw_command_is(name, "add")) {
			*code = run_add(command, words + 1, n - 1);
			return true;
		}
		if (ipfw_command_is(name, "set")) {
			*code = ipfw_command_sets(command, words + 1, n - 1);
			return true;
		}
		for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++)
			if (ipfw_command_is(name, others[i]))
				return false;
	}
	if (ipfw_command_is(name, "delete")) {
		*code = run_delete(command, words + 1, n - 1);
	} else if (ipfw_command_is(name, "flush")) {
		*code = run_flush(command);
	} else if (ipfw_command_is(name, "print") ||
	    ipfw_command_is(name, "list")) {
		*code = ipfw_command_list(command, words + 1, n - 1);
	} else if (ipfw_command_is(name, "show")) {
		command->counters = true;
		*code = ipfw_command_list(command, words + 1, n - 1);
	} else {
		return false;
	}
	return true;
}

/* "set N" in front: the command is about that set. */
static bool
take_set(struct ipfw_command *command, const char *const **words, size_t *n,
    enum ipfw_exit *code)
{
	bool digit;
	int set;

	if (*n < 2 || !ipfw_command_is((*words)[0], "set"))
		return true;
	set = ipfw_command_number((*words)[1], &digit);
	if (!digit)
		return true;
	if (set < 0 || set > IPFW_SET_MAX) {
		*code = ipfw_command_fail(command, IPFW_EXIT_DATA,
		    "invalid set number %s", (*words)[1]);
		return false;
	}
	command->set = set;
	*words += 2;
	*n -= 2;
	return true;
}

static bool
run_words(struct ipfw_command *command, const char *const *words, size_t n,
    enum ipfw_exit *code)
{
	const char **swapped = NULL;
	bool digit;

	for (; n > 0 && words[0][0] == '-'; words++, n--)
		if (!take_letters(command, words[0] + 1))
			return false;
	if (n == 0) {
		*code = ipfw_command_fail(
		    command, IPFW_EXIT_USAGE, "bad arguments");
		return true;
	}
	/* "100 add …" is "add 100 …". */
	ipfw_command_number(words[0], &digit);
	if (digit && n > 1) {
		swapped = arena_calloc(
		    command->out->arena, n, sizeof(*swapped));
		memcpy(swapped, words, n * sizeof(*swapped));
		swapped[0] = words[1];
		swapped[1] = words[0];
		words = swapped;
	}
	if (!take_set(command, &words, &n, code))
		return true;
	if (n == 0) {
		*code = ipfw_command_fail(
		    command, IPFW_EXIT_USAGE, "missing command");
		return true;
	}
	return run_named(command, words, n, code);
}

bool
ipfw_command_run(struct ipfw_command *command, const char *const *words,
    size_t n, enum ipfw_exit *code)
{
	struct ipfw_command fresh = *command;
	bool known;

	fresh.quiet = fresh.sets = fresh.counters = false;
	fresh.states = fresh.dry = false;
	fresh.set = -1;
	fresh.message = "";
	known = run_words(&fresh, words, n, code);
	command->message = fresh.message;
	return known;
}
