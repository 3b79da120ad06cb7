/*
 * The proof that a ruleset says what its policy says.
 *
 * Two functions from the fields of a new flow to a decision are worked out
 * apart: one from the resolved policy, one from rules that were read back from
 * their text.  They are equal, or a packet shows where they are not.
 */
#ifndef PROVE_PROVE_H
#define PROVE_PROVE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "eval/meaning.h"
#include "eval/walk.h"
#include "sema/policy.h"
#include "target/ipfw/flavour.h"
#include "target/ipfw/ipfw.h"

#define PROVE_WITNESSES_MAX 24

struct prove_request {
	struct arena *arena;
	const struct policy *policy;
	/* As read back; a natd's words come from the compiler. */
	const struct ipfw_ruleset *ruleset;
	const struct ipfw_flavour *flavour;
	size_t nodes_max; /* of a diagram; 0: the default */
	bool logs;	  /* compare what refusals log, too */
	/*
	 * Ask for services before all addresses, so that packets can be cut
	 * by them; else in the order that takes the fewest nodes.
	 */
	bool services_first;
};

enum prove_kind {
	PROVE_SAME,
	PROVE_OPENS,	     /* lets through what the policy refuses */
	PROVE_CLOSES,	     /* refuses what the policy allows */
	PROVE_REFUSES_ELSE,  /* denies for reject, or rejects for deny */
	PROVE_LOG,	     /* refuses, but logs otherwise */
	PROVE_STATE_MISSING, /* allows, but the answer has no state */
	PROVE_STATE_EXTRA,   /* a state where there must be none */
	PROVE_LIMIT,	     /* another number of conversations */
	PROVE_NAT_MISSING,   /* leaves with an inner address */
	PROVE_NAT_EXTRA,     /* is translated without need */
	PROVE_FRAGMENT,	     /* lets the first in, not the later ones */
	PROVE_DEFAULT_RULE,  /* is left to rule 65535 */
	PROVE_REPLY,	     /* allows, but the answer does not pass */
};

/* A packet on which the two differ. */
struct prove_witness {
	enum prove_kind kind;
	struct flow flow; /* ends as far as cards and addresses tell */
	bool no_zone;	  /* a card or an address that no zone has */
	bool later;	  /* a later fragment: FLOW has no ports */
	unsigned tcp_flags;
	const char *card_in, *card_out;	       /* or NULL */
	bool source_local, target_local;       /* addresses of this host */
	const struct policy_forward *redirect; /* that it came by, or NULL */
	/* What the evaluator says of it: */
	bool played, confirmed;
	struct meaning meaning;
	struct walk walk;
	struct walk reply; /* or later fragment */
};

/* What is wrong with the ruleset itself. */
struct prove_finding {
	const struct ipfw_rule *rule; /* or NULL */
	const char *text;
};

struct prove_result {
	VEC(struct prove_witness) witnesses;
	VEC(struct prove_finding) findings;
	bool more;	/* differences than are listed */
	bool exhausted; /* a bound was reached: nothing is proved */
	size_t nodes, bytes;
};

/* True: proved equal.  Else RESULT says why not. */
bool prove(const struct prove_request *request, struct prove_result *result);

#endif
