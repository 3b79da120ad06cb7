/*
 * add, delete, flush, zero and resetlog.
 */
#include <ctype.h>
#include <string.h>

#include "eval/emu/command.h"
#include "eval/emu/listing.h"
#include "target/ipfw/text/write.h"

#define DELETE_MASK 0xffff
#define SET_MASK 31

/* The kernel's answer to a rule that it does not take. */
static int
refuse_rule(const struct command *command, enum ipfw_error error)
{
	const char *reason = error == IPFW_INVALID ? "Invalid argument"
						   : "Cannot allocate memory";

	return command_fail(command, IPFW_EXIT_UNAVAILABLE,
	    "getsockopt(IP_FW_XADD): %s", reason);
}

int
command_add(struct command *command)
{
	struct ipfw_reader reader;
	struct ipfw_rule rule;
	struct ipfw_rule_view view = {.number = 0};
	enum ipfw_error error;

	ipfw_reader_init(&reader, command->arena);
	if (!ipfw_read_rule(&reader, command->word + 1, command->n - 1, &rule))
		return command_fail(
		    command, (int)reader.code, "%s", reader.message);
	view.text = listing_text(command->arena, &rule);
	view.set = rule.set;
	view.number = rule.number;
	if (!command->options->dry) {
		error = ipfw_engine_add(command->machine->engine, &rule,
		    view.text, NULL, &view.number);
		if (error != IPFW_OK)
			return refuse_rule(command, error);
	}
	if (!command->options->quiet)
		listing_rule(command, &view, false, NULL, command->out);
	return 0;
}

/* The rules that the number after "delete" means. */
static struct ipfw_selection
select_rules(const struct command *command, bool by_set, unsigned long number)
{
	struct ipfw_selection selection = {.by_set = by_set};

	if (by_set) {
		selection.set = number & SET_MASK;
		return selection;
	}
	selection.first = selection.last = number & DELETE_MASK;
	selection.by_number = selection.first != 0;
	if (command->has_set) {
		selection.by_set = true;
		selection.set = command->set;
	}
	return selection;
}

int
command_delete(struct command *command)
{
	const char *const *word = command->word + 1;
	bool by_set = false;
	int code = 0;

	if (*word == NULL)
		return command_fail(
		    command, IPFW_EXIT_USAGE, "missing rule specification");
	if (command_is(*word, "set")) {
		if (command->has_set)
			return command_fail(
			    command, IPFW_EXIT_DATA, "invalid syntax");
		by_set = true;
		word++;
	}
	for (; *word != NULL && isdigit((unsigned char)**word); word++) {
		struct ipfw_selection selection = select_rules(
		    command, by_set, command_number(*word));

		if (!command->options->dry &&
		    ipfw_engine_delete(command->machine->engine, &selection) >
			0)
			continue;
		command_warn(command, "rule %u not found", selection.first);
		code = IPFW_EXIT_UNAVAILABLE;
	}
	return code;
}

int
command_flush(struct command *command)
{
	struct ipfw_selection selection = {
	    .by_set = command->has_set,
	    .set = command->set,
	};

	if (!command->options->dry)
		ipfw_engine_delete(command->machine->engine, &selection);
	if (!command->options->quiet)
		buf_puts(command->out, "Flushed all rules.\n");
	return 0;
}

static bool
has_rule(struct ipfw_engine *engine, const struct ipfw_selection *selection)
{
	for (size_t i = 0; i < ipfw_engine_n_rules(engine); i++) {
		struct ipfw_rule_view view = ipfw_engine_rule(engine, i);

		if (view.number == selection->first &&
		    (!selection->by_set || view.set == selection->set))
			return true;
	}
	return false;
}

/* Logged packets are not counted here, so resetlog only answers. */
static int
zero_rule(struct command *command, const char *word, bool log_only)
{
	struct ipfw_engine *engine = command->machine->engine;
	struct ipfw_selection selection = {
	    .by_number = true,
	    .by_set = command->has_set,
	    .set = command->set,
	};
	unsigned long number = command_number(word);
	bool met = false;

	if (word[strspn(word, "0123456789")] != '\0' || number > UINT16_MAX)
		return command_fail(
		    command, IPFW_EXIT_DATA, "invalid rule number %s", word);
	selection.first = selection.last = (unsigned)number;
	if (!command->options->dry)
		met = log_only ? has_rule(engine, &selection)
			       : ipfw_engine_zero(engine, &selection) > 0;
	if (!met) {
		buf_printf(command->out, "Entry %lu not found\n", number);
		return IPFW_EXIT_UNAVAILABLE;
	}
	if (!command->options->quiet)
		buf_printf(command->out, "Entry %lu %s.\n", number,
		    log_only ? "logging count reset" : "cleared");
	return 0;
}

int
command_zero(struct command *command, bool log_only)
{
	struct ipfw_selection all = {.by_number = false};
	int failed = 0;

	if (command->n == 1) {
		if (!log_only && !command->options->dry)
			ipfw_engine_zero(command->machine->engine, &all);
		if (!command->options->quiet)
			buf_puts(command->out,
			    log_only ? "Logging counts reset.\n"
				     : "Accounting cleared.\n");
		return 0;
	}
	for (size_t i = 1; i < command->n; i++) {
		const char *word = command->word[i];
		int code;

		if (!isdigit((unsigned char)word[0]))
			return command_fail(command, IPFW_EXIT_USAGE,
			    "invalid rule number ``%s''", word);
		code = zero_rule(command, word, log_only);
		if (code == IPFW_EXIT_DATA)
			return code;
		if (code != 0)
			failed = code;
	}
	return failed;
}
