/*
 * The commands of ipfw(8) that change and show rules and sets, carried out on
 * a ruleset: add, delete, flush, set, list and show.
 */
#ifndef TARGET_IPFW_COMMAND_H
#define TARGET_IPFW_COMMAND_H

#include "base/buf.h"
#include "target/ipfw/read.h"
#include "target/ipfw/ruleset.h"

/* What the owner of the ruleset knows about it; each may be NULL. */
struct ipfw_command_hooks {
	void *context;
	/* A rule was added. */
	void (*added)(void *context, const struct ipfw_rule *rule);
	/* The rules of RANGE are about to be deleted. */
	void (*deleting)(void *context, const struct ipfw_range *range);
	void (*counters)(void *context, const struct ipfw_rule *rule,
	    uint64_t *packets, uint64_t *bytes);
	/* Append the list of states, for -d. */
	void (*states)(void *context, struct buf *out);
};

struct ipfw_command {
	struct ipfw_reader *reader;
	struct ipfw_ruleset *ruleset;
	struct ipfw_command_hooks hooks;
	struct buf *out;     /* what is printed; lines end with a newline */
	const char *message; /* why the exit code is not 0 */

	/* Options of the command line; set while a command runs. */
	bool quiet, sets, counters, states, dry;
	int set; /* "set N list": that set; -1 for all */
};

void ipfw_command_init(struct ipfw_command *command, struct ipfw_reader *reader,
    struct ipfw_ruleset *ruleset, struct buf *out);

/*
 * Run the N words behind "ipfw".  False if the command is none of the above:
 * then nothing was done.
 */
bool ipfw_command_run(struct ipfw_command *command, const char *const *words,
    size_t n, enum ipfw_exit *code);

/* list.c, sets.c: WORDS are those behind the name of the command. */
enum ipfw_exit ipfw_command_list(
    struct ipfw_command *command, const char *const *words, size_t n);
enum ipfw_exit ipfw_command_sets(
    struct ipfw_command *command, const char *const *words, size_t n);

/* Set the message and return CODE. */
enum ipfw_exit ipfw_command_fail(
    struct ipfw_command *command, enum ipfw_exit code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* Is WORD the beginning of NAME?  Commands may be cut short. */
bool ipfw_command_is(const char *word, const char *name);
/* WORD as a number; *DIGIT tells whether it begins with one. */
int ipfw_command_number(const char *word, bool *digit);

#endif
