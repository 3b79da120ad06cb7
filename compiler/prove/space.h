/*
 * The fields of a new flow as variables, and decisions as values.
 */
#ifndef PROVE_SPACE_H
#define PROVE_SPACE_H

#include "prove/prove.h"
#include "set/bdd.h"
#include "set/encode.h"

/*
 * A card is a number: 0 is none, then those that policy and ruleset name, one
 * for each pattern, and the last is some other card.  An address has a bit
 * beside it that says whether it is this host's: nobody knows beforehand which
 * are.  A later fragment has no ports, types or flags.
 */
struct space {
	struct arena *arena;
	struct bdd *bdd;
	const struct policy *policy;
	enum family family;
	bool reassembles;	    /* rules can put fragments together */
	bool logs;		    /* refusals are told apart by their log */
	VEC(const char *) cards;    /* the first is NULL */
	struct endpoint_set *zones; /* by card: that it is of */
	struct field later, recv, xmit, protocol, target_port, type, flags;
	struct field target_local, source_local, target, source, source_port;
	unsigned n_variables;
};

enum decision_verdict {
	DECISION_DENY,
	DECISION_REJECT,
	DECISION_ALLOW,
	/* A fragment that waits for the rest; of a policy: or is let on. */
	DECISION_HELD,
	DECISION_DEFAULT, /* no rule decided */
	/* Of a policy: */
	DECISION_FREE,	 /* cannot happen, or does not matter */
	DECISION_CLOSED, /* anything but to let it through */
	DECISION_UNSET,	 /* while the policy is put together */
};

#define DECISION_NAT_NONE 0u /* else the uplink's zone, from 1 */
#define DECISION_NAT_TWICE 253u
#define DECISION_NAT_OTHER 254u /* an instance of no uplink */
#define DECISION_NAT_FREE 255u
#define DECISION_PARENTS_MAX 15u
#define DECISION_PARENT_FREE 15u /* of a policy: with a state or without */
#define DECISION_LIMIT_MAX 0xffffu

struct decision {
	enum decision_verdict verdict;
	bool stateful;
	unsigned parent; /* kind of the state's action, see rules_model.h */
	unsigned nat;	 /* that it goes out by */
	unsigned limit;
	bool log; /* if it is refused; kept in place of the limit */
};

bool decision_refuses(struct decision decision);

void space_init(struct space *space, const struct prove_request *request,
    struct bdd *bdd, enum family family);
/* The set of packets whose card in FIELD is NUMBER. */
bdd_ref space_card(
    const struct space *space, struct field field, size_t number);
bdd_ref space_bit(const struct space *space, struct field field);
/* TCP or UDP, and not a later fragment. */
bdd_ref space_has_ports(const struct space *space);
bdd_ref space_protocol(const struct space *space, unsigned protocol);
/* Addresses in dotted or colon form, a prefix; of the space's family. */
bdd_ref space_prefix(
    const struct space *space, struct field field, const char *text);
/* Any of TEXTS, which NULL ends. */
bdd_ref space_prefixes(
    const struct space *space, struct field field, const char *const *texts);
/* A TCP packet that begins a conversation: SYN without ACK. */
bdd_ref space_setup(const struct space *space);

uint32_t decision_pack(struct decision decision);
struct decision decision_unpack(uint32_t value);
bdd_ref space_decision(const struct space *space, struct decision decision);
bdd_ref space_verdict(const struct space *space, enum decision_verdict verdict);

/* Ids of operations on diagrams; each stands for one function. */
enum space_op {
	SPACE_OP_NONE,
	SPACE_OP_FIRST,
	SPACE_OP_IS_CLASS,
	SPACE_OP_MERGE,
	SPACE_OP_EITHER,
	SPACE_OP_SETTLE,
	SPACE_OP_LOOSEN,
	SPACE_OP_PARTS,
	SPACE_OP_ALLOWED_ONLY,
	SPACE_OP_MARK_NAT,
	SPACE_OP_MARK_STATE,
	SPACE_OP_ON,
	SPACE_OP_JOIN,
	SPACE_OP_SET_PARENT,
	SPACE_OP_COMPARE,
	SPACE_OP_IS,
	SPACE_OP_NEEDS_REPLY,
	SPACE_OP_LETS,
	SPACE_OP_FREE_NAT,
};

/* Does the card pattern of a rule match NAME? */
bool card_matches(
    const struct ipfw_flavour *flavour, const char *pattern, const char *name);

#endif
