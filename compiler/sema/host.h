/*
 * Facts about the host that the ruleset is for: its cards, their addresses,
 * the card of the default route.  They are data: read from a file, given by
 * --nic, or collected from the running system by the command line.
 */
#ifndef SEMA_HOST_H
#define SEMA_HOST_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/diag.h"
#include "base/source.h"
#include "base/sym.h"
#include "set/addr.h"

struct host_address {
	enum family family;
	struct addr addr;
	unsigned length; /* of the connected net's prefix */
};

struct host_card {
	const char *name; /* interned */
	struct span span;
	VEC(struct host_address) addresses;
	bool loopback;
};

struct host {
	bool known; /* the list of cards is complete */
	VEC(struct host_card) cards;
	/*
	 * The card of the best default route: IPv4's, else IPv6's.  NULL:
	 * there is none (if active_known), or nobody said.
	 */
	const char *active;
	bool active_known;
};

/*
 * Host facts from a YAML file registered in SOURCES as FILE.  Returns false
 * after an error in DIAGS.
 */
bool host_read(struct host *host, struct arena *arena, struct sym_table *syms,
    const struct sources *sources, uint32_t file, struct diags *diags);

/* NAME is interned. */
const struct host_card *host_card_find(
    const struct host *host, const char *name);
/*
 * What keeps a rule from naming the card NAME, or the cards NAME if it ends in
 * a '*': the rest of a sentence that begins with the name.  NULL: nothing.
 */
const char *host_card_fault(const char *name);
/* Such a name without a '*', as a single card has. */
bool host_card_name_valid(const char *name);
/* "lo", with or without a number. */
bool host_card_is_loopback(const char *name);

#endif
