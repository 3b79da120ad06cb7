/*
 * nat N config, nat show and nat delete.
 */
#include <ctype.h>

#include "eval/emu/command.h"

#define INSTANCE_MAX 65534

static void
show_instances(const struct command *command)
{
	const struct machine *machine = command->machine;

	for (size_t i = 0; i < machine->n_instances; i++)
		buf_printf(command->out, "ipfw nat %lu config %s\n",
		    (unsigned long)machine->instances[i].id,
		    machine->instances[i].words);
}

static int
delete_instances(struct command *command)
{
	int code = 0;

	for (size_t i = 1;
	     i < command->n && isdigit((unsigned char)command->word[i][0]);
	     i++) {
		unsigned long id = command_number(command->word[i]);

		if (command->options->dry ||
		    machine_delete_instance(command->machine, (uint32_t)id))
			continue;
		command_warn(command, "rule %lu not available", id);
		code = IPFW_EXIT_UNAVAILABLE;
	}
	return code;
}

static int
configure(struct command *command)
{
	const char *number = command->word[1];
	const char *const *words = command->word + 2;
	size_t n = command->n - 2;
	unsigned long id;

	if (number == NULL || !isdigit((unsigned char)number[0]))
		return command_fail(command, IPFW_EXIT_DATA, "missing nat id");
	id = command_number(number);
	if (id == 0 || id > INSTANCE_MAX)
		return command_fail(command, IPFW_EXIT_DATA, "illegal nat id");
	if (!machine_check_instance(command->arena, words, n))
		return command_fail(
		    command, IPFW_EXIT_DATA, "bad configuration");
	if (!command->options->dry &&
	    machine_set_instance(command->machine, (uint32_t)id, words, n) !=
		IPFW_OK)
		return command_fail(command, IPFW_EXIT_UNAVAILABLE,
		    "setsockopt(IP_FW_NAT_CFG): Invalid argument");
	if (command->options->quiet)
		return 0;
	buf_printf(command->out, "ipfw nat %lu config", id);
	for (size_t i = 0; i < n; i++)
		buf_printf(command->out, " %s", words[i]);
	buf_putc(command->out, '\n');
	return 0;
}

int
command_nat(struct command *command)
{
	const char *word = command->word[0];

	if (word == NULL)
		return command_fail(
		    command, IPFW_EXIT_USAGE, "missing command");
	if (command_is(word, "show")) {
		show_instances(command);
		return 0;
	}
	if (command_is(word, "config"))
		return configure(command);
	if (command_is(word, "delete"))
		return delete_instances(command);
	return command_fail(command, IPFW_EXIT_USAGE, "bad command `%s'", word);
}
