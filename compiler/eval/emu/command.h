/*
 * The command line of ipfw(8), on a machine.
 *
 * Exit codes are those of the real command, of FreeBSD's head of October
 * 2014; so are listings.  What it says on success or failure is like it, not
 * equal.  Only -D is of a later one.
 */
#ifndef EVAL_EMU_COMMAND_H
#define EVAL_EMU_COMMAND_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/buf.h"
#include "eval/emu/machine.h"
#include "target/ipfw/text/read.h"

#define COMMAND_LINE_MAX 4095 /* bytes of a file's line; the rest is one more */

/* What the options before a command ask for; a file's lines share them. */
struct command_options {
	bool counters;	   /* -a */
	bool dynamic;	   /* -d, and -D */
	bool only_dynamic; /* -D */
	bool expired;	   /* -e */
	bool dry;	   /* -n */
	bool quiet;	   /* -q */
	bool sets;	   /* -S */
	bool values_as_ip; /* -i */
	int time;	   /* -t 1, -T 2 */
};

struct command {
	struct machine *machine;
	struct arena *arena; /* for this command alone */
	struct command_options *options;
	const char *prefix; /* of messages: "ipfw", "Line 7" */
	struct buf *out, *err;
	const char *const *word; /* ends with NULL */
	size_t n;
	bool has_set; /* "set N" stood before the command */
	unsigned set;
};

/* The N words behind the name of the command.  Returns its exit code. */
int command_run(struct machine *machine, const char *const *words, size_t n,
    struct buf *out, struct buf *err);
/*
 * The same where the last word is a path, whose contents are TEXT: each line
 * is a command, and the first that fails ends it.
 */
int command_run_file(struct machine *machine, const char *const *words,
    size_t n, const char *text, size_t size, struct buf *out, struct buf *err);

/* What follows is shared by command_*.c. */

/* Say what is wrong; returns CODE. */
int command_fail(const struct command *command, int code, const char *format,
    ...) __attribute__((format(printf, 3, 4)));
void command_warn(const struct command *command, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* Is WORD the beginning of FULL?  NULL is not. */
bool command_is(const char *word, const char *full);
/* As the command reads numbers: digits up to something else. */
unsigned long command_number(const char *text);

int command_add(struct command *command);
int command_delete(struct command *command);
int command_flush(struct command *command);
int command_zero(struct command *command, bool log_only);
int command_list(struct command *command, bool counters);
int command_sets(struct command *command);
int command_table(struct command *command);
int command_nat(struct command *command);
int command_switch(struct command *command, bool on);
int command_sysctl(struct command *command);

#endif
