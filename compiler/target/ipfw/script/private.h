/*
 * The parts of the script that are the same for every ruleset.
 *
 * They are text; what depends on the ruleset stands in front of them, as
 * variables and here-documents that script.c writes.  A part is in the script
 * if all that it is for is there.
 */
#ifndef TARGET_IPFW_SCRIPT_PRIVATE_H
#define TARGET_IPFW_SCRIPT_PRIVATE_H

#include <stddef.h>

enum script_fact {
	SCRIPT_ALWAYS = 0,
	SCRIPT_SIGNED = 0x1, /* a generation is known by its comment */
	SCRIPT_TEXT = 0x2,   /* or by its text, which is kept */
	SCRIPT_BY_SET = 0x4, /* "ipfw set N list" */
	SCRIPT_BY_NUMBER = 0x8,
	SCRIPT_MODULES = 0x10, /* parts of ipfw are kernel modules */
	SCRIPT_NO_MODULES = 0x20,
	SCRIPT_TABLES = 0x40, /* the ruleset has tables */
	SCRIPT_LIFELINE = 0x80,
	SCRIPT_NAT = 0x100, /* of either kind */
	SCRIPT_NATD = 0x200,
	SCRIPT_NAT_KERNEL = 0x400,
	SCRIPT_PID_FILE = 0x800, /* natd takes the name of its pid file */
	SCRIPT_NO_PID_FILE = 0x1000,
};

/* A list of parts ends with a text of NULL. */
struct script_part {
	unsigned needs; /* enum script_fact, all of them */
	const char *text;
};

extern const struct script_part script_journal[];
extern const struct script_part script_sets[];
extern const struct script_part script_load[];
extern const struct script_part script_nat[];
extern const struct script_part script_main[];

#endif
