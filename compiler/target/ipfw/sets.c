/*
 * "ipfw set …": what is shown, switched, swapped and moved.
 */
#include <string.h>

#include "target/ipfw/command.h"

static bool
is_set(int number, bool digit)
{
	return digit && number >= 0 && number <= IPFW_SET_MAX;
}

static enum ipfw_exit
show(struct ipfw_command *command)
{
	uint32_t disabled = command->ruleset->disabled;
	struct buf *out = command->out;
	const char *word = "disable";

	for (unsigned i = 0; i < IPFW_SET_MAX; i++) {
		if ((disabled >> i & 1) != 0) {
			buf_printf(out, "%s %u", word, i);
			word = "";
		}
	}
	word = disabled != 0 ? " enable" : "enable";
	for (unsigned i = 0; i < IPFW_SET_MAX; i++) {
		if ((disabled >> i & 1) == 0) {
			buf_printf(out, "%s %u", word, i);
			word = "";
		}
	}
	buf_putc(out, '\n');
	return IPFW_EXIT_OK;
}

static enum ipfw_exit
swap(struct ipfw_command *command, const char *const *words, size_t n)
{
	int sets[2];
	bool digit;

	if (n < 2)
		return ipfw_command_fail(
		    command, IPFW_EXIT_USAGE, "set swap needs 2 set numbers");
	for (int i = 0; i < 2; i++) {
		sets[i] = ipfw_command_number(words[i], &digit);
		if (!is_set(sets[i], digit))
			return ipfw_command_fail(command, IPFW_EXIT_DATA,
			    "invalid set number %s", words[i]);
	}
	if (!command->dry)
		ipfw_ruleset_swap_sets(
		    command->ruleset, (unsigned)sets[0], (unsigned)sets[1]);
	return IPFW_EXIT_OK;
}

/* "[rule] X to Y".  Only the low 8 bits of X count. */
static enum ipfw_exit
move(struct ipfw_command *command, const char *const *words, size_t n)
{
	bool rule = n > 0 && ipfw_command_is(words[0], "rule");
	bool from_digit, to_digit;
	struct ipfw_range range;
	unsigned from;
	int to;

	words += rule;
	n -= rule;
	if (n != 3 || !ipfw_command_is(words[1], "to"))
		return ipfw_command_fail(
		    command, IPFW_EXIT_USAGE, "syntax: set move [rule] X to Y");
	from = (uint8_t)ipfw_command_number(words[0], &from_digit);
	to = ipfw_command_number(words[2], &to_digit);
	if (!from_digit)
		return ipfw_command_fail(command, IPFW_EXIT_DATA,
		    "invalid source number %s", words[0]);
	if (!is_set(to, to_digit))
		return ipfw_command_fail(
		    command, IPFW_EXIT_DATA, "invalid set number %s", words[2]);
	range = (struct ipfw_range){
	    .by_number = true, .number = (uint16_t)from};
	if (command->dry)
		return IPFW_EXIT_OK;
	if (rule)
		ipfw_ruleset_move(command->ruleset, &range, (unsigned)to);
	else
		ipfw_ruleset_move_set(command->ruleset, from, (unsigned)to);
	return IPFW_EXIT_OK;
}

/* "disable 1 2 enable 3": all at once. */
static enum ipfw_exit
switch_sets(struct ipfw_command *command, const char *const *words, size_t n)
{
	uint32_t masks[2] = {0, 0};
	bool enable = false, digit;

	for (size_t i = 0; i < n; i++) {
		int set = ipfw_command_number(words[i], &digit);

		if (digit && !is_set(set, digit))
			return ipfw_command_fail(command, IPFW_EXIT_DATA,
			    "invalid set number %s", words[i]);
		if (digit)
			masks[enable] |= UINT32_C(1) << set;
		else if (ipfw_command_is(words[i], "disable"))
			enable = false;
		else if (ipfw_command_is(words[i], "enable"))
			enable = true;
		else
			return ipfw_command_fail(command, IPFW_EXIT_DATA,
			    "invalid set command %s", words[i]);
	}
	if ((masks[0] & masks[1]) != 0)
		return ipfw_command_fail(command, IPFW_EXIT_DATA,
		    "cannot enable and disable the same set");
	if (!command->dry)
		ipfw_ruleset_switch(command->ruleset, masks[0], masks[1]);
	return IPFW_EXIT_OK;
}

enum ipfw_exit
ipfw_command_sets(
    struct ipfw_command *command, const char *const *words, size_t n)
{
	if (n == 0)
		return ipfw_command_fail(
		    command, IPFW_EXIT_USAGE, "set needs command");
	if (ipfw_command_is(words[0], "show"))
		return show(command);
	if (ipfw_command_is(words[0], "swap"))
		return swap(command, words + 1, n - 1);
	if (ipfw_command_is(words[0], "move"))
		return move(command, words + 1, n - 1);
	if (ipfw_command_is(words[0], "disable") ||
	    ipfw_command_is(words[0], "enable"))
		return switch_sets(command, words, n);
	return ipfw_command_fail(
	    command, IPFW_EXIT_USAGE, "invalid set command %s", words[0]);
}
