/*
 * One table drives parsing; each option means something to some requests.
 */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/suggest.h"
#include "runtime/control/options.h"

enum option_id {
	OPTION_CONFIRM,
	OPTION_DENIALS,
	OPTION_FOLLOW,
	OPTION_FORCE,
	OPTION_HELP,
	OPTION_INTERVAL,
	OPTION_JSON,
	OPTION_LINES,
	OPTION_SERVICE,
	OPTION_SOCKET,
	OPTION_VERSION,
};

#define BIT(verb) (1u << (verb))
#define ALWAYS UINT32_MAX
#define STARTING (BIT(CONTROL_START) | BIT(CONTROL_STOP) | BIT(CONTROL_RESTART))

struct option_row {
	const char *name;
	enum option_id id;
	bool has_value;
	uint32_t verbs; /* that it means something to */
};

static const struct option_row rows[] = {
    {"--confirm", OPTION_CONFIRM, true, BIT(CONTROL_RELOAD)},
    {"--denials", OPTION_DENIALS, true, BIT(CONTROL_MONITOR)},
    {"--follow", OPTION_FOLLOW, false, BIT(CONTROL_LOG)},
    {"-f", OPTION_FOLLOW, false, BIT(CONTROL_LOG)},
    {"--force", OPTION_FORCE, false, BIT(CONTROL_RELOAD)},
    {"--help", OPTION_HELP, false, ALWAYS},
    {"-h", OPTION_HELP, false, ALWAYS},
    {"--interval", OPTION_INTERVAL, true, BIT(CONTROL_MONITOR)},
    {"-i", OPTION_INTERVAL, true, BIT(CONTROL_MONITOR)},
    {"--json", OPTION_JSON, false, ALWAYS},
    {"--lines", OPTION_LINES, true, BIT(CONTROL_LOG)},
    {"-n", OPTION_LINES, true, BIT(CONTROL_LOG)},
    {"--service", OPTION_SERVICE, true, STARTING},
    {"--socket", OPTION_SOCKET, true, ALWAYS},
    {"--version", OPTION_VERSION, false, ALWAYS},
};

#define N_ROWS (sizeof(rows) / sizeof(rows[0]))

/* What is being read. */
struct reader {
	struct control_options *options;
	char **next, **end;
	const char *command; /* NULL before it was met */
	const struct option_row *given[N_ROWS];
	size_t n_given;
};

const char *
control_options_help(void)
{
	return "usage: akinctl [OPTIONS] COMMAND\n"
	       "\n"
	       "  start        put the policy in force; start akind for it\n"
	       "  stop         take the rules out that are akin's\n"
	       "  restart      read everything anew, NAT daemons included\n"
	       "  status       what is in force; exit code 1 if it drifts\n"
	       "  nic          the active card, or `disabled`\n"
	       "  reload       read the policy again\n"
	       "  confirm      keep the ruleset that waits for it\n"
	       "  rollback     go back to the ruleset before\n"
	       "  log          what akind has done\n"
	       "  monitor      all of it, live\n"
	       "\n"
	       "  --socket=PATH        where akind listens\n"
	       "  --json               for programs\n"
	       "  --confirm=SECONDS    reload: go back then, unless confirmed\n"
	       "  --force              reload: even if this login is cut off\n"
	       "  --follow, -f         log: go on with what comes\n"
	       "  --lines=N, -n N      log: as many to begin with; 20\n"
	       "  --interval=N, -i N   monitor: every so many seconds; 1\n"
	       "  --denials=FILE       monitor: where the kernel's log goes\n"
	       "  --service=PATH       start, stop, restart: the program that\n"
	       "                       starts services\n"
	       "  --help, --version\n"
	       "\n"
	       "Exit: 0 fine, 1 drift or a wrong policy, 2 usage, 3 akind does"
	       " not run\n"
	       "or could not do it, 70 a bug.\n";
}

static bool
usage(const char *format, const char *word)
{
	fputs("akinctl: ", stderr);
	fprintf(stderr, format, word);
	fputs("\nTry `akinctl --help`.\n", stderr);
	return false;
}

static bool
refuse_word(const char *word, const struct suggest *suggest, const char *what)
{
	fprintf(stderr, "akinctl: there is no %s '%s'", what, word);
	if (suggest->best != NULL)
		fprintf(stderr, "; did you mean '%s'?\n", suggest->best);
	else
		fputs("\nTry `akinctl --help`.\n", stderr);
	return false;
}

static bool
refuse_command(const char *word)
{
	struct suggest suggest;

	suggest_init(&suggest, word);
	for (int verb = 0; verb < CONTROL_VERBS; verb++)
		suggest_offer(
		    &suggest, control_verb_name((enum control_verb)verb));
	return refuse_word(word, &suggest, "command");
}

