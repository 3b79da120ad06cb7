/*
 * set show, swap, move, enable and disable; and enable and disable alone,
 * which turn switches of the kernel.
 */
#include <ctype.h>

#include "eval/emu/command.h"

#define RULE_MASK 0xff

static void
show_sets(const struct command *command)
{
	uint32_t disabled = ipfw_engine_disabled_sets(command->machine->engine);
	const char *lead = "disable";

	for (unsigned i = 0; i < IPFW_SET_MAX; i++)
		if (disabled >> i & 1) {
			buf_printf(command->out, "%s %u", lead, i);
			lead = "";
		}
	lead = disabled != 0 ? " enable" : "enable";
	for (unsigned i = 0; i < IPFW_SET_MAX; i++)
		if (!(disabled >> i & 1)) {
			buf_printf(command->out, "%s %u", lead, i);
			lead = "";
		}
	buf_putc(command->out, '\n');
}

static bool
parse_set(const char *word, unsigned *set)
{
	unsigned long number = command_number(word);

	*set = (unsigned)number;
	return isdigit((unsigned char)word[0]) && number <= IPFW_SET_MAX;
}

static int
bad_set(const struct command *command, const char *word)
{
	return command_fail(
	    command, IPFW_EXIT_DATA, "invalid set number %s", word);
}

static int
swap_sets(const struct command *command)
{
	unsigned a, b;

	if (command->n < 4)
		return command_fail(
		    command, IPFW_EXIT_USAGE, "set swap needs 2 set numbers");
	if (!parse_set(command->word[2], &a))
		return bad_set(command, command->word[2]);
	if (!parse_set(command->word[3], &b))
		return bad_set(command, command->word[3]);
	if (!command->options->dry)
		ipfw_engine_swap_sets(command->machine->engine, a, b);
	return 0;
}

/* move [rule] X to Y */
static int
move_set(const struct command *command)
{
	struct ipfw_selection selection = {.by_set = true};
	const char *const *word = command->word + 2;
	size_t n = command->n - 2;
	unsigned to;

	if (command_is(*word, "rule")) {
		selection.by_set = false;
		selection.by_number = true;
		word++;
		n--;
	}
	if (n != 3 || !command_is(word[1], "to"))
		return command_fail(
		    command, IPFW_EXIT_USAGE, "syntax: set move [rule] X to Y");
	if (!isdigit((unsigned char)word[0][0]))
		return command_fail(command, IPFW_EXIT_DATA,
		    "invalid source number %s", word[0]);
	if (!parse_set(word[2], &to))
		return command_fail(
		    command, IPFW_EXIT_DATA, "invalid dest. set %s", word[2]);
	/* The command keeps eight bits of either number. */
	selection.set = selection.first = selection.last = command_number(
							       word[0]) &
	    RULE_MASK;
	if (!command->options->dry)
		ipfw_engine_move(command->machine->engine, &selection, to);
	return 0;
}

static int
switch_sets(const struct command *command)
{
	uint32_t masks[2] = {0, 0};
	size_t which = command_is(command->word[1], "enable");

	for (size_t i = 2; i < command->n; i++) {
		const char *word = command->word[i];
		unsigned set;

		if (isdigit((unsigned char)word[0])) {
			if (!parse_set(word, &set))
				return bad_set(command, word);
			masks[which] |= UINT32_C(1) << set;
		} else if (command_is(word, "disable")) {
			which = 0;
		} else if (command_is(word, "enable")) {
			which = 1;
		} else {
			return command_fail(command, IPFW_EXIT_DATA,
			    "invalid set command %s", word);
		}
	}
	if ((masks[0] & masks[1]) != 0)
		return command_fail(command, IPFW_EXIT_DATA,
		    "cannot enable and disable the same set");
	if (!command->options->dry)
		ipfw_engine_switch_sets(
		    command->machine->engine, masks[0], masks[1]);
	return 0;
}

int
command_sets(struct command *command)
{
	const char *word = command->word[1];

	if (word == NULL)
		return command_fail(
		    command, IPFW_EXIT_USAGE, "set needs command");
	if (command_is(word, "show")) {
		show_sets(command);
		return 0;
	}
	if (command_is(word, "swap"))
		return swap_sets(command);
	if (command_is(word, "move"))
		return move_set(command);
	if (command_is(word, "disable") || command_is(word, "enable"))
		return switch_sets(command);
	return command_fail(
	    command, IPFW_EXIT_USAGE, "invalid set command %s", word);
}

int
command_switch(struct command *command, bool on)
{
	static const struct {
		const char *word, *name;
	} switches[] = {
	    {"firewall", "net.inet.ip.fw.enable"},
	    {"firewall", "net.inet6.ip6.fw.enable"},
	    {"one_pass", "net.inet.ip.fw.one_pass"},
	    {"debug", "net.inet.ip.fw.debug"},
	    {"verbose", "net.inet.ip.fw.verbose"},
	    {"dyn_keepalive", "net.inet.ip.fw.dyn_keepalive"},
	};
	const char *word = command->word[1];
	bool known = false;

	for (size_t i = 0; i < sizeof(switches) / sizeof(switches[0]); i++) {
		if (!command_is(word, switches[i].word))
			continue;
		known = true;
		if (!command->options->dry)
			machine_sysctl_write(
			    command->machine, switches[i].name, on);
	}
	if (word == NULL)
		command_warn(command, "missing keyword to enable/disable");
	else if (!known)
		command_warn(
		    command, "unrecognize enable/disable keyword: %s", word);
	return 0;
}
