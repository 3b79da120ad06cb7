/*
 * The intermediate form: the policy as one ordered list of flows, with no
 * word of any packet filter in it.
 *
 * A rule decides every first packet that goes from an end in FROM to an end
 * in TO and matches; the first rule that matches decides.  Rules are made by
 * ir_build() alone, which is the only place where products are expanded.
 */
#ifndef IR_IR_H
#define IR_IR_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"
#include "base/source.h"
#include "sema/policy.h"

/* What a flow looks like beside its two ends. */
struct ir_match {
	enum family families;	      /* a mask, never empty */
	int protocol;		      /* PROTOCOL_ANY or a number */
	struct port_set source_ports; /* n == 0: no condition */
	struct port_set target_ports;
	const struct type_set *types; /* of ICMP; NULL: no condition */
	bool has_source, has_target;
	struct addr_set source; /* narrows the end's own addresses */
	struct addr_set target;
};

enum ir_kind {
	IR_CONVERSATION, /* makes a state, replies ride on it */
	IR_EXCHANGE,	 /* no state: let through each way */
};

/* Which packets of an exchange a rule is about. */
enum ir_way {
	IR_BOTH_WAYS,
	IR_INWARDS, /* towards this host */
	IR_OUTWARDS,
};

/* What most passes ask for comes first: there are many rules. */
struct ir_rule {
	enum verdict verdict;
	enum ir_kind kind;
	unsigned limit; /* states per source; 0: no limit */
	bool log;
	bool is_default; /* made from `default` */
	bool broadcast;	 /* see GROUPS */
	struct endpoint_set from, to;
	struct ir_match match;
	const struct policy_forward *forward;
	const char *label;
	/*
	 * For an exchange the rule is written towards this host (TO is self);
	 * the other way is the same with source and target swapped.  It may
	 * go to GROUPS too, and to the broadcast of the own net.
	 */
	enum exchange exchange;
	enum ir_way way;
	const struct addr_set *groups; /* or NULL */
	/* The places in the policy that ask for the rule, in text order. */
	struct spans origins;
};

struct ir {
	const struct policy *policy;
	VEC(struct ir_rule) rules;
	enum verdict fallback; /* what no rule decides */
	bool fallback_log;
};

struct ir *ir_build(struct arena *arena, const struct policy *policy);

/*
 * Put behind each refusal what it refuses of the exchanges that later rules
 * let through: their packets go to groups, which no other rule is about.
 */
void ir_refuse_exchanges(struct arena *arena, struct ir *ir);

/*
 * Does every packet that INNER decides match OUTER as well?  May say no where
 * it does not know.
 */
bool ir_rule_covers(const struct ir_rule *outer, const struct ir_rule *inner);
/*
 * Is there no packet that both match?  Their order is then no matter.  May say
 * no where it does not know.
 */
bool ir_rules_disjoint(const struct ir_rule *a, const struct ir_rule *b);
/* Same verdict, state, log and limit: the two may trade places. */
bool ir_rule_same_effect(const struct ir_rule *a, const struct ir_rule *b);

/* The first rule that breaks an invariant as a text, or NULL. */
const char *ir_check(struct arena *arena, const struct ir *ir);

/* A stable text, a rule a line. */
void ir_dump(
    const struct ir *ir, const struct sources *sources, struct buf *out);

#endif
