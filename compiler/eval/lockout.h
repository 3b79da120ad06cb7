/*
 * Would the candidate lock the operator out?
 *
 * Questions are asked of a host in the middle of a change (live.h): the login
 * that the operator has, another like it, and what a host needs to stay on the
 * net: DHCP, neighbour discovery, DNS.  Each is a short conversation, played
 * before and after the switch.
 */
#ifndef EVAL_LOCKOUT_H
#define EVAL_LOCKOUT_H

#include "eval/live.h"
#include "eval/meaning.h"
#include "eval/walk.h"

enum lockout_topic {
	LOCKOUT_LOGIN, /* the connection that there is */
	LOCKOUT_ANEW,  /* a new one like it */
	LOCKOUT_DHCP,
	LOCKOUT_NEIGHBOURS,
	LOCKOUT_DNS,
};

struct lockout_question {
	enum lockout_topic topic;
	/* LOGIN, ANEW: both; DNS: the target, unless it is not known. */
	bool has_target;
	enum family family;
	struct addr source, target; /* of the far end, of this host */
	uint16_t source_port, target_port;
	/* DHCP, NEIGHBOURS: which; LOGIN, ANEW: if known.  Or NULL. */
	const char *card;
};

enum lockout_outcome {
	LOCKOUT_UNKNOWN, /* nobody told the rules in force */
	LOCKOUT_PASSES,
	LOCKOUT_REFUSED,
};

struct lockout_answer {
	struct lockout_question question;
	const char *card; /* that the packets pass, or NULL */
	enum lockout_outcome before, after;
	/*
	 * It passed, or nobody knows, and will not pass.  A login that there
	 * is has passed, whatever the evaluator says.
	 */
	bool cut;
	/* If refused after the switch: the packet and its way. */
	struct ipfw_packet packet;
	struct walk walk;
	/* What the policy says of who begins, if its card is in a zone. */
	bool has_meaning;
	struct flow flow;
	struct meaning meaning;
};

/*
 * Ask the N QUESTIONS, before the switch and after it.  LIVE has not been
 * switched, or has no rules in force.  False if there is no memory.
 */
bool lockout_ask(struct live *live, const struct lockout_question *questions,
    size_t n, struct lockout_answer *answers);

#endif
