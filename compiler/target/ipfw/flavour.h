/*
 * What an ipfw can do: a flavour is a record of facts, never an #ifdef.
 */
#ifndef TARGET_IPFW_FLAVOUR_H
#define TARGET_IPFW_FLAVOUR_H

#include <stdbool.h>
#include <stddef.h>

struct ipfw_flavour {
	const char *name;
	bool ipv6;  /* one ruleset for both families */
	bool lists; /* "from A,B": an address list */
	bool tables;
	bool comments; /* "// text" is kept in the rule */
	bool reass;
	bool kernel_nat;
	bool born_here;	    /* "not recv *" tells a local packet */
	bool set_prefix;    /* "ipfw set N list" */
	bool modules;	    /* ipfw, divert and nat may be loaded */
	bool natd_pid_file; /* natd(8) has -pid_file */
	/*
	 * The name of a card is a base without digits and a unit, and a star
	 * stands for the unit alone.
	 */
	bool base_and_unit;
	bool end_deny;	 /* the default rule allows: deny at 65534 */
	size_t list_max; /* entries of a list or an or-block */
};

extern const struct ipfw_flavour ipfw_freebsd;
extern const struct ipfw_flavour ipfw_darwin;

/* NULL if there is none of that name. */
const struct ipfw_flavour *ipfw_flavour_find(const char *name);
/* In the order in which they are listed to the user; ends with NULL. */
const struct ipfw_flavour *const *ipfw_flavours(void);

#endif
