/*
 * Text of ipfw(8) to rules: what its command line takes, what it lists, and
 * files of its commands.
 *
 * A command is read as the command of FreeBSD's head of October 2014 reads
 * it, mistakes included: what that accepts means here what it means there.
 * Two things are refused that it takes: a netmask with holes, and a name
 * where an address is due, for no resolver is asked.
 */
#ifndef TARGET_IPFW_TEXT_READ_H
#define TARGET_IPFW_TEXT_READ_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/diag.h"
#include "target/ipfw/ipfw.h"

/* Exit codes of ipfw(8), from sysexits(3). */
enum ipfw_exit {
	IPFW_EXIT_OK = 0,
	IPFW_EXIT_USAGE = 64,
	IPFW_EXIT_DATA = 65,
	IPFW_EXIT_NO_HOST = 68,
	IPFW_EXIT_UNAVAILABLE = 69, /* refused by the kernel */
	IPFW_EXIT_OS = 71,
};

/* Parts of the kernel without which some actions are refused. */
enum ipfw_module {
	IPFW_MODULE_DIVERT = 1,
	IPFW_MODULE_NAT = 2,
	IPFW_MODULE_NETGRAPH = 4,
};

struct ipfw_reader {
	struct arena *arena;
	unsigned modules; /* enum ipfw_module; at first divert and nat */
	/*
	 * Read what ipfw(8) lists, of any version: also forms that its own
	 * command line refuses, and what versions after 2014 add to a rule
	 * without a change of meaning ("keep-state :default").
	 */
	bool listing;

	/* After a failure: */
	enum ipfw_exit code;
	const char *message;
	size_t word; /* of the words given, the one it is about */
};

/* A line of `ipfw list`, `ipfw -S list`, `ipfw show`, `ipfw -S show`. */
struct ipfw_line {
	struct ipfw_rule rule;
	bool disabled;
	bool has_counters;
	uint64_t packets, bytes;
};

/* A line of the dynamic states that `ipfw -d list` shows. */
struct ipfw_state {
	bool parent;	 /* counts the states of a limit, is none itself */
	unsigned number; /* of the rule that made it */
	unsigned protocol;
	enum family family;
	struct addr source, target; /* who began is the source */
	uint16_t source_port, target_port;
};

void ipfw_reader_init(struct ipfw_reader *reader, struct arena *arena);

/*
 * The N words after "add".  On success *RULE is whole, its number 0 if none
 * was given, and it does not point into WORDS.
 */
bool ipfw_read_rule(struct ipfw_reader *reader, const char *const *words,
    size_t n, struct ipfw_rule *rule);

/* LINE without its newline.  READER's own listing flag does not matter. */
bool ipfw_read_line(
    struct ipfw_reader *reader, const char *line, struct ipfw_line *out);

/*
 * LINE without its newline, with or without counters, as any version lists it:
 * what stands behind the target's port is not looked at.
 */
bool ipfw_read_state(
    struct ipfw_reader *reader, const char *line, struct ipfw_state *out);

/* The N words after "table NAME", or after "nat NUMBER config". */
bool ipfw_read_table(struct ipfw_reader *reader, const char *name,
    const char *const *words, size_t n, struct ipfw_ruleset *ruleset);
bool ipfw_read_nat(struct ipfw_reader *reader, const char *const *words,
    size_t n, struct ipfw_nat *nat);

/*
 * A file of commands, as `ipfw /path` runs it, added to RULESET: "add",
 * "table NAME create|add" and "nat N config".  It stops at nothing: every bad
 * line is a diagnostic.  True if there was none.
 */
bool ipfw_read_file(struct ipfw_reader *reader, struct diags *diags,
    uint32_t file, struct ipfw_ruleset *ruleset);
/*
 * The same for what `ipfw list` or `ipfw -S list` printed; "table NAME add" may
 * stand among the rules, since a listing does not show what tables hold.
 */
bool ipfw_read_listing(struct ipfw_reader *reader, struct diags *diags,
    uint32_t file, struct ipfw_ruleset *ruleset);

#endif
