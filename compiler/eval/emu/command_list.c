/*
 * list and show.
 *
 * The command prints the line that it has just made, and for a rule in a
 * disabled set, which it does not show without -S, it makes none: the line
 * before is printed once more.  Who compares listings must do as much.
 */
#include <ctype.h>
#include <string.h>

#include "eval/emu/command.h"
#include "eval/emu/listing.h"

#define STATE_BYTES 128
#define HEADER_BYTES 16

struct range {
	unsigned long first, last;
};

struct list {
	struct command *command;
	struct listing_widths widths;
	struct ipfw_state_view *states;
	size_t n_states;
	struct buf line; /* the last one that was made */
};

static int
decimal_width(uint64_t number)
{
	int width = 1;

	for (; number >= 10; number /= 10)
		width++;
	return width;
}

static void
widen(struct listing_widths *widths, uint64_t packets, uint64_t bytes)
{
	if (decimal_width(packets) > widths->packets)
		widths->packets = decimal_width(packets);
	if (decimal_width(bytes) > widths->bytes)
		widths->bytes = decimal_width(bytes);
}

static bool
other_set(const struct command *command, unsigned set)
{
	return command->has_set && command->set != set;
}

static void
measure(struct list *list)
{
	const struct command *command = list->command;
	struct ipfw_engine *engine = command->machine->engine;
	size_t n = ipfw_engine_n_rules(engine);

	for (size_t i = 0; i < n; i++) {
		struct ipfw_rule_view view = ipfw_engine_rule(engine, i);

		if (!other_set(command, view.set))
			widen(&list->widths, view.packets, view.bytes);
	}
	for (size_t i = 0; i < list->n_states; i++)
		if (!other_set(command, list->states[i].set))
			widen(&list->widths, list->states[i].packets,
			    list->states[i].bytes);
}

/* Returns the number of rules in the range, shown or not. */
static size_t
list_rules(struct list *list, const struct range *range)
{
	struct command *command = list->command;
	struct ipfw_engine *engine = command->machine->engine;
	uint32_t disabled = ipfw_engine_disabled_sets(engine);
	size_t n = ipfw_engine_n_rules(engine), seen = 0;

	for (size_t i = 0; i < n; i++) {
		struct ipfw_rule_view view = ipfw_engine_rule(engine, i);
		bool off = (disabled >> view.set & 1) != 0;

		if (view.number < range->first || view.number > range->last ||
		    other_set(command, view.set))
			continue;
		if (!off || command->options->sets) {
			buf_reset(&list->line);
			listing_rule(
			    command, &view, off, &list->widths, &list->line);
		}
		buf_write(command->out, list->line.p, list->line.n);
		seen++;
	}
	return seen;
}

static void
list_states(struct list *list, const struct range *range)
{
	for (size_t i = 0; i < list->n_states; i++) {
		const struct ipfw_state_view *state = &list->states[i];

		if (state->number < range->first ||
		    state->number > range->last ||
		    other_set(list->command, state->set))
			continue;
		if (state->left > 0 || state->kind == IPFW_STATE_PARENT ||
		    list->command->options->expired)
			listing_state(state, &list->widths, list->command->out);
	}
}

static int
list_all(struct list *list)
{
	static const struct range all = {0, IPFW_DEFAULT_NUMBER};

	if (!list->command->options->only_dynamic)
		list_rules(list, &all);
	if (list->n_states == 0)
		return 0;
	buf_printf(list->command->out, "## Dynamic rules (%zu %zu):\n",
	    list->n_states, HEADER_BYTES + list->n_states * STATE_BYTES);
	list_states(list, &all);
	return 0;
}

/* "N" or "N-M"; false if something else follows. */
static bool
parse_range(const char *word, struct range *range)
{
	const char *rest = word + strspn(word, "0123456789");

	range->first = range->last = command_number(word);
	if (*rest == '-') {
		range->last = command_number(rest + 1);
		rest += 1 + strspn(rest + 1, "0123456789");
	}
	return *rest == '\0';
}

static int
list_range(struct list *list, const char *word)
{
	struct range range;

	if (!parse_range(word, &range)) {
		command_warn(list->command, "invalid rule number: %s", word);
		return IPFW_EXIT_USAGE;
	}
	if (list->command->options->only_dynamic ||
	    list_rules(list, &range) > 0)
		return 0;
	if (range.first == range.last)
		command_warn(
		    list->command, "rule %lu does not exist", range.first);
	else
		command_warn(list->command, "no rules in range %lu-%lu",
		    range.first, range.last);
	return IPFW_EXIT_UNAVAILABLE;
}

static int
list_some(struct list *list)
{
	const struct command *command = list->command;
	int failed = 0;

	for (size_t i = 1; i < command->n; i++) {
		int code = list_range(list, command->word[i]);

		if (code == IPFW_EXIT_USAGE || failed == 0)
			failed = code != 0 ? code : failed;
	}
	if (list->n_states == 0)
		return failed;
	buf_puts(command->out, "## Dynamic rules:\n");
	for (size_t i = 1; i < command->n; i++) {
		struct range range;

		if (parse_range(command->word[i], &range))
			list_states(list, &range);
	}
	return failed;
}

int
command_list(struct command *command, bool counters)
{
	struct ipfw_engine *engine = command->machine->engine;
	struct list list = {.command = command};

	if (command->options->dry) {
		buf_puts(command->err, "Testing only, list disabled\n");
		return 0;
	}
	buf_init(&list.line, command->arena);
	if (command->options->dynamic) {
		list.n_states = ipfw_engine_n_states(engine);
		list.states = ipfw_engine_states(engine, command->arena);
	}
	if (counters)
		measure(&list);
	return command->n == 1 ? list_all(&list) : list_some(&list);
}