static bool
refuse_option(const char *word)
{
	struct suggest suggest;

	suggest_init(&suggest, word);
	for (size_t i = 0; i < N_ROWS; i++)
		suggest_offer(&suggest, rows[i].name);
	return refuse_word(word, &suggest, "option");
}

/* Decimal digits from LEAST to MOST and nothing else. */
static bool
read_number(const char *text, long least, long most, long *number)
{
	char *end;

	errno = 0;
	*number = strtol(text, &end, 10);
	if (text[0] < '0' || text[0] > '9' || *end != '\0' || errno != 0 ||
	    *number < least || *number > most)
		return usage("'%s' is not a number that fits here", text);
	return true;
}

static bool
set_number(
    struct control_request *request, enum option_id id, const char *value)
{
	long number;

	if (!read_number(value, id == OPTION_INTERVAL ? 1 : 0,
		id == OPTION_LINES ? 100000 : CONTROL_SECONDS_MAX, &number))
		return false;
	if (id == OPTION_CONFIRM)
		request->confirm = (int)number;
	else if (id == OPTION_LINES)
		request->lines = (unsigned)number;
	else
		request->interval = (unsigned)number;
	return true;
}

static bool
set_option(
    struct control_options *options, enum option_id id, const char *value)
{
	switch (id) {
	case OPTION_CONFIRM:
	case OPTION_INTERVAL:
	case OPTION_LINES:
		return set_number(&options->request, id, value);
	case OPTION_DENIALS:
		options->denials = value;
		return true;
	case OPTION_FOLLOW:
		options->request.follow = true;
		return true;
	case OPTION_FORCE:
		options->request.force = true;
		return true;
	case OPTION_HELP:
		options->help = true;
		return true;
	case OPTION_JSON:
		options->json = true;
		return true;
	case OPTION_SERVICE:
		options->service = value;
		return true;
	case OPTION_SOCKET:
		options->socket = value;
		return true;
	case OPTION_VERSION:
		options->version = true;
		return true;
	}
	return false;
}

static const struct option_row *
find_row(const char *name, size_t length)
{
	for (size_t i = 0; i < N_ROWS; i++)
		if (strlen(rows[i].name) == length &&
		    strncmp(rows[i].name, name, length) == 0)
			return &rows[i];
	return NULL;
}

static void
note_given(struct reader *reader, const struct option_row *row)
{
	for (size_t i = 0; i < reader->n_given; i++)
		if (reader->given[i] == row)
			return;
	reader->given[reader->n_given++] = row;
}

/* "--name", "--name=value" or "--name" and the value as the next word. */
static bool
read_option(struct reader *reader, const char *word)
{
	const char *equals = strchr(word, '=');
	size_t length = equals == NULL ? strlen(word) : (size_t)(equals - word);
	const struct option_row *row = find_row(word, length);
	const char *value = equals == NULL ? NULL : equals + 1;

	if (row == NULL)
		return refuse_option(word);
	if (!row->has_value && value != NULL)
		return usage("%s takes no value", row->name);
	if (row->has_value && value == NULL) {
		if (reader->next == reader->end)
			return usage("%s needs a value", row->name);
		value = *reader->next++;
	}
	note_given(reader, row);
	return set_option(reader->options, row->id, value);
}

static bool
read_operand(struct reader *reader, const char *word)
{
	if (reader->command != NULL)
		return usage("'%s' is one operand too many", word);
	reader->command = word;
	return control_verb_find(word, &reader->options->request.verb) ||
	    refuse_command(word);
}

static bool
read_words(struct reader *reader)
{
	bool operands_only = false;

	while (reader->next < reader->end) {
		const char *word = *reader->next++;

		if (!operands_only && strcmp(word, "--") == 0)
			operands_only = true;
		else if (!operands_only && word[0] == '-'
			? !read_option(reader, word)
			: !read_operand(reader, word))
			return false;
	}
	return true;
}

static bool
options_fit(const struct reader *reader)
{
	enum control_verb verb = reader->options->request.verb;

	for (size_t i = 0; i < reader->n_given; i++) {
		if ((reader->given[i]->verbs & BIT(verb)) == 0) {
			fprintf(stderr, "akinctl: %s means nothing to %s\n",
			    reader->given[i]->name, reader->command);
			return false;
		}
	}
	return true;
}

bool
control_options_parse(struct control_options *options, int argc, char **argv)
{
	struct reader reader = {.options = options,
	    .next = argv + (argc > 0 ? 1 : 0),
	    .end = argv + argc};

	*options = (struct control_options){
	    .request = control_request_make(CONTROL_STATUS),
	    .socket = CONTROL_SOCKET};
	if (!read_words(&reader))
		return false;
	if (options->help || options->version)
		return true;
	if (reader.command == NULL)
		return usage("%s", "which command?");
	return options_fit(&reader);
}
