/*
 * What the files of the lock-out check share: a conversation as packets.
 */
#ifndef EVAL_LOCKOUT_PRIVATE_H
#define EVAL_LOCKOUT_PRIVATE_H

#include "eval/lockout.h"

#define LOCKOUT_PACKETS_MAX 8

/* Packets of one question, in order; each has one card. */
struct lockout_script {
	struct ipfw_packet packets[LOCKOUT_PACKETS_MAX];
	size_t n;
	size_t opening; /* the first so many only make the state */
	const char *card;
};

/*
 * The packets of QUESTION.  AFTER: another conversation than before the
 * switch, but of LOCKOUT_LOGIN the same one, without its opening.
 */
void lockout_script(const struct live *live,
    const struct lockout_question *question, bool after,
    struct lockout_script *out);

#endif
