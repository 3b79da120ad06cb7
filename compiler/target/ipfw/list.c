/*
 * "ipfw list" and "ipfw show".
 *
 * Without -S a rule of a disabled set has no line, but ipfw(8) prints its
 * buffer all the same, and that still holds the line before.  So that line
 * comes twice.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "target/ipfw/command.h"
#include "target/ipfw/write.h"

struct listing {
	struct ipfw_command *command;
	struct buf line; /* the last one that was made */
	int packets_width, bytes_width;
};

static bool
is_listed(const struct ipfw_command *command, const struct ipfw_rule *rule,
    unsigned long first, unsigned long last)
{
	return (command->set < 0 || rule->set == command->set) &&
	    rule->number >= first && rule->number <= last;
}

static void
count(const struct ipfw_command *command, const struct ipfw_rule *rule,
    uint64_t *packets, uint64_t *bytes)
{
	*packets = *bytes = 0;
	if (command->hooks.counters != NULL)
		command->hooks.counters(
		    command->hooks.context, rule, packets, bytes);
}

/* Columns are as wide as the longest number of any rule of the set. */
static void
find_widths(struct listing *listing)
{
	const struct ipfw_ruleset *ruleset = listing->command->ruleset;
	uint64_t packets, bytes;

	for (size_t i = 0; i < ruleset->rules.n; i++) {
		int width;

		if (!is_listed(listing->command, &ruleset->rules.v[i], 0,
			IPFW_DEFAULT_NUMBER))
			continue;
		count(listing->command, &ruleset->rules.v[i], &packets, &bytes);
		width = snprintf(NULL, 0, "%llu", (unsigned long long)packets);
		if (width > listing->packets_width)
			listing->packets_width = width;
		width = snprintf(NULL, 0, "%llu", (unsigned long long)bytes);
		if (width > listing->bytes_width)
			listing->bytes_width = width;
	}
}

static void
make_line(struct listing *listing, const struct ipfw_rule *rule, bool disabled)
{
	struct ipfw_command *command = listing->command;
	struct buf counters, astray;
	uint64_t packets, bytes;

	buf_init(&counters, command->out->arena);
	buf_init(&astray, command->out->arena);
	buf_reset(&listing->line);
	if (command->counters) {
		count(command, rule, &packets, &bytes);
		buf_printf(&counters, "%*llu %*llu ", listing->packets_width,
		    (unsigned long long)packets, listing->bytes_width,
		    (unsigned long long)bytes);
	}
	if (disabled)
		buf_puts(&listing->line, "# DISABLED ");
	ipfw_write_listing_parts(&listing->line, &astray, rule,
	    command->counters ? counters.p : NULL, command->sets);
	buf_putc(&listing->line, '\n');
	buf_puts(command->out, astray.p);
}

/* Number of rules from FIRST to LAST. */
static size_t
list_range(struct listing *listing, unsigned long first, unsigned long last)
{
	struct ipfw_command *command = listing->command;
	const struct ipfw_ruleset *ruleset = command->ruleset;
	size_t seen = 0;

	for (size_t i = 0; i < ruleset->rules.n; i++) {
		const struct ipfw_rule *rule = &ruleset->rules.v[i];
		bool disabled = !ipfw_ruleset_enabled(ruleset, rule->set);

		if (!is_listed(command, rule, first, last))
			continue;
		if (!disabled || command->sets)
			make_line(listing, rule, disabled);
		buf_write(command->out, listing->line.p, listing->line.n);
		seen++;
	}
	return seen;
}

/* "100" or "100-200".  A wrong word outweighs a rule that is not there. */
static void
list_word(struct listing *listing, const char *word, enum ipfw_exit *code)
{
	struct ipfw_command *command = listing->command;
	char *end;
	unsigned long first = strtoul(word, &end, 10), last = first;

	if (*end == '-')
		last = strtoul(end + 1, &end, 10);
	if (*end != '\0')
		*code = ipfw_command_fail(
		    command, IPFW_EXIT_USAGE, "invalid rule number: %s", word);
	else if (list_range(listing, first, last) == 0 && *code == IPFW_EXIT_OK)
		*code = ipfw_command_fail(command, IPFW_EXIT_UNAVAILABLE,
		    "rule %s does not exist", word);
}

enum ipfw_exit
ipfw_command_list(
    struct ipfw_command *command, const char *const *words, size_t n)
{
	struct listing listing = {.command = command};
	enum ipfw_exit code = IPFW_EXIT_OK;

	if (command->dry)
		return code;
	buf_init(&listing.line, command->out->arena);
	if (command->counters)
		find_widths(&listing);
	if (n == 0)
		list_range(&listing, 0, IPFW_DEFAULT_NUMBER);
	for (size_t i = 0; i < n; i++)
		list_word(&listing, words[i], &code);
	if (command->states && command->hooks.states != NULL)
		command->hooks.states(command->hooks.context, command->out);
	return code;
}
