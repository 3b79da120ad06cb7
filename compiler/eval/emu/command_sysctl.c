/*
 * sysctl [-n] [-w] NAME, NAME=VALUE and -a: enough of sysctl(8) for those who
 * load rules.
 */
#include <string.h>

#include "eval/emu/command.h"

#define NAME_MAX_BYTES 256

static void
print_value(const struct command *command, const char *name)
{
	uint32_t value;

	if (machine_sysctl_read(command->machine, name, &value))
		buf_printf(
		    command->out, "%s: %lu\n", name, (unsigned long)value);
}

static int
write_value(const struct command *command, const char *name, const char *text)
{
	uint64_t value = 0;

	for (; *text >= '0' && *text <= '9' && value <= UINT32_MAX; text++)
		value = value * 10 + (uint64_t)(*text - '0');
	if (*text != '\0' || value > UINT32_MAX)
		return command_fail(command, 1, "invalid value");
	if (!machine_sysctl_write(command->machine, name, (uint32_t)value))
		return command_fail(command, 1, "unknown oid '%s'", name);
	return 0;
}

static int
run_name(const struct command *command, const char *word, bool bare)
{
	size_t length = strcspn(word, "=");
	char name[NAME_MAX_BYTES];
	uint32_t value;

	if (length >= sizeof(name))
		return command_fail(command, 1, "unknown oid '%s'", word);
	memcpy(name, word, length);
	name[length] = '\0';
	if (word[length] == '=')
		return write_value(command, name, word + length + 1);
	if (!machine_sysctl_read(command->machine, name, &value))
		return command_fail(command, 1, "unknown oid '%s'", name);
	if (bare)
		buf_printf(command->out, "%lu\n", (unsigned long)value);
	else
		print_value(command, name);
	return 0;
}

int
command_sysctl(struct command *command)
{
	size_t first = 1;
	bool bare = false;
	int code = 0;

	if (command->n == 2 && strcmp(command->word[1], "-a") == 0) {
		for (size_t i = 0; machine_sysctl_name(i) != NULL; i++)
			print_value(command, machine_sysctl_name(i));
		return 0;
	}
	if (command->n > 1 && strcmp(command->word[1], "-n") == 0) {
		bare = true;
		first = 2;
	}
	if (command->n > first && strcmp(command->word[first], "-w") == 0)
		first++;
	if (command->n <= first)
		return command_fail(command, IPFW_EXIT_USAGE,
		    "usage: sysctl [-n] name[=value]");
	for (size_t i = first; i < command->n && code == 0; i++)
		code = run_name(command, command->word[i], bare);
	return code;
}
